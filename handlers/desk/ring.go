package desk

import (
	"context"
	"fmt"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

const (
	// ringGrace is how long a text to the on-call phone waits for more patients in danger, so that
	// one text and one call tell of all of them.
	ringGrace = 2 * time.Second
	// ringGap is the shortest pause between two texts to the on-call phone, and between two calls.
	ringGap = time.Minute
	// ringTime bounds one attempt to reach the on-call phone.
	ringTime = 12 * time.Second
	// voiceAfter is the pause between the text to the on-call phone and the call.
	voiceAfter = 30 * time.Second
)

// ring schedules a text and a call to the on-call phone for a case that nobody has. id is the
// event's. All cases that come until they leave share them: they are worded when they are sent.
func (p *Poster) ring(ctx context.Context, c handlers.Case, id string) error {
	now := p.Now()
	rows, err := p.rings(ctx, now)
	if err != nil {
		return err
	}
	decide := func(s handlers.State) (e handlers.Effects, err error) {
		for _, open := range s.Cases {
			if open.ID == c.ID && open.Untaken() {
				open.Rung = now
				e.Cases, e.Texts = []handlers.Case{open}, rows
			}
		}
		return e, nil
	}
	_, _, err = p.Store.Turn(ctx, id, c.Phone, decide)
	return err
}

// rings returns the rows of the next text and call to the on-call phone, without words; none if the
// clinic has no such phone.
func (p *Poster) rings(ctx context.Context, now time.Time) ([]handlers.Outgoing, error) {
	to, ok, err := p.onCall()
	if err != nil || !ok {
		return nil, err
	}
	// The store doesn't know when the phone was told without it.
	grace := max(ringGrace, p.straight.heardAt().Add(ringGap).Sub(now))
	at, err := p.Posts.NextRing(ctx, now, grace, ringGap)
	if err != nil {
		return nil, err
	}
	return ringRows(to, at), nil
}

// onCall returns the clinic's on-call phone; false if it has none.
func (p *Poster) onCall() (handlers.Phone, bool, error) {
	if p.Base.Clinic.Desk.OnCallPhone == "" {
		return handlers.Phone{}, false, nil
	}
	to, err := handlers.NewPhone(p.Base.Clinic.Desk.OnCallPhone)
	if err != nil {
		return to, false, fmt.Errorf("desk.oncall_phone: %w", err)
	}
	return to, true, nil
}

// ringRows returns a text and, a moment later, a call, both without words.
func ringRows(to handlers.Phone, at time.Time) (out []handlers.Outgoing) {
	for i, kind := range []string{replies.OnCallText, replies.OnCallVoice} {
		out = append(out, handlers.Outgoing{
			ID: ringID(kind, at), To: to, Kind: kind,
			Alarm: true, Voice: kind == replies.OnCallVoice,
			Due: at.Add(time.Duration(i) * voiceAfter),
		})
	}
	return out
}

// ringID returns the id of the text or the call of a round. All who schedule the same round agree
// on it, so the round is planned once.
func ringID(kind string, at time.Time) string { return fmt.Sprintf("%s:%d", kind, at.UnixMilli()) }

// Alarm words a row to the on-call phone when it leaves, from the alarms that nobody has by then:
// it names one by its masked number, or says how many there are, and never quotes a patient. The
// row is skipped if somebody has taken them all or another row has told of them. It waits if
// another row told the phone a moment ago.
func (p *Poster) Alarm(
	ctx context.Context, o handlers.Outgoing,
) (handlers.Outgoing, handlers.Composed, error) {
	if o.Kind == replies.OnCallDesk { // it tells of no patient
		return o, handlers.Composed{Body: o.Body}, nil
	}
	cases, err := p.Posts.Untaken(ctx)
	if err != nil {
		return o, handlers.Composed{}, err
	}
	if len(cases) == 0 {
		return o, handlers.Composed{Skip: "somebody has the case"}, nil
	}
	if c, err := p.turn(ctx, o); err != nil || c.Skip != "" || !c.Wait.IsZero() {
		return o, c, err
	}
	o, err = p.worded(o, cases)
	return o, handlers.Composed{Body: o.Body}, err
}

// turn keeps the texts to the on-call phone ringGap apart, and likewise the calls, so that rows
// which were held up don't leave all at once. A row that was due before the last one left is
// skipped, since that one told of everybody who waited.
func (p *Poster) turn(ctx context.Context, o handlers.Outgoing) (c handlers.Composed, err error) {
	now := p.Now()
	// The store doesn't know when the phone was told without it.
	free := p.straight.heardAt().Add(ringGap)
	if o.Voice {
		free = free.Add(voiceAfter)
	}
	if free.After(now) {
		return handlers.Composed{Wait: free}, nil
	}
	r := Ring{ID: o.ID, Kind: o.Kind, Due: o.Due, At: now}
	if !o.First.IsZero() {
		r.Due = o.First
	}
	last, err := p.Posts.TakeRing(ctx, r, ringGap, "")
	if err != nil || last.ID == o.ID {
		return c, err
	}
	row, err := p.Posts.Row(ctx, last.ID)
	if err != nil {
		return c, err
	}
	switch row.State {
	case handlers.Sent, handlers.Delivered:
		if !last.At.Before(r.Due) {
			return handlers.Composed{Skip: "another row told of all who waited"}, nil
		}
		return handlers.Composed{Wait: last.At.Add(ringGap)}, nil
	case handlers.Planned:
		if known := last.At.Add(ringTime); known.After(now) { // it may be leaving now
			return handlers.Composed{Wait: known}, nil
		}
	}
	_, err = p.Posts.TakeRing(ctx, r, ringGap, last.ID) // the other row wasn't sent: take its place
	return c, err
}

// worded returns a row with the words for these cases. It carries the case's id only if it tells of
// one.
func (p *Poster) worded(o handlers.Outgoing, cases []handlers.Case) (handlers.Outgoing, error) {
	say, own := o.Kind, knowledge.Fill{"last4": cases[0].Ends(), "kind": cases[0].Kind}
	o.Case = cases[0].ID
	if len(cases) > 1 {
		o.Case = ""
		own = knowledge.Fill{"count": fmt.Sprint(len(cases))}
		if say = replies.OnCallTextMany; o.Voice {
			say = replies.OnCallVoiceMany
		}
	}
	var err error
	o.Body, err = p.Base.Reply(say, "en", own)
	return o, err
}
