package patient

import (
	"fmt"
	"testing"

	"github.com/beacon-clinic/beacon/handlers"
)

// However many write in danger while the store is away, and however long it is, a process holds no
// more than its bound of texts and of writers. What Restore has taken counts.
func TestWhatAProcessRemembersIsBounded(t *testing.T) {
	var u unstored
	for i := range 5 * mostUnstored {
		u.hold(heldText{text: handlers.Text{ID: fmt.Sprint(i)}})
		if i%400 == 0 { // Restore tries, new texts come meanwhile, and the store is still away
			taken := u.take()
			for range mostUnstored {
				u.hold(heldText{})
			}
			u.putBack(taken)
		}
	}
	if n := len(u.take()); n != mostUnstored {
		t.Errorf("%d texts are held, want %d", n, mostUnstored)
	}
	var m memory
	none := func(handlers.Phone) []handlers.Case { return nil }
	for i := range 2 * mostRecalled {
		m.recall(writer{sender: fmt.Sprint(i)}, none)
	}
	if len(m.of) != mostRecalled {
		t.Errorf("%d writers are remembered, want %d", len(m.of), mostRecalled)
	}
}
