package desk

import (
	"context"
	"errors"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

const (
	postAfter = 200 * time.Millisecond // how long a note waits for its card; doubled each time
	mostWait  = time.Minute            // the longest pause between two tries
)

// carry shows one post within limit and settles it. With stop it gives the post back unshown, due
// as before, so that another process may claim it at once. It doesn't end with ctx: a post that is
// cut off may be at the desk already, and would be posted twice.
func (p *Poster) carry(
	ctx context.Context, one handlers.Post, limit time.Duration, stop bool,
) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	again := func(at time.Time) error {
		// Posting may have used up its time, so giving the post back has a deadline of its own.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), postTime)
		defer cancel()
		return p.Posts.SettlePost(ctx, one, Posted{Again: at})
	}
	if stop {
		return again(one.Due)
	}
	c, ok, err := p.Posts.Case(ctx, one.Case)
	if err != nil {
		return err
	}
	switch {
	case !ok:
		p.Log.Error(
			"desk: a post's case is no longer stored, the post is dropped",
			"case", one.Case, "do", one.Do,
		)
		return again(time.Time{}) // a zero time: the post is done
	case one.Do == PostPage || one.Do == PostRead || one.Do == PostWait ||
		one.Do == PostStep:
		at, err := p.look(one.Do)(ctx, c)
		if err != nil {
			p.Log.Error("a look at a case failed, will try again", "case", c.ID, "err", err)
			at = p.Now().Add(wait(one.Tries, time.Second))
		}
		return again(at)
	case c.Held.After(p.Now()) && c.Holder != one.ID:
		// An earlier post of the case waits for its retry. This one comes a moment after it.
		return again(c.Held.Add(time.Millisecond))
	case one.Do != PostCard && c.Thread == "":
		// A note or a mark goes into the thread, which begins with the card.
		return again(p.Now().Add(wait(one.Tries, postAfter)))
	case one.Do == PostCard && c.Thread == "":
		return p.first(ctx, c, one)
	}
	return p.show(ctx, c, one)
}

// look returns what a post does that shows nothing by itself but looks at its case. It returns when to
// look again; zero if that isn't needed.
func (p *Poster) look(do string) func(context.Context, handlers.Case) (time.Time, error) {
	switch do {
	case PostRead:
		return p.unread
	case PostWait:
		return p.waits
	case PostStep:
		return p.Step
	}
	return p.page
}

// show posts to the desk and settles the post. A post that is refused for good is dropped; if it
// was a card, a plain line stands in for it. Any other failure shuts the channel for a while; the
// post is tried again, and the case's later posts wait for it. A card that fails in its own channel
// may go to the other one (see unseen), and is then done.
func (p *Poster) show(ctx context.Context, c handlers.Case, one handlers.Post) error {
	lane := channelOf(c)
	thread, err := "", p.lanes.shut(lane, p.Now())
	if err == nil {
		thread, err = p.post(ctx, c, one)
		if !errors.Is(err, ErrNoCard) { // that says nothing of the channel
			p.lanes.tell(lane, err, p.Now())
		}
	}
	done := Posted{Thread: thread}
	var no *handlers.Refusal
	switch {
	case err == nil:
		p.Meter.Posted("done")
	case errors.As(err, &no) && !no.Retry && no.After == 0:
		p.Meter.Posted("refused")
		p.Log.Error("desk: post refused for good", "case", c.ID, "do", one.Do, "err", err)
		if one.Do == PostCard && c.Thread == "" {
			p.plainly(ctx, c, no.Why)
		}
	default:
		p.Meter.Posted("retry")
		p.Log.Warn("desk: post failed, will try again", "case", c.ID, "do", one.Do, "err", err)
		done.Again, done.Hold = p.lanes.next(lane, p.Now()), true
		if one.Do == PostCard && c.Thread == "" {
			done.Thread = p.unseen(ctx, c, err)
			if done.Thread != "" {
				done.Again = time.Time{}
			}
		}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), postTime)
	defer cancel()
	return p.Posts.SettlePost(ctx, one, done)
}

// post hands one post to the board, and returns the thread of the card if it posted one. The
// channel is searched for a card that may be there already: after an earlier try, or if the card
// may have been posted while the store was away.
func (p *Poster) post(
	ctx context.Context, c handlers.Case, one handlers.Post,
) (thread string, err error) {
	switch one.Do {
	case PostNote:
		return p.inThread(ctx, c, one, p.Board.Note)
	case PostMark:
		return p.inThread(ctx, c, one, p.Board.Mark)
	default:
		look := one.Tries > 0 || one.Again || one.Urgent && p.vigil.wasAway(p.Now())
		return p.Board.Card(ctx, p.known(ctx, c), look)
	}
}

// inThread writes in the case's thread. If somebody deleted the card, it is posted anew with its
// buttons at once, and the thread goes on there: it is returned even if writing in it then fails.
func (p *Poster) inThread(
	ctx context.Context, c handlers.Case, one handlers.Post,
	write func(context.Context, handlers.Case, handlers.Post) error,
) (thread string, err error) {
	if err = write(ctx, c, one); !errors.Is(err, ErrNoCard) {
		return "", err
	}
	free, again, ok := p.hold(ctx, c.ID, one.Token)
	if !ok { // another post of the case has met the same, and is posting the card
		return "", err
	}
	defer free()
	c.Thread = ""
	if c.Thread, err = p.Board.Card(ctx, p.known(ctx, c), again || one.Tries > 0); err != nil {
		return "", err
	}
	return c.Thread, write(ctx, c, one)
}

// wait returns the pause after so many tries: first, doubled with each, up to mostWait. The shift
// is bounded, since tries of a post that is never given up would overflow it.
func wait(tries int, first time.Duration) time.Duration {
	return min(first<<min(tries, 12), mostWait)
}
