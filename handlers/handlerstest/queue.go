package handlerstest

import (
	"context"
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/gate"

	"github.com/beacon-clinic/beacon/handlers"
)

// waiting are the rows due by now (all that wait, if now is zero), in order.
func (s *Store) waiting(rows map[string]*row, now time.Time) []*row {
	var out []*row
	for _, r := range rows {
		if !r.over && (now.IsZero() || !r.due.After(now)) {
			out = append(out, r)
		}
	}
	sort.Slice(out, func(i, j int) bool {
		return out[i].due.Before(out[j].due) || out[i].due.Equal(out[j].due) && out[i].text.ID+out[i].post.ID < out[j].text.ID+out[j].post.ID
	})
	return out
}

func (s *Store) claim(rows map[string]*row, now time.Time, n int, lease time.Duration) []*row {
	due := s.waiting(rows, now)
	due = due[:min(n, len(due))]
	for _, r := range due {
		s.tokens++
		r.token, r.due = fmt.Sprint(s.tokens), now.Add(lease)
		r.claims++
	}
	return due
}

// Claim implements gate.Ledger.
func (s *Store) Claim(_ context.Context, now time.Time, n int, _ gate.Pace, lease time.Duration) ([]gate.Claim, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return nil, s.err
	}
	var out []gate.Claim
	for _, r := range s.claim(s.rows, now, n, lease) {
		o := r.text
		o.Token, o.Was, o.Doubt = r.token, r.was, s.doubt
		out = append(out, gate.Claim{Outgoing: o, Known: s.state(o.To)})
	}
	return out, nil
}

// Begin implements gate.Ledger. There is no pace: that is the real store's.
func (s *Store) Begin(_ context.Context, o handlers.Outgoing, from handlers.State, c gate.Caps, _ gate.Pace, lease time.Duration) (gate.Begun, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.rows[o.ID]
	if s.err != nil || r == nil || r.token != o.Token {
		return gate.Begun{}, s.err
	}
	if can := s.joinable(o); can != o.With {
		return gate.Begun{Answer: gate.Apart, With: can}, nil
	}
	if now := s.state(o.To); from.Version != "" && (from.Version != now.Version || from.Texted != now.Texted) {
		return gate.Begun{Answer: gate.Stale}, nil
	}
	if had := s.unasked[o.To]; o.Unasked && had[o.ID].IsZero() {
		day, week := c.KeepDay, c.KeepWeek
		for _, at := range had {
			if !at.Before(c.Day) {
				day++
			}
			if at.After(c.Week) {
				week++
			}
		}
		switch {
		case c.PerDay > 0 && day >= c.PerDay:
			return gate.Begun{Answer: gate.Capped, Cap: "day"}, nil
		case c.PerWeek > 0 && week >= c.PerWeek:
			return gate.Begun{Answer: gate.Capped, Cap: "week"}, nil
		}
		if had == nil {
			s.unasked[o.To] = map[string]time.Time{}
		}
	}
	if o.Unasked { // begun anew it counts once, from now
		s.unasked[o.To][o.ID] = c.Now
	}
	state := r.text.State
	r.text, r.due = o, c.Now.Add(lease)
	r.text.State = state
	s.note(o.ID, handlers.Claimed, "")
	for id := range strings.Lines(o.With) {
		if other := s.rows[strings.TrimSpace(id)]; other.text.State == handlers.Planned {
			other.by, other.token, other.over, other.text.State = o.ID, "", true, handlers.Claimed
		}
	}
	return gate.Begun{Answer: gate.Ready, At: c.Now}, nil
}

// joinable are the rows of With that this one still can tell.
func (s *Store) joinable(o handlers.Outgoing) string {
	var can []string
	for id := range strings.Lines(o.With) {
		id = strings.TrimSpace(id)
		other := s.rows[id]
		if other != nil && (other.text.State == handlers.Planned && other.text.Tries == 0 || other.by == o.ID) {
			can = append(can, id)
		}
	}
	return strings.Join(can, "\n")
}

// part settles the rows that another's text was to tell: told, or on their own again.
func (s *Store) part(o handlers.Outgoing) {
	for id, other := range s.rows {
		switch {
		case other.by != o.ID || other.text.State != handlers.Claimed:
		case o.State == handlers.Sent, o.State != handlers.Planned && o.Tries > 0:
			other.text.State, other.text.Why, other.text.At = handlers.Skipped, "told with the other visit of the day", s.Now()
			s.note(id, handlers.Skipped, other.text.Why)
		case o.Tries == 0:
			other.by, other.over, other.text.State = "", false, handlers.Planned
		}
	}
}

func (s *Store) note(id, state, why string) {
	r := s.rows[id]
	r.log = append(r.log, handlers.Moved{State: state, At: s.Now(), Why: why})
}

// Settle implements gate.Ledger.
func (s *Store) Settle(_ context.Context, o handlers.Outgoing) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.rows[o.ID]
	if s.err != nil || r == nil || r.token != o.Token || o.Token == "" {
		return false, s.err
	}
	state, why := r.text.State, o.Why
	if o.State == handlers.Planned && why == "" {
		o.Why = r.text.Why
	}
	r.text, r.token, r.due, r.over = o, "", o.Due, o.State != handlers.Planned
	if !forward(state, o.State) {
		r.text.State = state
	}
	if o.State != handlers.Sent && o.Tries == 0 {
		delete(s.unasked[o.To], o.ID)
	}
	if r.over || why != "" {
		s.note(o.ID, o.State, why)
	}
	s.part(o)
	return true, nil
}

// Held is until when the pace holds a row back that is due: as Hold has set it.
func (s *Store) Held(_ context.Context, o handlers.Outgoing, now time.Time, _ gate.Pace) (until time.Time, before int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.rows[o.ID]; r != nil && !r.over && !r.due.After(now) {
		return s.until, s.before, s.err
	}
	return until, 0, s.err
}

// Next implements gate.Ledger.
func (s *Store) Next(context.Context, gate.Pace) (time.Time, error) { return s.next(s.rows) }

// NextPost implements desk.Queue.
func (s *Store) NextPost(context.Context) (time.Time, error) { return s.next(s.posts) }

func (s *Store) next(rows map[string]*row) (time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w := s.waiting(rows, time.Time{}); len(w) > 0 {
		return w[0].due, s.err
	}
	return time.Time{}, s.err
}

func forward(old, to string) bool {
	rank := map[string]int{handlers.Sent: 2, handlers.Delivered: 3, handlers.Failed: 3, handlers.Skipped: 3, handlers.Void: 3}
	return rank[to] > rank[old]
}

// Advance moves a row forward on a receipt.
func (s *Store) Advance(_ context.Context, id, state, sid, why string, at, again time.Time) (handlers.Outgoing, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.rows[id]
	if s.err != nil || r == nil {
		return handlers.Outgoing{}, false, s.err
	}
	moved := forward(r.text.State, state) && !strings.Contains(r.was, sid+" ")
	if moved {
		r.text.State, r.text.SID, r.text.Why, r.text.At = state, sid, why, at
		s.note(id, state, why)
		if state == handlers.Failed && !again.IsZero() {
			r.text.Errors++
			s.requeue(id, again)
		}
	}
	return r.text, moved, nil
}

func (s *Store) requeue(id string, due time.Time) {
	r := s.rows[id]
	r.was += r.text.SID + " "
	r.text.State, r.text.SID, r.text.Tries, r.text.First = handlers.Planned, "", 0, time.Time{}
	r.text.Round++
	r.token, r.due, r.over = "", due, false
	delete(s.unasked[r.text.To], id)
	s.note(id, handlers.Planned, "again")
}

// Row reads a row of the ledger.
func (s *Store) Row(_ context.Context, id string) (handlers.Outgoing, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.rows[id]; r != nil {
		return r.text, s.err
	}
	return handlers.Outgoing{}, s.err
}

// Records are the rows of a number, by due time.
func (s *Store) Records(_ context.Context, p handlers.Phone) (out []handlers.Record, err error) {
	return s.records(func(r *row) bool { return r.text.To == p }), s.err
}

// Failed are the failed rows that nobody has seen to.
func (s *Store) Failed(context.Context) (out []handlers.Record, err error) {
	return s.records(func(r *row) bool { return r.text.State == handlers.Failed && !r.seen }), s.err
}

func (s *Store) records(want func(*row) bool) (out []handlers.Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.rows {
		if want(r) {
			out = append(out, handlers.Record{Outgoing: r.text, History: r.log})
		}
	}
	sort.Slice(out, func(i, j int) bool {
		return out[i].Due.Before(out[j].Due) || out[i].Due.Equal(out[j].Due) && out[i].ID < out[j].ID
	})
	return out
}

// FailedTexts counts them.
func (s *Store) FailedTexts(ctx context.Context) (int64, error) {
	all, err := s.Failed(ctx)
	return int64(len(all)), err
}

// UnaskedAt are the times of a number's unasked texts.
func (s *Store) UnaskedAt(_ context.Context, p handlers.Phone) (out []time.Time, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, at := range s.unasked[p] {
		out = append(out, at)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Before(out[j]) })
	return out, s.err
}

// ClaimPosts implements desk.Queue.
func (s *Store) ClaimPosts(_ context.Context, urgent bool, now time.Time, n int, lease time.Duration) ([]handlers.Post, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return nil, s.err
	}
	queue := map[string]*row{}
	for id, r := range s.posts {
		if r.post.Urgent == urgent {
			queue[id] = r
		}
	}
	var out []handlers.Post
	for _, r := range s.claim(queue, now, n, lease) {
		p := r.post
		p.Token, p.Tries = r.token, r.claims-1
		out = append(out, p)
	}
	return out, nil
}

// SettlePost implements desk.Queue.
func (s *Store) SettlePost(_ context.Context, p handlers.Post, done desk.Posted) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return s.err
	}
	r := s.posts[p.ID]
	if c, ok := s.cases[p.Case]; ok {
		if done.Thread != "" {
			c.Thread = done.Thread
		}
		switch {
		case r == nil || r.token != p.Token:
		case done.Hold && !done.Again.IsZero():
			c.Held, c.Holder = done.Again, p.ID
		case c.Holder == p.ID:
			c.Held, c.Holder = time.Time{}, ""
		}
		s.cases[p.Case] = c
	}
	if r != nil && r.token == p.Token {
		r.post.Due = p.Due
		if !done.Again.IsZero() {
			r.post.Due = done.Again
		}
		r.token, r.due, r.over = "", done.Again, done.Again.IsZero()
		r.post.Panics = p.Panics
	}
	return nil
}

// Untaken implements desk.Queue.
func (s *Store) Untaken(context.Context) (out []handlers.Case, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.cases {
		if c.Untaken() {
			out = append(out, c)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Began().Before(out[j].Began()) })
	return out, s.err
}

// TakeRing implements desk.Queue.
func (s *Store) TakeRing(_ context.Context, r desk.Ring, gap time.Duration, over string) (desk.Ring, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	held := s.rang[r.Kind]
	if held.ID != "" && held.ID != r.ID && held.ID != over && (held.At.Add(gap).After(r.At) || !held.At.Before(r.Due)) {
		return held, s.err
	}
	if s.err == nil {
		s.rang[r.Kind] = r
	}
	return r, s.err
}

// NextRing implements desk.Queue.
func (s *Store) NextRing(_ context.Context, now time.Time, grace, gap time.Duration) (time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil && !s.ring.After(now) {
		at := now.Add(grace)
		if after := s.ring.Add(gap); after.After(at) {
			at = after
		}
		s.ring = at
	}
	return s.ring, s.err
}
