package visits_test

import (
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/visits"
)

func quiet(int, int) {}

func TestAnImportTakesOffWhatIsCancelled(t *testing.T) {
	for name, c := range map[string]struct {
		at       string // when the import comes
		id       string // of the visit that it calls off; "v" is booked for Oct 20 at 14:00
		off      bool
		slots    int
		reminded bool
	}{
		"known":      {at: "2026-10-06 10:00", id: "v", off: true, slots: 1},
		"too near":   {at: "2026-10-20 09:00", id: "v", off: true},
		"over":       {at: "2026-10-20 15:00", id: "v"},
		"not known":  {at: "2026-10-06 10:00", id: "w", reminded: true},
		"id is near": {at: "2026-10-06 10:00", id: "v ", reminded: true},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBooks(t, "2026-10-05 10:00")
			b.book(t, visit(t, "2026-10-20 14:00"), visits.Imported)
			b.Until(t, c.at)
			for i := range 2 { // the same file again
				n, err := b.Import(
					t.Context(), []handlers.Visit{{ID: c.id, State: handlers.Cancelled}}, quiet,
				)
				want := visits.Unchanged
				if i == 0 && c.off {
					want = visits.Cancelled
				}
				if err != nil || len(n) != 1 || n[want] != 1 {
					t.Error(n, err)
				}
			}
			v, _, _ := b.store.Visit(t.Context(), "v")
			if off := v.State == handlers.Cancelled; off != c.off {
				t.Errorf("the visit is %s", v.State)
			}
			if _, known, _ := b.store.Visit(t.Context(), "w"); known {
				t.Error("a visit that is off was taken in")
			}
			if open, _ := b.store.OpenSlots(t.Context()); len(open) != c.slots ||
				len(open) > 0 && open[0].Why != "the import took the visit of …0101 off" {
				t.Errorf("slots %+v", open)
			}
			if planned := b.planned(); (planned != "") != c.reminded {
				t.Errorf("planned: %s", planned)
			}
			before := len(b.carrier.Sent())
			b.Until(t, "2026-10-20 16:00")
			if sent := len(b.carrier.Sent()) - before; (sent > 0) != c.reminded {
				t.Errorf("%d texts afterwards", sent)
			}
			const why = "the import took the visit of …0101 off"
			if row := b.row(t, "v", "nudge"); c.off &&
				(row.State != handlers.Void || row.Why != why) {
				t.Errorf("%s: %s", row.State, row.Why)
			}
		})
	}
}

// A time that the same file gives to another patient isn't offered to the waitlist, whatever the
// order of the rows.
func TestAnImportFillsTheTimeThatItFrees(t *testing.T) {
	b := newBooks(t, "2026-10-05 10:00")
	b.book(t, visit(t, "2026-10-20 14:00"), visits.Imported)
	other := visit(t, "2026-10-20 14:00")
	other.ID, other.Phone = "w", handlerstest.Phone(t, "0102")
	n, err := b.Import(
		t.Context(), []handlers.Visit{other, {ID: "v", State: handlers.Cancelled}}, quiet,
	)
	if err != nil || n[visits.Imported] != 1 || n[visits.Cancelled] != 1 || len(b.open) != 1 {
		t.Errorf("%v %v, %d slots when it was booked", n, err, len(b.open))
	}
}

// off brings a visit into a state in the way that leads to it: by the desk, an import or the
// patient.
func (b *books) off(t *testing.T, v handlers.Visit, state string) {
	t.Helper()
	var err error
	switch state {
	case handlers.Off:
		_, _, err = b.TakeOff(t.Context(), "off", v)
	case handlers.Cancelled:
		off := handlers.Visit{ID: v.ID, State: handlers.Cancelled}
		_, err = b.Import(t.Context(), []handlers.Visit{off}, quiet)
	default:
		v.State = state
		b.store.Put(v.Phone, handlers.Effects{Visits: []handlers.Visit{v}})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// onAgain are states of a visit that is off, and whether the desk or an import that books it again
// puts it on again.
var onAgain = map[string]struct {
	state      string
	desk, feed bool
}{
	"the desk took it off":   {state: handlers.Off, desk: true},
	"an import cancelled it": {state: handlers.Cancelled, desk: true, feed: true},
	"the patient can't come": {state: handlers.Declined, desk: true},
}

// Staff can put a visit on again. An import puts on again only what an import has cancelled: it may
// be older than what the desk or the patient decided.
func TestAVisitThatIsOnAgain(t *testing.T) {
	for name, c := range onAgain {
		for _, by := range []struct {
			name string
			on   bool
			book func(b *books, v handlers.Visit) (visits.Outcome, error)
		}{
			{
				name: "the desk", on: c.desk,
				book: func(b *books, v handlers.Visit) (visits.Outcome, error) {
					return b.Book(t.Context(), v)
				},
			},
			{
				name: "an import", on: c.feed,
				book: func(b *books, v handlers.Visit) (visits.Outcome, error) {
					n, err := b.Import(t.Context(), []handlers.Visit{v}, quiet)
					for what := range n {
						return what, err
					}
					return "", err
				},
			},
		} {
			t.Run(name+", booked by "+by.name, func(t *testing.T) {
				b := newBooks(t, "2026-10-05 10:00")
				v := visit(t, "2026-10-20 14:00")
				b.book(t, v, visits.Imported)
				b.Until(t, "2026-10-06 10:00")
				b.off(t, v, c.state)
				want, state, sent, fills := visits.Unchanged, c.state, "booked 10-05 10:00", 1
				if by.on {
					want, state, fills = visits.Updated, handlers.Booked, 2
					sent += ", booked 10-06 10:00, confirm 10-17 10:00, prepare 10-19 11:00, " +
						"nudge 10-20 11:00"
				}
				if got, err := by.book(b, v); err != nil || got != want {
					t.Errorf("%s %v, want %s", got, err, want)
				}
				if now, _, _ := b.store.Visit(t.Context(), "v"); now.State != state ||
					b.filled != fills {
					t.Errorf(
						"%s, and %d times filled, want %s and %d", now.State, b.filled, state,
						fills,
					)
				}
				if got := b.Until(t, "2026-10-21 00:00"); got != sent {
					t.Errorf("sent %s, want %s", got, sent)
				}
				if all := b.carrier.Sent(); by.on &&
					!strings.Contains(all[1].Body, "you're booked for Tue Oct 20") {
					t.Error(all[1].Body)
				}
			})
		}
	}
}
