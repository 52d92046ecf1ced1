package ics_test

import (
	"context"
	"fmt"
	"io"
	"log"
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

// start is what an event comes to that starts so.
var starts = []struct{ name, start, zone, block, want string }{
	{name: "in UTC", start: ":20261201T193000Z", want: "14:30"},
	{name: "by name", start: ";TZID=America/Chicago:20261201T133000", want: "14:30"},
	{name: "by an old name", start: ";TZID=US/Pacific:20261201T113000", want: "14:30"},
	{name: "of Windows", start: ";TZID=Pacific Standard Time:20261201T113000", want: "14:30"},
	{name: "quoted", start: `;TZID="Central Standard Time":20261201T133000`, want: "14:30"},
	{
		name: "as Outlook shows it", want: "14:30",
		start: `;TZID="(UTC-08:00) Pacific Time (US & Canada)":20261201T113000`,
	},
	{
		name: "with whose file it was", want: "14:30",
		start: ";TZID=/freeassociation.sourceforge.net/America/Denver:20261201T123000",
	},
	{name: "Exchange's UTC", start: ";TZID=tzone://Microsoft/Utc:20261201T193000", want: "14:30"},
	{name: "floating", start: ":20261201T143000", want: "14:30"},
	{name: "floating, the calendar's", start: ":20261201T133000", zone: "America/Chicago", want: "14:30"},
	{
		name: "a zone of its own", start: ";TZID=Here:20261201T143000", want: "14:30",
		block: "BEGIN:VTIMEZONE\r\nTZID:Here\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n" +
			"TZOFFSETFROM:-0500\r\nTZOFFSETTO:-0500\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n",
	},
	{
		name: "a known name beats the block", start: ";TZID=America/New_York:20261201T143000",
		block: "BEGIN:VTIMEZONE\r\nTZID:America/New_York\r\nBEGIN:STANDARD\r\n" +
			"DTSTART:19700101T000000\r\nTZOFFSETFROM:+0000\r\nTZOFFSETTO:+0000\r\n" +
			"END:STANDARD\r\nEND:VTIMEZONE\r\n",
		want: "14:30",
	},
	{name: "an unknown zone", start: ";TZID=Elsewhere:20261201T143000", want: "unread"},
	{name: "this machine's zone", start: ";TZID=Local:20261201T143000", want: "unread"},
	{name: "no time", start: ":tomorrow", want: "unread"},
	{name: "a day", start: ";VALUE=DATE:20261201", want: ""},
	{name: "a day without saying so", start: ":20261201", want: ""},
}

func TestStarts(t *testing.T) {
	for _, c := range starts {
		t.Run(c.name, func(t *testing.T) {
			head := c.block
			if c.zone != "" {
				head += "X-WR-TIMEZONE:" + c.zone + "\r\n"
			}
			f := calendar(t, body(events(
				head, event("UID:a", "DTSTART"+c.start, "SUMMARY:Ana Example"),
			)))
			l, got := look(t, f), ""
			for _, v := range l.Given.Visits {
				got = v.Start.In(newYork(t)).Format("15:04")
			}
			if len(l.Given.Unread) > 0 {
				got = "unread"
			}
			if got != c.want {
				t.Errorf("%q: %+v", got, l.Given)
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

// A calendar that can't be read whole is refused: half of it would take off the other half's visits.
func TestWhatIsNoCalendar(t *testing.T) {
	one := event("UID:a", "DTSTART:20261201T193000Z", "SUMMARY:Ana Example")
	whole := events(one)
	for name, c := range map[string]struct{ data, want string }{
		"nothing":         {want: "no calendar"},
		"a web page":      {data: "<html>Sign in</html>", want: "no calendar"},
		"broken off":      {data: whole[:len(whole)-8], want: "broken off or damaged"},
		"within an event": {data: whole[:60], want: "broken off or damaged"},
		"a broken line":   {data: events("BEGIN:VEVENT\r\nUID\r\nEND:VEVENT\r\n"), want: "damaged"},
		"no value":        {data: events("BEGIN:VEVENT\r\nUID;X=\r\nEND:VEVENT\r\n"), want: "damaged"},
		"a quote":         {data: events("BEGIN:VEVENT\r\nUID;X=\"a\"b:c\r\nEND:VEVENT\r\n"), want: "damaged"},
		"crossed":         {data: "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\nEND:VEVENT", want: "damaged"},
		"deep": {
			data: strings.Repeat("BEGIN:VCALENDAR\r\n", 1000) + strings.Repeat("END:VCALENDAR\r\n", 1000),
			want: "damaged",
		},
		"a line without end": {data: events("X:" + strings.Repeat("a", 300<<10) + "\r\n"), want: "damaged"},
		"more than is read":  {data: strings.Repeat("BEGIN:VCALENDAR\r\n", 1<<20), want: "larger than 16 MB"},
	} {
		t.Run(name, func(t *testing.T) {
			l, err := calendar(t, body(c.data)).Look(t.Context(), handlers.Feed{}, now)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, %d visits", err, len(l.Given.Visits))
			}
		})
	}
}

// An event that can't be read leaves what was known of it, and no other.
func TestAnEventThatCanNotBeRead(t *testing.T) {
	for name, lines := range map[string][]string{
		"no such rule":       {"RRULE:FREQ=SOMETIMES"},
		"every second":       {"RRULE:FREQ=SECONDLY"},
		"every hour":         {"RRULE:FREQ=HOURLY"},
		"many times a day":   {"RRULE:FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6;BYMINUTE=0,5,10,15,20,25,30,35"},
		"no exception":       {"RRULE:FREQ=DAILY;COUNT=3", "EXDATE:yesterday"},
		"an end that's none": {"RRULE:FREQ=DAILY;UNTIL=soon"},
		"two rules":          {"RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"},
	} {
		t.Run(name, func(t *testing.T) {
			f := calendar(t, body(events(
				event(append(lines, "UID:bad", "DTSTART:20261201T193000Z", "SUMMARY:Ben")...),
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

// What hasn't changed isn't read again, but for a new day, or if something waits.
func TestConditionalRequests(t *testing.T) {
	asked := 0
	f := calendar(t, func(w http.ResponseWriter, r *http.Request) {
		asked++
		w.Header().Set("ETag", `"v1"`)
		w.Header().Set("Last-Modified", "Fri, 20 Nov 2026 12:00:00 GMT")
		if r.Header.Get("If-None-Match") == `"v1"` &&
			r.Header.Get("If-Modified-Since") == "Fri, 20 Nov 2026 12:00:00 GMT" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = w.Write([]byte(events(event("UID:a", "DTSTART:20261201T193000Z", "SUMMARY:Ana"))))
	})
	first := look(t, f)
	if first.Same || len(first.Given.Visits) != 1 {
		t.Fatalf("%+v", first)
	}
	kept := handlers.Feed{Seen: first.Seen}
	for _, c := range []struct {
		name string
		kept handlers.Feed
		at   time.Time
		same bool
	}{
		{name: "the same day", kept: kept, at: now.Add(time.Hour), same: true},
		{name: "the next day", kept: kept, at: now.Add(24 * time.Hour)},
		{name: "one is missing", kept: handlers.Feed{Seen: first.Seen, Missing: []string{"x"}}, at: now},
		{name: "one has no number", kept: handlers.Feed{Seen: first.Seen, Untexted: 1}, at: now},
		{name: "the last failed", kept: handlers.Feed{Seen: first.Seen, Why: "x"}, at: now},
	} {
		l, err := f.Look(t.Context(), c.kept, c.at)
		if err != nil || l.Same != c.same || c.same && l.Seen != first.Seen {
			t.Errorf("%s: %+v %v", c.name, l, err)
		}
	}
	f.Skip = nil // read in another way
	if l, err := f.Look(t.Context(), kept, now); err != nil || l.Same {
		t.Error(l, err)
	}
	if asked != 7 {
		t.Errorf("asked %d times", asked)
	}
}

// No fault shows the address, which is a secret.
func TestAddressesThatFail(t *testing.T) {
	outside := httptest.NewUnstartedServer(body(events()))
	outside.Config.ErrorLog = log.New(io.Discard, "", 0)
	outside.StartTLS()
	defer outside.Close()
	for _, c := range []struct {
		name, want string
		answer     http.HandlerFunc
	}{
		{name: "gone", want: "the address answers 404 Not Found", answer: http.NotFound},
		{name: "in clear elsewhere", want: "isn't https", answer: func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://calendar.example/secret", http.StatusFound)
		}},
		{name: "round and round", want: "leads on and on", answer: func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/secret/basic.ics", http.StatusFound)
		}},
		{name: "a certificate that nobody knows", want: "doesn't answer", answer: func(
			w http.ResponseWriter, r *http.Request,
		) {
			http.Redirect(w, r, outside.URL+"/secret", http.StatusFound)
		}},
		{name: "cut off", want: "broke off", answer: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte("BEGIN:VCALENDAR"))
		}},
	} {
		_, err := calendar(t, c.answer).Look(t.Context(), handlers.Feed{}, now)
		if err == nil || !strings.Contains(err.Error(), c.want) ||
			strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	f := calendar(t, body(events()))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Look(ctx, handlers.Feed{}, now); err == nil || strings.Contains(err.Error(), "secret") {
		t.Error(err)
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
