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
	"github.com/beacon-clinic/beacon/handlers/audit"
	"github.com/beacon-clinic/beacon/handlers/budget"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/learning"
)

// Store is a store in memory, which does all that package storetest asks of one. It has no pace,
// and nothing expires. It is safe for concurrent use.
type Store struct {
	Now func() time.Time // for what callers don't pass a time to: histories, which visits are past

	mu       sync.Mutex
	err      error
	done     map[string]handlers.Reply
	numbers  map[handlers.Phone]*number
	visits   map[string]handlers.Visit
	cases    map[string]handlers.Case
	rows     map[string]*row
	posts    map[string]*post
	backs    map[string]*back
	pending  map[string]*pending
	slots    map[string]slot
	said     map[handlers.Phone][]handlers.Said
	drafts   map[string]handlers.Draft
	wishes   map[string]handlers.Wish
	links    []handlers.Link
	own      map[string]handlers.OwnPhone // by the member of staff
	used     map[string]budget.Used
	refused  budget.Stretch
	ring     time.Time            // when the on-call phone is told next
	holds    map[string]hold      // who posts a case's first card, by the case's id
	rang     map[string]desk.Ring // which row told it last, by kind
	claims   int                  // how many were made; a claim's token is its number
	doubt    handlers.Doubt       // see Forget
	heldTill time.Time            // see Hold
	before   int64
	acts     []audit.Act
	acted    []audit.Acted // the same as they were written down
	asked    map[string]handlers.Question
	learnt   map[string]learning.Proposal
}

// number is what is known of a number, or, under the zero Phone, of the desk itself.
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
	due    time.Time // or the end of its lease
	token  string    // of the claim; "" if nobody has one
	claims int       // how often it was claimed
	over   bool      // it has ended, and waits for nothing
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
		backs:   map[string]*back{},
		pending: map[string]*pending{},
		slots:   map[string]slot{},
		said:    map[handlers.Phone][]handlers.Said{},
		drafts:  map[string]handlers.Draft{},
		wishes:  map[string]handlers.Wish{},
		own:     map[string]handlers.OwnPhone{},
		holds:   map[string]hold{},
		rang:    map[string]desk.Ring{},
		used:    map[string]budget.Used{},
		asked:   map[string]handlers.Question{},
		learnt:  map[string]learning.Proposal{},
	}
}

// Fail makes every call fail with err from now on, as if the store were away; nil ends it.
func (s *Store) Fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

// Forget makes every claim from now on come with a doubt, as if the store had been restarted and
// may have forgotten sends. The zero Doubt ends it.
func (s *Store) Forget(d handlers.Doubt) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.doubt = d
}

// Hold makes Held say that the pace holds back every row that is due, until then, and that so many
// rows go before it. Claims don't heed it.
func (s *Store) Hold(until time.Time, before int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heldTill, s.before = until, before
}

// Put writes effects without an event, which can't fail: how a test sets up what is there when it
// begins.
func (s *Store) Put(p handlers.Phone, e handlers.Effects) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.number(p).version++
	s.write(p, e)
}

// turnTries is how often a turn is decided again because others wrote the same number meanwhile.
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
		e, err := decide(state) // without the lock: it may call the store itself
		if err != nil {
			return reply, false, err
		}
		if ok, err := s.commit(id, state, e); ok || err != nil {
			return e.Reply, false, err
		}
	}
	return reply, false, handlers.ErrConflict
}

// happened returns the reply to an event; ok is false if it hasn't happened.
func (s *Store) happened(id string) (handlers.Reply, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.done[id]
	return r, ok
}

// commit writes effects under the event's id if the number, and the slots among them, are still as
// they were read; else it writes nothing and returns false.
func (s *Store) commit(id string, from handlers.State, e handlers.Effects) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil || s.version(from.Phone) != from.Version || !s.current(e.Slots) ||
		e.Spend != nil && !e.Spend.Holds(s.used) {
		return false, s.err
	}
	s.done[id] = e.Reply
	s.number(from.Phone).version++
	s.write(from.Phone, e)
	return true, nil
}

// Peek implements handlers.Store.
func (s *Store) Peek(_ context.Context, p handlers.Phone) (handlers.State, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state(p), s.err
}

// number returns what is known of a number, to be written.
func (s *Store) number(p handlers.Phone) *number {
	if s.numbers[p] == nil {
		s.numbers[p] = &number{visits: map[string]bool{}, unasked: map[string]time.Time{}}
	}
	return s.numbers[p]
}

// version returns the version of a number's state, "0" if it was never written.
func (s *Store) version(p handlers.Phone) string {
	if n := s.numbers[p]; n != nil {
		return strconv.Itoa(n.version)
	}
	return "0"
}

// state puts together what is known of a number.
func (s *Store) state(p handlers.Phone) handlers.State {
	out := handlers.State{Phone: p, Version: s.version(p)}
	if len(s.used) > 0 {
		out.Used = maps.Clone(s.used)
	}
	n := s.numbers[p]
	if n == nil {
		n = &number{}
	}
	out.Conversation, out.Reach, out.Texted = n.talk, n.reach, len(n.unasked) > 0
	if len(n.consents) > 0 {
		out.Consent = n.consents[len(n.consents)-1]
	}
	for id := range n.visits {
		switch v := s.visits[id]; {
		case !v.Start.Before(s.Now().AddDate(0, 0, -1)):
			out.Visits = append(out.Visits, v)
		case !v.Start.Before(s.Now().Add(-handlers.LookBack)):
			out.Past = append(out.Past, v)
		}
	}
	sortVisits(out.Visits)
	sortVisits(out.Past)
	for _, c := range s.cases {
		if c.Phone == p && c.Open && !c.Slot() {
			c.Held, c.Holder = time.Time{}, "" // only reading a case by itself shows these
			out.Cases = append(out.Cases, c)
		}
	}
	slices.SortFunc(out.Cases, func(a, b handlers.Case) int { return cmp.Compare(a.ID, b.ID) })
	out.Offers = s.offers(p)
	return out
}

// mostConsents is how many changes of consent a number's history holds.
const mostConsents = 20

// write writes effects of a number, whatever the versions.
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
	for _, one := range e.WriteBacks {
		s.backs[one.ID] = &back{row: one, waits: waits{id: one.ID, due: one.Due}}
	}
	for _, one := range e.Pending {
		s.pend(one)
	}
	s.say(p, e.Said...)
	for _, d := range e.Drafts {
		s.drafts[d.ID] = d
	}
	s.writeSpend(p, e)
	s.writeRows(e)
	s.writeWaitlist(e)
	s.writeQuestions(e.Questions)
}

// sortVisits sorts visits by start, and by id where that is the same.
func sortVisits(all []handlers.Visit) {
	slices.SortFunc(all, func(a, b handlers.Visit) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.ID, b.ID))
	})
}

// before orders what waits: by due time, and by id where that is the same.
func before(a, b *waits) int { return cmp.Or(a.due.Compare(b.due), cmp.Compare(a.id, b.id)) }

// claim takes up to n of what is due by now.
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

// next returns when the first of what waits falls due or its lease ends; zero if nothing waits.
func next(all []*waits) (at time.Time) {
	all = slices.DeleteFunc(all, func(w *waits) bool { return w.over })
	if len(all) > 0 {
		at = slices.MinFunc(all, before).due
	}
	return at
}

// Visit reads a visit by its id; ok is false if there is none.
func (s *Store) Visit(_ context.Context, id string) (handlers.Visit, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.visits[id]
	return v, ok, s.err
}

// Visits returns the visits that start in [from, to), soonest first.
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

// Consents returns the last changes of a number's consent, oldest first.
func (s *Store) Consents(_ context.Context, p handlers.Phone) (out []handlers.Consent, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := s.numbers[p]; n != nil {
		out = slices.Clone(n.consents)
	}
	return out, s.err
}

// Numbers returns the numbers that end in four digits.
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

// UnaskedAt returns when the unasked texts of a number began to be sent, oldest first.
func (s *Store) UnaskedAt(_ context.Context, p handlers.Phone) (out []time.Time, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := s.numbers[p]; n != nil {
		out = slices.SortedFunc(maps.Values(n.unasked), time.Time.Compare)
	}
	return out, s.err
}
