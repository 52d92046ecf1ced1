package patient

import (
	"sync"

	"github.com/beacon-clinic/beacon/handlers"
)

// unstored holds the texts of patients in danger that the store hasn't taken, until it does.
type unstored struct {
	mu    sync.Mutex
	texts []alarm
	work  sync.WaitGroup // texts whose storing outlives their answer
}

// alarm is such a text, of which people were told past the store.
type alarm struct {
	text  handlers.Text
	cases []handlers.Case // that it opened
}

// mostUnstored bounds what is held; if more patients are in danger in one outage, people have been
// told of all of them.
const mostUnstored = 1000

// hold adds a text.
func (u *unstored) hold(a alarm) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.texts) < mostUnstored {
		u.texts = append(u.texts, a)
	}
}

// take returns all texts and holds none any more.
func (u *unstored) take() []alarm {
	u.mu.Lock()
	defer u.mu.Unlock()
	texts := u.texts
	u.texts = nil
	return texts
}

// putBack holds texts again, before those that came meanwhile.
func (u *unstored) putBack(texts []alarm) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.texts = append(texts, u.texts...)
}
