package sandbox_test

import (
	"bufio"
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/sandbox"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
)

func TestWhoMayCall(t *testing.T) {
	r := newRig(t)
	for _, c := range []struct {
		name, method, path, host string
		header                   [2]string
		status                   int
	}{
		{name: "by number", method: "GET", path: "/sandbox/desk", status: 200},
		{name: "by name", method: "GET", path: "/", host: "localhost:8080", status: 200},
		{name: "without port", method: "GET", path: "/", host: "localhost", status: 200},
		{name: "IPv6", method: "GET", path: "/", host: "[::1]:8080", status: 200},
		{
			name: "a name that was pointed here", method: "GET", path: "/sandbox/desk",
			host: "rebound.example:8080", status: 403,
		},
		{
			name: "a name that begins alike", method: "GET", path: "/", host: "localhost.example",
			status: 403,
		},
		{
			name: "the page itself", method: "POST", path: "/sandbox/command",
			header: [2]string{"Origin", r.url}, status: 200,
		},
		{
			name: "another page", method: "POST", path: "/sandbox/command",
			header: [2]string{"Origin", "https://other.example"}, status: 403,
		},
		{
			name: "another port's page", method: "POST", path: "/sandbox/command",
			header: [2]string{"Origin", "http://127.0.0.1:1"}, status: 403,
		},
		{
			name: "a page of no origin", method: "POST", path: "/sandbox/command",
			header: [2]string{"Origin", "null"}, status: 403,
		},
		{
			name: "another site's form", method: "POST", path: "/sandbox/command",
			header: [2]string{"Sec-Fetch-Site", "cross-site"}, status: 403,
		},
	} {
		req, err := http.NewRequestWithContext(
			t.Context(), c.method, r.url+c.path, strings.NewReader(`{"text":"help"}`),
		)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = cmp.Or(c.host, req.Host)
		if c.header[0] != "" {
			req.Header.Set(c.header[0], c.header[1])
		}
		status, text := do(t, req)
		if status != c.status || status >= 400 && !strings.HasPrefix(text, `{"error":"`) {
			t.Errorf(
				"%s: %s %s as %s %v: got %d %.80s; want %d", c.name, c.method, c.path, c.host,
				c.header, status, text, c.status,
			)
		}
	}
}

// TestRoutes checks the method and the path of a request, each with an error in JSON.
func TestRoutes(t *testing.T) {
	r := newRig(t)
	for _, c := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{method: "HEAD", path: "/sandbox/desk", status: 200},
		{method: "GET", path: "/sandbox/text", status: 405, allow: "POST"},
		{method: "PUT", path: "/sandbox/clock", status: 405, allow: "POST"},
		{method: "POST", path: "/sandbox/desk", status: 405, allow: "GET"},
		{method: "POST", path: "/", status: 405, allow: "GET"},
		{method: "GET", path: "/sandbox/nothing", status: 404},
		{method: "POST", path: "/nothing", status: 404},
		{method: "GET", path: "/sandbox/static/page.go", status: 404},
	} {
		req, err := http.NewRequestWithContext(t.Context(), c.method, r.url+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		var fault struct{ Error string }
		err = errors.Join(json.NewDecoder(res.Body).Decode(&fault), res.Body.Close())
		if allow := res.Header.Get("Allow"); res.StatusCode != c.status || allow != c.allow ||
			c.status >= 400 && (err != nil || fault.Error == "") {
			t.Errorf(
				"%s %s: got %d, allows %q, says %q; want %d, %q", c.method, c.path,
				res.StatusCode, allow, fault.Error, c.status, c.allow,
			)
		}
	}
}

// TestPageKeepsToItself checks that the page loads nothing from elsewhere, and that its policy
// forbids it too.
func TestPageKeepsToItself(t *testing.T) {
	r := newRig(t)
	for _, path := range []string{
		"/", "/sandbox/static/sandbox.css", "/sandbox/static/sandbox.js",
		"/sandbox/static/live.js", "/sandbox/static/phone.js", "/sandbox/static/desk.js",
		"/sandbox/static/tools.js",
	} {
		res := httptest.NewRecorder()
		req := httptest.NewRequestWithContext(
			t.Context(), http.MethodGet, "http://localhost"+path, nil,
		)
		sandbox.New().Serve(sandbox.Config{}).ServeHTTP(res, req)
		body := res.Body.String()
		if res.Code != 200 || body == "" || strings.Contains(body, "http:") ||
			strings.Contains(body, "https:") || strings.Contains(body, "innerHTML") {
			t.Errorf("%s: %d, %d bytes, or something from elsewhere", path, res.Code, len(body))
		}
		if p := res.Header().Get("Content-Security-Policy"); !strings.HasPrefix(
			p, "default-src 'none'; script-src 'self';",
		) {
			t.Errorf("%s: policy %q", path, p)
		}
	}
	if _, page := r.call(t, "/", ""); !strings.Contains(page, "nothing leaves this machine") {
		t.Error("no banner")
	}
}

// TestEventsOutlastTheServersDeadlines has the stream go on after a server has lost patience with
// whoever connected after it.
func TestEventsOutlastTheServersDeadlines(t *testing.T) {
	page := sandbox.New()
	server := httptest.NewUnstartedServer(page.Serve(sandbox.Config{Start: start()}))
	server.Config.ReadTimeout, server.Config.WriteTimeout = time.Second, time.Second
	server.Start()
	t.Cleanup(server.Close)
	t.Cleanup(page.Hangup)
	res, err := http.Get(server.URL + "/sandbox/events")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	silent, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	if _, err := silent.Read(make([]byte, 1)); err != io.EOF {
		t.Fatalf("the server was patient: %v", err)
	}
	rig{Sandbox: page}.card(t, question(t), "T1")
	page.Hangup()
	all, err := io.ReadAll(res.Body)
	if err != nil || !strings.Contains(string(all), "event: card") {
		t.Errorf("%v: %s", err, all)
	}
}

// TestEvents reads the stream of events until the server hangs up.
func TestEvents(t *testing.T) {
	r := newRig(t)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url+"/sandbox/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if kind := res.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Errorf("content type %s", kind)
	}
	lines := bufio.NewScanner(res.Body)
	next := func(name string, parts ...string) {
		t.Helper()
		for _, want := range append([]string{"event: " + name}, strings.Join(parts, "…")) {
			if !lines.Scan() {
				t.Fatalf("the stream ended before %s", name)
			}
			for _, part := range strings.Split(want, "…") {
				if !strings.Contains(lines.Text(), part) {
					t.Errorf("got %s\nwant %s", lines.Text(), want)
				}
			}
		}
		lines.Scan() // the empty line
	}
	if lines.Scan(); lines.Text() != "retry: 250" { // a page that is dropped comes back at once
		t.Errorf("the stream begins with %q", lines.Text())
	}
	next("clock", `"now":"2026-11-23T09:00:`, `"sent":0`)
	r.card(t, question(t), "T1")
	next("card", `"thread":"T1"`)
	r.bot.at(start().Add(time.Hour), func(ctx context.Context) {
		if _, err := r.Send(
			ctx, handlers.Outgoing{ID: "x", To: mustPhone(t, "+12125550101"), Body: "See you"},
		); err != nil {
			t.Error(err)
		}
	})
	r.turned(t, `{"advance":"2h"}`)
	for _, status := range []string{"sent", "sent", "delivered"} {
		next("message", `{"phone":"+12125550101"`, `"body":"See you"`, `"status":"`+status+`"`)
	}
	next("turning", `"now":"2026-11-23T10:00:00-05:00","to":"2026-11-23T11:00:`, `"sent":1`)
	next("clock", `"now":"2026-11-23T11:00:`, `"sent":1`)
	r.Hangup()
	if lines.Scan() {
		t.Errorf("after the end: %s", lines.Text())
	}
}

// demo parses what Patients returns: the rows, and when each visit starts.
func demo(
	t *testing.T, now time.Time, fits func(time.Time, string) bool,
) (rows [][]string, starts []time.Time) {
	t.Helper()
	rows, err := csv.NewReader(
		strings.NewReader(sandbox.Patients(now, now.Location(), fits)),
	).ReadAll()
	if err != nil || len(rows) != 11 || strings.Join(
		rows[0], ",",
	) != "id,name,phone,start,type,zone,lang" {
		t.Fatalf("%v: %d rows, %v", now, len(rows), err)
	}
	for i, row := range rows[1:] {
		start, err := time.ParseInLocation("2006-01-02 15:04", row[3], now.Location())
		if want := fmt.Sprintf("+121255501%02d", i+1); err != nil || row[2] != want {
			t.Errorf("%v: phone %s, want %s; %v", now, row[2], want, err)
		}
		starts = append(starts, start)
	}
	return rows[1:], starts
}

// The clinic that Beacon ships with is closed at weekends and on holidays, such as 2026-11-26.
func TestPatientsComeWhileTheClinicIsOpen(t *testing.T) {
	clinic := handlerstest.Words(t).Clinic
	for d := range 366 { // from whatever day it is asked
		now := time.Date(2026, 7, 1+d, 23, 30, 0, 0, clinic.Location())
		rows, starts := demo(t, now, clinic.Fits)
		for i, start := range starts {
			last := time.Date(2026, 7, 1+d+10, 0, 0, 0, 0, now.Location())
			if !clinic.Fits(start, rows[i][4]) || clinic.Holiday(start) ||
				start.Before(now.Add(30*time.Minute)) || !start.Before(last) {
				t.Errorf("%v: %v, %s", now, start, rows[i][4])
			}
			if tomorrow := now.AddDate(0, 0, 1).YearDay() == start.YearDay(); tomorrow &&
				(rows[i][4] == "iv_infusion" || rows[i][4] == "spravato") {
				t.Errorf(
					"%v: %s tomorrow: it may be too late for the text that says how to prepare",
					now, rows[i][4],
				)
			}
		}
	}
}

func TestPatientsOfAnotherClinic(t *testing.T) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 20, 10, 0, 0, 0, zone)
	evenings := func(start time.Time, _ string) bool {
		return start.Weekday() == time.Sunday &&
			start.Hour() >= 19
	}
	_, starts := demo(t, now, evenings)
	for _, start := range starts {
		if !evenings(start, "") {
			t.Errorf("open on Sunday evenings, and a visit is on %v", start)
		}
	}
	_, starts = demo(
		t, now, func(start time.Time, _ string) bool { return start.Month() == time.December },
	)
	if got := starts[0].Format(time.DateOnly); got != "2026-12-01" {
		t.Errorf("closed till December, and the first visit is on %s", got)
	}
	// A clinic that never opens has patients all the same.
	demo(t, now, func(time.Time, string) bool { return false })
}

// asker returns a function that sends Redis a command and returns the first line of the answer.
func asker(t *testing.T, url string) func(string) string {
	t.Helper()
	c, err := net.DialTimeout(
		"tcp", strings.TrimSuffix(strings.TrimPrefix(url, "redis://"), "/0"), time.Second,
	)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	answers := bufio.NewReader(c)
	return func(s string) string {
		words := strings.Fields(s)
		fmt.Fprintf(c, "*%d\r\n", len(words))
		for _, w := range words {
			fmt.Fprintf(c, "$%d\r\n%s\r\n", len(w), w)
		}
		line, err := answers.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(line)
	}
}
