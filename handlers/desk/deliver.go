package desk

import (
	"context"
	"time"
)

const (
	deskRounds = 1000 // bounds one Deliver: a row that stays due holds up nothing else
	// how many are claimed at a time: few, since they leave one by one
	postBatch = 8
	postLease = 20 * time.Second // how long a claim lasts: longer than any one post takes
	// Urgent posts are claimed one by one, for not much longer than one takes: a claim that a store
	// took just before or while it stood still is lost, and must not hold a card back for long.
	urgentLease = urgentTime + 3*time.Second
)

// Deliver posts ordinary posts until none is due.
func (p *Poster) Deliver(ctx context.Context) error {
	return p.deliver(ctx, false, postBatch, postTime, postLease)
}

// Alarms posts urgent posts until none is due.
func (p *Poster) Alarms(ctx context.Context) error {
	return p.deliver(ctx, true, 1, urgentTime, urgentLease)
}

func (p *Poster) deliver(
	ctx context.Context, urgent bool, batch int, limit, lease time.Duration,
) error {
	for round := 0; round < deskRounds && ctx.Err() == nil; round++ {
		posts, err := p.Posts.ClaimPosts(ctx, urgent, p.Now(), batch, lease)
		if err != nil || len(posts) == 0 {
			return err
		}
		// They leave one by one, as slowly as the desk takes them: what the lease no longer covers
		// is given back, else another would post it too.
		until := p.Now().Add(lease - limit)
		for _, one := range posts {
			if urgent {
				p.summarise(ctx)
			}
			if err := p.guarded(
				ctx, one, limit, ctx.Err() != nil || p.Now().After(until),
			); err != nil {
				return err
			}
		}
	}
	return nil
}
