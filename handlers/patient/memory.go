package patient

import (
	"slices"
	"sync"

	"github.com/beacon-clinic/beacon/handlers"
)

// memory is what this process knows of the numbers in danger while the store doesn't answer, so that
// a patient who writes on joins their alarm, and a machine that echoes us is known for one. It is
// forgotten when the store has taken what they wrote.
type memory struct {
	mu sync.Mutex
	of map[writer]*recalled
}

// writer is whoever wrote: a number, or a sender that is none.
type writer struct {
	phone  handlers.Phone
	sender string
}

func writerOf(t handlers.Text) writer { return writer{t.From, t.Sender} }

// recalled is what is known of one writer. Its texts are decided one after another.
type recalled struct {
	mu sync.Mutex
	s  handlers.State
}

// mostRecalled bounds the writers that are known; any more are decided as ones of whom nothing is.
const mostRecalled = 1000

// recall returns what is known of a writer, who begins with the alarms that known gives.
func (m *memory) recall(
	w writer, known func(handlers.Phone) []handlers.Case,
) *recalled {
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

// forget drops what is known of a writer.
func (m *memory) forget(w writer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.of, w)
}

// learn keeps what deciding a text has changed.
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
