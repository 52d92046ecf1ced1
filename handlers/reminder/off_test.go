package reminder_test

import (
	"context"
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/reminder"
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
		"known":      {"2026-10-06 10:00", "v", true, 1, false},
		"too near":   {"2026-10-20 09:00", "v", true, 0, false},
		"over":       {"2026-10-20 15:00", "v", false, 0, false},
		"not known":  {"2026-10-06 10:00", "w", false, 0, true},
		"id is near": {"2026-10-06 10:00", "v ", false, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBooks(t, "2026-10-05 10:00")
			b.book(t, visit(t, "2026-10-20 14:00"), reminder.Imported)
			b.until(t, c.at)
			for range 2 { // the same file again
				n, err := b.Import(t.Context(), []handlers.Visit{{ID: c.id, State: handlers.Declined}}, quiet)
				if err != nil || len(n) != 1 || n[reminder.Cancelled] != 1 {
					t.Error(n, err)
				}
			}
			v, _, _ := b.store.Visit(t.Context(), "v")
			if off := v.State == handlers.Declined; off != c.off {
				t.Errorf("the visit is %s", v.State)
			}
			if _, known, _ := b.store.Visit(t.Context(), "w"); known {
				t.Error("a visit that is off was taken in")
			}
			if open, _ := b.store.OpenSlots(t.Context()); len(open) != c.slots || len(open) > 0 && open[0].Why != "the import took the visit of …0101 off" {
				t.Errorf("slots %+v", open)
			}
			if planned := b.planned(); (planned != "") != c.reminded {
				t.Errorf("planned: %s", planned)
			}
			before := len(b.carrier.Sent())
			b.until(t, "2026-10-20 16:00")
			if sent := len(b.carrier.Sent()) - before; (sent > 0) != c.reminded {
				t.Errorf("%d texts afterwards", sent)
			}
			if why := b.table(t); c.off && !strings.Contains(why, "|void|the import took the visit of …0101 off") {
				t.Errorf("why lacks it:\n%s", why)
			}
		})
	}
}

// A time that the file gives to somebody else isn't offered besides, in whatever order its rows are.
func TestAnImportFillsTheTimeThatItFrees(t *testing.T) {
	b := newBooks(t, "2026-10-05 10:00")
	b.book(t, visit(t, "2026-10-20 14:00"), reminder.Imported)
	slots := -1
	b.Filled = func(ctx context.Context, _ handlers.Visit) error {
		open, err := b.store.OpenSlots(ctx)
		slots = len(open)
		return err
	}
	other := visit(t, "2026-10-20 14:00")
	other.ID, other.Phone = "w", handlerstest.Phone(t, "0102")
	n, err := b.Import(t.Context(), []handlers.Visit{other, {ID: "v", State: handlers.Declined}}, quiet)
	if err != nil || n[reminder.Imported] != 1 || n[reminder.Cancelled] != 1 || slots != 1 {
		t.Errorf("%v %v, %d slots when it was booked", n, err, slots)
	}
}
