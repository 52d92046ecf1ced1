package visits_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/reminder"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
)

// books wires visits, reminders and the gate to a fake store, carrier and clock.
type books struct {
	*visits.Books
	*handlerstest.Days
	reminders *reminder.Reminders
	gate      *gate.Texter
	clock     *handlerstest.Clock
	store     *handlerstest.Store
	carrier   *handlerstest.Carrier
	// filled counts how often the waitlist was asked whether a visit fills a slot; open are the
	// slots that were open then.
	mu     sync.Mutex
	filled int
	open   []handlers.Slot
}

// slots counts the waitlist's reads of the open slots.
type slots struct {
	waitlist.Slots
	b *books
}

func (s slots) OpenSlots(ctx context.Context) (open []handlers.Slot, err error) {
	open, err = s.Slots.OpenSlots(ctx)
	s.b.mu.Lock()
	defer s.b.mu.Unlock()
	s.b.filled++
	s.b.open = open
	return open, err
}

func newBooks(t *testing.T, now string) *books {
	t.Helper()
	words := handlerstest.Words(t)
	b := &books{clock: handlerstest.NewClock(t, now), carrier: &handlerstest.Carrier{}}
	b.store = handlerstest.NewStore(b.clock.Now)
	b.gate = &gate.Texter{
		Clinic: words.Clinic, Store: b.store, Ledger: b.store, Carrier: b.carrier,
		Place: handlerstest.PlaceOf, Now: b.clock.Now, Meter: handlerstest.Meter{}, Log: handlerstest.Quiet(),
	}
	b.reminders = &reminder.Reminders{
		Base: words, Store: b.store, History: b.store, Gate: b.gate, Now: b.clock.Now,
	}
	b.gate.Wording = &handlerstest.Wording{
		OnCompose: b.reminders.Compose, OnTask: b.reminders.Task, OnInstead: b.reminders.Instead,
	}
	b.Days = handlerstest.NewDays(b.gate, b.clock, b.store, b.carrier)
	list := &waitlist.Handler{
		Base: words, Slots: slots{b.store, b}, Now: b.clock.Now, Log: handlerstest.Quiet(),
	}
	b.Books = &visits.Books{
		Base: words, Store: b.store, Visits: b.store, Waitlist: list, Now: b.clock.Now,
	}
	return b
}

func (b *books) book(t *testing.T, v handlers.Visit, want visits.Outcome) {
	t.Helper()
	got, err := b.Book(t.Context(), v)
	if err != nil || got != want {
		t.Fatalf("%s %v, want %s", got, err, want)
	}
}

// planned returns the planned rows: "booked 10-05 10:00".
func (b *books) planned() string {
	var out []string
	for _, o := range b.store.Texts() {
		if o.State == handlers.Planned {
			out = append(out, o.Kind+" "+o.Due.Format("01-02 15:04"))
		}
	}
	return strings.Join(out, ", ")
}

func visit(t *testing.T, start string) handlers.Visit {
	return handlers.Visit{
		ID: "v", Name: "Ana Example", Phone: handlerstest.Phone(t, "0101"),
		Start: handlerstest.At(t, start), Type: "iv_infusion",
	}
}

// Two of the desk who book one visit at once have booked one; a brother's is another.
func TestBookedTwiceIsBookedOnce(t *testing.T) {
	b := newBooks(t, "2026-10-05 10:00")
	for _, c := range []struct {
		id, name string
		want     visits.Outcome
	}{
		{id: "desk-1", name: "Ana Example", want: visits.Imported},
		{id: "desk-2", name: "Ana", want: visits.Unchanged},
		{id: "desk-3", name: "Bo Example", want: visits.Imported},
	} {
		v := visit(t, "2026-10-20 14:00")
		v.ID, v.Name = c.id, c.name
		b.book(t, v, c.want)
	}
}

// row returns the last row of a kind that …0101 has for a visit.
func (b *books) row(t *testing.T, visit, kind string) (out handlers.Outgoing) {
	t.Helper()
	records, err := b.store.Records(t.Context(), handlerstest.Phone(t, "0101"))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		if r.Visit == visit && r.Kind == kind {
			out = r.Outgoing
		}
	}
	return out
}

func TestBookTwiceIsOnce(t *testing.T) {
	b := newBooks(t, "2026-10-05 10:00")
	b.book(t, visit(t, "2026-10-20 14:00"), visits.Imported)
	before := b.planned()
	b.book(t, visit(t, "2026-10-20 14:00"), visits.Unchanged)
	if b.planned() != before || strings.Count(before, ",") != 4 {
		t.Errorf("%s, before %s", b.planned(), before)
	}
	if got := b.Until(t, "2026-10-21 00:00"); got != "booked 10-05 10:00, confirm 10-17 10:00, "+
		"prepare 10-19 11:00, nudge 10-20 11:00" {
		t.Error(got)
	}
}

func TestAMovedVisitIsRemindedOfAnew(t *testing.T) {
	b := newBooks(t, "2026-10-05 10:00")
	b.book(t, visit(t, "2026-10-20 14:00"), visits.Imported)
	b.Until(t, "2026-10-06 12:00")
	v, _, _ := b.store.Visit(t.Context(), "v")
	v.State = handlers.Confirmed
	b.store.Put(v.Phone, handlers.Effects{Visits: []handlers.Visit{v}})
	b.book(t, visit(t, "2026-10-27 14:00"), visits.Updated)
	if v, _, _ := b.store.Visit(t.Context(), "v"); v.State != handlers.Booked {
		t.Errorf("the answer to the old time stands for the new one: %s", v.State)
	}
	if got := b.Until(t, "2026-10-28 00:00"); got != "booked 10-05 10:00, booked 10-06 12:00, "+
		"confirm 10-24 10:00, prepare 10-26 11:00, nudge 10-27 11:00" {
		t.Error(got)
	}
}

func TestAwayAndBack(t *testing.T) {
	b := newBooks(t, "2026-10-05 10:00")
	b.book(t, visit(t, "2026-10-20 14:00"), visits.Imported)
	b.Until(t, "2026-10-06 10:00")
	b.book(t, visit(t, "2026-10-27 14:00"), visits.Updated)
	b.Until(t, "2026-10-08 10:00")
	b.book(t, visit(t, "2026-10-20 14:00"), visits.Updated)
	got := b.Until(t, "2026-10-28 00:00")
	want := "confirm 10-17 10:00, prepare 10-19 11:00, nudge 10-20 11:00"
	if !strings.HasSuffix(got, want) || strings.Count(got, "confirm") != 1 {
		t.Errorf("got %s, want it to end on %s", got, want)
	}
}

func TestAChangeThatDoesNotMove(t *testing.T) {
	b := newBooks(t, "2026-10-05 10:00")
	short := b.Base.Clinic.VisitTypes["iv_infusion"] // a short text of the day before
	short.RideHome, short.Prepare.Solids = false, 0
	b.Base.Clinic.VisitTypes["iv_infusion"] = short
	b.book(t, visit(t, "2026-10-20 14:00"), visits.Imported)
	b.Until(t, "2026-10-06 10:00")
	v, _, _ := b.store.Visit(t.Context(), "v")
	v.State = handlers.Confirmed
	b.store.Put(v.Phone, handlers.Effects{Visits: []handlers.Visit{v}})
	w := visit(t, "2026-10-20 14:00")
	w.Name, w.Lang, w.Zone = "Bea Example", "es", "America/Chicago"
	b.book(t, w, visits.Updated)
	if v, _, _ := b.store.Visit(t.Context(), "v"); v.State != handlers.Confirmed ||
		v.Name != "Bea Example" {
		t.Errorf("%+v: want the answer kept", v)
	}
	// The booking text isn't sent again; later reminders leave by the new zone, in the new language.
	if got := b.Until(t, "2026-10-21 00:00"); got != "booked 10-05 10:00, prepare 10-19 12:00" {
		t.Error(got)
	}
	if sent := b.carrier.Sent(); !strings.Contains(sent[1].Body, "Hola Bea") ||
		!strings.Contains(sent[1].Body, "2:00 PM hora de Nueva York") {
		t.Error(sent[1].Body)
	}
}

// A booking that changes leaves alone what was due before: a text that is held up, and the check
// whether the patient has answered.
func TestAChangeLeavesWhatHasHadItsTime(t *testing.T) {
	p := handlerstest.Phone(t, "0101")
	for name, c := range map[string]struct {
		held       bool
		want, task string
	}{
		"the text is held up": {held: true, want: "prepare 10-19 12:00"},
		"the text has left": {
			want: "prepare 10-19 11:00", task: "Nobody has said who drives them home",
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBooks(t, "2026-10-19 10:00")
			v := visit(t, "2026-10-20 14:00")
			v.Type = "iv_infusion"
			b.book(t, v, visits.Imported)
			danger := handlers.Case{
				ID: "danger", Channel: handlers.UrgentChannel, Phone: p, Open: c.held,
			}
			b.store.Put(p, handlers.Effects{Cases: []handlers.Case{danger}})
			b.Until(t, "2026-10-19 11:30")
			v.Name = "Bea Example"
			b.book(t, v, visits.Updated)
			danger.Open = false
			b.store.Put(p, handlers.Effects{Cases: []handlers.Case{danger}})
			if got := b.Until(t, "2026-10-19 12:30"); got != c.want {
				t.Errorf("sent %q, want %q", got, c.want)
			}
			if open := b.store.Open(p); c.task != "" &&
				(len(open) != 1 || !strings.Contains(open[0].Title, c.task)) {
				t.Errorf("the desk has %+v", open)
			}
		})
	}
}

// A visit whose number is corrected is news to the right one: whether it has moved besides or not,
// it is told as one that is booked. The wrong number hears no more of it.
func TestToAnotherNumber(t *testing.T) {
	const rest = "confirm 10-17 10:00, prepare 10-19 11:00, nudge 10-20 "
	for name, c := range map[string]struct{ start, body, sent string }{
		"at the same time": {
			start: "2026-10-20 14:00", body: "you're booked for Tue Oct 20 at 2:00 PM.",
			sent: rest + "11:00",
		},
		"and another time": {
			start: "2026-10-20 15:00", body: "you're booked for Tue Oct 20 at 3:00 PM.",
			sent: rest + "12:00",
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBooks(t, "2026-10-05 10:00")
			v := visit(t, "2026-10-20 14:00")
			b.book(t, v, visits.Imported)
			b.Until(t, "2026-10-06 10:00")
			v.Phone, v.Start = handlerstest.Phone(t, "0102"), handlerstest.At(t, c.start)
			b.book(t, v, visits.Updated)
			old, _ := b.store.Peek(t.Context(), handlerstest.Phone(t, "0101"))
			if len(old.Visits) != 0 {
				t.Errorf("the old number has %+v still", old.Visits)
			}
			got := b.Until(t, "2026-10-21 00:00")
			if want := "booked 10-05 10:00, booked 10-06 10:00, " + c.sent; got != want {
				t.Errorf("sent %s, want %s", got, want)
			}
			sent := b.carrier.Sent()
			for i, o := range sent {
				if (o.To.Last4() == "0101") != (i == 0) {
					t.Errorf("%s went to %s", o.Kind, o.To)
				}
			}
			if !strings.Contains(sent[1].Body, c.body) {
				t.Errorf("%q, want %q", sent[1].Body, c.body)
			}
			const why = "the visit went to another number"
			if row := b.row(t, "v", "confirm"); row.State != handlers.Void || row.Why != why {
				t.Errorf("of the old number: %s: %s", row.State, row.Why)
			}
		})
	}
}

func TestBookWhileTheStoreIsAway(t *testing.T) {
	b := newBooks(t, "2026-10-05 10:00")
	away := errors.New("away")
	b.store.Fail(away)
	if _, err := b.Book(t.Context(), visit(t, "2026-10-20 14:00")); !errors.Is(err, away) {
		t.Error(err)
	}
	n, err := b.Import(
		t.Context(), []handlers.Visit{visit(t, "2026-10-20 14:00")}, func(int, int) {},
	)
	if !errors.Is(err, away) || len(n) != 0 {
		t.Error(n, err)
	}
	b.store.Fail(nil)
	var seen []int
	n, err = b.Import(
		t.Context(),
		[]handlers.Visit{
			visit(t, "2026-10-20 14:00"), visit(t, "2026-10-20 14:00"),
			visit(t, "2026-10-21 14:00"),
		},
		func(done, of int) { seen = append(seen, done, of) },
	)
	if err != nil || n[visits.Imported] != 1 || n[visits.Unchanged] != 1 ||
		n[visits.Updated] != 1 || len(seen) != 6 {
		t.Error(n, err, seen)
	}
}

// An import that breaks off says at which visit and how far it came; the same file again does what
// is left.
func TestAnImportThatBreaksOff(t *testing.T) {
	b := newBooks(t, "2026-10-05 10:00")
	file := []handlers.Visit{visit(t, "2026-10-20 14:00"), visit(t, "2026-10-21 14:00")}
	file[1].ID = "w"
	away := errors.New("away")
	n, err := b.Import(t.Context(), file, func(done, _ int) {
		if done == 1 {
			b.store.Fail(away)
		}
	})
	const want = "visit w (1 of 2 are done): away"
	if err == nil || err.Error() != want || !errors.Is(err, away) || n[visits.Imported] != 1 {
		t.Errorf("%v %v, want %s", n, err, want)
	}
	b.store.Fail(nil)
	n, err = b.Import(t.Context(), file, quiet)
	if err != nil || n[visits.Unchanged] != 1 || n[visits.Imported] != 1 || len(n) != 2 {
		t.Errorf("%v %v", n, err)
	}
	// One that is taken off breaks it off as well.
	b.store.Fail(away)
	file[1].State = handlers.Cancelled
	n, err = b.Import(t.Context(), file, quiet)
	if err == nil || err.Error() != "visit w (0 of 2 are done): away" || len(n) != 0 {
		t.Errorf("%v %v", n, err)
	}
}
