package fhir_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/feed/fhir"
	"github.com/beacon-clinic/beacon/handlers"
)

// ehr is a FHIR server that answers as a test says, and keeps what it was asked.
type ehr struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string // method, path and query
	// answers has what it answers, by method, path and query; what begins like a path counts as
	// well. A func is called.
	answers map[string]any
}

func newEHR(t *testing.T, answers map[string]any) *ehr {
	t.Helper()
	e := &ehr{answers: answers}
	e.Server = httptest.NewServer(e)
	t.Cleanup(e.Close)
	return e
}

func (e *ehr) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q, _ := url.QueryUnescape(r.URL.RawQuery)
	ask := strings.TrimSuffix(r.Method+" "+r.URL.Path+"?"+q, "?")
	e.mu.Lock()
	e.asked = append(e.asked, ask)
	e.mu.Unlock()
	w.Header().Set("Date", at("2026-11-30T12:00:00Z").Format(http.TimeFormat))
	longest := ""
	for is := range e.answers {
		if strings.HasPrefix(ask, is) && len(is) > len(longest) {
			longest = is
		}
	}
	switch a := e.answers[longest].(type) {
	case nil:
		w.WriteHeader(http.StatusNotFound)
	case int:
		w.WriteHeader(a)
	case string:
		_, _ = w.Write([]byte(a))
	case func(http.ResponseWriter, *http.Request):
		a(w, r)
	}
}

func (e *ehr) log() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	out := strings.Join(e.asked, "\n")
	e.asked = nil
	return out
}

// fhir returns the reader of a server, which wants no sign-in unless change says so.
func (e *ehr) fhir(t *testing.T, change ...func(*fhir.Config)) *fhir.Server {
	t.Helper()
	c := fhir.Config{
		URL: e.URL + "/r4", Days: 10, Rules: fhir.Rules{
			Types: map[string]string{"IV60": "iv_infusion", "New Patient": "consult"},
			Own:   []string{"consult", "iv_infusion"}, Langs: []string{"en", "es"},
		},
	}
	for _, f := range change {
		f(&c)
	}
	f, err := fhir.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

const noon = "2026-11-30T12:00:00Z"

func payload(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// lines shows what a feed gives, a line a visit.
func lines(g handlers.Given) string {
	var out []string
	for _, v := range g.Visits {
		start := "-"
		if !v.Start.IsZero() {
			start = v.Start.UTC().Format("01-02T15:04")
		}
		out = append(
			out,
			strings.TrimSpace(fmt.Sprintf("%s %s %s %s %s %q %s %s", v.External, v.State,
				start, v.Type, v.Phone.E164(), v.Name, v.Lang, strings.Join(v.Doubts, "; "))),
		)
	}
	return strings.Join(out, "\n")
}

func TestRecordsBecomeVisits(t *testing.T) {
	e := newEHR(t, map[string]any{
		"GET /r4/Appointment": payload(t, "visits.json"),
		"GET /r4/Patient":     `{"resourceType": "Bundle"}`,
	})
	got, err := e.fhir(t).Look(t.Context(), handlers.Feed{}, at(noon))
	if err != nil {
		t.Fatal(err)
	}
	const want = `a1 booked 12-01T19:30 iv_infusion +12125550101 "Ana Example" es
a2 booked 12-01T20:30 consult +12125550103 "Ben Example"
a3 cancelled -   ""
a4 cancelled -   ""
a5 missed 11-29T15:00  +12125550101 "Ana Example" es
a6 arrived 11-30T14:00  +12125550103 "Ben Example"
a7 arrived 11-30T14:00  +12125550101 "Ana Example" es
a8 arrived 11-30T02:00  +12125550101 "Ana Example" es
a9 cancelled -   ""
b1 cancelled -   ""
b2 cancelled -   ""
b3 booked 12-03T15:00 consult +12125550101 "Ana Example" es the server has it in a state that isn't known
b8 booked 12-05T19:00 iv_infusion +12125550105 "Cal Example"  the patient's record isn't active any more
b9 booked 12-05T17:00 iv_infusion +12125550106 "Dee Example"  its slot starts at another time; the record has two mobile numbers: rank one first; the record says that the patient has died
c1 booked 12-05T18:00 iv_infusion  "Eve Example"`
	if lines(got.Given) != want {
		t.Errorf("got\n%s\nwant\n%s", lines(got.Given), want)
	}
	if u := strings.Join(got.Given.Unread, " "); u != "b4 b5 b6 c2 c3" {
		t.Errorf("unread: %s", u)
	}
	faults := strings.Join(got.Given.Faults, "\n")
	for _, want := range []string{
		"(1): what the server calls them isn't among the feed's types (XR9): add it",
		"(1): have a start without a zone", "(1): are for two patients or more",
		"(1): have no start", "(1): can't be read at all", "(1): their state is no word of FHIR R4",
	} {
		if !strings.Contains(faults, want) {
			t.Errorf("no fault %q in\n%s", want, faults)
		}
	}
	if strings.Contains(faults, "Ana") || strings.Contains(faults, "555") {
		t.Errorf("somebody is named: %s", faults)
	}
	if !got.Given.Whole || !got.Given.Until.Equal(at("2026-12-10T12:00:00Z")) {
		t.Errorf("%t until %s", got.Given.Whole, got.Given.Until)
	}
}

// Between two looks at all visits only what has changed is asked for: visits, and those whose
// patient or slot has changed. What was changed just before a look is asked for again.
func TestAsksForWhatHasChanged(t *testing.T) {
	e := newEHR(t, map[string]any{
		"GET /r4/Appointment": `{"resourceType": "Bundle"}`,
		"GET /r4/Patient": `{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient",
			"id": "p1", "name": [{"text": "Ana Example"}], "telecom": [{"system": "sms", "value": "2125550101"}]}},
			{"resource": {"resourceType": "Appointment", "id": "a1", "status": "booked",
			"start": "2026-12-01T14:30:00-05:00", "appointmentType": {"text": "consult"}, "slot": [{"reference": "Slot/s1"}],
			"participant": [{"actor": {"reference": "Patient/p1"}}]}},
			{"resource": {"resourceType": "Appointment", "id": "a0", "status": "booked",
			"start": "2026-11-01T14:30:00-05:00", "appointmentType": {"text": "consult"},
			"participant": [{"actor": {"reference": "Patient/p1"}}]}}]}`,
		"GET /r4/Slot": `{"resourceType": "Bundle"}`,
	})
	f := e.fhir(t)
	const include = "&_include=Appointment:patient&_include=Appointment:slot"
	const all = "GET /r4/Appointment?_count=100" + include +
		"&date=ge2026-11-29T00:00:00Z&date=lt2026-12-10T12:00:00Z"
	kept := handlers.Feed{}
	for _, c := range []struct{ name, now, why, asked, given string }{
		{name: "the first look", now: noon, asked: all},
		{
			name: "the next", now: "2026-11-30T12:10:00Z",
			asked: "GET /r4/Appointment?_count=100" + include + "&_lastUpdated=ge2026-11-30T11:58:00Z\n" +
				"GET /r4/Patient?_count=100&_lastUpdated=ge2026-11-30T11:58:00Z&_revinclude=Appointment:patient\n" +
				"GET /r4/Slot?_count=100&_lastUpdated=ge2026-11-30T11:58:00Z&_revinclude=Appointment:slot\n" +
				"GET /r4/Slot?_count=40&_id=s1",
			given: `a1 booked 12-01T19:30 consult +12125550101 "Ana Example"`,
		},
		{
			name: "after one that failed", now: "2026-11-30T12:20:00Z", why: "it failed",
			asked: strings.NewReplacer("00:00:00", "00:20:00", "12:00:00", "12:20:00").Replace(all),
		},
		{
			name: "an hour later", now: "2026-11-30T13:20:00Z",
			asked: strings.NewReplacer("00:00:00", "01:20:00", "12:00:00", "13:20:00").Replace(all),
		},
	} {
		kept.Why = c.why
		got, err := f.Look(t.Context(), kept, at(c.now))
		if err != nil {
			t.Fatal(err)
		}
		kept.Seen = got.Seen
		if asked := e.log(); asked != c.asked {
			t.Errorf("%s asked\n%s\nwant\n%s", c.name, asked, c.asked)
		}
		if given := lines(got.Given); given != c.given {
			t.Errorf("%s gave %s", c.name, given)
		}
		if got.Given.Whole != strings.Contains(c.asked, "date=") {
			t.Errorf("%s: whole %t", c.name, got.Given.Whole)
		}
	}
}

// page returns a bundle with one patient and the address of the next page.
func page(n int, next string) string {
	b, _ := json.Marshal(map[string]any{
		"resourceType": "Bundle",
		"link": []map[string]string{
			{"relation": "self", "url": "x"},
			{"relation": "next", "url": next},
		},
		"entry": []map[string]any{{"resource": map[string]any{
			"resourceType": "Appointment", "id": fmt.Sprint("a", n), "status": "cancelled",
		}}},
	})
	return string(b)
}

func TestReadsAllPages(t *testing.T) {
	for name, c := range map[string]struct{ next, err string }{
		"a whole address":    {next: "{own}/r4/Appointment?page=2"},
		"a path alone":       {next: "/r4/Appointment?page=2"},
		"a query alone":      {next: "?page=2"},
		"the server's root":  {next: "{own}/r4?page=2"},
		"another host":       {next: "http://evil.example/r4/Appointment?page=2", err: "at another address"},
		"another port":       {next: "http://127.0.0.1:1/r4/Appointment?page=2", err: "at another address"},
		"another scheme":     {next: "https://{host}/r4/Appointment?page=2", err: "at another address"},
		"with a user":        {next: "http://me:x@{host}/r4/Appointment?page=2", err: "at another address"},
		"no address":         {next: "http://[::1", err: "at another address"},
		"in a circle":        {next: "?page=1", err: "in a circle"},
		"without an end":     {next: "?page=more", err: "more than is read at once"},
		"not FHIR":           {next: "?page=html", err: "isn't FHIR"},
		"a page that fails":  {next: "?page=500", err: "the server fails (500)"},
		"somewhere else":     {next: "?page=302", err: "sends elsewhere (302)"},
		"one that is denied": {next: "?page=403", err: "refuses a search for Appointment (403)"},
		"too large":          {next: "?page=large", err: "larger than 8 MB"},
	} {
		t.Run(name, func(t *testing.T) {
			n := 0
			e := newEHR(t, map[string]any{
				"GET /r4/Appointment?page=1":   page(1, "?page=1"),
				"GET /r4/Appointment?page=2":   page(2, ""),
				"GET /r4?page=2":               page(2, ""),
				"GET /r4/Appointment?page=500": 500, "GET /r4/Appointment?page=403": 403,
				"GET /r4/Appointment?page=html": "<html>",
				"GET /r4/Appointment?page=302": func(w http.ResponseWriter, r *http.Request) {
					http.Redirect(w, r, "/r4/Appointment?page=2", http.StatusFound)
				},
				"GET /r4/Appointment?page=more": func(w http.ResponseWriter, _ *http.Request) {
					n++
					_, _ = w.Write([]byte(page(n, fmt.Sprint("?page=more", n))))
				},
				"GET /r4/Appointment?page=large": `{"x": "` + strings.Repeat("x", 8<<20) + `"}`,
			})
			next := strings.NewReplacer("{own}", e.URL, "{host}", strings.TrimPrefix(e.URL, "http://")).
				Replace(c.next)
			e.answers["GET /r4/Appointment"] = page(1, next)
			got, err := e.fhir(t).Look(t.Context(), handlers.Feed{}, at(noon))
			switch {
			case c.err == "" && (err != nil || len(got.Given.Visits) != 2):
				t.Error(lines(got.Given), err)
			case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
				t.Errorf("%v, want %s", err, c.err)
			case err != nil && strings.Contains(err.Error(), "127.0.0.1"):
				t.Errorf("the address is told: %v", err)
			}
			if name == "somewhere else" && strings.Contains(e.log(), "page=2") {
				t.Error("a redirect was followed")
			}
		})
	}
}

// A server that gives no patient with a visit is asked for them, many at once.
func TestAsksForPatients(t *testing.T) {
	var visits, patients []string
	for i := range 50 {
		visits = append(
			visits,
			fmt.Sprintf(`{"resource": {"resourceType": "Appointment", "id": "a%02d",
			"status": "booked", "start": "2026-12-01T14:30:00-05:00", "appointmentType": {"text": "consult"},
			"participant": [{"actor": {"reference": "Patient/p%02d"}}]}}`, i, i),
		)
		if i != 7 { // that one is nobody's to read
			patients = append(
				patients,
				fmt.Sprintf(`{"resource": {"resourceType": "Patient", "id": "p%02d",
				"name": [{"text": "Pat Example"}], "telecom": [{"system": "phone", "value": "21255501%02d"}]}}`, i, i),
			)
		}
	}
	of := func(all []string) string {
		return `{"resourceType": "Bundle", "entry": [` + strings.Join(all, ",") + `]}`
	}
	e := newEHR(t, map[string]any{
		"GET /r4/Appointment": of(visits), "GET /r4/Patient?_count=40&_id=p00": of(patients[:39]),
		"GET /r4/Patient?_count=40&_id=p40": of(patients[39:]),
	})
	got, err := e.fhir(t).Look(t.Context(), handlers.Feed{}, at(noon))
	if err != nil || len(got.Given.Visits) != 49 ||
		!slices.Equal(got.Given.Unread, []string{"a07"}) ||
		len(got.Given.Faults) != 1 ||
		!strings.Contains(got.Given.Faults[0], "record can't be read") {
		t.Error(len(got.Given.Visits), got.Given.Unread, got.Given.Faults, err)
	}
	if n := strings.Count(e.log(), "\n"); n != 2 {
		t.Errorf("%d requests", n+1)
	}
}

// Some systems move an appointment by booking another, which has the first one's identifier as an
// old one.
func TestAnAppointmentInPlaceOfAnother(t *testing.T) {
	const csn = `"system": "urn:oid:1.2.840.114350.1.13.861.1.7.3.698084.8", "value"`
	e := newEHR(t, map[string]any{
		"GET /r4/Appointment": `{"resourceType": "Bundle", "entry": [
			{"resource": {"resourceType": "Appointment", "id": "a", "status": "cancelled",
				"identifier": [{` + csn + `: "27634"}]}},
			{"resource": {"resourceType": "Appointment", "id": "b", "status": "cancelled",
				"identifier": [{` + csn + `: "27700"}, {"use": "old", ` + csn + `: "27634"}]}},
			{"resource": {"resourceType": "Appointment", "id": "c", "status": "cancelled",
				"identifier": [{` + csn + `: "27800"}, {"use": "old", ` + csn + `: "1"}]}}]}`,
	})
	got, err := e.fhir(t).Look(t.Context(), handlers.Feed{}, at(noon))
	if err != nil || fmt.Sprint(got.Given.Instead) != "map[b:a]" {
		t.Errorf("%v %v", got.Given.Instead, err)
	}
}
