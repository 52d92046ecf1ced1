package staff

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// Press does what a button says.
func (h *Handler) Press(ctx context.Context, p handlers.Press) error {
	c, ok, err := h.Cases.CaseIn(ctx, p.Thread)
	if err == nil && !ok {
		err = ErrNoCase
	}
	if err != nil {
		return err
	}
	if c.Slot() {
		return h.slotPress(ctx, c, p)
	}
	_, err = h.do(ctx, c, p)
	return err
}

// slotPress does what a button of a slot's card says.
func (h *Handler) slotPress(ctx context.Context, c handlers.Case, p handlers.Press) (err error) {
	did := false
	switch p.Action {
	case desk.ActionStop:
		did, err = h.Waitlist.Stop(ctx, c.ID, p.User)
	case desk.ActionDone:
		did, err = h.Waitlist.Close(ctx, c.ID, p.User)
	}
	if did {
		h.Log.Info("pressed", "action", p.Action, "user", p.User, "case", c.ID)
	}
	return err
}

// OnCall is the clinic's on-call phone, rung about a case, or about all that nobody has (caseID
// ""): 1 takes them. It returns what is said back.
func (h *Handler) OnCall(ctx context.Context, call, caseID, digits string) (string, error) {
	if digits != "1" {
		return "", nil
	}
	cases, err := h.Cases.Untaken(ctx)
	if caseID != "" {
		c, ok, err1 := h.Cases.Case(ctx, caseID)
		if err1 != nil || !ok {
			return "", err1
		}
		cases, err = []handlers.Case{c}, nil
	}
	say := replies.OnCallLate
	for _, c := range cases {
		taken, err1 := h.do(ctx, c, handlers.Press{
			ID: "call:" + call + ":" + c.ID, Action: desk.ActionTake, User: "on call",
		})
		err = errors.Join(err, err1)
		if taken {
			say = replies.OnCallTaken
		}
	}
	if err != nil {
		return "", err
	}
	return h.Base.Reply(say, "en", nil)
}

// do presses a button of a case that is open; false if there was nothing left to do.
func (h *Handler) do(ctx context.Context, c handlers.Case, p handlers.Press) (did bool, err error) {
	row, err := h.failedRow(ctx, c)
	if err != nil {
		return false, err
	}
	decide := func(s handlers.State) (handlers.Effects, error) {
		did = false
		for _, open := range s.Cases {
			if open.ID == c.ID {
				e := h.press(s, open, row, p)
				did = len(e.Cases) > 0
				return e, nil
			}
		}
		return handlers.Effects{}, nil // it is closed already
	}
	_, again, err := h.Store.Turn(ctx, p.ID, c.Phone, decide)
	if err != nil || again {
		return again, err
	}
	takes := []string{desk.ActionTake, desk.ActionRead, desk.ActionDanger}
	if did && slices.Contains(takes, p.Action) {
		h.Meter.Taken(c.Kind, h.Now().Sub(c.Began()))
	}
	h.Log.Info(
		"pressed", "action", p.Action, "user", p.User, "case", c.ID, "phone", c.Phone,
		"after", h.Now().Sub(c.Began()).String(),
	)
	return did, nil
}

// press returns the effects of a button. row is the failed row that the case is about, if any.
func (h *Handler) press(
	s handlers.State, c handlers.Case, row handlers.Outgoing, p handlers.Press,
) handlers.Effects {
	now, talk, note := h.Now(), s.Conversation, ""
	if c.Row != "" && (p.Action == desk.ActionRetry || p.Action == desk.ActionDone) {
		return h.seenTo(s, row, p.Action, p.User, p.ID)
	}
	switch p.Action {
	case desk.ActionRead, desk.ActionDanger:
		return h.judge(s, c, p)
	case desk.ActionTake:
		if c.TakenBy != "" && c.Channel == handlers.UrgentChannel {
			return handlers.Effects{} // somebody was quicker
		}
		after := now.Sub(c.Began()).Round(time.Minute)
		c.TakenBy, c.TakenAt = p.User, now
		note = fmt.Sprintf("has this, %d minutes after it came.", int(after.Minutes()))
		talk.Taken, talk.By = now.Add(h.keep()), p.User
	case desk.ActionHandBack:
		c.TakenBy, c.Open, note = "", false, "handed back to the bot."
		talk.Taken, talk.By = time.Time{}, ""
	case desk.ActionClear:
		c.Open, note = false, "cleared this: answers and reminders go on."
		talk.Taken, talk.By = time.Time{}, ""
	case desk.ActionDone:
		c.Open, note = false, "closed this."
		talk.Taken, talk.By = time.Time{}, ""
	case desk.ActionWaitlist:
		return h.Waitlist.AddPatient(s, c, p.User, p.ID)
	default:
		return handlers.Effects{}
	}
	e := handlers.Effects{
		Cases: []handlers.Case{c},
		Posts: []handlers.Post{
			{ID: p.ID + ":card", Case: c.ID, Do: desk.PostCard, Due: now},
			{ID: p.ID + ":note", Case: c.ID, Do: desk.PostNote, From: p.User, Text: note, Due: now},
		},
	}
	if !c.Phone.IsZero() {
		e.Conversation = &talk
	}
	return e
}

// judge does what who has read a concern says of it: it is none, and is closed without a ping; or
// it is danger, and pages. On a card that has become an alarm meanwhile neither button does
// anything: an alarm is cleared, not read.
func (h *Handler) judge(s handlers.State, c handlers.Case, p handlers.Press) handlers.Effects {
	now := h.Now()
	if !c.Concern() {
		return handlers.Effects{}
	}
	if p.Action == desk.ActionDanger {
		return desk.Raised(
			c, p.ID, kinds.Crisis, "Staff have read this: it is danger. Reach them now.", p.User,
			"says that this is danger.", now, h.Base.Clinic.PageEvery(),
		)
	}
	e := handlers.Effects{}
	if c.TakenBy != "" && c.TakenBy == s.Conversation.By { // they talked here, and it is over
		talk := s.Conversation
		talk.Taken, talk.By = time.Time{}, ""
		e.Conversation = &talk
	}
	c.TakenBy, c.TakenAt, c.Open = p.User, now, false
	e.Cases = []handlers.Case{c}
	e.Posts = []handlers.Post{
		{ID: p.ID + ":card", Case: c.ID, Do: desk.PostCard, Due: now},
		{
			ID: p.ID + ":note", Case: c.ID, Do: desk.PostNote, From: p.User, Text: "has read this.",
			Due: now,
		},
	}
	return e
}
