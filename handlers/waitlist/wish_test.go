package waitlist_test

import (
	"context"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
)

// joining is a register in which something happens after the list was read for the nth time.
type joining struct {
	waitlist.Register
	n    int
	then func()
}

func (j *joining) Wishes(ctx context.Context) ([]handlers.Wish, error) {
	all, err := j.Register.Wishes(ctx)
	if j.n--; j.n == 0 {
		j.then()
	}
	return all, err
}

// A wish that is over comes off the list, but not if staff put the number on it again just then.
func TestAWishThatIsMadeAgainAsItEnds(t *testing.T) {
	for n := 1; n <= 3; n++ { // the list is read twice, so the third time never comes
		r := newRoom(t, handlerstest.Words(t))
		r.waits(t, "0101", func(_ *handlers.Wish, e *handlers.Effects) {
			e.Visits[0].Start = local("2026-12-02 10:00")
		})
		r.clock.Set(local("2026-12-04 08:00"))
		again := handlers.Wish{
			Phone: handlerstest.Phone(t, "0101"), Type: "consult", At: r.clock.Now(), By: "Dana",
		}
		r.Register = &joining{Register: r.store, n: n, then: func() {
			r.store.Put(again.Phone, handlers.Effects{Wishes: []handlers.Wish{again}})
		}}
		if err := r.Deliver(t.Context()); err != nil {
			t.Fatal(err)
		}
		all, err := r.store.Wishes(t.Context())
		if want := n < 3; err != nil || (len(all) == 1 && all[0].By == "Dana") != want {
			t.Errorf("after read %d: %+v %v", n, all, err)
		}
	}
}

// Staff who correct a wish don't send the patient to the end of the list. A wish that is over is
// made anew.
func TestAWishKeepsItsPlace(t *testing.T) {
	r := newRoom(t, handlerstest.Words(t))
	r.waits(t, "0103", func(_ *handlers.Wish, e *handlers.Effects) {
		e.Visits[0].Start = local("2026-11-30 10:00")
	})
	r.waits(t, "0101", nil)
	r.waits(t, "0102", nil)
	r.clock.Add(time.Hour)
	for _, last4 := range []string{"0103", "0101"} {
		w := handlers.Wish{
			Phone: handlerstest.Phone(t, last4), Type: "consult", Notice: 48 * time.Hour,
			By: "Dana",
		}
		if _, err := r.Add(t.Context(), "add:"+last4, w); err != nil {
			t.Fatal(err)
		}
	}
	all, err := r.List(t.Context())
	if err != nil || len(all) != 3 {
		t.Fatalf("%+v %v", all, err)
	}
	for i, want := range []struct {
		last4  string
		notice time.Duration
	}{{"0101", 48 * time.Hour}, {"0102", 0}, {"0103", 48 * time.Hour}} {
		if w := all[i]; w.Phone.Last4() != want.last4 || w.Notice != want.notice {
			t.Errorf("place %d: …%s with %v, want %+v", i+1, w.Phone.Last4(), w.Notice, want)
		}
	}
}
