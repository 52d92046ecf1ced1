package visits_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
	"github.com/beacon-clinic/beacon/knowledge"
)

// take books a slot that …0101 takes by text, in place of its visit old; "" is none.
func (b *books) take(t *testing.T, start, old string) string {
	t.Helper()
	p, say := handlerstest.Phone(t, "0101"), ""
	decide := func(s handlers.State) (e handlers.Effects, err error) {
		v := handlers.Visit{
			ID: waitlist.TakenVisit(handlers.Slot{ID: "s"}), Name: "Ana Example", Phone: p,
			Type: "iv_infusion", Start: handlerstest.At(t, start),
		}
		var instead *handlers.Visit
		for i := range s.Visits {
			if s.Visits[i].ID == old {
				instead = &s.Visits[i]
			}
		}
		e, say, err = b.Swap(s, v, instead, "en")
		return e, err
	}
	_, _, err := b.store.Turn(t.Context(), "take:"+start, p, decide)
	if err != nil {
		t.Fatal(err)
	}
	return say
}

// ahead returns the planned rows, by visit and kind.
func (b *books) ahead() string {
	var out []string
	for _, o := range b.store.Texts() {
		if o.State == handlers.Planned {
			out = append(out, o.Visit+" "+o.Kind)
		}
	}
	return strings.Join(out, ", ")
}

func TestAVisitTakenByTextTakesThePlaceOfAnother(t *testing.T) {
	b := newBooks(t, "2026-12-01 10:00")
	old := handlers.Visit{
		ID: "old", Name: "Ana Example", Phone: handlerstest.Phone(t, "0101"), Type: "iv_infusion",
		Start: handlerstest.At(t, "2026-12-20 10:00"),
	}
	b.book(t, old, visits.Imported)
	if say := b.take(t, "2026-12-08 14:00", "old"); say != "" {
		t.Errorf("a reminder says how to prepare, and so does the answer: %q", say)
	}
	if got := b.ahead(); strings.Contains(got, "old") || strings.Contains(got, "booked") ||
		!strings.Contains(got, "taken:s prepare") {
		t.Errorf("planned: %s", got)
	}
	// The clinic's file still has the old visit: nothing comes back.
	n, err := b.Import(t.Context(), []handlers.Visit{old}, quiet)
	if err != nil || n[visits.Unchanged] != 1 {
		t.Error(n, err)
	}
	if got := b.ahead(); strings.Contains(got, "old") {
		t.Errorf("planned: %s", got)
	}
	// The desk moves it in its calendar: the same visit, by the clinic's id, told of once.
	old.Start = handlerstest.At(t, "2026-12-08 14:00")
	b.book(t, old, visits.Updated)
	s, _ := b.store.Peek(t.Context(), old.Phone)
	if len(s.Visits) != 1 || s.Visits[0].ID != "old" || s.Visits[0].State != handlers.Confirmed {
		t.Errorf("%+v", s.Visits)
	}
	if got := b.ahead(); strings.Contains(got, "taken") || strings.Contains(got, "booked") ||
		strings.Count(got, "old prepare") != 1 {
		t.Errorf("planned: %s", got)
	}
}

func TestHowToPrepareIsSaidAtOnceWhereNoReminderComesInTime(t *testing.T) {
	everyone := handlerstest.Words(t)
	everyone.Clinic.Reminders.Plan[3].Only = ""
	for name, words := range map[string]*knowledge.Base{
		"as shipped":                handlerstest.Words(t),
		"with a nudge for everyone": everyone,
	} {
		t.Run(name, func(t *testing.T) {
			b := newBooks(t, "2026-12-01 12:00")
			b.Base, b.reminders.Base = words, words
			say := b.take(t, "2026-12-02 14:00", "")
			if !strings.Contains(say, "No food after 8:00 AM.") ||
				!strings.Contains(say, "An adult takes you home.") {
				t.Errorf("%q", say)
			}
			b.Until(t, "2026-12-01 12:00")
			v := handlers.Visit{
				ID: "theirs", Name: "Ana Example", Phone: handlerstest.Phone(t, "0101"),
				Type: "iv_infusion", Start: handlerstest.At(t, "2026-12-02 14:00"),
			}
			b.book(t, v, visits.Imported) // staff put it in their calendar
			b.Until(t, "2026-12-01 12:01")
			if got := b.store.Open(v.Phone); len(got) > 0 {
				t.Errorf("the patient knows, and the desk has %+v", got)
			}
		})
	}
}

// A visit that staff book at the time which a patient took by text is that visit, with the
// patient's answers. At any other time, or after the patient has given it up, it is another visit.
func TestWhichVisitIsAdopted(t *testing.T) {
	said := handlerstest.At(t, "2026-12-01 12:00")
	for name, c := range map[string]struct {
		start string
		state string // of the visit that was taken
		ids   string // of the number's visits afterwards
	}{
		"at its time": {start: "2026-12-08 14:00", state: handlers.Confirmed, ids: "theirs"},
		"to be moved": {start: "2026-12-08 14:00", state: handlers.Reschedule, ids: "theirs"},
		"at another time": {
			start: "2026-12-08 14:30", state: handlers.Confirmed, ids: "taken:s, theirs",
		},
		"given up": {start: "2026-12-08 14:00", state: handlers.Declined, ids: "taken:s, theirs"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBooks(t, "2026-12-01 10:00")
			b.take(t, "2026-12-08 14:00", "")
			taken, _, _ := b.store.Visit(t.Context(), "taken:s")
			taken.State, taken.Ride, taken.Asked = c.state, handlers.RideArranged, said
			b.store.Put(taken.Phone, handlers.Effects{Visits: []handlers.Visit{taken}})
			v := handlers.Visit{
				ID: "theirs", Name: "Ana Example", Phone: taken.Phone, Type: "iv_infusion",
				Start: handlerstest.At(t, c.start),
			}
			b.book(t, v, visits.Imported)
			s, _ := b.store.Peek(t.Context(), taken.Phone)
			var ids []string
			for _, now := range s.Visits {
				ids = append(ids, now.ID)
				adopted := now.State == c.state && now.Ride == taken.Ride && now.Asked.Equal(said)
				if now.ID == "theirs" && adopted != (c.ids == "theirs") {
					t.Errorf("%+v", now)
				}
			}
			slices.Sort(ids)
			if got := strings.Join(ids, ", "); got != c.ids {
				t.Errorf("visits %s, want %s", got, c.ids)
			}
			told := strings.Contains(b.planned(), "booked")
			if row := b.row(t, "taken:s", "prepare"); told == (c.ids == "theirs") ||
				(row.State == handlers.Void) != (c.ids == "theirs") {
				t.Errorf(
					"planned: %s; how to prepare for what was taken: %s", b.planned(), row.State,
				)
			}
		})
	}
}

func TestAVisitThatMovesLeavesItsTime(t *testing.T) {
	b := newBooks(t, "2026-12-01 10:00")
	v := handlers.Visit{
		ID: "v", Name: "Ana Example", Phone: handlerstest.Phone(t, "0101"), Type: "consult",
		Start: handlerstest.At(t, "2026-12-08 10:00"),
	}
	b.book(t, v, visits.Imported)
	v.Name = "Ana B Example"
	b.book(t, v, visits.Updated)
	if open, _ := b.store.OpenSlots(t.Context()); len(open) != 0 || b.filled != 1 {
		t.Errorf("%+v, filled %d times", open, b.filled)
	}
	v.Start = handlerstest.At(t, "2026-12-09 10:00")
	b.book(t, v, visits.Updated)
	open, _ := b.store.OpenSlots(t.Context())
	if len(open) != 1 || !open[0].Start.Equal(handlerstest.At(t, "2026-12-08 10:00")) ||
		b.filled != 2 {
		t.Errorf("%+v, filled %d times", open, b.filled)
	}
}
