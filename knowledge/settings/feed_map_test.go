package settings_test

import (
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/knowledge/settings"
)

func TestFeedMap(t *testing.T) {
	c := parse(t, least(`visit_types: {consult: {minutes: 60}}
feeds:
  - name: ehr
    kind: file
    columns: {id: Appt ID, first: First, last: Last, phone: Cell, start: Start, type: Type}
    dates: mdy
    types: {New patient: consult, Staff meeting: skip}
    states: {Seen: arrived, Held: skip}
`))
	f, _ := c.Feed("ehr")
	if !f.Mapped() || f.Columns["id"] != "Appt ID" || f.Dates != settings.MonthFirst ||
		f.States["Held"] != settings.FeedSkip {
		t.Errorf("%+v", f)
	}
}

// A map that says too little, or what isn't so, is told with its line and what to write.
func TestFaultyFeedMaps(t *testing.T) {
	const whole = "name: Name, phone: Cell, start: Start, type: Type"
	for _, k := range []struct{ name, feed, want string }{
		{
			name: "a column of nothing", feed: "columns: {doctor: D, " + whole + "}",
			want: "\"doctor\": want",
		},
		{name: "an empty column", feed: "columns: {id: '', " + whole + "}", want: "id: want the name"},
		{name: "no name", feed: "columns: {phone: C, start: S, type: T}", want: "column of the name"},
		{name: "no phone", feed: "columns: {name: N, start: S, type: T}", want: "column of the phone"},
		{name: "no start", feed: "columns: {name: N, phone: P, type: T}", want: "column of the start"},
		{
			name: "start and date", feed: "columns: {date: D, time: T, " + whole + "}",
			want: "column of the start, or those",
		},
		{
			name: "no time", feed: "columns: {name: N, phone: P, date: D, type: T}",
			want: "want the column of the time too",
		},
		{
			name: "no type", feed: "columns: {name: N, phone: P, start: S}",
			want: "column of the visit type",
		},
		{name: "dates", feed: "dates: american", want: "\"american\": want mdy, dmy or ymd"},
		{name: "a state", feed: "states: {Seen: done}", want: "\"done\": want one of booked"},
		{
			name: "of a calendar", feed: "kind: ics, url: 'https://a.example/x', dates: mdy",
			want: "only a file or a folder",
		},
	} {
		if !strings.Contains(k.feed, "kind:") {
			k.feed = "kind: file, " + k.feed
		}
		_, err := settings.Parse([]byte(least("visit_types: {consult: {minutes: 60}}\n" +
			"feeds:\n  - {name: f, " + k.feed + "}\n")))
		if err == nil || !strings.Contains(err.Error(), k.want) {
			t.Errorf("%s: %v, want %s", k.name, err, k.want)
		}
	}
}
