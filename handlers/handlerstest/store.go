package handlerstest

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/gate"
)

// Store is the store in memory: it does all that package storetest asks of one. It has no pace and
// forgets nothing; its time is Now.
type Store struct {
	Now func() time.Time

	mu       sync.Mutex
	err      error
	done     map[string]handlers.Reply
	numbers  map[handlers.Phone]*number
	visits   map[string]handlers.Visit
	cases    map[string]handlers.Case
	rows     map[string]*row
	posts    map[string]*post
	slots    map[string]slot
	wishes   map[string]handlers.Wish
	ring     time.Time            // when the on-call phone is told next
	rang     map[string]desk.Ring // which row told it last, by kind
	claims   int                  // a claim's token is its number
	doubt    handlers.Doubt
	heldTill time.Time // the pace holds back everything
	before   int64     // that is due
	acts     []handlers.Act
}

// number is what is known of a number, or of the desk itself.
type number struct {
	version  int
	talk     handlers.Conversation
	consents []handlers.Consent
	reach    handlers.Reach
	visits   map[string]bool
	unasked  map[string]time.Time // by row
}

// waits is what waits in a queue: a text or a post.
type waits struct {
	id     string
	due    time.Time
	token  string
	claims int
	over   bool
}

var (
	_ handlers.Store = (*Store)(nil)
	_ gate.Ledger    = (*Store)(nil)
	_ desk.Queue     = (*Store)(nil)
)

// NewStore makes an empty store.
func NewStore(now func() time.Time) *Store {
	return &Store{
		Now:     now,
		done:    map[string]handlers.Reply{},
		numbers: map[handlers.Phone]*number{},
		visits:  map[string]handlers.Visit{},
		cases:   map[string]handlers.Case{},
		rows:    map[string]*row{},
		posts:   map[string]*post{},
		slots:   map[string]slot{},
		wishes:  map[string]handlers.Wish{},
		rang:    map[string]desk.Ring{},
	}
}

// Fail makes every call fail with err from now on, as if the store were away; nil ends it.
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

// Hold has Held say that the pace holds back every row that is due.
func (s *Store) Hold(until time.Time, before int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heldTill, s.before = until, before
}

// Put writes effects as they stand: how a test begins.
func (s *Store) Put(p handlers.Phone, e handlers.Effects) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.number(p).version++
	s.write(p, e)
}

// turnTries is how often a turn is begun anew because others wrote the same number meanwhile.
const turnTries = 50

// Turn implements handlers.Store.
func (s *Store) Turn(
	ctx context.Context, id string, p handlers.Phone,
	decide func(handlers.State) (handlers.Effects, error),
) (reply handlers.Reply, again bool, err error) {
	for range turnTries {
		state, err := s.Peek(ctx, p)
		if err != nil {
			return reply, false, err
		}
		if done, ok := s.happened(id); ok {
			return done, true, nil
		}
		e, err := decide(state) // it may call the store itself
		if err != nil {
			return reply, false, err
		}
		if ok, err := s.commit(id, state, e); ok || err != nil {
			return e.Reply, false, err
		}
	}
	return reply, false, handlers.ErrConflict
}

func (s *Store) happened(id string) (handlers.Reply, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.done[id]
	return r, ok
}

// commit writes effects if the number, and the slots among them, are as they were read.
func (s *Store) commit(id string, from handlers.State, e handlers.Effects) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil || s.version(from.Phone) != from.Version || !s.current(e.Slots) {
		return false, s.err
	}
	s.done[id] = e.Reply
	s.number(from.Phone).version++
	s.write(from.Phone, e)
	return true, nil
}

// Record implements staff.Audit.
func (s *Store) Record(_ context.Context, a handlers.Act) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	again := func(b handlers.Act) bool { return a.Event == b.Event }
	if s.err == nil && !slices.ContainsFunc(s.acts, again) {
		s.acts = append(s.acts, a)
	}
	return s.err
}

// Acts are those that were recorded.
func (s *Store) Acts() []handlers.Act {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.acts)
}

// Peek implements handlers.Store.
func (s *Store) Peek(_ context.Context, p handlers.Phone) (handlers.State, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state(p), s.err
}

// number is what is known of a number that is about to be written.
func (s *Store) number(p handlers.Phone) *number {
	if s.numbers[p] == nil {
		s.numbers[p] = &number{visits: map[string]bool{}, unasked: map[string]time.Time{}}
	}
	return s.numbers[p]
}

func (s *Store) version(p handlers.Phone) string {
	if n := s.numbers[p]; n != nil {
		return strconv.Itoa(n.version)
	}
	return "0"
}

func (s *Store) state(p handlers.Phone) handlers.State {
	out := handlers.State{Phone: p, Version: s.version(p)}
	n := s.numbers[p]
	if n == nil {
		n = &number{}
	}
	out.Conversation, out.Reach, out.Texted = n.talk, n.reach, len(n.unasked) > 0
	if len(n.consents) > 0 {
		out.Consent = n.consents[len(n.consents)-1]
	}
	for id := range n.visits {
		if v := s.visits[id]; !v.Start.Before(s.Now().AddDate(0, 0, -1)) {
			out.Visits = append(out.Visits, v)
		}
	}
	sortVisits(out.Visits)
	for _, c := range s.cases {
		if c.Phone == p && c.Open && !c.Slot() {
			c.Held, c.Holder = time.Time{}, "" // the desk's queue alone reads these
			out.Cases = append(out.Cases, c)
		}
	}
	slices.SortFunc(out.Cases, func(a, b handlers.Case) int { return cmp.Compare(a.ID, b.ID) })
	out.Offers = s.offers(p)
	return out
}

// mostConsents is how many changes of consent a number's history holds.
const mostConsents = 100

func (s *Store) write(p handlers.Phone, e handlers.Effects) {
	n, before := s.number(p), s.state(p)
	if e.Conversation != nil {
		n.talk = *e.Conversation
	}
	if e.Reach != nil {
		n.reach = *e.Reach
	}
	if e.Consent != nil {
		n.consents = append(n.consents, *e.Consent)
		n.consents = n.consents[max(0, len(n.consents)-mostConsents):]
	}
	for _, v := range e.Visits {
		s.visits[v.ID], n.visits[v.ID] = v, true
	}
	for _, id := range e.Gone {
		delete(n.visits, id)
	}
	for _, c := range e.Cases {
		old := s.cases[c.ID]
		c.Via, c.Thread, c.Held, c.Holder = "", old.Thread, old.Held, old.Holder
		s.cases[c.ID] = c
	}
	for _, one := range e.Posts {
		one.Urgent = desk.Urgent(one.Case, e.Cases, before.Cases)
		s.posts[one.ID] = &post{post: one, waits: waits{id: one.ID, due: one.Due}}
	}
	s.writeRows(e)
	s.writeWaitlist(e)
}

func sortVisits(all []handlers.Visit) {
	slices.SortFunc(all, func(a, b handlers.Visit) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.ID, b.ID))
	})
}

// before orders what waits.
func before(a, b *waits) int { return cmp.Or(a.due.Compare(b.due), cmp.Compare(a.id, b.id)) }

// claim takes up to n of what is due.
func (s *Store) claim(all []*waits, now time.Time, n int, lease time.Duration) (out []*waits) {
	slices.SortFunc(all, before)
	for _, w := range all {
		if !w.over && !w.due.After(now) && len(out) < n {
			s.claims++
			w.token, w.due = strconv.Itoa(s.claims), now.Add(lease)
			w.claims++
			out = append(out, w)
		}
	}
	return out
}

// next is when the first of what waits falls due.
func next(all []*waits) (at time.Time) {
	all = slices.DeleteFunc(all, func(w *waits) bool { return w.over })
	if len(all) > 0 {
		at = slices.MinFunc(all, before).due
	}
	return at
}

// Visit reads a visit.
func (s *Store) Visit(_ context.Context, id string) (handlers.Visit, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.visits[id]
	return v, ok, s.err
}

// Visits are those that start in [from, to).
func (s *Store) Visits(_ context.Context, from, to time.Time) (out []handlers.Visit, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, v := range s.visits {
		if !v.Start.Before(from) && v.Start.Before(to) {
			out = append(out, v)
		}
	}
	sortVisits(out)
	return out, s.err
}

// Consents is the consent history of a number, oldest first.
func (s *Store) Consents(_ context.Context, p handlers.Phone) (out []handlers.Consent, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := s.numbers[p]; n != nil {
		out = slices.Clone(n.consents)
	}
	return out, s.err
}

// Numbers are those that end in four digits.
func (s *Store) Numbers(_ context.Context, last4 string) (out []handlers.Phone, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for p := range s.numbers {
		if p.Last4() == last4 {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b handlers.Phone) int { return cmp.Compare(a.E164(), b.E164()) })
	return out, s.err
}

// UnaskedAt are the times of a number's unasked texts, oldest first.
func (s *Store) UnaskedAt(_ context.Context, p handlers.Phone) (out []time.Time, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := s.numbers[p]; n != nil {
		out = slices.SortedFunc(maps.Values(n.unasked), time.Time.Compare)
	}
	return out, s.err
}
