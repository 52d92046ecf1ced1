package reminder_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/reminder"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

func in(t testing.TB, zone string) *time.Location {
	t.Helper()
	l, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

const ny, phoenix, honolulu = "America/New_York", "America/Phoenix", "Pacific/Honolulu"

// The shipped plan: booked; confirm 3 days before at 10:00; prepare the day before at 11:00; nudge 3 hours before. Window 9:00-20:00.
func TestPlan(t *testing.T) {
	for _, c := range []struct {
		name, now, start, zone string
		want                   string // kind and time in the patient's zone
	}{
		{"all of it", "2026-10-05 10:00", "2026-10-20 14:00", ny, "booked 10-05 10:00, confirm 10-17 10:00, prepare 10-19 11:00, nudge 10-20 11:00"},
		{"booked at night", "2026-10-05 23:00", "2026-10-20 14:00", ny, "booked 10-06 09:00, confirm 10-17 10:00, prepare 10-19 11:00, nudge 10-20 11:00"},
		{"booked before the window", "2026-10-05 07:00", "2026-10-20 14:00", ny, "booked 10-05 09:00, confirm 10-17 10:00, prepare 10-19 11:00, nudge 10-20 11:00"},
		{"confirm has passed at booking", "2026-10-18 10:00", "2026-10-20 14:00", ny, "booked 10-18 10:00, prepare 10-19 11:00, nudge 10-20 11:00"},
		{"the day before, in the morning: prepare says it", "2026-10-19 10:00", "2026-10-20 14:00", ny, "prepare 10-19 11:00, nudge 10-20 11:00"},
		{"the day before, in the evening", "2026-10-19 18:00", "2026-10-20 14:00", ny, "booked 10-19 18:00, nudge 10-20 11:00"},
		{"the same day: the nudge says it", "2026-10-20 09:00", "2026-10-20 14:00", ny, "nudge 10-20 11:00"},
		{"in an hour", "2026-10-20 13:00", "2026-10-20 14:00", ny, "booked 10-20 13:00"},
		{"now", "2026-10-20 14:00", "2026-10-20 14:00", ny, ""},
		{"yesterday", "2026-10-21 14:00", "2026-10-20 14:00", ny, ""},
		{"exactly when a step is due", "2026-10-17 10:00", "2026-10-20 14:00", ny, "confirm 10-17 10:00, prepare 10-19 11:00, nudge 10-20 11:00"},
		{"ten past midnight: no nudge fits", "2026-10-05 10:00", "2026-10-20 00:10", ny, "booked 10-05 10:00, confirm 10-17 10:00, prepare 10-19 11:00"},
		{"early: the nudge waits for the window", "2026-10-05 10:00", "2026-10-20 10:00", ny, "booked 10-05 10:00, confirm 10-17 10:00, prepare 10-19 11:00, nudge 10-20 09:00"},
		{"earlier: a nudge would come too late", "2026-10-05 10:00", "2026-10-20 09:59", ny, "booked 10-05 10:00, confirm 10-17 10:00, prepare 10-19 11:00"},
		{"as the window opens: no nudge fits", "2026-10-05 10:00", "2026-10-20 09:00", ny, "booked 10-05 10:00, confirm 10-17 10:00, prepare 10-19 11:00"},
		{"spring forward in between", "2027-03-01 10:00", "2027-03-15 14:00", ny, "booked 03-01 10:00, confirm 03-12 10:00, prepare 03-14 11:00, nudge 03-15 11:00"},
		{"on the day of spring forward", "2027-03-01 10:00", "2027-03-14 14:00", ny, "booked 03-01 10:00, confirm 03-11 10:00, prepare 03-13 11:00, nudge 03-14 11:00"},
		{"fall back in between", "2026-10-20 10:00", "2026-11-02 14:00", ny, "booked 10-20 10:00, confirm 10-30 10:00, prepare 11-01 11:00, nudge 11-02 11:00"},
		{"no daylight time there", "2026-10-20 10:00", "2026-11-02 14:00", phoenix, "booked 10-20 10:00, confirm 10-30 10:00, prepare 11-01 11:00, nudge 11-02 11:00"},
		{"far from the clinic", "2026-10-05 10:00", "2026-10-20 14:00", honolulu, "booked 10-05 10:00, confirm 10-17 10:00, prepare 10-19 11:00, nudge 10-20 11:00"},
		{"a holiday on the reminder's day", "2026-12-01 10:00", "2026-12-28 14:00", ny, "booked 12-01 10:00, confirm 12-24 10:00, prepare 12-27 11:00, nudge 12-28 11:00"},
		{"a holiday the day before", "2026-12-01 10:00", "2026-12-26 14:00", ny, "booked 12-01 10:00, confirm 12-23 10:00, prepare 12-24 11:00, nudge 12-26 11:00"},
		{"a visit in the hour that is repeated, the first time", "2026-10-20 10:00", "2026-11-01 05:30", "UTC", "booked 10-20 10:00, confirm 10-29 10:00, prepare 10-31 11:00"},
		{"twenty to midnight: the nudge is in the evening", "2026-10-05 10:00", "2026-10-20 22:50", ny, "booked 10-05 10:00, confirm 10-17 10:00, prepare 10-19 11:00, nudge 10-20 19:50"},
		{"midnight: no nudge fits", "2026-10-05 10:00", "2026-10-21 00:00", ny, "booked 10-05 10:00, confirm 10-18 10:00, prepare 10-20 11:00"},
		{"in the night of spring forward", "2027-03-01 10:00", "2027-03-14 03:30", ny, "booked 03-01 10:00, confirm 03-11 10:00, prepare 03-13 11:00"},
		{"in the night of fall back", "2026-10-20 10:00", "2026-11-01 00:10", ny, "booked 10-20 10:00, confirm 10-29 10:00, prepare 10-31 11:00"},
		{"half an hour of daylight time", "2026-09-20 10:00", "2026-10-04 14:00", "Australia/Lord_Howe", "booked 09-20 10:00, confirm 10-01 10:00, prepare 10-03 11:00, nudge 10-04 11:00"},
		{"two holidays in a row", "2026-12-01 10:00", "2027-01-04 14:00", ny, "booked 12-01 10:00, confirm 12-31 10:00, prepare 01-03 11:00, nudge 01-04 11:00"},
		{"early on the morning after a holiday", "2026-11-10 10:00", "2026-11-27 07:00", ny, "booked 11-10 10:00, confirm 11-24 10:00, prepare 11-25 11:00"},
		{"the visit's day is a holiday: no nudge", "2026-11-10 10:00", "2026-11-26 14:00", ny, "booked 11-10 10:00, confirm 11-23 10:00, prepare 11-25 11:00"},
		{"booked on a holiday", "2026-12-25 10:00", "2027-01-12 14:00", ny, "booked 12-26 09:00, confirm 01-09 10:00, prepare 01-11 11:00, nudge 01-12 11:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			zone := in(t, c.zone)
			at := func(s string) time.Time {
				v, err := time.ParseInLocation("2006-01-02 15:04", s, zone)
				if err != nil {
					t.Fatal(err)
				}
				return v.UTC()
			}
			v := handlers.Visit{ID: "v", Phone: handlerstest.Phone(t, "0101"), Start: at(c.start), Zone: c.zone}
			var got []string
			for _, o := range planned(handlerstest.Words(t).Clinic, v, at(c.now)) {
				got = append(got, o.Kind+" "+o.Due.In(zone).Format("01-02 15:04"))
				if !o.Unasked || o.To != v.Phone || o.Visit != "v" || !o.Start.Equal(v.Start) || o.Zone != c.zone {
					t.Errorf("%+v", o)
				}
			}
			if s := strings.Join(got, ", "); s != c.want {
				t.Errorf("got  %s\nwant %s", s, c.want)
			}
		})
	}
}

// The same moment is another time of day, or another day, where the patient is.
func TestPlanWhereThePatientIs(t *testing.T) {
	start := handlerstest.At(t, "2026-10-20 09:00")
	for zone, want := range map[string]string{
		ny:                   "confirm 10-17 10:00, prepare 10-19 11:00",
		honolulu:             "confirm 10-17 10:00, prepare 10-19 11:00", // 3:00 AM there
		"Asia/Tokyo":         "confirm 10-17 10:00, prepare 10-19 11:00, nudge 10-20 19:00",
		"Pacific/Kiritimati": "confirm 10-18 10:00, prepare 10-20 11:00", // the next day there, 3:00 AM
		"no/such zone":       "confirm 10-17 10:00, prepare 10-19 11:00", // the clinic's
	} {
		v := handlers.Visit{ID: "v", Phone: handlerstest.Phone(t, "0101"), Start: start, Zone: zone}
		var got []string
		for _, o := range planned(handlerstest.Words(t).Clinic, v, handlerstest.At(t, "2026-10-05 10:00")) {
			if o.Kind != "booked" {
				got = append(got, o.Kind+" "+o.Due.In(handlerstest.Words(t).Clinic.Zoned(zone)).Format("01-02 15:04"))
			}
		}
		if s := strings.Join(got, ", "); s != want {
			t.Errorf("%s: got %s, want %s", zone, s, want)
		}
	}
}

// A step whose hour the clocks skip or have twice is sent once, on its day.
func TestPlanAtAnHourThatTheClocksSkipOrRepeat(t *testing.T) {
	for _, c := range []struct{ at, start, day string }{{"2:30", "2027-03-15 14:00", "03-14"}, {"1:30", "2026-11-02 14:00", "11-01"}} {
		clinic := *handlerstest.Words(t).Clinic
		clinic.Reminders.Plan = []settings.Step{{Kind: "confirm", DaysBefore: 1, At: c.at}}
		clinic.Reminders.Window = settings.Span{From: 0, To: 24 * 60}
		v := handlers.Visit{ID: "v", Phone: handlerstest.Phone(t, "0101"), Start: handlerstest.At(t, c.start)}
		rows := planned(&clinic, v, v.Start.AddDate(0, 0, -10))
		if len(rows) != 1 || rows[0].Due.In(v.Start.Location()).Format("01-02") != c.day {
			t.Errorf("%s: %+v", c.at, rows)
		}
	}
}

// What must be left off is told while there is time to: the plan's own time gives way to that.
func TestPrepareComesEarlyEnough(t *testing.T) {
	for _, c := range []struct {
		name          string
		solids        float64
		at, now, want string // of the plan; booked; the text
		start         string
	}{
		{"in the night before", 6, "11:00", "2026-10-05 10:00", "10-19 11:00", "2026-10-20 07:00"},
		{"before the plan's own time", 20, "11:00", "2026-10-05 10:00", "10-19 09:00", "2026-10-20 07:00"},
		{"near the plan's own time", 19, "11:00", "2026-10-05 10:00", "10-19 09:00", "2026-10-20 07:00"},
		{"the day before that", 30, "11:00", "2026-10-05 10:00", "10-18 11:00", "2026-10-20 07:00"},
		{"after a holiday", 24, "11:00", "2026-11-10 10:00", "11-25 11:00", "2026-11-27 14:00"},
		{"before a holiday", 50, "11:00", "2026-11-10 10:00", "11-25 09:00", "2026-11-27 14:00"},
		{"no time is left for that: the rest can still be followed", 30, "11:00", "2026-10-19 09:30", "10-19 11:00", "2026-10-20 07:00"},
	} {
		clinic := *handlerstest.Words(t).Clinic
		clinic.VisitTypes = map[string]settings.VisitType{"fast": {Prepare: settings.Prepare{Solids: c.solids, Liquids: 2}}}
		clinic.Reminders.Plan = []settings.Step{{Kind: "prepare", DaysBefore: 1, At: c.at}}
		v := handlers.Visit{ID: "v", Type: "fast", Phone: handlerstest.Phone(t, "0101"), Start: handlerstest.At(t, c.start)}
		rows := planned(&clinic, v, handlerstest.At(t, c.now))
		if len(rows) != 1 || rows[0].Due.Format("01-02 15:04") != c.want {
			t.Errorf("%s: %+v, want %s", c.name, rows, c.want)
		}
	}
}

// planned are the rows of a plan that are to be sent.
func planned(c *settings.Clinic, v handlers.Visit, now time.Time) (out []handlers.Outgoing) {
	for _, o := range reminder.Plan(c, v, now) {
		if o.State != handlers.Skipped && !o.Task {
			out = append(out, o)
		}
	}
	return out
}

// plans are any that a clinic may write.
func plans(t *rapid.T) []settings.Step {
	var out []settings.Step
	if rapid.Bool().Draw(t, "tells of the booking") {
		out = append(out, settings.Step{Kind: "booked", When: "booking"})
	}
	for i, kind := range []string{"confirm", "prepare", "nudge"} {
		s := settings.Step{Kind: kind}
		if rapid.Bool().Draw(t, fmt.Sprint("in days ", i)) {
			s.DaysBefore = rapid.IntRange(1, 14).Draw(t, "days")
			s.At = fmt.Sprintf("%d:%02d", rapid.IntRange(0, 23).Draw(t, "hour"), rapid.IntRange(0, 59).Draw(t, "minute"))
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

var zones = []string{"", ny, phoenix, honolulu, "Europe/London", "Australia/Lord_Howe", "America/St_Johns", "Asia/Kathmandu"}

// For any booking, any move and any plan: nothing is planned outside the window, on a holiday, after the visit, in the past or twice.
func TestPlanHoldsForAnyBooking(t *testing.T) {
	b := handlerstest.Words(t)
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		c := *b.Clinic
		c.Reminders.Plan = plans(t)
		open := rapid.IntRange(0, 1380).Draw(t, "opens")
		c.Reminders.Window = settings.Span{From: open, To: rapid.IntRange(open+1, 1440).Draw(t, "shuts")}
		now := from.Add(time.Duration(rapid.Int64Range(0, 2*365*86400).Draw(t, "now")) * time.Second)
		v := handlers.Visit{ID: "v", Zone: rapid.SampledFrom(zones).Draw(t, "zone")}
		for range rapid.IntRange(1, 3).Draw(t, "moves") {
			v.Start = now.Add(time.Duration(rapid.Int64Range(-86400, 40*86400).Draw(t, "start")) * time.Second)
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
				case seen[o.ID]:
					t.Fatalf("%s twice", o.ID)
				}
				seen[o.ID] = true
			}
			now = now.Add(time.Duration(rapid.Int64Range(0, 5*86400).Draw(t, "till the move")) * time.Second)
		}
	})
}

// What is composed at any moment is held to the same, whatever held the row up.
func TestComposeHoldsAtAnyMoment(t *testing.T) {
	b := handlerstest.Words(t)
	h := &reminder.Reminders{Base: b}
	p := handlerstest.Phone(t, "0101")
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		booked := from.Add(time.Duration(rapid.Int64Range(0, 365*86400).Draw(t, "booked")) * time.Second)
		v := handlers.Visit{
			ID: "v", Name: "Ana", Phone: p, Type: rapid.SampledFrom(b.Clinic.Types()).Draw(t, "type"), Zone: rapid.SampledFrom(zones).Draw(t, "zone"),
			Start: booked.Add(time.Duration(rapid.Int64Range(0, 10*86400).Draw(t, "start")) * time.Second),
			State: rapid.SampledFrom([]string{handlers.Booked, handlers.Confirmed, handlers.Declined, handlers.Reschedule}).Draw(t, "state"),
		}
		for _, o := range planned(b.Clinic, v, booked) {
			now := o.Due.Add(time.Duration(rapid.Int64Range(0, 3*86400).Draw(t, "late")) * time.Second)
			got := h.Compose(handlers.State{Phone: p, Visits: []handlers.Visit{v}}, o, now)
			l := now.In(b.Clinic.Zoned(v.Zone))
			m := l.Hour()*60 + l.Minute()
			w := b.Clinic.Reminders.Window
			switch {
			case got.Body == "":
				if got.Skip == "" && !got.Wait.After(now) {
					t.Fatalf("neither words nor why: %+v", got)
				}
			case !v.Open(now), v.State == handlers.Reschedule && o.Kind != "prepare", m < w.From || m >= w.To, b.Clinic.Holiday(l):
				t.Fatalf("%s at %v for a visit %s at %v: %q", o.Kind, l, v.State, v.Start, got.Body)
			case v.State == handlers.Confirmed && (o.Kind == "confirm" || o.Kind == "nudge"):
				t.Fatalf("asks for a confirmation that was given: %q", got.Body)
			}
		}
	})
}
