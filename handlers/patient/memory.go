package patient

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// memory is what this process knows of writers in danger while the store doesn't answer. With it a
// patient who writes again joins their open alarm, and a machine that echoes us is recognised. A
// writer is forgotten once the store has taken what they wrote.
type memory struct {
	mu  sync.Mutex // guards the maps alone, never held while a text is decided
	of  map[writer]*recalled
	had map[writer]time.Time // when a writer had the fixed words at once, see first
}

// writer is who wrote a text: a number, or a sender that is no number. The channel is no part of
// it: a number in danger is one patient on SMS and WhatsApp.
type writer struct {
	phone  handlers.Phone
	sender string
}

// writerOf returns who wrote a text.
func writerOf(t handlers.Text) writer { return writer{t.From, t.Sender} }

// recalled is what is known of one writer.
type recalled struct {
	mu sync.Mutex     // held while a text of the writer is decided
	s  handlers.State // has no visits and no offers, and consent only if a text said so
}

// mostRecalled bounds how many writers are remembered. Each text of any more is decided as a first.
const mostRecalled = 1000

// recall returns what is known of a writer. Of a new one that is the alarms which known returns.
// The caller locks the result while it uses it.
func (m *memory) recall(w writer, known func(handlers.Phone) []handlers.Case) *recalled {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r := m.of[w]; r != nil {
		return r
	}
	r := &recalled{s: handlers.State{Phone: w.phone, Cases: known(w.phone)}}
	if len(m.of) < mostRecalled {
		if m.of == nil {
			m.of = map[writer]*recalled{}
		}
		m.of[w] = r
	}
	return r
}

// wordsAgain is how long after the fixed words a writer's next ones may wait for the store.
const wordsAgain = time.Hour

// first reports whether a writer in danger hasn't had the fixed words from this process lately, and
// notes that they have them now. If too many have, it can't tell, and says no.
func (m *memory) first(w writer, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	lately := func(at time.Time) bool { return now.Sub(at).Abs() < wordsAgain }
	if at, had := m.had[w]; had && lately(at) {
		return false
	}
	if len(m.had) >= mostRecalled {
		maps.DeleteFunc(m.had, func(_ writer, at time.Time) bool { return !lately(at) })
	}
	if len(m.had) >= mostRecalled {
		return false
	}
	if m.had == nil {
		m.had = map[writer]time.Time{}
	}
	m.had[w] = now
	return true
}

// forget drops what is known of a writer. A text that is being decided goes on with what it has.
func (m *memory) forget(w writer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.of, w)
}

// learn remembers what a text has changed, as far as the writer's next text of danger may be
// decided by it.
func (r *recalled) learn(e handlers.Effects) {
	if e.Conversation != nil {
		r.s.Conversation = *e.Conversation
	}
	if e.Consent != nil {
		r.s.Consent = *e.Consent
	}
	for _, c := range e.Cases {
		same := func(old handlers.Case) bool { return old.ID == c.ID }
		if i := slices.IndexFunc(r.s.Cases, same); i >= 0 {
			r.s.Cases[i] = c
		} else {
			r.s.Cases = append(slices.Clone(r.s.Cases), c)
		}
	}
}
