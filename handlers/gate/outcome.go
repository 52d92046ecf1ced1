package gate

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
)

const (
	// settleTime is how long the carrier's list is given to show a text whose outcome is unknown.
	// After a crash the lease gives more.
	settleTime = 6 * time.Second
	// mostErrors is after how many errors a text is given up and told to the desk: with backoff
	// about two hours.
	mostErrors = 12
	// alarmMost is the most that an alarm waits for another try, whatever the carrier asks for.
	alarmMost = time.Minute
	// A row that the clinic's own set-up holds up comes back after so long, doubled each time up to
	// the most: as long as it makes sense for its visit.
	holdFirst = 15 * time.Second
	holdMost  = 30 * time.Minute
)

// withhold settles a row that isn't to be sent now.
func (t *Texter) withhold(
	ctx context.Context, o handlers.Outgoing, c handlers.Composed,
) (settled bool, err error) {
	switch {
	case c.Skip != "" && c.Late && (o.Errors > 0 || o.Holds > 0): // it would have been sent in time
		return true, t.refuse(ctx, o, handlers.Failed, c.Skip+", after "+o.Why)
	case c.Skip != "":
		return true, t.refuse(ctx, o, handlers.Skipped, c.Skip)
	case !c.Wait.IsZero():
		return true, t.putOff(ctx, o, c.Why, c.Wait)
	}
	return false, nil
}

// worded is a row with the words that it is sent with.
func worded(o handlers.Outgoing, c handlers.Composed) handlers.Outgoing {
	o.Channel, o.Body, o.With, o.Says, o.Share = c.Channel, c.Body, c.With, c.Says, c.Share
	return o
}

// done settles a row that was sent, and updates the staff message that it came from.
func (t *Texter) done(ctx context.Context, o handlers.Outgoing, now time.Time) error {
	t.Meter.Sent(o.Kind, handlers.Sent, now.Sub(o.Due))
	t.Log.Info("text sent", "id", o.ID, "kind", o.Kind, "to", o.To, "sid", o.SID)
	return errors.Join(
		t.said(ctx, o, now), t.mark(ctx, o, handlers.Sent, ""),
		t.settle(ctx, o, handlers.Sent, "", time.Time{}), t.through(ctx, way(o), o, now),
	)
}

// said stores with each visit what a sent text said of it: how to prepare, or the question who
// drives the patient home.
func (t *Texter) said(ctx context.Context, o handlers.Outgoing, now time.Time) error {
	if o.Says == "" {
		return nil
	}
	said := strings.Split(o.Says, "\n")
	decide := func(s handlers.State) (e handlers.Effects, err error) {
		for _, v := range s.Visits {
			asks := slices.Contains(said, Said(AsksRide, v.ID))
			prepares := slices.Contains(said, Said(SaysPrepare, v.ID))
			if asks {
				v.Asked = now
			}
			if prepares {
				v.Prepared = now
			}
			if asks || prepares {
				e.Visits = append(e.Visits, v)
			}
		}
		return e, nil
	}
	_, _, err := t.Store.Turn(ctx, o.Event("said"), o.To, decide)
	return err
}

// refuse settles a row that won't be sent, and tells the desk if staff must know.
func (t *Texter) refuse(ctx context.Context, o handlers.Outgoing, state, why string) error {
	t.Meter.Sent(o.Kind, state, 0)
	t.Log.Info("text "+state, "id", o.ID, "kind", o.Kind, "to", o.To, "why", why)
	o.State, o.Why = state, why
	return errors.Join(t.Undelivered(ctx, o), t.settle(ctx, o, state, why, time.Time{}))
}

// Undelivered tells the desk that a text wasn't sent or didn't arrive: at the staff message that it
// came from, or else on a card of its own, with what staff are to say instead. A reminder that a
// rule held back is no failure, unless staff must pass it on; nor is an answer whose question has a
// case, since whoever has that case answers.
func (t *Texter) Undelivered(ctx context.Context, o handlers.Outgoing) error {
	if o.Mark != "" {
		state := handlers.Failed
		if o.State == handlers.Skipped {
			state = desk.Refused
		}
		return t.mark(ctx, o, state, o.Why)
	}
	inHand := o.Kind == KindReply && o.Case != ""
	if o.State == handlers.Skipped && (o.Unasked && !o.Must || o.Alarm || inHand) {
		return nil
	}
	if o.Alarm {
		return t.unheard(ctx, o, o.Why, t.Now())
	}
	held, err := t.under(ctx, o)
	if err != nil {
		return err
	}
	c := handlers.Case{
		ID: o.Event("undelivered"), Channel: handlers.DeskChannel, Kind: "undelivered",
		At: t.Now(), Open: true,
		Title: "A text (" + o.Kind + ") did not reach the patient: " + o.Why + ". Call them.",
	}
	if o.State == handlers.Failed {
		c.Row = o.ID
	}
	_, _, err = t.Store.Turn(ctx, c.ID, o.To, func(s handlers.State) (handlers.Effects, error) {
		own, say, visits := c, "", []handlers.Visit(nil)
		if o.Visit != "" {
			say, visits = t.Wording.Instead(s, o, c.At)
		}
		if o.State == handlers.Skipped && o.Must && say == "" { // there is nothing to say any more
			return handlers.Effects{}, nil
		}
		own.Title = strings.TrimSpace(own.Title + " " + say)
		if held != nil { // one card for all
			return handlers.Effects{Visits: visits, Posts: []handlers.Post{{
				ID: c.ID + ":note", Case: held.ID, Do: desk.PostNote, From: "bot",
				Text: o.To.String() + ": " + own.Title, Due: c.At,
			}}}, nil
		}
		e := desk.OpenCase(s, own)
		e.Visits = visits
		return e, nil
	})
	return err
}

// unheard says in a case's thread that the on-call phone couldn't be reached, so that somebody else
// acts. A row that tells of everybody who waits gets a card of its own, in the desk's channel: in
// the urgent one it would count as another alarm. Paging goes on.
func (t *Texter) unheard(
	ctx context.Context, o handlers.Outgoing, why string, now time.Time,
) error {
	what := "texted"
	if o.Voice {
		what = "rung"
	}
	note := handlers.Post{
		ID: o.Event("unheard"), Case: o.Case, Do: desk.PostNote, From: "bot", Ping: "channel",
		Due: now, Text: "The on-call phone could not be " + what + ": " + why +
			". Reach whoever is on call another way.",
	}
	_, _, err := t.Store.Turn(ctx, note.ID, o.To, func(s handlers.State) (handlers.Effects, error) {
		if o.Case == "" {
			return desk.OpenCase(s, handlers.Case{
				ID: note.ID, Channel: handlers.DeskChannel, Kind: "undelivered", Row: o.ID, At: now,
				Open: true, Title: note.Text + " See the urgent channel.",
			}), nil
		}
		return handlers.Effects{Posts: []handlers.Post{note}}, nil
	})
	return err
}

// mark shows, at the staff message that a row came from, what became of it.
func (t *Texter) mark(ctx context.Context, o handlers.Outgoing, state, why string) error {
	if o.Mark == "" {
		return nil
	}
	id := o.Event("mark:" + state)
	_, _, err := t.Store.Turn(ctx, id, o.To, func(handlers.State) (handlers.Effects, error) {
		return handlers.Effects{
			Posts: []handlers.Post{{
				ID: id, Case: o.Case, Do: desk.PostMark, Mark: o.Mark, State: state, Why: why,
				Due: t.Now(),
			}},
		}, nil
	})
	return err
}

// hold puts back a row that the clinic's own set-up holds up, for as long as it makes sense.
func (t *Texter) hold(
	ctx context.Context, o handlers.Outgoing, no *handlers.Refusal, now time.Time,
) error {
	o.Holds++
	at := now.Add(max(no.After, min(holdFirst<<min(o.Holds-1, 10), holdMost)))
	// What the carrier may have is to be known first.
	if why := late(o, at); why != "" && o.Tries == 0 {
		return t.refuse(ctx, o, handlers.Failed, no.Reason()+why)
	}
	t.Meter.Sent(o.Kind, "held", 0)
	return t.settle(ctx, o, handlers.Planned, no.Reason(), at)
}

// again puts a row back to be retried, with a backoff from two seconds to half an hour, for as long
// as it makes sense before its visit.
func (t *Texter) again(
	ctx context.Context, o handlers.Outgoing, now time.Time, why string, after time.Duration,
) error {
	o.Errors++
	if o.Errors >= mostErrors {
		return t.refuse(ctx, o, handlers.Failed, why)
	}
	wait := max(after, min(time.Second<<o.Errors, 30*time.Minute))
	if o.Alarm {
		wait = min(wait, alarmMost)
	}
	if o.Tries > 0 {
		wait = max(wait, settleTime)
	} else if late := late(o, now.Add(wait)); late != "" {
		return t.refuse(ctx, o, handlers.Failed, why+late)
	}
	t.Meter.Sent(o.Kind, "retry", 0)
	return t.settle(ctx, o, handlers.Planned, why, now.Add(wait))
}

// putOff has a row wait until due. The reason is stored once, and doesn't replace an error.
func (t *Texter) putOff(ctx context.Context, o handlers.Outgoing, why string, due time.Time) error {
	if o.Why == why || o.Errors > 0 || o.Holds > 0 {
		why = ""
	}
	return t.settle(ctx, o, handlers.Planned, why, due)
}

// settle gives a row back in a state, for a reason. A row that is Planned again is claimed again
// when it is due; in any other state it is done.
func (t *Texter) settle(
	ctx context.Context, o handlers.Outgoing, state, why string, due time.Time,
) error {
	now := t.Now()
	o.State, o.Why, o.At = state, why, now
	if state == handlers.Planned {
		o.Due = due
	}
	_, err := t.Ledger.Settle(ctx, o)
	return err
}

// heed stores what the carrier has said of the number: that it opted out there, on whichever
// channel, or that no SMS can reach it.
func (t *Texter) heed(
	ctx context.Context, o handlers.Outgoing, now time.Time, code int, noTexts bool, why string,
) (err error) {
	if optedOut(code) {
		said := strconv.Itoa(code)
		out := func(s handlers.State) (e handlers.Effects, err error) {
			// What else they asked for, discretion say, holds when they opt in again.
			if c := s.Consent; !c.Out {
				c.Out, c.At, c.Way, c.Words = true, now, "carrier", said
				e.Consent = &c
			}
			return e, nil
		}
		_, _, err = t.Store.Turn(ctx, o.Event(said), o.To, out)
	}
	if noTexts && o.Channel == "" && err == nil {
		decide := func(handlers.State) (handlers.Effects, error) {
			return handlers.Effects{Reach: &handlers.Reach{NoTexts: true, Why: why, At: now}}, nil
		}
		_, _, err = t.Store.Turn(ctx, o.Event("reach"), o.To, decide)
	}
	return err
}
