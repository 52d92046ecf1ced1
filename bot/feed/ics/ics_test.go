package ics_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/feed"
	"github.com/beacon-clinic/beacon/bot/feed/ics"
	"github.com/beacon-clinic/beacon/handlers"
)

var now = time.Date(2026, 11, 20, 15, 0, 0, 0, time.UTC)

// newYork is the clinic's zone.
func newYork(t testing.TB) *time.Location {
	t.Helper()
	l, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// calendar is a feed of what a server answers.
func calendar(t testing.TB, answer http.HandlerFunc) *ics.Feed {
	t.Helper()
	s := httptest.NewServer(answer)
	t.Cleanup(s.Close)
	own, err := handlers.NewPhone("+12125550100")
	if err != nil {
		t.Fatal(err)
	}
	return &ics.Feed{
		URL: s.URL + "/secret/basic.ics", Clinic: newYork(t), Days: 120, Type: "consult",
		Types: map[string]string{
			"IV infusion": "iv_infusion", "Spravato": "spravato", "Integration": "integration",
			"Consult": "consult", "Appointment": "consult",
		},
		Skip: []string{"lunch"}, Own: []handlers.Phone{own},
	}
}

// file answers with a file of testdata.
func file(t testing.TB, name string) http.HandlerFunc {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return body(string(data))
}

func body(s string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(s)) }
}

// events wraps events in a calendar.
func events(all ...string) string {
	return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + strings.Join(all, "") + "END:VCALENDAR\r\n"
}

// event makes an event of its lines.
func event(lines ...string) string {
	return "BEGIN:VEVENT\r\n" + strings.Join(lines, "\r\n") + "\r\nEND:VEVENT\r\n"
}

func look(t testing.TB, f *ics.Feed) feed.Look {
	t.Helper()
	l, err := f.Look(t.Context(), handlers.Feed{Name: "main"}, now)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// said is a visit in a line: "12-01 14:30 iv_infusion Ana Example +12125550101".
func said(t testing.TB, v handlers.Visit) string {
	phone := "-"
	if !v.Phone.IsZero() {
		phone = v.Phone.E164()
	}
	out := v.Start.In(newYork(t)).Format("01-02 15:04 ") + v.Type + " " + v.Name + " " + phone
	if v.State != handlers.Booked {
		out += " " + v.State
	}
	return out
}

// What each system's calendar gives.
func TestCalendars(t *testing.T) {
	for name, want := range map[string][]string{
		"google.ics": {
			"11-20 14:00 spravato Ben Example +12125550102", // moved from the 19th
			"11-23 09:00 spravato Ben Example - cancelled",
			"12-01 14:30 iv_infusion Ana Example +12125550101",
			"12-02 10:00 consult Cleo Example +12125550103 cancelled",
			"12-03 09:00 spravato Ben Example +12125550102",
		},
		"exchange.ics": {
			"11-20 10:00 integration Dana Example +12125550104",
			"12-03 11:30 consult Eli Example - cancelled",
			"12-04 10:00 integration Dana Example +12125550104",
			"12-04 11:00 consult Fay Example +12125550105",
			"12-18 10:00 integration Dana Example +12125550104",
		},
		"simplepractice.ics": {"12-02 14:00 consult Gus Example -"},
		"sessions.ics":       {"12-03 14:00 consult SH00001 -"},
		"ownzone.ics": {
			"03-13 23:30 consult Ida Example 212-555-0107 +12125550107",
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := calendar(t, file(t, name))
			l := look(t, f)
			var got []string
			for _, v := range l.Given.Visits {
				got = append(got, said(t, v))
			}
			if a, b := strings.Join(got, "\n"), strings.Join(want, "\n"); a != b {
				t.Errorf("got\n%s\nwant\n%s", a, b)
			}
			if !l.Given.Whole || len(l.Given.Unread)+len(l.Given.Faults) > 0 {
				t.Errorf("%+v", l.Given)
			}
		})
	}
}

// Of whom an event is, and of what.
func TestPeople(t *testing.T) {
	for _, c := range []struct {
		name, want, fault string
		lines             []string
	}{
		{
			name: "a name and a number", lines: []string{"SUMMARY:Ana Example", "DESCRIPTION:212 555 0101"},
			want: "consult Ana Example +12125550101",
		},
		{
			name:  "the clinic's own number is no patient's",
			lines: []string{"SUMMARY:Ana Example", "DESCRIPTION:Call us: 212-555-0100\\n(212) 555-0101"},
			want:  "consult Ana Example +12125550101",
		},
		{
			name:  "the same number twice",
			lines: []string{"SUMMARY:Ana Example", "DESCRIPTION:2125550101 or +1 (212) 555-0101"},
			want:  "consult Ana Example +12125550101",
		},
		{
			name:  "two numbers",
			lines: []string{"SUMMARY:Ana Example", "DESCRIPTION:212-555-0101\\, husband 212-555-0199"},
			want:  "consult Ana Example -", fault: "1: an event with more than one phone number",
		},
		{
			name: "of a conference", lines: []string{
				"SUMMARY:Ana Example", "DESCRIPTION:Join by phone: (US) +1 267-555-0111 PIN: 123 456 789#",
			},
			want: "consult Ana Example -",
		},
		{
			name: "beside a conference", lines: []string{
				"SUMMARY:Ana Example", "DESCRIPTION:cell 212-555-0101\\nJoin Zoom Meeting\\n" +
					"https://zoom.us/j/12345678901\\nOne tap mobile\\n+16465550111\\,\\,12345678901#\\n" +
					"+1 646 555 0111 US (New York)",
			},
			want: "consult Ana Example +12125550101",
		},
		{
			name:  "of a pharmacy",
			lines: []string{"SUMMARY:Ana Example", "DESCRIPTION:Pharmacy: 212-555-0111"},
			want:  "consult Ana Example -",
		},
		{
			name:  "a fax beside it",
			lines: []string{"SUMMARY:Ana Example", "DESCRIPTION:fax 212-555-0111\\, cell 212-555-0101"},
			want:  "consult Ana Example +12125550101",
		},
		{
			name:  "an extension",
			lines: []string{"SUMMARY:Ana Example", "DESCRIPTION:212-555-0111 ext. 5\\nMRN 2125550112"},
			want:  "consult Ana Example -",
		},
		{
			name: "the type before", lines: []string{"SUMMARY:iv infusion | Ana Example"},
			want: "iv_infusion Ana Example -",
		},
		{
			name: "the type after, in brackets", lines: []string{"SUMMARY:Ana Example (Spravato)"},
			want: "spravato Ana Example -",
		},
		{
			name: "the type as a category", lines: []string{"SUMMARY:Ana Example", "CATEGORIES:Spravato,VIP"},
			want: "spravato Ana Example -",
		},
		{
			name: "a part of a word is no type", lines: []string{"SUMMARY:Consultant Example"},
			want: "consult Consultant Example -",
		},
		{
			name: "a guest", lines: []string{
				"SUMMARY:Spravato", "ORGANIZER:mailto:desk@beacon.example",
				"ATTENDEE;CN=Desk:MAILTO:desk@beacon.example",
				"ATTENDEE;CN=Ana Example:mailto:ana@mail.example",
			},
			want: "spravato Ana Example -",
		},
		{
			name: "two guests are nobody", lines: []string{
				"SUMMARY:Spravato", "ATTENDEE;CN=Ana:mailto:a@mail.example",
				"ATTENDEE;CN=Ben:mailto:b@mail.example",
			},
		},
		{name: "skipped", lines: []string{"SUMMARY:Lunch with Ana"}},
		{
			name: "in HTML", lines: []string{
				"SUMMARY:Ana Example", "DESCRIPTION:<p>Tel:<b>212</b>-555-0101</p><a href=\"tel:2125550101\">x</a>",
			},
			want: "consult Ana Example +12125550101",
		},
		{
			name: "an alarm's words are nobody's", lines: []string{
				"SUMMARY:Ana Example", "BEGIN:VALARM", "ACTION:DISPLAY", "DESCRIPTION:212-555-0101",
				"END:VALARM",
			},
			want: "consult Ana Example -",
		},
		{
			name: "a guest's telephone", lines: []string{
				"SUMMARY:Ana Example", "ATTENDEE;CN=Ana:tel:+12125550101",
			},
			want: "consult Ana Example +12125550101",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := calendar(t, body(events(event(append(c.lines,
				"UID:a", "DTSTART:20261201T193000Z")...))))
			l, got := look(t, f), ""
			for _, v := range l.Given.Visits {
				got = strings.TrimPrefix(said(t, v), "12-01 14:30 ")
			}
			if got != c.want || strings.Join(l.Given.Faults, ",") != c.fault {
				t.Errorf("%q, %q", got, l.Given.Faults)
			}
		})
	}
}

// An event that can't be read leaves what was known of it, and no other.
func TestAnEventThatCanNotBeRead(t *testing.T) {
	const start = "DTSTART:20261201T193000Z"
	for name, lines := range map[string][]string{
		"no such rule":       {start, "RRULE:FREQ=SOMETIMES"},
		"every second":       {start, "RRULE:FREQ=SECONDLY"},
		"every hour":         {start, "RRULE:FREQ=HOURLY"},
		"many times a day":   {start, "RRULE:FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6;BYMINUTE=0,5,10,15,20,25,30,35"},
		"no exception":       {start, "RRULE:FREQ=DAILY;COUNT=3", "EXDATE:yesterday"},
		"an end that's none": {start, "RRULE:FREQ=DAILY;UNTIL=soon"},
		"two rules":          {start, "RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"},
		"days from Easter":   {start, "RRULE:FREQ=MONTHLY;BYEASTER=300"},
		"a month's 53rd":     {start, "RRULE:FREQ=MONTHLY;BYDAY=53MO"},
		"a month's -53rd":    {start, "RRULE:FREQ=MONTHLY;BYDAY=-53MO"},
		"one month's 53rd":   {start, "RRULE:FREQ=YEARLY;BYMONTH=12;BYDAY=53MO"},
		"from the year 0":    {"DTSTART:00000101T150000Z", "RRULE:FREQ=WEEKLY"},
	} {
		t.Run(name, func(t *testing.T) {
			f := calendar(t, body(events(
				event(append(lines, "UID:bad", "SUMMARY:Ben")...),
				event("UID:good", "DTSTART:20261201T193000Z", "SUMMARY:Ana"),
			)))
			l := look(t, f)
			if len(l.Given.Visits) != 1 || fmt.Sprint(l.Given.Unread) != "[bad]" ||
				len(l.Given.Faults) != 1 {
				t.Errorf("%+v", l.Given)
			}
		})
	}
}

// A series that never ends, or never takes place, costs no more than the window.
func TestEndlessSeries(t *testing.T) {
	f := calendar(t, body(events(
		event("UID:a", "DTSTART:19900101T150000Z", "SUMMARY:Ana", "RRULE:FREQ=DAILY"),
		event("UID:b", "DTSTART:19900101T150000Z", "SUMMARY:Ben",
			"RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"),
	)))
	if n := len(look(t, f).Given.Visits); n != 121 {
		t.Errorf("%d visits", n)
	}
}

// The gap in spring is read by the offset before it, and of the hour that comes twice it is the
// first, by a zone's name and by a block alike.
func TestClocksThatChange(t *testing.T) {
	data, err := os.ReadFile("testdata/ownzone.ics")
	if err != nil {
		t.Fatal(err)
	}
	block := string(data[strings.Index(string(data), "BEGIN:VTIMEZONE"):strings.Index(string(data), "BEGIN:VEVENT")])
	for _, zone := range []string{"America/New_York", "Clinic Time"} {
		for wall, want := range map[string]string{
			"20270314T013000": "2027-03-14T06:30:00Z",
			"20270314T023000": "2027-03-14T07:30:00Z",
			"20270314T030000": "2027-03-14T07:00:00Z",
			"20261101T003000": "2026-11-01T04:30:00Z",
			"20261101T013000": "2026-11-01T05:30:00Z",
			"20261101T020000": "2026-11-01T07:00:00Z",
		} {
			all, unread, err := ics.Occurrences(t.Context(), []byte(events(
				block, event("UID:a", "DTSTART;TZID="+zone+":"+wall),
			)), ics.Window{
				From: now.AddDate(-1, 0, 0), Until: now.AddDate(1, 0, 0), Clinic: time.UTC, Most: 9,
			})
			if err != nil || len(all) != 1 || len(unread) > 0 ||
				all[0].Start.UTC().Format(time.RFC3339) != want {
				t.Errorf("%s in %s: %+v %v, want %s", wall, zone, all, err, want)
			}
		}
	}
}

func FuzzOccurrences(f *testing.F) {
	for _, name := range []string{"google.ics", "exchange.ics", "ownzone.ics", "rules.ics"} {
		data, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		all, _, err := ics.Occurrences(t.Context(), data, ics.Window{
			From: now, Until: now.AddDate(0, 0, 120), Clinic: time.UTC, Most: 1000,
		})
		if err == nil && len(all) > 1000 {
			t.Error(len(all))
		}
		for _, o := range all {
			if o.Start.Before(now) || !o.Start.Before(now.AddDate(0, 0, 120)) {
				t.Error(o.Start)
			}
		}
	})
}
