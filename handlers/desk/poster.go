package desk

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

// Poster carries what waits for the desk, in the order it fell due.
type Poster struct {
	Clinic *knowledge.Clinic
	Words  func(name, lang string, own knowledge.Fill) (string, error) // of replies/
	Store  handlers.Store
	Posts  handlers.Posts
	Desk   handlers.Desk
	Now    func() time.Time
	Meter  handlers.Meter
	Log    *slog.Logger
}

const (
	deskRounds = 1000                   // bounds one Deliver, so that a row that stays due can't hold up everything else
	postBatch  = 8                      // how many are claimed at a time: few, since they leave one by one
	postTime   = 15 * time.Second       // bounds one post
	postAfter  = 200 * time.Millisecond // how long a note waits for the card that it belongs under
)

// Deliver carries what is due and returns when nothing is.
func (p *Poster) Deliver(ctx context.Context) error {
	for round := 0; round < deskRounds && ctx.Err() == nil; round++ {
		posts, err := p.Posts.ClaimPosts(ctx, p.Now(), postBatch, handlers.Lease)
		if err != nil || len(posts) == 0 {
			return err
		}
		// They leave one by one, as slowly as the desk takes them: what the lease no longer covers is given back, else another would post it too.
		until := p.Now().Add(handlers.Lease - postTime)
		for _, one := range posts {
			if err := p.guarded(ctx, one, ctx.Err() != nil || p.Now().After(until)); err != nil {
				return err
			}
		}
	}
	return nil
}

// carry shows one post, or, if it's to stop, gives it back.
func (p *Poster) carry(ctx context.Context, one handlers.Post, stop bool) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), postTime)
	defer cancel()
	if stop {
		return p.Posts.SettlePost(ctx, one, "", one.Due)
	}
	c, ok, err := p.Posts.Case(ctx, one.Case)
	if err != nil {
		return err
	}
	if !ok {
		return p.Posts.SettlePost(ctx, one, "", time.Time{})
	}
	if one.Do == handlers.PostPage || one.Do == handlers.PostRead {
		look := p.page
		if one.Do == handlers.PostRead {
			look = p.unread
		}
		again, err := look(ctx, c)
		if err != nil {
			p.Log.Error("page failed, will try again", "case", c.ID, "err", err)
			again = p.Now().Add(p.wait(one, err))
		}
		return p.Posts.SettlePost(ctx, one, "", again)
	}
	if one.Do != handlers.PostCard && c.Thread == "" {
		return p.Posts.SettlePost(ctx, one, "", p.Now().Add(postAfter))
	}
	thread, err := p.post(ctx, c, one)
	var no *handlers.Refusal
	if errors.As(err, &no) && !no.Retry && no.After == 0 {
		p.Meter.Posted("refused")
		p.Log.Error("desk: post refused for good", "case", c.ID, "do", one.Do, "err", err)
		return p.Posts.SettlePost(ctx, one, thread, time.Time{})
	}
	if err != nil {
		p.Meter.Posted("retry")
		p.Log.Warn("desk: post failed, will try again", "case", c.ID, "do", one.Do, "err", err)
		return p.Posts.SettlePost(ctx, one, thread, p.Now().Add(p.wait(one, err)))
	}
	p.Meter.Posted("done")
	return p.Posts.SettlePost(ctx, one, thread, time.Time{})
}

func (p *Poster) post(ctx context.Context, c handlers.Case, one handlers.Post) (thread string, err error) {
	switch one.Do {
	case handlers.PostNote:
		return "", p.Desk.Note(ctx, c, one)
	case handlers.PostMark:
		return "", p.Desk.Mark(ctx, c, one)
	default:
		return p.Desk.Card(ctx, c, one.Tries > 0 || one.Again)
	}
}

// wait doubles from a second to a minute, or as long as the desk's vendor asks for.
func (p *Poster) wait(one handlers.Post, err error) time.Duration {
	var no *handlers.Refusal
	if errors.As(err, &no) && no.After > 0 {
		return no.After
	}
	return min(time.Second<<min(one.Tries, 6), time.Minute)
}
