package reminder_test

import (
	"strings"
	"testing"
	"time"

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

// plannedDays are bookings and the reminders that the shipped plan makes of them.
var plannedDays = []struct {
	name, now, start, zone string
	want                   string // kind and time in the patient's zone
}{
	{
		name: "all of it", now: "2026-10-05 10:00", start: "2026-10-20 14:00", zone: ny,
		want: "booked 10-05 10:00, confirm 10-17 10:00, prepare 10-19 11:00, nudge 10-20 11:00",
	},
	{
		name: "booked at night", now: "2026-10-05 23:00", start: "2026-10-20 14:00", zone: ny,
		want: "booked 10-06 09:00, confirm 10-17 10:00, prepare 10-19 11:00, nudge 10-20 11:00",
	},
	{
		name: "booked before the window", now: "2026-10-05 07:00", start: "2026-10-20 14:00",
		zone: ny,
		want: "booked 10-05 09:00, confirm 10-17 10:00, prepare 10-19 11:00, nudge 10-20 11:00",
	},
	{
		name: "confirm has passed at booking", now: "2026-10-18 10:00",
		start: "2026-10-20 14:00", zone: ny,
		want: "booked 10-18 10:00, prepare 10-19 11:00, nudge 10-20 11:00",
	},
	{
		name: "the day before, in the morning: prepare says it", now: "2026-10-19 10:00",
		start: "2026-10-20 14:00", zone: ny, want: "prepare 10-19 11:00, nudge 10-20 11:00",
	},
	{
		name: "the day before, in the evening", now: "2026-10-19 18:00",
		start: "2026-10-20 14:00", zone: ny, want: "booked 10-19 18:00, nudge 10-20 11:00",
	},
	{
		name: "the same day: the nudge says it", now: "2026-10-20 09:00",
		start: "2026-10-20 14:00", zone: ny, want: "nudge 10-20 11:00",
	},
	{
		name: "in an hour", now: "2026-10-20 13:00", start: "2026-10-20 14:00", zone: ny,
		want: "booked 10-20 13:00",
	},
	{name: "now", now: "2026-10-20 14:00", start: "2026-10-20 14:00", zone: ny},
	{name: "yesterday", now: "2026-10-21 14:00", start: "2026-10-20 14:00", zone: ny},
	{
		name: "exactly when a step is due", now: "2026-10-17 10:00", start: "2026-10-20 14:00",
		zone: ny, want: "confirm 10-17 10:00, prepare 10-19 11:00, nudge 10-20 11:00",
	},
	{
		name: "ten past midnight: no nudge fits", now: "2026-10-05 10:00",
		start: "2026-10-20 00:10", zone: ny,
		want: "booked 10-05 10:00, confirm 10-17 10:00, prepare 10-19 11:00",
	},
	{
		name: "early: the nudge leaves as the window opens", now: "2026-10-05 10:00",
		start: "2026-10-20 12:00", zone: ny,
		want: "booked 10-05 10:00, confirm 10-17 10:00, prepare 10-19 11:00, nudge 10-20 09:00",
	},
	{
		name: "earlier: a nudge would come too late", now: "2026-10-05 10:00",
		start: "2026-10-20 11:59", zone: ny,
		want: "booked 10-05 10:00, confirm 10-17 10:00, prepare 10-19 11:00",
	},
	{
		name: "as the window opens: no nudge fits", now: "2026-10-05 10:00",
		start: "2026-10-20 09:00", zone: ny,
		want: "booked 10-05 10:00, confirm 10-17 10:00, prepare 10-19 11:00",
	},
	{
		name: "spring forward in between", now: "2027-03-01 10:00", start: "2027-03-15 14:00",
		zone: ny,
		want: "booked 03-01 10:00, confirm 03-11 10:00, prepare 03-12 11:00, nudge 03-15 11:00",
	},
	{
		name: "on the day of spring forward", now: "2027-03-01 10:00",
		start: "2027-03-14 14:00", zone: ny,
		want: "booked 03-01 10:00, confirm 03-11 10:00, prepare 03-12 11:00, nudge 03-14 11:00",
	},
	{
		name: "fall back in between", now: "2026-10-20 10:00", start: "2026-11-02 14:00",
		zone: ny,
		want: "booked 10-20 10:00, confirm 10-29 10:00, prepare 10-30 11:00, nudge 11-02 11:00",
	},
	{
		name: "no daylight time there", now: "2026-10-20 10:00", start: "2026-11-02 14:00",
		zone: phoenix,
		want: "booked 10-20 10:00, confirm 10-29 10:00, prepare 10-30 11:00, nudge 11-02 11:00",
	},
	{
		name: "far from the clinic", now: "2026-10-05 10:00", start: "2026-10-20 14:00",
		zone: honolulu,
		want: "booked 10-05 10:00, confirm 10-17 10:00, prepare 10-19 11:00, nudge 10-20 11:00",
	},
	{
		name: "a holiday on the reminder's day", now: "2026-12-01 10:00",
		start: "2026-12-28 14:00", zone: ny,
		want: "booked 12-01 10:00, confirm 12-23 10:00, prepare 12-24 11:00, nudge 12-28 11:00",
	},
	{
		name: "a holiday the day before", now: "2026-12-01 10:00", start: "2026-12-26 14:00",
		zone: ny,
		want: "booked 12-01 10:00, confirm 12-23 10:00, prepare 12-24 11:00, nudge 12-26 11:00",
	},
	{
		name: "a visit in the hour that is repeated, the first time", now: "2026-10-20 10:00",
		start: "2026-11-01 05:30", zone: "UTC",
		want: "booked 10-20 10:00, confirm 10-29 10:00, prepare 10-30 11:00",
	},
	{
		name: "twenty to midnight: the nudge is in the evening", now: "2026-10-05 10:00",
		start: "2026-10-20 22:50", zone: ny,
		want: "booked 10-05 10:00, confirm 10-17 10:00, prepare 10-19 11:00, nudge 10-20 19:50",
	},
	{
		name: "midnight: no nudge fits", now: "2026-10-05 10:00", start: "2026-10-21 00:00",
		zone: ny, want: "booked 10-05 10:00, confirm 10-18 10:00, prepare 10-20 11:00",
	},
	{
		name: "in the night of spring forward", now: "2027-03-01 10:00",
		start: "2027-03-14 03:30", zone: ny,
		want: "booked 03-01 10:00, confirm 03-11 10:00, prepare 03-12 11:00",
	},
	{
		name: "in the night of fall back", now: "2026-10-20 10:00", start: "2026-11-01 00:10",
		zone: ny, want: "booked 10-20 10:00, confirm 10-29 10:00, prepare 10-30 11:00",
	},
	{
		name: "half an hour of daylight time", now: "2026-09-20 10:00",
		start: "2026-10-04 14:00", zone: "Australia/Lord_Howe",
		want: "booked 09-20 10:00, confirm 10-01 10:00, prepare 10-02 11:00, nudge 10-04 11:00",
	},
	{
		name: "two holidays in a row", now: "2026-12-01 10:00", start: "2027-01-04 14:00",
		zone: ny,
		want: "booked 12-01 10:00, confirm 12-30 10:00, prepare 12-31 11:00, nudge 01-04 11:00",
	},
	{
		name: "early on the morning after a holiday", now: "2026-11-10 10:00",
		start: "2026-11-27 07:00", zone: ny,
		want: "booked 11-10 10:00, confirm 11-24 10:00, prepare 11-25 11:00",
	},
	{
		name: "the visit's day is a holiday: no nudge", now: "2026-11-10 10:00",
		start: "2026-11-26 14:00", zone: ny,
		want: "booked 11-10 10:00, confirm 11-23 10:00, prepare 11-25 11:00",
	},
	{
		name: "booked on a holiday", now: "2026-12-25 10:00", start: "2027-01-12 14:00",
		zone: ny,
		want: "booked 12-26 09:00, confirm 01-09 10:00, prepare 01-11 11:00, nudge 01-12 11:00",
	},
}

// The shipped plan: booked; confirm 3 days before at 10:00; prepare the day before at 11:00; nudge
// 3 hours before. Window 9:00-20:00.
func TestPlan(t *testing.T) {
	for _, c := range plannedDays {
		t.Run(c.name, func(t *testing.T) {
			zone := in(t, c.zone)
			at := func(s string) time.Time {
				v, err := time.ParseInLocation("2006-01-02 15:04", s, zone)
				if err != nil {
					t.Fatal(err)
				}
				return v.UTC()
			}
			v := handlers.Visit{
				ID: "v", Phone: handlerstest.Phone(t, "0101"), Start: at(c.start), Zone: c.zone,
				Type: "spravato",
			}
			var got []string
			for _, o := range planned(handlerstest.Words(t).Clinic, v, at(c.now)) {
				got = append(got, o.Kind+" "+o.Due.In(zone).Format("01-02 15:04"))
				if !o.Unasked || o.To != v.Phone || o.Visit != "v" || !o.Start.Equal(v.Start) ||
					o.Zone != c.zone {
					t.Errorf("%+v", o)
				}
			}
			if s := strings.Join(got, ", "); s != c.want {
				t.Errorf("got  %s\nwant %s", s, c.want)
			}
		})
	}
}

// Reminders go by the patient's clock, where the visit may be on another day.
func TestPlanWhereThePatientIs(t *testing.T) {
	clinic := handlerstest.Words(t).Clinic
	start := handlerstest.At(t, "2026-10-20 09:00")
	for zone, want := range map[string]string{
		ny:                   "confirm 10-17 10:00, prepare 10-19 11:00",
		honolulu:             "confirm 10-17 10:00, prepare 10-19 11:00", // 3:00 AM there
		"Asia/Tokyo":         "confirm 10-17 10:00, prepare 10-19 11:00, nudge 10-20 19:00",
		"Pacific/Kiritimati": "confirm 10-18 10:00, prepare 10-20 11:00", // 3:00 AM on the next day
		"no/such zone":       "confirm 10-17 10:00, prepare 10-19 11:00", // the clinic's
	} {
		v := handlers.Visit{
			ID: "v", Phone: handlerstest.Phone(t, "0101"), Start: start, Zone: zone, Type: "spravato",
		}
		var got []string
		for _, o := range planned(clinic, v, handlerstest.At(t, "2026-10-05 10:00")) {
			if o.Kind != "booked" {
				there := o.Due.In(clinic.Zoned(zone))
				got = append(got, o.Kind+" "+there.Format("01-02 15:04"))
			}
		}
		if s := strings.Join(got, ", "); s != want {
			t.Errorf("%s: got %s, want %s", zone, s, want)
		}
	}
}

// A reminder at an hour that the change of clocks skips or repeats is sent once, on its day.
func TestPlanAtAnHourThatTheClocksSkipOrRepeat(t *testing.T) {
	for _, c := range []struct{ at, start, day string }{
		{at: "2:30", start: "2027-03-15 14:00", day: "03-14"},
		{at: "1:30", start: "2026-11-02 14:00", day: "11-01"},
	} {
		clinic := *handlerstest.Words(t).Clinic
		clinic.Reminders.Plan = []settings.Step{{Kind: "confirm", DaysBefore: 1, At: c.at}}
		clinic.Reminders.Window = settings.Span{From: 0, To: 24 * 60}
		v := handlers.Visit{
			ID: "v", Phone: handlerstest.Phone(t, "0101"), Start: handlerstest.At(t, c.start),
		}
		rows := planned(&clinic, v, v.Start.AddDate(0, 0, -10))
		if len(rows) != 1 || rows[0].Due.In(v.Start.Location()).Format("01-02") != c.day {
			t.Errorf("%s: %+v", c.at, rows)
		}
	}
}

// How to prepare is sent early enough to be followed, if need be before the plan's own time.
func TestPrepareComesEarlyEnough(t *testing.T) {
	for _, c := range []struct {
		name          string
		solids        float64
		at, now, want string // of the plan; booked; the text
		start         string
	}{
		{
			name: "in the night before", solids: 6, at: "11:00", now: "2026-10-05 10:00",
			want: "10-19 11:00", start: "2026-10-20 07:00",
		},
		{
			name: "before the plan's own time", solids: 20, at: "11:00", now: "2026-10-05 10:00",
			want: "10-19 09:00", start: "2026-10-20 07:00",
		},
		{
			name: "near the plan's own time", solids: 19, at: "11:00", now: "2026-10-05 10:00",
			want: "10-19 09:00", start: "2026-10-20 07:00",
		},
		{
			name: "the day before that", solids: 30, at: "11:00", now: "2026-10-05 10:00",
			want: "10-16 11:00", start: "2026-10-20 07:00",
		},
		{
			name: "after a holiday", solids: 24, at: "11:00", now: "2026-11-10 10:00",
			want: "11-25 11:00", start: "2026-11-27 14:00",
		},
		{
			name: "before a holiday", solids: 50, at: "11:00", now: "2026-11-10 10:00",
			want: "11-25 09:00", start: "2026-11-27 14:00",
		},
		{
			name: "no time is left for that: the rest can still be followed", solids: 30,
			at: "11:00", now: "2026-10-19 09:30", want: "10-19 11:00", start: "2026-10-20 07:00",
		},
	} {
		clinic := *handlerstest.Words(t).Clinic
		clinic.VisitTypes = map[string]settings.VisitType{"fast": {Prepare: settings.Prepare{
			Solids: c.solids, Liquids: 2,
		}}}
		clinic.Reminders.Plan = []settings.Step{{Kind: "prepare", DaysBefore: 1, At: c.at}}
		v := handlers.Visit{
			ID: "v", Type: "fast", Phone: handlerstest.Phone(t, "0101"),
			Start: handlerstest.At(t, c.start),
		}
		rows := planned(&clinic, v, handlerstest.At(t, c.now))
		if len(rows) != 1 || rows[0].Due.Format("01-02 15:04") != c.want {
			t.Errorf("%s: %+v, want %s", c.name, rows, c.want)
		}
	}
}

// planned returns the rows of a plan that are texts to be sent.
func planned(c *settings.Clinic, v handlers.Visit, now time.Time) (out []handlers.Outgoing) {
	for _, o := range reminder.Plan(c, v, now) {
		if o.State != handlers.Skipped && !o.Task {
			out = append(out, o)
		}
	}
	return out
}
