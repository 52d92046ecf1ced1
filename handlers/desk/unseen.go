package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// unseen handles a case whose card can't be posted now, for the error why. If the channel is out of
// reach, or rate-limited for long, it tries the other channel, and if that fails too it texts the
// on-call phone that the desk is gone. For an alarm that is still unseen, it plans a ring. It
// returns the thread of the card, "" if none was posted.
func (p *Poster) unseen(ctx context.Context, c handlers.Case, why error) (thread string) {
	// Posting may have used up its time, so this has a deadline of its own.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), postTime)
	defer cancel()
	var gone *Unreachable
	// lost: the channel is out of reach until somebody mends it.
	if lost := errors.As(why, &gone); lost || limited(why) {
		if thread = p.detour(ctx, c); thread != "" {
			return thread
		}
		if !lost {
			gone = &Unreachable{Why: why.Error()}
		}
		if err := p.bothGone(ctx, c, gone.Why); err != nil {
			p.Log.Error("on-call phone not told that the desk is out of reach", "err", err)
		}
	}
	p.ringUnseen(ctx, c)
	return ""
}

// plainly posts a line without buttons in place of a card that was refused for good (its blocks may
// be invalid), and for an alarm it reaches the on-call phone.
func (p *Poster) plainly(ctx context.Context, c handlers.Case, why string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), postTime)
	defer cancel()
	line := fmt.Sprintf(
		"The card of %s (%s) can't be shown: %s. See /clinic why %s, and reach them.",
		c.Phone, c.Kind, why, c.Ends(),
	)
	if err := p.Board.Say(ctx, channelOf(c), line); err != nil {
		p.Log.Error(
			"desk: nothing shown of a case whose card was refused", "case", c.ID, "err", err,
		)
	}
	p.ringUnseen(ctx, c)
}

// ringUnseen plans a ring of the on-call phone for an alarm that the desk can't see, unless one was
// planned before. From then on, paging repeats it.
func (p *Poster) ringUnseen(ctx context.Context, c handlers.Case) {
	if !c.Untaken() || !c.Rung.IsZero() {
		return
	}
	if err := p.ring(ctx, c, "unseen:"+c.ID); err != nil {
		p.Log.Error("on-call phone not told", "case", c.ID, "err", err)
	}
}

// detour posts a card in the other channel and returns its thread, "" if that fails too. It
// searches that channel first, since an earlier detour may have posted the card.
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

// call plans a text to the on-call phone once for an event, which id names. say is the sentence in
// package replies and own fills it; the words don't change until it is sent.
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
