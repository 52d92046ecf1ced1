package patient

import (
	"sync"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/guard"
)

// unstored holds the texts of danger that the store hasn't taken, until it does. If the process
// ends first, they are fetched from the carrier's list.
type unstored struct {
	mu    sync.Mutex // guards texts and taken
	texts []heldText
	taken int        // how many Restore has, and may put back
	work  guard.Work // texts that were answered and are still being stored
}

// heldText is a text that people were told of without the store.
type heldText struct {
	text   handlers.Text
	alarms []handlers.Case // those that it opened
}

// mostUnstored bounds how many texts are held. People have been told of any more, and the carrier's
// list brings them in later.
const mostUnstored = 1000

// hold adds a text, unless mostUnstored are held.
func (u *unstored) hold(t heldText) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.texts)+u.taken < mostUnstored {
		u.texts = append(u.texts, t)
	}
}

// take returns all texts. They count as held until putBack.
func (u *unstored) take() []heldText {
	u.mu.Lock()
	defer u.mu.Unlock()
	texts := u.texts
	u.texts, u.taken = nil, len(texts)
	return texts
}

// putBack holds texts again, ahead of those that came meanwhile: they keep the order in which they
// came. None is dropped that was taken.
func (u *unstored) putBack(texts []heldText) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.texts, u.taken = append(texts, u.texts...), 0
}
