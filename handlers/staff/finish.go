package staff

import (
	"context"
	"errors"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
	"github.com/beacon-clinic/beacon/handlers/staff/schedule"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// Finish does the acts whose minute has passed, one at a time, until none is left. One that fails is
// tried again; its error is returned with those of the others.
func (h *Handler) Finish(ctx context.Context) (all error) {
	for ctx.Err() == nil {
		due, err := h.Pending.ClaimPending(ctx, h.Now(), 1, schedule.ActLease)
		all = errors.Join(all, err)
		if len(due) == 0 {
			return all
		}
		p := due[0]
		again := time.Time{}
		if err := h.finish(ctx, p); err != nil {
			all, again = errors.Join(all, err), h.Now().Add(schedule.ActAgain)
		}
		// What was done by now is recorded even if the process ends.
		if err := h.Pending.SettlePending(context.WithoutCancel(ctx), p, again); err != nil {
			return errors.Join(all, err)
		}
	}
	return all
}

// finish does one pending act and tells of it.
func (h *Handler) finish(ctx context.Context, p handlers.Pending) error {
	a, err := Decode(p.Act)
	it, ok := a.(act.Held)
	if err != nil || !ok || p.Tries >= schedule.MostTries { // of another version, say: nobody can do it
		return h.tellOf(ctx, p, "This couldn't be done: please do it again.", false)
	}
	says, done, err := it.Finish(ctx, &h.Kit, p)
	if err != nil {
		return err
	}
	h.Log.Info("act finished", "name", it.Name(), "user", p.User, "done", done)
	return h.tellOf(ctx, p, says, done)
}

// tellOf says what became of a pending act: in the thread where it was asked for, or, if nothing was
// done, on a card. Where it was typed its answer has told already that it would be done.
func (h *Handler) tellOf(ctx context.Context, p handlers.Pending, says string, done bool) error {
	var thread handlers.Case
	if p.Thread != "" {
		var err error
		if thread, _, err = h.Cases.CaseIn(ctx, p.Thread); err != nil {
			return err
		}
	}
	if done && thread.ID == "" {
		return nil
	}
	now := h.Now()
	decide := func(s handlers.State) (handlers.Effects, error) {
		if thread.ID != "" {
			return handlers.Effects{Posts: []handlers.Post{{
				ID: p.ID + ":told", Case: thread.ID, Do: desk.PostNote, From: p.User, Text: says,
				Due: now,
			}}}, nil
		}
		return desk.OpenCase(s, handlers.Case{
			ID: p.ID + ":not", Channel: handlers.DeskChannel, Kind: kinds.NotDone, At: now,
			Open: true, Title: says + " Asked for by " + answer.Person(p.User) + ".",
		}), nil
	}
	_, _, err := h.Store.Turn(ctx, p.ID+":told", p.Phone, decide)
	return err
}
