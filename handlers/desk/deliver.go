package desk

import (
	"context"
	"errors"
	"time"
)

const (
	// deskRounds bounds one Deliver, so that a post which stays due doesn't keep it busy for ever.
	deskRounds = 1000
	// postBatch is how many posts are claimed at a time: few, since they are posted one by one
	// within one lease.
	postBatch = 8
	// postLease is how long a claim lasts. It is longer than postTime, so that nobody else claims a
	// post while it is being made.
	postLease = 20 * time.Second
	// urgentLease is the lease of an urgent post, not much longer than posting it takes. A claim
	// whose answer was lost because the store hung must not hold a card back for long.
	urgentLease = urgentTime + 3*time.Second
)

// Deliver posts ordinary posts until none is due. The error is the store's; a post that the desk
// doesn't take is no error, but waits for another try.
func (p *Poster) Deliver(ctx context.Context) error {
	return p.deliver(ctx, false, postBatch, postTime, postLease)
}

// Alarms posts urgent posts until none is due, like [Poster.Deliver]. It claims one at a time, so
// that several processes share a crowd of alarms, and each post is bounded by less time.
func (p *Poster) Alarms(ctx context.Context) error {
	return p.deliver(ctx, true, 1, urgentTime, urgentLease)
}

// deliver claims posts of one queue, batch at a time, until none is due. limit bounds one post.
// Posts that couldn't be read don't hold up those that were claimed with them; unread tells of
// them.
func (p *Poster) deliver(
	ctx context.Context, urgent bool, batch int, limit, lease time.Duration,
) (unread error) {
	for round := 0; round < deskRounds && ctx.Err() == nil; round++ {
		posts, err := p.Posts.ClaimPosts(ctx, urgent, p.Now(), batch, lease)
		unread = errors.Join(unread, err)
		if urgent {
			p.vigil.claimed(err, p.Now())
		}
		if len(posts) == 0 {
			return unread
		}
		// The desk may be slow. A post that might not end within the lease is given back unposted:
		// another process could claim it meanwhile and post it a second time.
		until := p.Now().Add(lease - limit)
		for _, one := range posts {
			if urgent {
				p.summarise(ctx)
			}
			if err := p.guarded(
				ctx, one, limit, ctx.Err() != nil || p.Now().After(until),
			); err != nil {
				return errors.Join(unread, err)
			}
		}
	}
	return unread
}
