package reminder_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/reminder"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// HowToPrepare says what can still be followed, by the clinic's clock, and at any hour that an
// adult takes them home.
func TestHowToPrepare(t *testing.T) {
	b := handlerstest.Words(t)
	const adult = "An adult takes you home."
	away, byVideo := false, b.Clinic.VisitTypes["spravato"]
	byVideo.InPerson = &away
	b.Clinic.VisitTypes["spravato"] = byVideo
	for name, c := range map[string]struct{ kind, zone, lang, now, want string }{
		"all of it": {
			kind: "iv_infusion", lang: "en", now: "2026-10-19 18:00",
			want: "No food after 8:00 AM. Clear liquids until 12:00 PM. " + adult,
		},
		"a minute before a rule": {
			kind: "iv_infusion", lang: "en", now: "2026-10-20 07:59",
			want: "No food after 8:00 AM. Clear liquids until 12:00 PM. " + adult,
		},
		"as a rule begins": {
			kind: "iv_infusion", lang: "en", now: "2026-10-20 08:00",
			want: "Clear liquids until 12:00 PM. " + adult,
		},
		"nothing can be followed": {
			kind: "iv_infusion", lang: "en", now: "2026-10-20 12:00", want: adult,
		},
		"by the clinic's clock": {
			kind: "iv_infusion", zone: "America/Los_Angeles", lang: "en", now: "2026-10-19 18:00",
			want: "No food after 8:00 AM New York time. " +
				"Clear liquids until 12:00 PM New York time. " + adult,
		},
		"by the patient's clock, where they don't come in person": {
			kind: "spravato", zone: "America/Los_Angeles", lang: "en", now: "2026-10-19 18:00",
			want: "No food after 9:00 AM Los Angeles time. Clear liquids until 10:30 AM " +
				"Los Angeles time. No nose spray after 10:00 AM Los Angeles time. " + adult,
		},
		"in Spanish": {
			kind: "iv_infusion", lang: "es", now: "2026-10-20 08:00",
			want: "Liquidos claros hasta 12:00 PM. Un adulto le lleva.",
		},
		"nothing to prepare": {kind: "consult", lang: "en", now: "2026-10-19 18:00"},
	} {
		t.Run(name, func(t *testing.T) {
			v := visit(t, "2026-10-20 14:00")
			v.Type, v.Zone = c.kind, c.zone
			got, err := reminder.HowToPrepare(b, v, c.lang, handlerstest.At(t, c.now))
			if err != nil || got != c.want {
				t.Errorf("%q, %v, want %q", got, err, c.want)
			}
		})
	}
}

// Staff are given something to say only if it is still true when the text fails.
func TestWhatStaffSayInsteadOfAText(t *testing.T) {
	const moved = "Their visit moved from Mon Oct 19 at 2:00 PM to Tue Oct 20 at 2:00 PM: tell " +
		"them."
	for name, c := range map[string]struct {
		kind   string // of the text; "booked" tells of a move
		change func(v *handlers.Visit)
		now    string
		want   string // the words begin so; "" is nothing to say
		told   bool   // the visit counts as prepared then
	}{
		"a move":         {kind: "booked", now: "2026-10-19 10:00", want: moved},
		"a confirmation": {kind: "confirm", now: "2026-10-19 10:00"},
		"a nudge":        {kind: "nudge", now: "2026-10-20 11:00"},
		"a preparation": {
			kind: kinds.Prepare, now: "2026-10-19 12:00",
			want: "Their visit is on Tue Oct 20 at 2:00 PM. Tell them:", told: true,
		},
		"it has begun": {kind: kinds.Prepare, now: "2026-10-20 14:00"},
		"it has moved again": {
			kind: "booked", change: func(v *handlers.Visit) { v.Start = v.Start.AddDate(0, 0, 1) },
			now: "2026-10-19 10:00",
		},
		"it was declined": {
			kind: kinds.Prepare, change: func(v *handlers.Visit) { v.State = handlers.Declined },
			now: "2026-10-19 12:00",
		},
		"it is another's": {
			kind: kinds.Prepare, change: func(v *handlers.Visit) { v.ID = "w" },
			now: "2026-10-19 12:00",
		},
	} {
		t.Run(name, func(t *testing.T) {
			base := handlerstest.Words(t)
			v := infusion(t)
			v.State, v.Moves, v.Was = handlers.Booked, 1, v.Start.AddDate(0, 0, -1)
			var row handlers.Outgoing
			for _, o := range reminder.Plan(
				base.Clinic, v, handlerstest.At(t, "2026-10-05 10:00"),
			) {
				if o.Kind == c.kind {
					row = o
				}
			}
			if c.change != nil {
				c.change(&v)
			}
			s := handlers.State{Phone: v.Phone, Visits: []handlers.Visit{v}}
			now := handlerstest.At(t, c.now)
			say, told := (&reminder.Reminders{Base: base}).Instead(s, row, now)
			say = veil.Shown(say, true)
			if (say == "") != (c.want == "") || !strings.HasPrefix(say, c.want) {
				t.Errorf("%q, want %q", say, c.want)
			}
			if len(told) > 0 != c.told || c.told && !told[0].Prepared.Equal(now) {
				t.Errorf("told %+v", told)
			}
		})
	}
}

// What the reply said to a patient who took a visit by text isn't sent again; other reminders are.
func TestLeaveOut(t *testing.T) {
	base := handlerstest.Words(t)
	const why = "the reply said it"
	for now, want := range map[string]string{
		// long before: the booking is known
		"2026-10-05 10:00": "booked skipped, confirm , prepare , nudge , ready planned",
		// too late for the text: how to prepare was said as well
		"2026-10-19 18:00": "booked skipped, confirm skipped, prepare skipped, nudge , " +
			"unprepared skipped",
	} {
		plan := reminder.Plan(base.Clinic, infusion(t), handlerstest.At(t, now))
		reminder.LeaveOut(base.Clinic, plan, why)
		var got []string
		for _, o := range plan {
			got = append(got, o.Kind+" "+o.State)
			if known := o.Kind == "booked" || o.Kind == kinds.Unprepared; known != (o.Why == why) {
				t.Errorf("%s at %s: %q", o.Kind, now, o.Why)
			}
		}
		if s := strings.Join(got, ", "); s != want {
			t.Errorf("at %s: %s, want %s", now, s, want)
		}
	}
}

// Rows names every row that a plan can hold, or one would be left behind when the visit moves.
func TestRowsAreAllThatIsPlanned(t *testing.T) {
	base := handlerstest.Words(t)
	v := infusion(t)
	rows := reminder.Rows(base.Clinic, v)
	for _, now := range []string{"2026-10-05 10:00", "2026-10-19 18:00"} {
		for _, o := range reminder.Plan(base.Clinic, v, handlerstest.At(t, now)) {
			if !slices.Contains(rows, o.ID) {
				t.Errorf("%s isn't among %q", o.ID, rows)
			}
		}
	}
	moved := v
	moved.Moves++
	for _, id := range reminder.Rows(base.Clinic, moved) {
		if slices.Contains(rows, id) {
			t.Errorf("%s is a row of the visit before it moved, too", id)
		}
	}
}

// While the store is away Why fails: it must not say that nothing was planned.
func TestWhyWhileTheStoreIsAway(t *testing.T) {
	b := newBooks(t, "2026-10-05 10:00")
	b.book(t, visit(t, "2026-10-20 14:00"), visits.Imported)
	away := errors.New("away")
	b.store.Fail(away)
	if lines, err := b.Why(t.Context(), handlerstest.Phone(t, "0101")); !errors.Is(err, away) {
		t.Errorf("%q, %v", lines, err)
	}
}
