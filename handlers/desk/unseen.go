package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/beacon-clinic/beacon/knowledge/replies"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

// unseen handles a case whose card can't be posted: it tries the other channel if its own is out of
// reach, and for an alarm it reaches the on-call phone. It returns the thread, if any.
func (p *Poster) unseen(ctx context.Context, c handlers.Case, why error) (thread string) {
	// The desk may have used up the time of the post.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), postTime)
	defer cancel()
	var gone *Unreachable
	if errors.As(why, &gone) {
		if thread = p.detour(ctx, c); thread != "" {
			return thread
		}
		if err := p.bothGone(ctx, c, gone.Why); err != nil {
			p.Log.Error("on-call phone not told that the desk is out of reach", "err", err)
		}
	}
	if !c.Untaken() || !c.Rung.IsZero() {
		return ""
	}
	if err := p.ring(ctx, c, "unseen:"+c.ID); err != nil {
		p.Log.Error("on-call phone not told", "case", c.ID, "err", err)
	}
	return ""
}

// detour posts a card in the other channel.
func (p *Poster) detour(ctx context.Context, c handlers.Case) (thread string) {
	c.Via = other(c.Channel)
	if p.lanes.shut(c.Via, p.Now()) != nil {
		return ""
	}
	thread, err := p.Board.Card(ctx, c, true)
	p.lanes.tell(c.Via, err, p.Now())
	if err != nil {
		p.Log.Error("desk: card refused by both channels", "case", c.ID, "err", err)
		return ""
	}
	p.Log.Error("desk: a card is in the other channel, since its own can't be posted in",
		"case", c.ID, "channel", c.Channel)
	return thread
}

// bothGone tells the on-call phone, once a day, that no card can be posted.
func (p *Poster) bothGone(ctx context.Context, c handlers.Case, why string) error {
	day := p.Now().In(p.Base.Clinic.Location()).Format(time.DateOnly)
	return p.call(ctx, c, "desk:gone:"+day, replies.OnCallDesk, knowledge.Fill{"why": why})
}

// call texts the on-call phone once, under an event's id.
func (p *Poster) call(
	ctx context.Context, c handlers.Case, id, say string, own knowledge.Fill,
) error {
	to, ok, err := p.onCall()
	if err != nil || !ok {
		return err
	}
	body, err := p.Base.Reply(say, "en", own)
	if err != nil {
		return err
	}
	_, _, err = p.Store.Turn(ctx, id, c.Phone, func(handlers.State) (handlers.Effects, error) {
		return handlers.Effects{Texts: []handlers.Outgoing{{
			ID: fmt.Sprintf("%s:%s", say, id), To: to, Kind: say, Body: body,
			Alarm: true, Due: p.Now(),
		}}}, nil
	})
	return err
}
