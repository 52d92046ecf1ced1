package handlerstest

import (
	"context"
	"fmt"
	"sort"
	"sync"
	"time"

	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/gate"

	"github.com/beacon-clinic/beacon/handlers"
)

// Store is handlers.Store, Ledger and Posts in memory, and the look-ups of the desk. Its time is Now.
type Store struct {
	Now func() time.Time

	mu       sync.Mutex
	err      error
	ring     time.Time            // when the on-call phone is told next
	rang     map[string]desk.Ring // which row told it last, by kind
	done     map[string]handlers.Reply
	talks    map[handlers.Phone]handlers.Conversation
	consents map[handlers.Phone][]handlers.Consent
	visits   map[string]handlers.Visit
	owner    map[string]handlers.Phone // of a visit
	cases    map[string]handlers.Case
	rows     map[string]*row
	posts    map[string]*row
	unasked  map[handlers.Phone]map[string]time.Time
	reach    map[handlers.Phone]handlers.Reach
	slots    map[string]slot
	wishes   map[string]handlers.Wish
	versions map[handlers.Phone]int
	tokens   int
	doubt    handlers.Doubt
	until    time.Time // the pace holds everything back
	before   int64     // that is due
}

// row is a text or a post that waits.
type row struct {
	text   handlers.Outgoing
	post   handlers.Post
	due    time.Time
	token  string
	claims int
	over   bool
	by     string // the row whose text tells this one
	was    string // SIDs of earlier rounds
	seen   bool   // staff dismissed it
	log    []handlers.Moved
}

var (
	_ handlers.Store = (*Store)(nil)
	_ gate.Ledger    = (*Store)(nil)
	_ desk.Queue     = (*Store)(nil)
)

// NewStore makes an empty store.
func NewStore(now func() time.Time) *Store {
	return &Store{
		Now: now, done: map[string]handlers.Reply{}, talks: map[handlers.Phone]handlers.Conversation{},
		consents: map[handlers.Phone][]handlers.Consent{}, visits: map[string]handlers.Visit{}, owner: map[string]handlers.Phone{},
		cases: map[string]handlers.Case{}, rows: map[string]*row{}, posts: map[string]*row{}, rang: map[string]desk.Ring{},
		unasked: map[handlers.Phone]map[string]time.Time{}, reach: map[handlers.Phone]handlers.Reach{},
		versions: map[handlers.Phone]int{}, slots: map[string]slot{}, wishes: map[string]handlers.Wish{},
	}
}

// Fail makes every call fail with err from now on, as when the store is away; nil ends it.
func (s *Store) Fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

// Forget has every claim from now on say that the store may have forgotten sends.
func (s *Store) Forget(d handlers.Doubt) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.doubt = d
}

// Hold has Held say that the pace holds every row back that is due.
func (s *Store) Hold(until time.Time, before int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.until, s.before = until, before
}

// Turn implements handlers.Store.
func (s *Store) Turn(_ context.Context, id string, p handlers.Phone, decide func(handlers.State) (handlers.Effects, error)) (handlers.Reply, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return handlers.Reply{}, false, s.err
	}
	if r, ok := s.done[id]; ok {
		return r, true, nil
	}
	e, err := decide(s.state(p))
	if err != nil {
		return handlers.Reply{}, false, err
	}
	s.done[id] = e.Reply
	s.write(p, e)
	return e.Reply, false, nil
}

func (s *Store) write(p handlers.Phone, e handlers.Effects) {
	s.versions[p]++
	if e.Conversation != nil {
		s.talks[p] = *e.Conversation
	}
	if e.Consent != nil {
		s.consents[p] = append(s.consents[p], *e.Consent)
	}
	for _, v := range e.Visits {
		s.visits[v.ID], s.owner[v.ID] = v, p
	}
	for _, id := range e.Gone {
		delete(s.owner, id)
	}
	for _, c := range e.Cases {
		old := s.cases[c.ID]
		c.Thread, c.Held, c.Holder = old.Thread, old.Held, old.Holder
		s.cases[c.ID] = c
	}
	for _, post := range e.Posts {
		post.Urgent = desk.Urgent(post.Case, []handlers.Case{s.cases[post.Case]})
		s.posts[post.ID] = &row{post: post, due: post.Due}
	}
	if e.Reach != nil {
		s.reach[p] = *e.Reach
	}
	s.writeRows(e)
	s.writeWaitlist(e)
}

func (s *Store) writeRows(e handlers.Effects) {
	for _, v := range e.Void {
		r := s.rows[v.Row]
		if r == nil || r.text.Tries > 0 {
			continue
		}
		if r.text.State == handlers.Planned || r.text.State == handlers.Skipped && r.text.At.IsZero() {
			r.text.State, r.text.Why, r.over, r.token, r.by = handlers.Void, v.Why, true, "", ""
			s.note(v.Row, handlers.Void, v.Why)
		}
	}
	for _, o := range e.Texts {
		if r := s.rows[o.ID]; r == nil || r.text.State == handlers.Void {
			if o.State != handlers.Skipped {
				o.State = handlers.Planned
			}
			s.rows[o.ID] = &row{text: o, due: o.Due, over: o.State == handlers.Skipped}
			s.note(o.ID, o.State, o.Why)
		}
	}
	for _, o := range e.Retry {
		if r := s.rows[o.ID]; r.text.State == handlers.Failed {
			r.text.Errors, r.seen = 0, false
			s.requeue(o.ID, s.Now())
		}
	}
	for _, o := range e.Dismiss {
		s.rows[o.ID].seen = true
		s.note(o.ID, handlers.Dismissed, e.By)
	}
}

// Peek implements handlers.Store.
func (s *Store) Peek(_ context.Context, p handlers.Phone) (handlers.State, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state(p), s.err
}

func (s *Store) state(p handlers.Phone) handlers.State {
	out := handlers.State{
		Phone: p, Conversation: s.talks[p], Texted: len(s.unasked[p]) > 0, Reach: s.reach[p], Version: fmt.Sprint(s.versions[p]),
	}
	if n := len(s.consents[p]); n > 0 {
		out.Consent = s.consents[p][n-1]
	}
	out.Offers = s.offers(p)
	for id, v := range s.visits {
		if s.owner[id] == p && v.Start.After(s.Now().AddDate(0, 0, -1)) {
			out.Visits = append(out.Visits, v)
		}
	}
	sort.Slice(out.Visits, func(i, j int) bool { return out.Visits[i].Start.Before(out.Visits[j].Start) })
	for _, c := range s.cases {
		if c.Phone == p && c.Open && !c.Slot() {
			out.Cases = append(out.Cases, c)
		}
	}
	sort.Slice(out.Cases, func(i, j int) bool { return out.Cases[i].ID < out.Cases[j].ID })
	return out
}

// Put writes effects as they stand: how a test begins.
func (s *Store) Put(p handlers.Phone, e handlers.Effects) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.write(p, e)
}

// Consents is the ledger of a number's consent, oldest first.
func (s *Store) Consents(_ context.Context, p handlers.Phone) ([]handlers.Consent, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]handlers.Consent(nil), s.consents[p]...), nil
}

// Texts are all rows of the ledger that aren't void and weren't left out from the start, by due time.
func (s *Store) Texts() []handlers.Outgoing {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []handlers.Outgoing
	for _, r := range s.rows {
		if r.text.State != handlers.Void && (r.text.State != handlers.Skipped || !r.text.At.IsZero()) {
			out = append(out, r.text)
		}
	}
	sort.Slice(out, func(i, j int) bool {
		return out[i].Due.Before(out[j].Due) || out[i].Due.Equal(out[j].Due) && out[i].ID < out[j].ID
	})
	return out
}

// Text is a row of the ledger, void ones too.
func (s *Store) Text(id string) handlers.Outgoing {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.rows[id]; r != nil {
		return r.text
	}
	return handlers.Outgoing{}
}

// Queue are the posts that wait, in the order they fall due.
func (s *Store) Queue() []handlers.Post {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []handlers.Post
	for _, r := range s.waiting(s.posts, time.Time{}) {
		out = append(out, r.post)
	}
	return out
}

// Numbers are those that end in four digits.
func (s *Store) Numbers(_ context.Context, last4 string) (out []handlers.Phone, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	seen := map[handlers.Phone]bool{}
	for p := range s.consents {
		seen[p] = true
	}
	for _, r := range s.rows {
		seen[r.text.To] = true
	}
	for p := range seen {
		if p.Last4() == last4 {
			out = append(out, p)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].E164() < out[j].E164() })
	return out, nil
}
