package broadcast_test

import (
	"cmp"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/broadcast"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// storm is a clinic on the evening before a storm, with its gate, its desk and its books.
type storm struct {
	*broadcast.Handler
	clock   *handlerstest.Clock
	store   *handlerstest.Store
	carrier *handlerstest.Carrier
	board   *handlerstest.Desk
	texter  *gate.Texter
	poster  *desk.Poster
	presses int
}

// newStorm is at a time like "2026-11-30 17:00"; the visits are on December 1.
func newStorm(t *testing.T, at string) *storm {
	t.Helper()
	base, clock := handlerstest.Words(t), handlerstest.NewClock(t, at)
	s := &storm{
		clock: clock, store: handlerstest.NewStore(clock.Now),
		carrier: &handlerstest.Carrier{}, board: &handlerstest.Desk{},
	}
	words := &handlerstest.Wording{}
	s.texter = &gate.Texter{
		Clinic: base.Clinic, Store: s.store, Ledger: s.store, Receipts: s.store,
		Wording: words, Carrier: s.carrier, Place: handlerstest.PlaceOf, Now: clock.Now,
		Meter: handlerstest.Meter{}, Log: handlerstest.Quiet(),
	}
	books := &visits.Books{
		Base: base, Store: s.store, Visits: s.store, Now: clock.Now,
		Waitlist: &waitlist.Handler{
			Base: base, Store: s.store, Slots: s.store, Register: s.store, Now: clock.Now,
			Meter: handlerstest.Meter{}, Log: handlerstest.Quiet(),
		},
	}
	s.Handler = &broadcast.Handler{
		Base: base, Store: s.store, Visits: s.store, Rows: s.store, Books: books,
		Gate: s.texter, Now: clock.Now, Log: handlerstest.Quiet(),
	}
	words.OnCompose = s.Compose
	words.OnInstead = func(
		of handlers.State, o handlers.Outgoing, now time.Time,
	) (string, []handlers.Visit) {
		return s.Instead(of, o, now), nil
	}
	s.poster = &desk.Poster{
		Base: base, Store: s.store, Posts: s.store, Board: s.board, Step: s.Step,
		Now: clock.Now, Meter: handlerstest.Meter{}, Log: handlerstest.Quiet(),
	}
	return s
}

// visit books a visit of a number on December 1, by its last digits.
func (s *storm) visit(t *testing.T, last4, clock string, change ...func(*handlers.Visit)) {
	t.Helper()
	v := handlers.Visit{
		ID: "v" + last4 + clock, Name: "Ana Doe", Phone: handlerstest.Phone(t, last4),
		Start: handlerstest.At(t, "2026-12-01 "+clock), Type: "consult",
		State: handlers.Confirmed,
	}
	for _, f := range change {
		f(&v)
	}
	s.store.Put(v.Phone, handlers.Effects{Visits: []handlers.Visit{v}})
}

// day is a broadcast to all of December 1, about the weather.
func (s *storm) day(t *testing.T) handlers.Broadcast {
	t.Helper()
	return handlers.Broadcast{
		From: handlerstest.At(t, "2026-12-01 00:00"), To: handlerstest.At(t, "2026-12-02 00:00"),
		Say: replies.BroadcastWeather,
	}
}

// ask has U1 ask for a broadcast, and shows its card.
func (s *storm) ask(t *testing.T, b handlers.Broadcast) {
	t.Helper()
	plan, err := s.Plan(t.Context(), b)
	if err == nil {
		err = s.Ask(t.Context(), "E1", "U1", b, plan)
	}
	if err != nil {
		t.Fatal(err)
	}
	s.pass(t, 0)
}

// press has a member of staff do something about the broadcast.
func (s *storm) press(
	t *testing.T, do func(*broadcast.Handler, string) (string, error),
) (why string) {
	t.Helper()
	s.presses++
	why, err := do(s.Handler, fmt.Sprint("press", s.presses))
	if err != nil {
		t.Fatal(err)
	}
	return why
}

// agree and drop are what the card's buttons do.
func (s *storm) agree(t *testing.T, user string) string {
	t.Helper()
	return s.press(t, func(h *broadcast.Handler, event string) (string, error) {
		return h.Agree(t.Context(), event, theCase, user)
	})
}

func (s *storm) drop(t *testing.T, user string) string {
	t.Helper()
	return s.press(t, func(h *broadcast.Handler, event string) (string, error) {
		return h.Drop(t.Context(), event, theCase, user)
	})
}

// theCase is the broadcast's case.
const theCase = "broadcast:E1"

// pass lets time pass, and does what falls due every second.
func (s *storm) pass(t *testing.T, d time.Duration) {
	t.Helper()
	end := s.clock.Now().Add(d)
	for {
		_, err := s.texter.Deliver(t.Context())
		if err = cmp.Or(err, s.poster.Deliver(t.Context())); err != nil {
			t.Fatal(err)
		}
		if !s.clock.Now().Before(end) {
			return
		}
		s.clock.Add(time.Second)
	}
}

// arrive has receipts come for all that was sent; who is in fails doesn't get theirs.
func (s *storm) arrive(t *testing.T, fails ...string) {
	t.Helper()
	for _, o := range s.carrier.Sent() {
		r := gate.Receipt{ID: o.ID, SID: "SM", State: handlers.Delivered, At: s.clock.Now()}
		for _, last4 := range fails {
			if o.To.Last4() == last4 {
				r.State, r.Code, r.Why = "undelivered", 30005, "unknown number"
			}
		}
		if err := s.texter.Receipt(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
}

// sent are the texts that left, by the last digits of their numbers.
func (s *storm) sent() map[string]string {
	out := map[string]string{}
	for _, o := range s.carrier.Sent() {
		out[o.To.Last4()] = o.Body
	}
	return out
}

// card is the broadcast's case as it stands.
func (s *storm) card(t *testing.T) handlers.Case {
	t.Helper()
	c, ok, err := s.store.Case(t.Context(), theCase)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	return c
}

// notes are the lines in threads, joined.
func (s *storm) notes() string {
	var out []string
	for _, l := range s.board.Lines() {
		if strings.HasPrefix(l, "note") {
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n")
}
