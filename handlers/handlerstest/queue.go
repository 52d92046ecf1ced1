package handlerstest

import (
	"context"
	"fmt"
	"sort"
	"time"

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

// Claim implements handlers.Ledger.
func (s *Store) Claim(_ context.Context, now time.Time, n int, lease time.Duration) ([]handlers.Outgoing, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return nil, s.err
	}
	var out []handlers.Outgoing
	for _, r := range s.claim(s.rows, now, n, lease) {
		o := r.text
		o.Token, o.Doubt = r.token, s.doubt
		out = append(out, o)
	}
	return out, nil
}

// Begin implements handlers.Ledger.
func (s *Store) Begin(_ context.Context, o handlers.Outgoing, c handlers.Caps, lease time.Duration) (handlers.Begun, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.rows[o.ID]
	if s.err != nil || r == nil || r.token != o.Token {
		return handlers.Lost, s.err
	}
	if had := s.unasked[o.To]; o.Unasked && had[o.ID].IsZero() {
		day, week := 0, 0
		for _, at := range had {
			if !at.Before(c.Day) {
				day++
			}
			if at.After(c.Week) {
				week++
			}
		}
		if c.PerDay > 0 && day >= c.PerDay || c.PerWeek > 0 && week >= c.PerWeek {
			return handlers.Capped, nil
		}
		if had == nil {
			s.unasked[o.To] = map[string]time.Time{}
		}
		s.unasked[o.To][o.ID] = c.Now
	}
	state := r.text.State
	r.text, r.due = o, c.Now.Add(lease)
	r.text.State = state
	return handlers.Ready, nil
}

// Settle implements handlers.Ledger.
func (s *Store) Settle(_ context.Context, o handlers.Outgoing) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.rows[o.ID]
	if s.err != nil || r == nil || r.token != o.Token || o.Token == "" {
		return false, s.err
	}
	state := r.text.State
	r.text, r.token, r.due, r.over = o, "", o.Due, o.State != handlers.Planned
	if !forward(state, o.State) {
		r.text.State = state
	}
	if o.State != handlers.Sent && o.Tries == 0 {
		delete(s.unasked[o.To], o.ID)
	}
	return true, nil
}

// Next implements handlers.Ledger.
func (s *Store) Next(context.Context) (time.Time, error) { return s.next(s.rows) }

// NextPost implements handlers.Posts.
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
func (s *Store) Advance(_ context.Context, id, state, sid, why string, at time.Time) (handlers.Outgoing, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.rows[id]
	if s.err != nil || r == nil {
		return handlers.Outgoing{}, false, s.err
	}
	moved := forward(r.text.State, state)
	if moved {
		r.text.State, r.text.SID, r.text.Why, r.text.At = state, sid, why, at
	}
	return r.text, moved, nil
}

// ClaimPosts implements handlers.Posts.
func (s *Store) ClaimPosts(_ context.Context, now time.Time, n int, lease time.Duration) ([]handlers.Post, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return nil, s.err
	}
	var out []handlers.Post
	for _, r := range s.claim(s.posts, now, n, lease) {
		p := r.post
		p.Token, p.Tries = r.token, r.claims-1
		out = append(out, p)
	}
	return out, nil
}

// SettlePost implements handlers.Posts.
func (s *Store) SettlePost(_ context.Context, p handlers.Post, thread string, again time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return s.err
	}
	if c, ok := s.cases[p.Case]; ok && thread != "" {
		c.Thread = thread
		s.cases[p.Case] = c
	}
	if r := s.posts[p.ID]; r != nil && r.token == p.Token {
		r.token, r.due, r.over = "", again, again.IsZero()
	}
	return nil
}
