package feed_test

import (
	"cmp"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the table holds wherever it runs

	"github.com/beacon-clinic/beacon/bot/feed"
)

// start is a start as it is written, and what it is read as.
type start struct {
	in    string
	zone  string // America/New_York if empty
	want  string // in UTC
	fault string // a part of it; "" if it is read
}

func (s start) check(t *testing.T) {
	t.Helper()
	zone, err := time.LoadLocation(cmp.Or(s.zone, "America/New_York"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := feed.ParseStart(s.in, zone)
	switch {
	case s.fault == "" && (err != nil || got.UTC().Format(time.RFC3339) != s.want):
		t.Errorf("%q in %s: got %s, %v; want %s", s.in, zone, got.UTC(), err, s.want)
	case s.fault != "" && (err == nil || !strings.Contains(err.Error(), s.fault)):
		t.Errorf("%q in %s: got %s, %v; want a fault with %q", s.in, zone, got, err, s.fault)
	}
}

func TestParseStart(t *testing.T) {
	for _, s := range []start{
		{in: "2026-12-01 14:30", want: "2026-12-01T19:30:00Z"},
		{in: " 2026-07-01 14:30 ", want: "2026-07-01T18:30:00Z"},
		{in: "2026-12-01T14:30", want: "2026-12-01T19:30:00Z"},
		{in: "2026-12-01 14:30:00", want: "2026-12-01T19:30:00Z"},
		{in: "2026-12-01T14:30:00-08:00", want: "2026-12-01T22:30:00Z"},
		{in: "2026-12-01T14:30Z", want: "2026-12-01T14:30:00Z"},
		{in: "2026-12-01 14:30", zone: "America/Phoenix", want: "2026-12-01T21:30:00Z"},
		{in: "2026-12-01 00:10", zone: "Pacific/Auckland", want: "2026-11-30T11:10:00Z"},

		{in: "", fault: "missing"},
		{in: "12/01/2026 2:30 PM", fault: "2026-12-01 14:30"},
		{in: "2026-02-30 10:00", fault: "can't read"},
		{in: "2026-12-01", fault: "can't read"},
		{in: "2026-12-01 25:00", fault: "can't read"},
		{in: "2026-12-01 24:00", fault: "can't read"},
		{in: "2027-02-29 10:00", fault: "can't read"},
		{in: "2028-02-29 10:00", want: "2028-02-29T15:00:00Z"},
		{in: "2026-12-01T14:30:00-0500", fault: "can't read"},
		{in: "2026-12-01T14:30:00+99:00", fault: "can't read"},

		{in: "0206-12-01 10:00", fault: "year"},
		{in: "2206-12-01T10:00:00Z", fault: "year"},
		{in: "1999-12-31 23:59", fault: "between 2000 and 2100"},
		{in: "2000-01-01 00:00", want: "2000-01-01T05:00:00Z"},
		{in: "2100-12-31 23:59", want: "2101-01-01T04:59:00Z"},
		{in: "2101-01-01 00:00", fault: "between 2000 and 2100"},
	} {
		s.check(t)
	}
}

func TestParseStartWhenClocksChange(t *testing.T) {
	for _, s := range []start{
		// The clocks go forward: 02:00 to 03:00 is skipped.
		{in: "2026-03-08 01:59", want: "2026-03-08T06:59:00Z"},
		{in: "2026-03-08 02:00", fault: "doesn't exist"},
		{in: "2026-03-08 02:30", fault: "2026-03-08T03:30:00-04:00"},
		{in: "2026-03-08 03:00", want: "2026-03-08T07:00:00Z"},
		{in: "2026-03-08 02:30", zone: "America/Phoenix", want: "2026-03-08T09:30:00Z"},
		// They go back: 01:00 to 02:00 comes twice.
		{in: "2026-11-01 00:59", want: "2026-11-01T04:59:00Z"},
		{in: "2026-11-01 01:00", fault: "comes twice"},
		{
			in:    "2026-11-01 01:30",
			fault: "2026-11-01T01:30:00-04:00 is the first, 2026-11-01T01:30:00-05:00 the second",
		},
		{in: "2026-11-01 02:00", want: "2026-11-01T07:00:00Z"},
		{in: "2026-11-01T01:30:00-05:00", want: "2026-11-01T06:30:00Z"},
		// Half an hour in one place, a whole day once in another.
		{in: "2026-04-05 01:45", zone: "Australia/Lord_Howe", fault: "comes twice"},
		{in: "2011-12-30 10:00", zone: "Pacific/Apia", fault: "doesn't exist"},
		{in: "2011-12-31 10:00", zone: "Pacific/Apia", want: "2011-12-30T20:00:00Z"},
	} {
		s.check(t)
	}
}
