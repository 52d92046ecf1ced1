package desk

import (
	"context"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/guard"
)

// mostPause is the longest pause after a panic of what may be about danger; guard.Wait would let it
// wait for eight minutes.
const mostPause = time.Minute

// guarded carries one post. If that panics, only this post is put off, and after guard.MostPanics
// times it is given up. A post that may be about danger (one that pages, or one in the urgent
// channel) is never given up. The log has no words of the patient.
func (p *Poster) guarded(
	ctx context.Context, one handlers.Post, limit time.Duration, stop bool,
) (err error) {
	fault := guard.Run(func() { err = p.carry(ctx, one, limit, stop) })
	if fault == nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), postTime)
	defer cancel()
	one.Panics++
	p.Meter.Panicked("post")
	p.Log.Error("desk: the program panicked on a post", "id", one.ID, "case", one.Case,
		"do", one.Do, "times", one.Panics, "what", fault.What, "stack", fault.Stack)
	again := p.Now().Add(guard.Wait(one.Panics))
	c, ok, err := p.Posts.Case(ctx, one.Case)
	if err != nil {
		return err
	}
	pages := one.Do == PostPage || one.Do == PostRead
	switch {
	case pages, c.Channel == handlers.UrgentChannel:
		again = p.Now().Add(min(guard.Wait(one.Panics), mostPause))
	case !ok: // there is nothing to show any more
		again = time.Time{}
	case one.Panics >= guard.MostPanics:
		fault = guard.Run(func() { err = p.instead(ctx, c, one) })
		if err != nil {
			return err
		}
		if fault == nil {
			again = time.Time{}
		}
	}
	return p.Posts.SettlePost(ctx, one, Posted{Again: again})
}

// instead tells staff of a post that can't be shown: in its thread, or on a new card if it is the
// card itself that can't be shown. It says nothing of what the post holds, since that may be what
// makes the program panic.
func (p *Poster) instead(ctx context.Context, c handlers.Case, one handlers.Post) error {
	id := "panicked:" + one.ID
	const why = "the program failed on it. Call them, and have the log looked at."
	tell := func(handlers.State) (e handlers.Effects, err error) {
		if c.Thread != "" {
			e.Posts = []handlers.Post{{
				ID: id, Case: c.ID, Do: PostNote, From: "bot", Ping: "here",
				Text: "Something that belongs here can't be shown: " + why, Due: p.Now(),
			}}
			return e, nil
		}
		plain := handlers.Case{
			ID: id, Channel: c.Channel, Phone: c.Phone, Kind: "fault", At: p.Now(), Open: true,
			OptOut: c.OptOut, Title: "A matter (" + c.Kind + ") can't be shown: " + why,
		}
		c.Open = false // the plain case replaces it
		e.Cases = []handlers.Case{c, plain}
		e.Posts = []handlers.Post{{ID: id, Case: id, Do: PostCard, Due: p.Now()}}
		return e, nil
	}
	_, _, err := p.Store.Turn(ctx, id, c.Phone, tell)
	return err
}
