package reminder_test

import (
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/reminder"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/language"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// compose composes, at now, the planned reminder of a kind for a visit on 2026-10-20 14:00, after
// change has changed the state and the row.
func compose(
	t *testing.T, kind, now string, change func(s *handlers.State, o *handlers.Outgoing),
) handlers.Composed {
	t.Helper()
	b := handlerstest.Words(t)
	v := handlers.Visit{
		ID: "v", Name: "Ana Example", Phone: handlerstest.Phone(t, "0101"),
		Start: handlerstest.At(t, "2026-10-20 14:00"), Type: "iv_infusion", State: handlers.Booked,
	}
	s := handlers.State{Phone: v.Phone, Visits: []handlers.Visit{v}, Texted: true}
	var o handlers.Outgoing
	for _, planned := range planned(b.Clinic, v, handlerstest.At(t, "2026-10-05 10:00")) {
		if planned.Kind == kind {
			o = planned
		}
	}
	if change != nil {
		change(&s, &o)
	}
	return (&reminder.Reminders{Base: b}).Compose(s, o, handlerstest.At(t, now))
}

// stands returns a change of the visit that the reminder is about.
func stands(change func(v *handlers.Visit)) func(*handlers.State, *handlers.Outgoing) {
	return func(s *handlers.State, _ *handlers.Outgoing) { change(&s.Visits[0]) }
}

// stood returns a change of that visit's state.
func stood(state string) func(*handlers.State, *handlers.Outgoing) {
	return stands(func(v *handlers.Visit) { v.State = state })
}

// composed are the cases of TestComposeDecidesFromTheVisitAsItStands, for the visit of compose.
var composed = []struct {
	name, kind, now string
	change          func(*handlers.State, *handlers.Outgoing)
	body, skip      string // a part of each
	wait            string
}{
	{name: "on time", kind: "confirm", now: "2026-10-17 10:00", body: "Reply C"},
	{name: "some seconds late", kind: "confirm", now: "2026-10-17 10:01", body: "Reply C"},
	{name: "hours late", kind: "confirm", now: "2026-10-17 19:00", body: "Reply C"},
	{
		name: "booked, some seconds late", kind: "booked", now: "2026-10-05 10:01",
		body: "Beacon Clinic: Hi Ana, you're booked for Tue Oct 20 at 2:00 PM. 100 Example St, " +
			"Suite 2, New York. To change it, text us or call 212-555-0100.",
	},
	{
		name: "held up past the window", kind: "confirm", now: "2026-10-17 20:30",
		wait: "2026-10-18 09:00",
	},
	{
		name: "held up past the next reminder", kind: "confirm", now: "2026-10-19 11:00",
		skip: "next reminder is due",
	},
	{
		name: "held up, and put back to now", kind: "confirm", now: "2026-10-19 11:30",
		change: func(_ *handlers.State, o *handlers.Outgoing) {
			o.Due = time.Date(2026, 10, 19, 15, 20, 0, 0, time.UTC) // 11:20 AM there
		},
		skip: "next reminder",
	},
	{
		name: "nothing to prepare", kind: "prepare", now: "2026-10-19 11:00",
		change: stands(func(v *handlers.Visit) { v.Type = "consult" }), skip: "nothing to prepare",
	},
	{
		name: "held up past what it says", kind: "prepare", now: "2026-10-20 09:00",
		skip: "too late to follow",
	},
	{name: "begun", kind: "nudge", now: "2026-10-20 14:00", skip: "has begun"},
	{
		name: "gone", kind: "confirm", now: "2026-10-17 10:00",
		change: func(s *handlers.State, _ *handlers.Outgoing) { s.Visits = nil },
		skip:   "no such visit",
	},
	{
		name: "moved", kind: "confirm", now: "2026-10-17 10:00",
		change: stands(func(v *handlers.Visit) { v.Start = v.Start.Add(time.Hour) }),
		skip:   "moved",
	},
	{
		name: "declined", kind: "prepare", now: "2026-10-19 11:00",
		change: stood(handlers.Declined), skip: "can't come",
	},
	{
		name: "wants another day", kind: "confirm", now: "2026-10-17 10:00",
		change: stood(handlers.Reschedule), skip: "another time",
	},
	{
		name: "wants another day: the visit stands", kind: "prepare", now: "2026-10-19 11:00",
		change: stood(handlers.Reschedule), body: "No food after 8:00 AM",
	},
	{
		name: "moved to this time", kind: "booked", now: "2026-10-05 10:00",
		change: stands(func(v *handlers.Visit) {
			v.Moves, v.Was = 1, v.Start.AddDate(0, 0, -1)
		}),
		body: "your visit has moved: it is now Tue Oct 20 at 2:00 PM",
	},
	{
		name: "confirmed: not asked", kind: "confirm", now: "2026-10-17 10:00",
		change: stood(handlers.Confirmed), skip: "has confirmed",
	},
	{
		name: "confirmed: prepared all the same", kind: "prepare", now: "2026-10-19 11:00",
		change: stood(handlers.Confirmed),
		body:   "Ride home? 1 set, 2 help. Tel. 212-555-0100",
	},
	{
		name: "not in the plan any more", kind: "confirm", now: "2026-10-17 10:00",
		change: func(_ *handlers.State, o *handlers.Outgoing) { o.Kind = "gone" },
		skip:   "no such reminder",
	},
	{
		name: "in danger", kind: "confirm", now: "2026-10-17 10:00",
		change: func(s *handlers.State, _ *handlers.Outgoing) {
			s.Cases = []handlers.Case{{Channel: handlers.UrgentChannel, Open: true}}
		},
		wait: "2026-10-17 11:00",
	},
}

func TestComposeDecidesFromTheVisitAsItStands(t *testing.T) {
	for _, c := range composed {
		t.Run(c.name, func(t *testing.T) {
			got := compose(t, c.kind, c.now, c.change)
			wait := ""
			if !got.Wait.IsZero() {
				wait = got.Wait.In(handlerstest.At(t, c.now).Location()).Format("2006-01-02 15:04")
			}
			if (got.Body == "") != (c.body == "") || !strings.Contains(got.Body, c.body) ||
				(got.Skip == "") != (c.skip == "") || !strings.Contains(got.Skip, c.skip) ||
				wait != c.wait {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestPreparationIsSentWhileItCanBeFollowed(t *testing.T) {
	for _, c := range []struct{ kind, now, want string }{
		{
			kind: "iv_infusion", now: "2026-10-19 11:00",
			want: "No food after 8:00 AM. Clear liquids until 12:00 PM. Ride home? 1 set, 2 " +
				"help. Tel. 212-555-0100",
		},
		{
			kind: "spravato", now: "2026-10-19 11:00",
			want: "No food after 12:00 PM. Clear liquids until 1:30 PM. No nose spray after 1:00 " +
				"PM. Who is driving you home? 1 arranged, 2 need help. Tel. 212-555-0100",
		},
	} {
		got := compose(t, "prepare", c.now, func(s *handlers.State, _ *handlers.Outgoing) {
			s.Visits[0].Type = c.kind
		})
		if !strings.HasSuffix(got.Body, c.want) {
			t.Errorf("%s at %s: %+v, want %q", c.kind, c.now, got, c.want)
		}
	}
}

func TestFirstTextSaysHowToOptOut(t *testing.T) {
	for _, c := range []struct {
		lang, want string
	}{{"en", "STOP to end."}, {"es", "STOP: salir."}} {
		for _, first := range []bool{true, false} {
			change := func(s *handlers.State, _ *handlers.Outgoing) {
				s.Texted, s.Visits[0].Lang = !first, c.lang
			}
			got := compose(t, "booked", "2026-10-05 10:00", change)
			if strings.HasSuffix(got.Body, c.want) != first {
				t.Errorf("%s, first %v: %q", c.lang, first, got.Body)
			}
		}
	}
}

// Every reminder says who writes and fits one GSM-7 segment, two where it says all that there is to
// prepare, and names no treatment, for every visit type and language, with long names and times.
func TestEveryReminderFits(t *testing.T) {
	b := handlerstest.Words(t)
	h := &reminder.Reminders{Base: b}
	p := handlerstest.Phone(t, "0101")
	names := []string{
		"", "Ana", "Maximiliano Fernández", "Bartholomew-Christopherson", "José", "Zoë", "Łukasz",
		"李小龍",
	}
	starts := []string{
		"2026-09-30 12:30", "2026-12-23 10:45", "2026-10-20 00:10", "2026-11-25 19:59",
	}
	for _, kind := range b.Clinic.Reminders.Plan {
		for _, visit := range b.Clinic.Types() {
			if t := b.Clinic.VisitTypes[visit]; kind.Kind == "prepare" && !t.RideHome {
				continue // there is nothing to prepare
			}
			for _, lang := range language.All() {
				for _, name := range names {
					for _, start := range starts {
						for _, first := range []bool{true, false} {
							v := handlers.Visit{
								ID: "v", Name: name, Phone: p, Start: handlerstest.At(t, start),
								Type: visit, Lang: lang, State: handlers.Booked,
							}
							now := b.Clinic.StepInWindow(
								settings.Step{DaysBefore: 4}, v.Start.AddDate(0, 0, -4),
								v.Start.Location(),
							)
							o := handlers.Outgoing{
								Kind: kind.Kind, Visit: "v", Start: v.Start, To: p, Unasked: true,
								Due: now,
							}
							got := h.Compose(
								handlers.State{Visits: []handlers.Visit{v}, Texted: !first}, o, now,
							)
							n, gsm := knowledge.Segments(got.Body)
							if got.Body == "" || n > 2 || n > 1 && kind.Kind != "prepare" || !gsm ||
								!strings.HasPrefix(got.Body, "Beacon Clinic: ") ||
								!strings.Contains(got.Body, "212-555-0100") ||
								b.Clinic.Indiscreet(got.Body) != "" ||
								strings.Contains(got.Body, "{{") {
								t.Errorf(
									"%s %s %s %q: %+v (%d segments, GSM-7 %v)", kind.Kind, visit,
									lang, name, got, n, gsm,
								)
							}
							if first && !strings.Contains(got.Body, "STOP") {
								t.Errorf(
									"%s %s %s %q: the first text doesn't say how to opt out: %q",
									kind.Kind, visit, lang, name, got.Body,
								)
							}
						}
					}
				}
			}
		}
	}
}
