package settings_test

import (
	"slices"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/knowledge/replies"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// Pages come ever more rarely, but never stop and never more rarely than the clinic wants.
func TestPausesBetweenPagesGrow(t *testing.T) {
	c := parse(t, least("desk: {page_minutes: 7, page_most_minutes: 50}\n"))
	for round, want := range map[int]time.Duration{
		0: 7, 1: 14, 2: 28, 3: 50, 4: 50, 10: 50, 11: 50, 64: 50, 1 << 20: 50,
	} {
		if got := c.PageAfter(round); got != want*time.Minute {
			t.Errorf("round %d: %v, want %v minutes", round, got, want)
		}
	}
	if c.PageEvery() != 7*time.Minute {
		t.Errorf("every %v", c.PageEvery())
	}
}

// What is left out has its default: a desk that waits no time at all, or for ever, helps nobody.
func TestDeskTimes(t *testing.T) {
	for _, c := range []struct {
		name, yaml                string
		page, read, onCall, stale time.Duration
	}{
		{
			name: "left out", page: 5 * time.Minute, read: 15 * time.Minute,
			onCall: 10 * time.Minute, stale: 10 * time.Minute,
		},
		{
			name: "the clinic's own",
			yaml: "desk: {page_minutes: 2, concern_minutes: 30, oncall_minutes: 4, " +
				"stale_minutes: 25}\n",
			page: 2 * time.Minute, read: 30 * time.Minute,
			onCall: 4 * time.Minute, stale: 25 * time.Minute,
		},
	} {
		k := parse(t, least(c.yaml))
		if k.PageEvery() != c.page || k.ReadWithin() != c.read || k.OnCall() != c.onCall ||
			k.Stale() != c.stale {
			t.Errorf("%s: %v %v %v %v", c.name, k.PageEvery(), k.ReadWithin(), k.OnCall(),
				k.Stale())
		}
	}
}

// A nurse has an hour from when the clinic is open.
func TestNurseBy(t *testing.T) {
	c := shipped(t)
	for arrives, want := range map[string]string{
		"2026-12-01 10:00": "2026-12-01 11:00",
		"2026-12-01 20:00": "2026-12-02 10:00", // after closing
		"2026-12-04 17:30": "2026-12-07 10:00", // over a weekend
		"2026-11-26 12:00": "2026-11-27 10:00", // a holiday
	} {
		if got := c.NurseBy(at(t, c, arrives)).Format("2006-01-02 15:04"); got != want {
			t.Errorf("%s: by %s, want %s", arrives, got, want)
		}
	}
	if by := parse(t, least("")).NurseBy(at(t, c, "2026-12-01 10:00")); by.Year() > 1 {
		t.Errorf("a clinic without hours has time until %v", by)
	}
}

// The desk learns of a missing driver at noon, but gives the patient an hour to answer.
func TestRideDue(t *testing.T) {
	c := parse(t, least("reminders: {ride_by: '13:30'}\n"))
	for asked, want := range map[string]string{
		"2026-12-01 10:00": "2026-12-01 13:30",
		"2026-12-01 12:30": "2026-12-01 13:30",
		"2026-12-01 12:31": "2026-12-01 13:31",
		"2026-12-01 23:45": "2026-12-02 00:45",
	} {
		if got := c.RideDue(at(t, c, asked)).Format("2006-01-02 15:04"); got != want {
			t.Errorf("asked %s: due %s, want %s", asked, got, want)
		}
	}
}

// No unasked text leaves at night or on a holiday, by the patient's own clock.
func TestInWindow(t *testing.T) {
	c := shipped(t)
	for _, k := range []struct{ name, at, zone, want string }{
		{name: "within", at: "2026-12-01 10:00", want: "2026-12-01 10:00"},
		{name: "as it opens", at: "2026-12-01 09:00", want: "2026-12-01 09:00"},
		{name: "before", at: "2026-12-01 08:59", want: "2026-12-01 09:00"},
		{name: "the last minute", at: "2026-12-01 19:59", want: "2026-12-01 19:59"},
		{name: "as it closes", at: "2026-12-01 20:00", want: "2026-12-02 09:00"},
		{name: "a holiday", at: "2026-11-26 12:00", want: "2026-11-27 09:00"},
		{name: "the night before one", at: "2026-11-25 21:00", want: "2026-11-27 09:00"},
		{
			name: "where the patient sleeps", at: "2026-12-01 11:00",
			zone: "America/Los_Angeles", want: "2026-12-01 12:00",
		},
	} {
		got := c.InWindow(at(t, c, k.at), c.Zoned(k.zone))
		if s := got.In(c.Location()).Format("2006-01-02 15:04"); s != k.want {
			t.Errorf("%s: %s, want %s", k.name, s, k.want)
		}
	}
	every := least("holidays: ['2026-12-01', '2026-12-02']\n")
	days := settings.Step{DaysBefore: 1, At: "10:00"}
	k := parse(t, every)
	due := k.StepInWindow(days, at(t, k, "2026-12-02 10:00"), k.Location())
	if s := due.Format("2006-01-02 15:04"); s != "2026-11-30 10:00" {
		t.Errorf("what has to be followed leaves %s, after two holidays", s)
	}
}

// Days are counted by the patient's calendar, hours by the clock: the clocks change in between.
func TestDue(t *testing.T) {
	c := parse(t, least(""))
	start := at(t, c, "2026-11-02 09:00") // the day after the clocks went back
	for _, k := range []struct {
		name string
		step settings.Step
		want string
	}{
		{name: "days", step: settings.Step{DaysBefore: 2, At: "10:15"}, want: "2026-10-31 10:15"},
		{name: "hours", step: settings.Step{HoursBefore: 36}, want: "2026-10-31 22:00"},
		{name: "half an hour", step: settings.Step{HoursBefore: .5}, want: "2026-11-02 08:30"},
	} {
		got := k.step.Due(start, c.Location()).In(c.Location()).Format("2006-01-02 15:04")
		if got != k.want {
			t.Errorf("%s: %s, want %s", k.name, got, k.want)
		}
	}
	if at := (settings.Step{When: "booking"}).Due(start, c.Location()); !at.IsZero() {
		t.Errorf("at booking: %v", at)
	}
}

// Of two visits on a day the stricter rule holds, and none that can't be followed any more.
func TestLeaveOffs(t *testing.T) {
	c := parse(t, least(`visit_types:
  a: {prepare: {solids_hours: 6, liquids_hours: 2}}
  b: {prepare: {solids_hours: 8, nasal_hours: 1}}
  talk: {}
`))
	nine, noon := at(t, c, "2026-12-01 09:00"), at(t, c, "2026-12-01 12:00")
	for _, k := range []struct {
		name   string
		types  []string
		starts []time.Time
		now    string
		want   []string
	}{
		{
			name: "both", types: []string{"a", "b"}, starts: []time.Time{nine, noon},
			now: "2026-11-30 09:00",
			want: []string{
				replies.Solids + " 03:00", replies.Liquids + " 07:00", replies.Nasal + " 11:00",
			},
		},
		{
			name: "the later visit asks earlier", types: []string{"a", "b"},
			starts: []time.Time{noon, noon}, now: "2026-11-30 09:00",
			want: []string{
				replies.Solids + " 04:00", replies.Liquids + " 10:00", replies.Nasal + " 11:00",
			},
		},
		{
			name: "as a rule begins", types: []string{"a"}, starts: []time.Time{noon},
			now: "2026-12-01 06:00", want: []string{replies.Liquids + " 10:00"},
		},
		{
			name: "no rules", types: []string{"talk", "none such"},
			starts: []time.Time{nine, noon}, now: "2026-11-30 09:00",
		},
	} {
		var got []string
		for _, l := range c.LeaveOffs(k.types, k.starts, at(t, c, k.now)) {
			got = append(got, l.Rule+" "+l.At.Format("15:04"))
		}
		if !slices.Equal(got, k.want) {
			t.Errorf("%s: %q, want %q", k.name, got, k.want)
		}
	}
}
