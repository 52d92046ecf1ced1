package ics_test

import (
	"context"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

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
