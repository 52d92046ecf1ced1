package handlerstest

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
)

// row is a row of the ledger of texts.
type row struct {
	waits
	text    handlers.Outgoing
	planned time.Time // when it was first to leave
	by      string    // the row whose text tells this one as well
	words   string    // of an asked text that has ended, in case it is sent again
	failed  time.Time // when it failed; zero once it is dismissed or sent again
	log     []handlers.Moved
}

// read returns the row as a caller sees it.
func (r *row) read() handlers.Outgoing {
	o := r.text
	o.Token = r.token
	return o
}

// held reports whether a token is that of the row's claim. There may be no row, and no claim.
func (r *row) held(token string) bool { return r != nil && token != "" && r.token == token }

// mostSteps bounds a row's history.
const mostSteps = 50

// note adds a step to a row's history.
func (s *Store) note(r *row, state, why string) {
	r.log = append(r.log, handlers.Moved{State: state, At: s.Now(), Why: oneLine(why)})
	r.log = r.log[max(0, len(r.log)-mostSteps):]
}

// oneLine returns a text on one line.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// forward reports whether a state comes after another. One that isn't known comes after none.
func forward(old, to string) bool {
	ranks := map[string]int{
		handlers.Planned: 0, handlers.Claimed: 1, handlers.Sent: 2, handlers.Delivered: 3,
		handlers.Failed: 3, handlers.Skipped: 3, handlers.Void: 3,
	}
	rank, known := ranks[to]
	return known && rank > ranks[old]
}

// writeRows plans and moves rows. It voids first, so that one event can plan the same id anew.
func (s *Store) writeRows(e handlers.Effects) {
	for _, v := range e.Void {
		s.void(s.rows[v.Row], v.Why)
	}
	for _, o := range e.Texts {
		s.plan(o)
	}
	for _, o := range e.Retry {
		if r := s.rows[o.ID]; r != nil && r.text.State == handlers.Failed {
			r.text.Errors = 0
			s.requeue(r, s.Now(), "sent again by "+e.By)
		}
	}
	for _, o := range e.Dismiss {
		if r := s.rows[o.ID]; r != nil && !r.failed.IsZero() {
			r.failed = time.Time{}
			s.note(r, gate.Dismissed, e.By)
		}
	}
}

// plan adds a row, unless its id is there and not void. Its history goes on.
func (s *Store) plan(o handlers.Outgoing) {
	old := s.rows[o.ID]
	if old != nil && old.text.State != handlers.Void {
		return
	}
	if o.State != handlers.Skipped {
		o.State = handlers.Planned
	}
	o.Why = oneLine(o.Why)
	r := &row{text: o, planned: o.Due, waits: waits{id: o.ID, due: o.Due}}
	r.over = o.State == handlers.Skipped
	if old != nil {
		r.log = old.log
	}
	s.note(r, o.State, o.Why)
	s.rows[o.ID] = r
}

// void ends a row that won't be sent. One whose send has begun stays, and so does one that another
// row's text tells, or that was decided against when it was due.
func (s *Store) void(r *row, why string) {
	if r == nil || r.text.Tries > 0 {
		return
	}
	leftOut := r.text.State == handlers.Skipped && r.by == "" && r.text.At.IsZero()
	if r.text.State != handlers.Planned && !leftOut {
		return
	}
	s.part(r)
	r.text.State, r.text.Why, r.over, r.token, r.by = handlers.Void, oneLine(why), true, "", ""
	s.note(r, handlers.Void, why)
}

// requeue has a failed row wait until due as if it had never begun. Receipts of its earlier text,
// whose SID it remembers, don't count any more.
func (s *Store) requeue(r *row, due time.Time, why string) {
	t := &r.text
	t.Was += t.SID + " "
	t.State, t.SID, t.Tries, t.First, t.Why = handlers.Planned, "", 0, time.Time{}, ""
	t.Round++
	if r.words != "" {
		t.Body = r.words
	}
	r.token, r.due, r.over, r.failed = "", due, false, time.Time{}
	delete(s.number(t.To).unasked, r.id)
	s.note(r, handlers.Planned, why)
}

// told returns the rows that a row's text tells as well and that wait for what becomes of it.
func (s *Store) told(r *row) (out []*row) {
	for id := range strings.FieldsSeq(r.text.With) {
		other := s.rows[id]
		if other != nil && other.by == r.id && other.text.State == handlers.Claimed {
			out = append(out, other)
		}
	}
	return out
}

// part lets the rows that a row's text was to tell wait on their own again.
func (s *Store) part(r *row) {
	for _, other := range s.told(r) {
		other.by, other.over, other.text.State = "", false, handlers.Planned
		s.note(other, handlers.Planned, "not told with the other visit after all")
	}
}

// Claim implements gate.Ledger, whatever the pace.
func (s *Store) Claim(
	_ context.Context, now time.Time, n int, _ gate.Pace, lease time.Duration,
) (out []gate.Claim, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return nil, s.err
	}
	for _, in := range []func(handlers.Outgoing) bool{
		func(o handlers.Outgoing) bool { return o.Alarm },
		func(o handlers.Outgoing) bool { return !o.Alarm && !o.Unasked },
		func(o handlers.Outgoing) bool { return !o.Alarm && o.Unasked },
	} {
		for _, w := range s.claim(s.texts(in), now, n-len(out), lease) {
			c := gate.Claim{Outgoing: s.rows[w.id].read()}
			c.Doubt = s.doubt
			if !c.Alarm {
				c.Known = s.state(c.To)
			}
			out = append(out, c)
		}
	}
	return out, nil
}

// texts returns the rows of a class.
func (s *Store) texts(in func(handlers.Outgoing) bool) (out []*waits) {
	for _, r := range s.rows {
		if in(r.text) {
			out = append(out, &r.waits)
		}
	}
	return out
}

func anyText(handlers.Outgoing) bool { return true }

// Begin implements gate.Ledger, whatever the pace.
func (s *Store) Begin(
	_ context.Context, o handlers.Outgoing, from handlers.State,
	c gate.Caps, _ gate.Pace, lease time.Duration,
) (gate.Begun, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.rows[o.ID]
	if s.err != nil || !r.held(o.Token) || r.text.State != handlers.Planned {
		return gate.Begun{}, s.err
	}
	if can := s.joinable(o); can != o.With {
		return gate.Begun{Answer: gate.Apart, With: can}, nil
	}
	if from.Version != "" && from.Version != s.version(o.To) {
		return gate.Begun{Answer: gate.Stale}, nil
	}
	if o.Unasked {
		if b := s.number(o.To).capped(o.ID, from, c); b.Answer != gate.Ready {
			return b, nil
		}
		s.number(o.To).unasked[o.ID] = c.Now // begun again it counts once, from now
	}
	for id := range strings.FieldsSeq(o.With) {
		if other := s.rows[id]; other.text.State == handlers.Planned {
			other.by, other.token, other.over = o.ID, "", true
			other.text.State = handlers.Claimed
			s.note(other, handlers.Claimed, "by the text that tells of another visit too")
		}
	}
	t := &r.text
	t.Tries, t.First, t.Says, t.Body, t.With = o.Tries, o.First, o.Says, o.Body, o.With
	r.due = c.Now.Add(lease)
	s.note(r, handlers.Claimed, "")
	return gate.Begun{Answer: gate.Ready, At: c.Now}, nil
}

// keeps reports whether one more text leaves room for those that room is kept for.
func keeps(had []time.Time, c gate.Caps) bool {
	for others, from := range c.Since() {
		n := others + 2 // itself, and those kept for up to this one
		for _, at := range had {
			if at.After(from) {
				n++
			}
		}
		if n > c.PerWeek {
			return false
		}
	}
	return true
}

// capped returns Ready if a number may have one more unasked text, that of row id, or why it may
// not.
func (n *number) capped(id string, from handlers.State, c gate.Caps) gate.Begun {
	day, begun, had := c.KeepDay, false, []time.Time(nil)
	for row, at := range n.unasked {
		if !at.After(c.Week) {
			continue
		}
		had = append(had, at)
		begun = begun || row == id // so it is counted already
		if !at.Before(c.Day) {
			day++
		}
	}
	slices.SortFunc(had, time.Time.Compare)
	over := len(had) - c.PerWeek
	switch {
	case !begun && c.PerDay > 0 && day >= c.PerDay:
		return gate.Begun{Answer: gate.Capped, Cap: "day"}
	case !begun && c.PerWeek > 0 && over >= 0:
		return gate.Begun{Answer: gate.Capped, Cap: "week", At: had[over].Add(c.Now.Sub(c.Week))}
	case !begun && c.PerWeek > 0 && !keeps(had, c):
		return gate.Begun{Answer: gate.Capped, Cap: "week"}
	case from.Version != "" && !from.Texted && len(had) > 0:
		return gate.Begun{Answer: gate.Stale}
	}
	return gate.Begun{Answer: gate.Ready}
}

// joinable returns which of the rows in With this one still can tell, a line each.
func (s *Store) joinable(o handlers.Outgoing) string {
	var can []string
	for id := range strings.FieldsSeq(o.With) {
		other := s.rows[id]
		if other == nil {
			continue
		}
		state := other.text.State
		ours := other.by == o.ID && (state == handlers.Claimed || state == handlers.Skipped)
		if state == handlers.Planned && other.text.Tries == 0 || ours {
			can = append(can, id)
		}
	}
	return strings.Join(can, "\n")
}

// Settle implements gate.Ledger.
func (s *Store) Settle(_ context.Context, o handlers.Outgoing) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.rows[o.ID]
	if s.err != nil || !r.held(o.Token) {
		return false, s.err
	}
	if said, ok := o.Said(); ok {
		s.say(o.To, said)
	}
	held, again := r.text, o.State == handlers.Planned
	if again { // else only what became of it is stored
		r.text = o
		r.text.Body, r.text.With, r.text.Says = held.Body, held.With, held.Says
		r.text.State, r.text.SID, r.text.Why = held.State, held.SID, held.Why
		r.text.First, r.text.At = held.First, held.At
	}
	t := &r.text
	t.Tries, t.Errors, t.SID = o.Tries, o.Errors, cmp.Or(o.SID, held.SID)
	switch {
	case forward(held.State, o.State):
		t.State, t.Why, t.At = o.State, oneLine(o.Why), o.At
		s.note(r, o.State, o.Why)
		if o.State == handlers.Failed {
			r.failed = o.At
		}
	case o.Why != "" && held.State == handlers.Planned:
		t.Why = oneLine(o.Why)
		s.note(r, handlers.Planned, o.Why)
	}
	switch {
	case o.State == handlers.Sent, !again && o.Tries > 0: // or it may have been
		for _, other := range s.told(r) {
			other.text.State, other.text.At = handlers.Skipped, o.At
			other.text.Why = "told in the text of another visit"
			s.note(other, handlers.Skipped, other.text.Why)
		}
	case o.Tries == 0:
		delete(s.number(o.To).unasked, o.ID)
		s.part(r)
	}
	r.token, r.due, r.over = "", o.Due, !again
	if !again {
		if (o.State == handlers.Sent || o.State == handlers.Failed) && !o.Unasked &&
			held.State != handlers.Delivered {
			r.words = o.Body
		}
		t.Body = ""
	}
	return true, nil
}

// Held returns until when the pace holds back a row that is due, as Hold has set it.
func (s *Store) Held(
	_ context.Context, o handlers.Outgoing, now time.Time, _ gate.Pace,
) (until time.Time, before int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.rows[o.ID]; r != nil && !r.over && !r.due.After(now) {
		return s.heldTill, s.before, s.err
	}
	return until, 0, s.err
}

// Next returns when the next row falls due or its lease ends, whatever the pace; zero if none
// waits.
func (s *Store) Next(context.Context, gate.Pace) (time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return next(s.texts(anyText)), s.err
}

// Advance moves a row forward on a receipt and returns it as it then is. With a time again, one
// that failed waits until then.
func (s *Store) Advance(
	_ context.Context, id, state, sid, why string, at, again time.Time,
) (handlers.Outgoing, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.rows[id]
	if s.err != nil || r == nil {
		return handlers.Outgoing{}, false, s.err
	}
	earlier := sid != "" && strings.Contains(r.text.Was, sid+" ")
	if earlier || !forward(r.text.State, state) {
		return r.read(), false, nil
	}
	r.text.State, r.text.SID, r.text.Why, r.text.At = state, sid, oneLine(why), at
	s.note(r, state, why)
	switch {
	case state == handlers.Delivered:
		r.words = ""
	case state == handlers.Failed && again.IsZero():
		r.failed = at
	case state == handlers.Failed:
		r.text.Errors++
		s.requeue(r, again, "to be tried again")
	}
	return r.read(), true, nil
}
