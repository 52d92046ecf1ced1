package gate

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
)

const (
	// settleTime is how long to wait before looking up a text whose outcome is unknown: the
	// carrier's list shows a text some seconds after it was taken. After a crash the lease, which
	// has to run out first, gives it more.
	settleTime = 6 * time.Second
	// mostErrors is after how many errors a text is given up and the desk is told: with the pauses
	// of again, that is after about an hour.
	mostErrors = 12
	// unknown is why a text whose send wasn't answered is tried again.
	unknown = "outcome unknown"
	// alarmTold is after how many errors in a row staff are told that the on-call phone isn't
	// reached, some fifteen seconds after the first try. One error is often over at the next.
	alarmTold = 2
	// alarmMost is the most that an alarm waits for another try, whatever the carrier asks for.
	alarmMost = time.Minute
	// holdFirst is the first pause of a row that the clinic's own set-up holds up. It doubles each
	// time, up to holdMost.
	holdFirst = 15 * time.Second
	holdMost  = 30 * time.Minute
)

// withhold settles a row that must not be sent now: it is skipped, failed or put off. It returns
// false, and settles nothing, if the row may be sent. What staff must tell instead isn't put off
// until it is too late for that. A row whose time passed while errors held it
// up has failed, and so has one that can't be worded, so that the desk hears of it. Any other skip
// is what the rules intend.
func (t *Texter) withhold(
	ctx context.Context, o handlers.Outgoing, c handlers.Composed,
) (settled bool, err error) {
	switch {
	case c.Skip != "" && c.Late && (o.Errors > 0 || o.Holds > 0):
		return true, t.refuse(ctx, o, handlers.Failed, c.Skip+", after "+o.Why)
	case c.Unworded:
		return true, t.refuse(ctx, o, handlers.Failed, c.Skip)
	case c.Skip != "":
		return true, t.refuse(ctx, o, handlers.Skipped, c.Skip)
	case !c.Wait.IsZero() && o.Must && (o.Stale(c.Wait) || !inTime(o, c.Wait)):
		return true, t.refuse(ctx, o, handlers.Skipped, c.Why+", and later is too late")
	case !c.Wait.IsZero():
		return true, t.putOff(ctx, o, c.Why, c.Wait)
	}
	return false, nil
}

// worded returns a row as it is sent: with the words, and the channel, that it was composed with.
func worded(o handlers.Outgoing, c handlers.Composed) handlers.Outgoing {
	o.Channel, o.Body, o.With, o.Says, o.Share = c.Channel, c.Body, c.With, c.Says, c.Share
	return o
}

// done settles a row that was sent, and does what follows from that: the visits note what they were
// told, the staff message that it came from is marked, and an outage may be over. Each is an event
// with an id of its own, so that it may be done again after a crash.
func (t *Texter) done(ctx context.Context, o handlers.Outgoing, now time.Time) error {
	t.Meter.Sent(o.Kind, handlers.Sent, now.Sub(o.Due))
	t.Log.Info("text sent", "id", o.ID, "kind", o.Kind, "to", o.To, "sid", o.SID)
	return errors.Join(
		t.said(ctx, o, now), t.mark(ctx, o, handlers.Sent, ""),
		t.settle(ctx, o, handlers.Sent, "", time.Time{}), t.through(ctx, way(o), o, now),
	)
}

// said stores with each visit what a sent text said of it: how to prepare, or a question. The
// patient's next text may be the answer to that.
func (t *Texter) said(ctx context.Context, o handlers.Outgoing, now time.Time) error {
	if o.Says == "" {
		return nil
	}
	decide := func(s handlers.State) (handlers.Effects, error) {
		return handlers.Effects{Visits: Note(s.Visits, o.Says, now)}, nil
	}
	_, _, err := t.Store.Turn(ctx, o.Event("said"), o.To, decide)
	return err
}

// refuse settles a row that won't be sent, as Skipped or Failed, and tells the desk if staff must
// know.
func (t *Texter) refuse(ctx context.Context, o handlers.Outgoing, state, why string) error {
	if o.Rings() { // nobody sends it again later: who wanted the call asks for another
		state = handlers.Skipped
	}
	t.Meter.Sent(o.Kind, state, 0)
	t.Log.Info("text "+state, "id", o.ID, "kind", o.Kind, "to", o.To, "why", why)
	o.State, o.Why = state, why
	return errors.Join(t.Undelivered(ctx, o), t.settle(ctx, o, state, why, time.Time{}))
}

// Undelivered tells the desk that a text wasn't sent or didn't arrive: at the staff message that it
// came from, or else on a card of its own, with what staff must say instead. During an outage that
// is a note in the outage's thread. The desk isn't told of a reminder that a rule skipped, unless
// staff must pass it on (Outgoing.Must), nor of a skipped answer whose question has a case, since
// whoever has that case answers. o.State and o.Why must say what happened.
func (t *Texter) Undelivered(ctx context.Context, o handlers.Outgoing) error {
	if o.Mark != "" {
		state := handlers.Failed
		if o.State == handlers.Skipped {
			state = desk.Refused
		}
		return t.mark(ctx, o, state, o.Why)
	}
	if o.Rings() {
		return t.unrung(ctx, o)
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
	unreached(&c, o)
	_, _, err = t.Store.Turn(ctx, c.ID, o.To, func(s handlers.State) (handlers.Effects, error) {
		own, say, visits := c, "", []handlers.Visit(nil)
		if o.Visit != "" {
			say, visits = t.Wording.Instead(s, o, c.At)
		}
		if o.State == handlers.Skipped && o.Must && say == "" {
			// The visit is off, say: there is nothing to pass on any more.
			return handlers.Effects{}, nil
		}
		own.Title = strings.TrimSpace(own.Title + " " + say)
		if held != nil { // one card for all that the outage holds up
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

// unreached makes the case of a text that reached nobody a task of its own: one for each visit whose
// texts fail, which is over once the visit has begun.
func unreached(c *handlers.Case, o handlers.Outgoing) {
	c.Matter = handlers.Matter(handlers.MatterReach, o.ID)
	if o.Visit != "" && !o.After {
		c.Matter = handlers.Matter(handlers.MatterReach, o.Visit)
		c.Visit, c.Until = o.Visit, o.Start
	}
}

// unheard tells the desk that the on-call phone couldn't be reached, so that somebody else acts: in
// the thread of the alarm's case, or, if the row stands for several cases, on a card of its own.
// That card is in the desk's channel; in the urgent one it would count as another alarm. Paging
// goes on either way.
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
				Matter: handlers.Matter(handlers.MatterReach, o.ID),
			}), nil
		}
		return handlers.Effects{Posts: []handlers.Post{note}}, nil
	})
	return err
}

// mark shows, at the staff message that a row came from, what became of it; it does nothing if the
// row came from none. The event id names the state, so that each is shown once.
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

// hold puts back a row that the clinic's own set-up holds up. The number of tries isn't limited,
// since the clinic may take days to mend it; the row fails once late says that the next try would
// come too late.
func (t *Texter) hold(
	ctx context.Context, o handlers.Outgoing, no *handlers.Refusal, now time.Time,
) error {
	o.Holds++
	at := now.Add(max(no.After, min(holdFirst<<min(o.Holds-1, 10), holdMost)))
	// A row that the carrier may have (Tries > 0) never fails here: it must be looked up first.
	if why := late(o, at); why != "" && o.Tries == 0 {
		return t.refuse(ctx, o, handlers.Failed, no.Reason()+why)
	}
	t.Meter.Sent(o.Kind, "held", 0)
	return t.settle(ctx, o, handlers.Planned, no.Reason(), at)
}

// again puts a row back to be retried, after a pause that doubles from two seconds to half an hour,
// or after the longer one that the carrier asked for. The row fails after mostErrors, or if the
// next try would come too late. A row with Tries > 0 is looked up at its next try, however late
// that is.
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
	var told error
	if o.Alarm && o.Errors == alarmTold {
		what := strings.Replace(why, unknown, "the carrier doesn't answer", 1)
		told = t.unheard(ctx, o, what+"; it goes on being tried", now)
	}
	return errors.Join(told, t.settle(ctx, o, handlers.Planned, why, now.Add(wait)))
}

// putOff makes a row wait until due. A reason that the row has already isn't stored again, since
// each store adds a line to its history; nor does a reason replace that of an earlier error.
func (t *Texter) putOff(ctx context.Context, o handlers.Outgoing, why string, due time.Time) error {
	if o.Why == why || o.Errors > 0 || o.Holds > 0 {
		why = ""
	}
	return t.settle(ctx, o, handlers.Planned, why, due)
}

// settle gives a row back in a state, for a reason. A row that is Planned is claimed again when it
// is due; in any other state it is done. A lost claim is no error: whoever has the row by now
// settles it.
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

// heed stores what the carrier's error code says of the number: that it has opted out at the
// carrier, on whichever channel, or that no SMS can reach it. A failure on another channel says
// nothing of SMS.
func (t *Texter) heed(
	ctx context.Context, o handlers.Outgoing, now time.Time, code int, noTexts bool, why string,
) (err error) {
	if optedOut(code) {
		said := strconv.Itoa(code)
		out := func(s handlers.State) (e handlers.Effects, err error) {
			// The rest of the consent stays: discretion that they asked for (Basic) must hold when
			// they opt in again.
			if c := s.Consent; !c.Out {
				c.Out, c.At, c.Way, c.Words = true, now, "carrier", said
				c.Given = time.Time{}
				e.Consent = &c
				e.Add(desk.Consented(s, e, o.Event(said), now))
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
