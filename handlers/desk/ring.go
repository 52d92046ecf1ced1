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
	// A phone that rings without end can't be used to call anybody.
	ringGap = time.Minute
	// ringTime bounds one attempt to reach the on-call phone. It is as long as a send of the gate
	// may take, so that a row which is still Planned after it is known not to be leaving.
	ringTime = 12 * time.Second
	// voiceAfter is the pause between the text to the on-call phone and the call, in which somebody
	// can take the case.
	voiceAfter = 30 * time.Second
)

// ring plans a text and a call to the on-call phone for a case that nobody has. id names the event.
// Cases that come before the text leaves share them, since they are worded when they are sent.
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
// clinic has no such phone. Cases that ask before the text leaves get the same rows.
func (p *Poster) rings(ctx context.Context, now time.Time) ([]handlers.Outgoing, error) {
	to, ok, err := p.onCall()
	if err != nil || !ok {
		return nil, err
	}
	// The store doesn't know when this process told the phone without it.
	grace := max(ringGrace, p.straight.heardAt().At.Add(ringGap).Sub(now))
	at, err := p.Posts.NextRing(ctx, now, grace, ringGap)
	if err != nil {
		return nil, err
	}
	return ringRows(to, at), nil
}

// onCall returns the clinic's on-call phone; false if it has none. The error is a number in
// clinic.yaml that isn't one.
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

// ringRows returns a text that is due at a time and a call that is due voiceAfter later, both
// without words.
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

// ringID returns the id of the text or the call of a round. Everybody who plans the same round gets
// the same id, and a row with an id that exists isn't planned again.
func ringID(kind string, at time.Time) string { return fmt.Sprintf("%s:%d", kind, at.UnixMilli()) }

// Alarm words a row to the on-call phone when it is about to be sent, from the alarms that nobody
// has taken by then: it names one by its masked number, or says how many there are, and never
// quotes a patient, since the phone's screen is no place for that. The row is skipped if somebody
// has taken them all or another row has told of them. It waits if another row told the phone less
// than ringGap ago. The error is the store's.
func (p *Poster) Alarm(
	ctx context.Context, o handlers.Outgoing,
) (handlers.Outgoing, handlers.Composed, error) {
	if o.Kind == replies.OnCallDesk { // it tells of the desk, not of a patient: it has its words
		return o, handlers.Composed{Body: o.Body}, nil
	}
	cases, err := p.Posts.Untaken(ctx)
	if err != nil {
		return o, handlers.Composed{}, err
	}
	if len(cases) == 0 {
		return o, handlers.Composed{Skip: "somebody has the case"}, nil
	}
	if c, err := p.turn(ctx, o, cases); err != nil || c.Skip != "" || !c.Wait.IsZero() {
		return o, c, err
	}
	o, err = p.worded(o, cases)
	return o, handlers.Composed{Body: o.Body}, err
}

// turn keeps the texts to the on-call phone ringGap apart, and likewise the calls, so that rows
// which were held up don't leave all at once. A row is skipped if it was due before the last one
// left, or if the phone was told of the same cases without the store: it has nothing new to tell.
// Both are answers in the Composed; the zero one means that the row may leave now.
func (p *Poster) turn(
	ctx context.Context, o handlers.Outgoing, cases []handlers.Case,
) (c handlers.Composed, err error) {
	const told = "another row told of all who waited"
	now := p.Now()
	// The store may not know when this process told the phone without it.
	own := p.straight.heardAt()
	free := own.At.Add(ringGap)
	if o.Voice {
		free = free.Add(voiceAfter)
	}
	switch {
	case !free.After(now):
	case own.tells(cases):
		return handlers.Composed{Skip: told}, nil
	default:
		return handlers.Composed{Wait: free}, nil
	}
	r := Ring{ID: o.ID, Kind: o.Kind, Due: o.Due, At: now, Of: ids(cases)}
	if !o.First.IsZero() { // its Due is that of its retry
		r.Due = o.First
	}
	last, err := p.Posts.TakeRing(ctx, r, ringGap, "")
	if err != nil || last.ID == o.ID {
		return c, err
	}
	sent, known, err := p.left(ctx, last)
	switch {
	case err != nil:
		return c, err
	// A row tells of all who wait when it leaves, others of whom their process knows.
	case last.Sent && last.tells(cases), sent && !last.Sent && !last.At.Before(r.Due):
		return handlers.Composed{Skip: told}, nil
	case sent:
		known = last.At.Add(ringGap)
	}
	if known.After(now) { // or it may be leaving now
		return handlers.Composed{Wait: known}, nil
	}
	// The other one told nobody, or not of all, and that is a round ago: this one takes its place.
	_, err = p.Posts.TakeRing(ctx, r, ringGap, last.ID)
	return c, err
}

// left reports whether a ring is known to have left. If it may still be leaving, known is when it
// has come to nothing.
func (p *Poster) left(ctx context.Context, r Ring) (sent bool, known time.Time, err error) {
	if r.Sent {
		return true, time.Time{}, nil
	}
	row, err := p.Posts.Row(ctx, r.ID)
	switch row.State {
	case handlers.Sent, handlers.Delivered:
		return true, time.Time{}, err
	case handlers.Planned, "": // one that leaves without the store has no row
		return false, r.At.Add(ringTime), err
	}
	return false, time.Time{}, err
}

// ids returns the ids of some cases.
func ids(cases []handlers.Case) []string {
	out := make([]string, len(cases))
	for i, c := range cases {
		out[i] = c.ID
	}
	return out
}

// worded returns a row with the words for these cases, of which there is at least one. The row has
// a case's id only if it tells of one alone: whoever answers the call can then take that case.
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
