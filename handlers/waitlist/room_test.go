package waitlist_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
	"github.com/beacon-clinic/beacon/knowledge"
)

// room is the handler with fakes around it, and a slot that …0100 left, on Sat Dec 5 at 9:00. It is
// Tue Dec 1, 10:00.
type room struct {
	*waitlist.Handler
	clock   *handlerstest.Clock
	store   *handlerstest.Store
	carrier *handlerstest.Carrier
	gate    *gate.Texter
	say     handlerstest.Wording
}

func newRoom(t *testing.T, base *knowledge.Base) *room {
	t.Helper()
	r := &room{
		clock: handlerstest.NewClock(t, "2026-12-01 10:00"), carrier: &handlerstest.Carrier{},
	}
	r.store = handlerstest.NewStore(r.clock.Now)
	r.Handler = &waitlist.Handler{
		Base: base, Store: r.store, Slots: r.store, Register: r.store,
		Now: r.clock.Now, Meter: handlerstest.Meter{}, Log: handlerstest.Quiet(),
	}
	r.say.OnCompose = r.Compose
	r.gate = &gate.Texter{
		Clinic: base.Clinic, Store: r.store, Ledger: r.store, Carrier: r.carrier,
		Place: handlerstest.PlaceOf, Wording: &r.say, Now: r.clock.Now, Meter: handlerstest.Meter{}, Log: handlerstest.Quiet(),
	}
	v := handlers.Visit{
		ID: "v0", Phone: handlerstest.Phone(t, "0100"), Type: "consult",
		Start: handlerstest.At(t, "2026-12-05 09:00"),
	}
	r.store.Put(v.Phone, handlers.Effects{
		Slots: waitlist.Freed(base.Clinic, v, "…0100 can't come", r.clock.Now()),
	})
	return r
}

// local reads a time like "2026-12-01 10:00" in winter, where the shipped clinic is.
func local(s string) time.Time {
	at, err := time.ParseInLocation("2006-01-02 15:04", s, time.FixedZone("EST", -5*60*60))
	if err != nil {
		panic(err)
	}
	return at
}

const slotID = "slot:v0:1796479200:0"

// waits puts a number on the list, behind those before it. It has a visit on Dec 20; change may
// change both.
func (r *room) waits(
	t *testing.T, last4 string, change func(w *handlers.Wish, e *handlers.Effects),
) {
	t.Helper()
	p := handlerstest.Phone(t, last4)
	all, _ := r.store.Wishes(t.Context())
	v := handlers.Visit{
		ID: "v" + last4, Name: "Ana Example", Phone: p, Type: "consult",
		Start: handlerstest.At(t, "2026-12-20 10:00"), State: handlers.Booked,
	}
	w := handlers.Wish{
		Phone: p, Type: "consult", Visit: v.ID, Name: v.Name,
		At: r.clock.Now().Add(time.Duration(len(all)) * time.Second),
	}
	e := handlers.Effects{Visits: []handlers.Visit{v}}
	if change != nil {
		change(&w, &e)
	}
	e.Wishes = append(e.Wishes, w)
	r.store.Put(p, e)
}

// turn lets time pass. Whenever the slot is due it is looked at, and what is due is sent.
func (r *room) turn(t *testing.T, d time.Duration) {
	t.Helper()
	for end := r.clock.Now().Add(d); ; {
		if err := r.Deliver(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := r.gate.Deliver(t.Context()); err != nil {
			t.Fatal(err)
		}
		open, _ := r.store.OpenSlots(t.Context())
		if len(open) == 0 || open[0].Next.After(end) {
			r.clock.Set(end)
			return
		}
		if !open[0].Next.After(r.clock.Now()) {
			t.Fatalf("it is looked at again and again: %+v", open[0])
		}
		r.clock.Set(open[0].Next)
	}
}

func (r *room) slot(t *testing.T) handlers.Slot {
	t.Helper()
	s, _, err := r.store.Slot(t.Context(), slotID)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// went returns the slot's state and what became of its offers: "open 0101 lapsed 0102 open".
func (r *room) went(t *testing.T) string {
	s := r.slot(t)
	out := []string{s.State}
	for _, o := range s.Offers {
		out = append(out, o.To.Last4(), o.State)
	}
	return strings.Join(out, " ")
}

// sent returns the texts that were sent, sorted, since they are sent in parallel.
func (r *room) sent() string {
	var out []string
	for _, o := range r.carrier.Sent() {
		out = append(out, o.Kind+" "+o.To.Last4())
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}
