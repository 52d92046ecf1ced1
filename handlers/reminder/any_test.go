package reminder_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/reminder"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// plans draws any reminder plan that clinic.yaml may hold.
func plans(t *rapid.T) []settings.Step {
	var out []settings.Step
	if rapid.Bool().Draw(t, "tells of the booking") {
		out = append(out, settings.Step{Kind: "booked", When: "booking"})
	}
	for i, kind := range []string{"confirm", "prepare", "nudge"} {
		s := settings.Step{Kind: kind}
		if rapid.Bool().Draw(t, fmt.Sprint("in days ", i)) {
			s.DaysBefore = rapid.IntRange(1, 14).Draw(t, "days")
			s.At = fmt.Sprintf(
				"%d:%02d", rapid.IntRange(0, 23).Draw(t, "hour"),
				rapid.IntRange(0, 59).Draw(t, "minute"),
			)
		} else {
			s.HoursBefore = float64(rapid.IntRange(1, 200).Draw(t, "half hours")) / 2
		}
		if rapid.Bool().Draw(t, "only") {
			s.Only = "unconfirmed"
		}
		out = append(out, s)
	}
	return out
}

var zones = []string{
	"", ny, phoenix, honolulu, "Europe/London", "Australia/Lord_Howe", "America/St_Johns",
	"Asia/Kathmandu",
}

// For any booking, move and plan, no reminder is planned outside the window, on a holiday, after
// the visit, in the past or twice, and how to prepare is said on a day on which the clinic is open.
func TestPlanHoldsForAnyBooking(t *testing.T) {
	b := handlerstest.Words(t)
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		c := *b.Clinic
		c.Reminders.Plan = plans(t)
		open := rapid.IntRange(0, 1380).Draw(t, "opens")
		c.Reminders.Window = settings.Span{
			From: open, To: rapid.IntRange(open+1, 1440).Draw(t, "shuts"),
		}
		now := from.Add(
			time.Duration(rapid.Int64Range(0, 2*365*86400).Draw(t, "now")) * time.Second,
		)
		v := handlers.Visit{
			ID: "v", Zone: rapid.SampledFrom(zones).Draw(t, "zone"),
			Type: rapid.SampledFrom(c.Types()).Draw(t, "type"),
		}
		for range rapid.IntRange(1, 3).Draw(t, "moves") {
			v.Start = now.Add(
				time.Duration(rapid.Int64Range(-86400, 40*86400).Draw(t, "start")) * time.Second,
			)
			seen := map[string]bool{}
			for _, o := range planned(&c, v, now) {
				l := o.Due.In(c.Zoned(v.Zone))
				m := l.Hour()*60 + l.Minute()
				switch {
				case o.Due.Before(now):
					t.Fatalf("%s is due %v, before now %v", o.Kind, o.Due, now)
				case !o.Due.Before(v.Start):
					t.Fatalf("%s is due %v, after the visit %v", o.Kind, o.Due, v.Start)
				case m < c.Reminders.Window.From || m >= c.Reminders.Window.To:
					t.Fatalf("%s is due %v, outside %v", o.Kind, l, c.Reminders.Window)
				case c.Holiday(l):
					t.Fatalf("%s is due on a holiday: %v", o.Kind, l)
				case o.Kind == "prepare" && !c.VisitTypes[v.Type].Prepares():
					t.Fatalf("how to prepare for a %s", v.Type)
				case o.Kind == "prepare" && !c.Attended(l) && !opened(&c, v).Before(now):
					t.Fatalf("how to prepare for %v is due %v, when nobody is there", v.Start, l)
				case seen[o.ID]:
					t.Fatalf("%s twice", o.ID)
				}
				seen[o.ID] = true
			}
			now = now.Add(
				time.Duration(rapid.Int64Range(0, 5*86400).Draw(t, "till the move")) * time.Second,
			)
		}
	})
}

// opened returns when how to prepare for a visit is said at best.
func opened(c *settings.Clinic, v handlers.Visit) time.Time {
	for _, s := range c.Reminders.Plan {
		if s.Kind == "prepare" {
			return c.Leaves(s, v.Start, c.Zoned(v.Zone), true)
		}
	}
	return time.Time{}
}

// The same holds for a reminder that is composed later than planned, however late.
func TestComposeHoldsAtAnyMoment(t *testing.T) {
	b := handlerstest.Words(t)
	h := &reminder.Reminders{Base: b}
	p := handlerstest.Phone(t, "0101")
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		booked := from.Add(
			time.Duration(rapid.Int64Range(0, 365*86400).Draw(t, "booked")) * time.Second,
		)
		v := handlers.Visit{
			ID: "v", Name: "Ana", Phone: p,
			Type: rapid.SampledFrom(b.Clinic.Types()).Draw(t, "type"),
			Zone: rapid.SampledFrom(zones).Draw(t, "zone"),
			Start: booked.Add(
				time.Duration(rapid.Int64Range(0, 10*86400).Draw(t, "start")) * time.Second,
			),
			State: rapid.SampledFrom([]string{
				handlers.Booked, handlers.Confirmed, handlers.Declined, handlers.Reschedule,
			}).Draw(t, "state"),
		}
		for _, o := range planned(b.Clinic, v, booked) {
			now := o.Due.Add(
				time.Duration(rapid.Int64Range(0, 3*86400).Draw(t, "late")) * time.Second,
			)
			got := h.Compose(handlers.State{Phone: p, Visits: []handlers.Visit{v}}, o, now)
			l := now.In(b.Clinic.Zoned(v.Zone))
			m := l.Hour()*60 + l.Minute()
			w := b.Clinic.Reminders.Window
			switch {
			case got.Body == "":
				if got.Skip == "" && !got.Wait.After(now) {
					t.Fatalf("neither words nor why: %+v", got)
				}
			case !v.Open(now), v.State == handlers.Reschedule && o.Kind != "prepare",
				m < w.From || m >= w.To, b.Clinic.Holiday(l):
				t.Fatalf("%s at %v for a visit %s at %v: %q", o.Kind, l, v.State, v.Start, got.Body)
			case v.State == handlers.Confirmed && (o.Kind == "confirm" || o.Kind == "nudge"):
				t.Fatalf("asks for a confirmation that was given: %q", got.Body)
			}
		}
	})
}
