package handlers

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/beacon-clinic/beacon/knowledge"
)

// Texter is the one gate: nothing reaches a phone but through Reply (the answer to a text, in the same breath) and Deliver
// (what waits in the ledger). Consent, the window, the caps, the length and the words are held here, so no caller can go round them.
type Texter struct {
	Clinic  *knowledge.Clinic
	Store   Store
	Ledger  Ledger
	Carrier Carrier
	// Compose words a reminder from the visit as it stands, or says why it isn't sent, or when to ask again.
	Compose func(s State, o Outgoing, now time.Time) Composed
	// Case reads a case: an alarm goes out only while nobody has it.
	Case  func(ctx context.Context, id string) (Case, bool, error)
	Now   func() time.Time
	Meter Meter
	Log   *slog.Logger
}

// Composed is what a row comes to when it is due: words, or why there are none.
type Composed struct {
	Body string
	Skip string    // why it isn't sent
	Wait time.Time // ask again then
}

const (
	// Batch is how many rows are claimed at a time, and Hands how many are carried at once.
	Batch = 64
	Hands = 16
	// Lease is how long a claim lasts; a send that begins renews it. It is longer than any one step takes, and short enough that
	// what a killed process held goes out within the half minute.
	Lease = 20 * time.Second
	// carryTime bounds the carrying of one row, and sendTime the send in it: a send ends well within the lease that it began with, even
	// if the process was stopped in between, so that nobody looks for it too early.
	carryTime = 40 * time.Second
	sendTime  = 12 * time.Second
	// settleTime is how long the carrier's list is given to show a text whose outcome is unknown. After a crash the lease gives more.
	settleTime = 6 * time.Second
	// mostErrors is after how many errors a text is given up and told to the desk: with backoff about four hours, which is also
	// how long Twilio itself keeps a queued text.
	mostErrors = 12
	// mostRounds bounds one Deliver, so that a row that stays due can't hold up everything else.
	mostRounds = 1000
	// longest is Twilio's limit of a text, in characters.
	longest = 1600
)

// Reply passes the answer to a text: an opted-out number gets none, but to its wish to opt in.
func (t *Texter) Reply(s State, r Reply) Reply {
	if s.Consent.Out && r.Kind != knowledge.Start {
		r.Bodies = nil
		return r
	}
	var out []string
	for _, b := range r.Bodies {
		if b = strings.TrimSpace(b); b != "" && knowledge.Length(b) <= longest {
			out = append(out, b)
		}
	}
	r.Bodies = out
	return r
}

// Deliver carries what is due: it claims rows until none is left, and returns how many texts it sent. When ctx ends it finishes what
// is on its way and gives the other claims back.
func (t *Texter) Deliver(ctx context.Context) (sent int, err error) {
	for round := 0; round < mostRounds && ctx.Err() == nil; round++ {
		rows, err := t.Ledger.Claim(ctx, t.Now(), Batch, Lease)
		if err != nil || len(rows) == 0 {
			return sent, err
		}
		n, err := t.carryAll(ctx, rows)
		sent += n
		if err != nil {
			return sent, err
		}
	}
	return sent, nil
}

func (t *Texter) carryAll(ctx context.Context, rows []Outgoing) (sent int, err error) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	hands := make(chan struct{}, Hands)
	for _, o := range rows {
		hands <- struct{}{}
		wg.Go(func() {
			defer func() { <-hands }()
			ok, e := t.carry(ctx, o)
			mu.Lock()
			defer mu.Unlock()
			err = errors.Join(err, e)
			if ok {
				sent++
			}
		})
	}
	wg.Wait()
	return sent, err
}

// carry brings one claimed row as far as it goes now.
func (t *Texter) carry(ctx context.Context, o Outgoing) (sent bool, err error) {
	stop := ctx.Err() != nil
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), carryTime)
	defer cancel()
	if stop {
		return false, t.settle(ctx, o, Planned, "", o.Due)
	}
	now := t.Now()
	if o.Alarm {
		return t.alarm(ctx, o, now)
	}
	if o.State == Planned && o.Tries == 0 && now.Before(o.Doubt.Until) {
		return false, t.settle(ctx, o, Planned, "the store was started anew: what it may have forgotten is looked up first", o.Doubt.Until)
	}
	s, err := t.Store.Peek(ctx, o.To)
	if err != nil {
		return false, err
	}
	c := t.decide(s, o, now)
	// What an earlier try may have sent is looked for, even when it would not be sent any more: the ledger tells the truth.
	if taken, err := t.taken(ctx, &o, c.Body, now); err != nil {
		return false, t.again(ctx, o, now, "look-up: "+err.Error(), 0)
	} else if taken {
		return true, t.done(ctx, o, now)
	}
	switch {
	case c.Skip != "":
		return false, t.refuse(ctx, o, Skipped, c.Skip)
	case !c.Wait.IsZero():
		return false, t.settle(ctx, o, Planned, "", c.Wait)
	}
	o.Body = c.Body
	return t.send(ctx, o, now)
}

// taken says whether the carrier has a row from an earlier try: by its receipt, or by the carrier's list. A row of which the store may have
// forgotten the send is looked for by the words that it would leave with now, and then counted as a send that began is.
func (t *Texter) taken(ctx context.Context, o *Outgoing, words string, now time.Time) (bool, error) {
	switch {
	case o.State != Planned: // its receipt has come, even where the store has forgotten the send
		return true, nil
	case o.Tries > 0:
	case o.Doubt.From.IsZero() || words == "":
		return false, nil
	default:
		o.First, o.Body = o.Doubt.From, words
	}
	sid, err := t.Carrier.Find(ctx, *o, o.First)
	if err != nil {
		return false, err
	}
	if sid == "" {
		t.Log.Info("text: it isn't at the carrier", "id", o.ID, "to", o.To)
		o.Tries = 0
		return false, nil
	}
	t.Log.Info("text: it is at the carrier", "id", o.ID, "to", o.To)
	o.SID = sid
	if o.Tries == 0 {
		o.Tries = 1
		_, err = t.Ledger.Begin(ctx, *o, t.caps(*o, now), Lease)
	}
	return err == nil, err
}

// alarm tells the on-call phone of a case that nobody has. What an earlier try came to isn't looked up: better twice than never.
func (t *Texter) alarm(ctx context.Context, o Outgoing, now time.Time) (bool, error) {
	c, ok, err := t.Case(ctx, o.Case)
	if err != nil {
		return false, err
	}
	if !ok || !c.Open || c.TakenBy != "" {
		return false, t.refuse(ctx, o, Skipped, "somebody has the case")
	}
	return t.send(ctx, o, now)
}

// AlarmNow tells the on-call phone at once, past the ledger, when the store is away.
func (t *Texter) AlarmNow(ctx context.Context, rows []Outgoing) error {
	var all error
	for _, o := range rows {
		send := t.Carrier.Send
		if o.Voice {
			send = t.Carrier.Call
		}
		if _, err := send(ctx, o); err != nil {
			all = errors.Join(all, err)
			continue
		}
		t.Log.Info("alarm sent without the store", "id", o.ID, "to", o.To)
	}
	return all
}

// send hands a row over to the carrier, having stored that it does.
func (t *Texter) send(ctx context.Context, o Outgoing, now time.Time) (bool, error) {
	o.Tries++
	if o.First.IsZero() {
		o.First = now
	}
	sending, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	begun, err := t.Ledger.Begin(ctx, o, t.caps(o, now), Lease)
	if err != nil || begun == Lost {
		return false, err
	}
	if begun == Capped {
		return false, t.capped(ctx, o, now)
	}
	send := t.Carrier.Send
	if o.Voice {
		send = t.Carrier.Call
	}
	sid, err := send(sending, o)
	var no *Refusal
	switch {
	case err == nil:
		o.SID = sid
		return true, t.done(ctx, o, now)
	case !errors.As(err, &no):
		t.Log.Warn("text: outcome unknown", "id", o.ID, "to", o.To, "err", err)
		return false, t.again(ctx, o, now, "outcome unknown", 0)
	}
	o.Tries = 0
	if no.Code == OptedOut {
		if err := t.optedOut(ctx, o, now); err != nil {
			return false, err
		}
	}
	if no.Retry {
		return false, t.again(ctx, o, now, no.Why, no.After)
	}
	return false, t.refuse(ctx, o, Failed, no.Why)
}

// capped puts a text off to the next day's window, if that still comes before the visit: Compose then says whether it still makes sense.
func (t *Texter) capped(ctx context.Context, o Outgoing, now time.Time) error {
	o.Tries = 0
	l := now.In(t.Clinic.Zoned(o.Zone))
	from := t.Clinic.Reminders.Window.From
	next := time.Date(l.Year(), l.Month(), l.Day()+1, from/60, from%60, 0, 0, l.Location())
	if o.Start.IsZero() || !next.Before(o.Start) {
		return t.refuse(ctx, o, Skipped, "this number had as many texts as it may get")
	}
	return t.settle(ctx, o, Planned, "this number had its text of the day", next)
}

// decide holds the gate's rules against a row, at the moment it would leave.
func (t *Texter) decide(s State, o Outgoing, now time.Time) Composed {
	if s.Consent.Out {
		return Composed{Skip: "the number has opted out"}
	}
	c := Composed{Body: o.Body}
	if o.Unasked {
		if c = t.Compose(s, o, now); c.Skip != "" || !c.Wait.IsZero() {
			return c
		}
		if word := t.Clinic.Indiscreet(c.Body); word != "" {
			return Composed{Skip: "it holds a word that no unasked text may hold: " + word}
		}
		if n, gsm := knowledge.Segments(c.Body); n != 1 || !gsm {
			return Composed{Skip: "it doesn't fit one SMS segment"}
		}
	}
	if strings.TrimSpace(c.Body) == "" || knowledge.Length(c.Body) > longest {
		return Composed{Skip: "it is empty or longer than a text can be"}
	}
	return c
}

func (t *Texter) caps(o Outgoing, now time.Time) Caps {
	l := now.In(t.Clinic.Zoned(o.Zone))
	return Caps{
		Now: now, Day: time.Date(l.Year(), l.Month(), l.Day(), 0, 0, 0, 0, l.Location()), Week: now.AddDate(0, 0, -7),
		PerDay: t.Clinic.Reminders.MaxPerDay, PerWeek: t.Clinic.Reminders.MaxPerWeek,
	}
}

// again puts a row back to be tried later: at once doubled waits from two seconds to half an hour.
func (t *Texter) again(ctx context.Context, o Outgoing, now time.Time, why string, after time.Duration) error {
	o.Errors++
	if o.Errors >= mostErrors {
		return t.refuse(ctx, o, Failed, why)
	}
	wait := max(after, min(time.Second<<o.Errors, 30*time.Minute))
	if o.Tries > 0 {
		wait = max(wait, settleTime)
	}
	t.Meter.Sent(o.Kind, "retry", 0)
	o.Why = why
	return t.settle(ctx, o, Planned, why, now.Add(wait))
}

// done settles a row that was sent and tells the thread it came from.
func (t *Texter) done(ctx context.Context, o Outgoing, now time.Time) error {
	t.Meter.Sent(o.Kind, Sent, now.Sub(o.Due))
	t.Log.Info("text sent", "id", o.ID, "kind", o.Kind, "to", o.To, "sid", o.SID)
	return errors.Join(t.mark(ctx, o, Sent, ""), t.settle(ctx, o, Sent, "", time.Time{}))
}

// refuse settles a row that won't be sent, and tells the desk where staff must know.
func (t *Texter) refuse(ctx context.Context, o Outgoing, state, why string) error {
	t.Meter.Sent(o.Kind, state, 0)
	t.Log.Info("text "+state, "id", o.ID, "kind", o.Kind, "to", o.To, "why", why)
	o.State, o.Why = state, why
	return errors.Join(t.Undelivered(ctx, o), t.settle(ctx, o, state, why, time.Time{}))
}

func (t *Texter) settle(ctx context.Context, o Outgoing, state, why string, due time.Time) error {
	now := t.Now()
	o.State, o.Why, o.At = state, why, now
	if state == Planned {
		o.Due = due
	}
	_, err := t.Ledger.Settle(ctx, o)
	return err
}

func (t *Texter) optedOut(ctx context.Context, o Outgoing, now time.Time) error {
	_, _, err := t.Store.Turn(ctx, "21610:"+o.ID, o.To, func(State) (Effects, error) {
		return Effects{Consent: &Consent{Out: true, At: now, Way: "carrier", Words: "21610"}}, nil
	})
	return err
}
