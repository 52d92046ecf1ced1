package handlerstest

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
)

// post is a post that waits to be shown at the desk.
type post struct {
	waits
	post handlers.Post
}

// ClaimPosts implements desk.Queue.
func (s *Store) ClaimPosts(
	_ context.Context, urgent bool, now time.Time, n int, lease time.Duration,
) (out []handlers.Post, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return nil, s.err
	}
	queue := s.queue(func(p handlers.Post) bool { return p.Urgent == urgent })
	for _, w := range s.claim(queue, now, n, lease) {
		p := s.posts[w.id].post
		p.Token, p.Tries = w.token, w.claims-1
		out = append(out, p)
	}
	return out, nil
}

// queue returns the posts that a condition holds for.
func (s *Store) queue(in func(handlers.Post) bool) (out []*waits) {
	for _, p := range s.posts {
		if in(p.post) {
			out = append(out, &p.waits)
		}
	}
	return out
}

func anyPost(handlers.Post) bool { return true }

// SettlePost implements desk.Queue.
func (s *Store) SettlePost(_ context.Context, p handlers.Post, done desk.Posted) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return s.err
	}
	c, known := s.cases[p.Case]
	if done.Thread != "" {
		c.Thread = done.Thread
	}
	held := s.posts[p.ID]
	if held != nil && p.Token != "" && held.token == p.Token {
		switch {
		case done.Hold && !done.Again.IsZero():
			c.Held, c.Holder = done.Again, p.ID
		case c.Holder == p.ID:
			c.Held, c.Holder = time.Time{}, ""
		}
		if done.Again.IsZero() {
			delete(s.posts, p.ID)
		} else {
			p.Due = done.Again
			held.post, held.due, held.token = p, done.Again, ""
		}
	}
	if known {
		s.cases[p.Case] = c
	}
	return nil
}

// NextPost returns when the next post falls due or its lease ends; zero if none waits.
func (s *Store) NextPost(context.Context) (time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return next(s.queue(anyPost)), s.err
}

// Queue returns the posts that wait, in the order in which they fall due.
func (s *Store) Queue() (out []handlers.Post) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range slices.SortedFunc(slices.Values(s.queue(anyPost)), before) {
		out = append(out, s.posts[w.id].post)
	}
	return out
}

// Case implements desk.Queue.
func (s *Store) Case(_ context.Context, id string) (handlers.Case, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.cases[id]
	return c, ok, s.err
}

// CaseIn reads the case whose card is above a thread; ok is false if there is none.
func (s *Store) CaseIn(_ context.Context, thread string) (handlers.Case, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.cases {
		if c.Thread == thread && thread != "" {
			return c, true, s.err
		}
	}
	return handlers.Case{}, false, s.err
}

// Open returns the open cases of a number.
func (s *Store) Open(p handlers.Phone) []handlers.Case {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state(p).Cases
}

// AllOpen returns the open cases, of all numbers and of none, oldest first.
func (s *Store) AllOpen(context.Context) (out []handlers.Case, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.cases {
		if c.Open {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b handlers.Case) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID))
	})
	return out, s.err
}

// Thread gives a case a thread, as if its card had been posted.
func (s *Store) Thread(id, thread string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.cases[id]
	c.Thread = thread
	s.cases[id] = c
}

// OpenCases counts the open cases.
func (s *Store) OpenCases(context.Context) (n int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.cases {
		if c.Open {
			n++
		}
	}
	return n, s.err
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
	slices.SortFunc(out, func(a, b handlers.Case) int {
		return cmp.Or(a.Began().Compare(b.Began()), cmp.Compare(a.ID, b.ID))
	})
	return out, s.err
}

// HoldCard implements desk.Queue.
func (s *Store) HoldCard(
	_ context.Context, id, by string, now time.Time, lease time.Duration,
) (held, before bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return false, false, s.err
	}
	last, known := s.holds[id]
	if known && last.by != by && last.until.After(now) {
		return false, true, nil
	}
	s.holds[id] = hold{by, now.Add(lease)}
	return true, known, nil
}

// hold says who posts the first card of a case.
type hold struct {
	by    string
	until time.Time
}

// TakeRing implements desk.Queue.
func (s *Store) TakeRing(
	_ context.Context, r desk.Ring, gap time.Duration, over string,
) (desk.Ring, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := s.rang[r.Kind]
	anothers := last.ID != "" && last.ID != r.ID && last.ID != over
	if anothers && (last.At.Add(gap).After(r.At) || !last.At.Before(r.Due)) {
		return last, s.err
	}
	if s.err == nil {
		s.rang[r.Kind] = r
	}
	return r, s.err
}

// NextRing implements desk.Queue.
func (s *Store) NextRing(
	_ context.Context, now time.Time, grace, gap time.Duration,
) (time.Time, error) {
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
