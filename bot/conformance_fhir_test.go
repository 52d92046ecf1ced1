package main_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/feed/fhir"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
	"github.com/beacon-clinic/beacon/handlers"
)

// medplum is a FHIR server that others wrote, and a person at its own screen.
type medplum struct {
	*judge
	t   *testing.T
	url string
	key string // the bot's private key
	// start is when the visits begin: at noon of an open day, as middayOf has the clinic's zone.
	start time.Time
}

// newMedplum starts one that knows the bot by a new key, which is signed with by that algorithm.
func newMedplum(t *testing.T, algorithm string) *medplum {
	t.Helper()
	var private crypto.Signer
	var err error
	if algorithm == "RS384" {
		private, err = rsa.GenerateKey(rand.Reader, 2048)
	} else {
		private, err = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	}
	if err != nil {
		t.Fatal(err)
	}
	in, err1 := x509.MarshalPKCS8PrivateKey(private)
	out, err2 := x509.MarshalPKIXPublicKey(private.Public())
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: out})
	j, url := listen(t, "fhir.mjs", "beacon", string(public))
	key := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: in})
	now := time.Now().UTC()
	start := now.Add(50 * time.Hour).Truncate(time.Hour)
	for ahead := time.Duration(12-now.Hour()) * time.Hour; ; start = start.AddDate(0, 0, 1) {
		if day := start.Add(ahead).Weekday(); day != time.Saturday && day != time.Sunday {
			break
		}
	}
	return &medplum{j, t, url, string(key), start}
}

// server is the bot's way to it.
func (m *medplum) server(transport http.RoundTripper) *fhir.Server {
	m.t.Helper()
	s, err := fhir.New(fhir.Config{
		URL: m.url + "/fhir/R4", TokenURL: m.url + "/token", ClientID: "beacon", Key: m.key,
		Scope: "system/Appointment.rus system/Patient.rs system/Slot.rs", Days: 120,
		Rules: fhir.Rules{
			Own:   []string{"consult"},
			Langs: []string{"en", "es"},
		}, Transport: transport,
	})
	if err != nil {
		m.t.Fatal(err)
	}
	return s
}

// does has a person do something at the server's own screen, and returns what comes of it.
func (m *medplum) does(method, path string, body any) map[string]any {
	m.t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		m.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(
		m.t.Context(), method, m.url+"/fhir/R4/"+path, bytes.NewReader(b),
	)
	if err != nil {
		m.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer human")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		m.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	got, err := io.ReadAll(resp.Body)
	var out map[string]any
	if err != nil || resp.StatusCode >= 300 || json.Unmarshal(got, &out) != nil {
		m.t.Fatalf("%s %s: %d %s %v", method, path, resp.StatusCode, got, err)
	}
	return out
}

// changes has a person change a record.
func (m *medplum) changes(path string, change func(map[string]any)) {
	m.t.Helper()
	record := m.does(http.MethodGet, path, nil)
	change(record)
	m.does(http.MethodPut, path, record)
}

// answer is what the server has as the patient's answer to a visit.
func (m *medplum) answer(id string) any {
	m.t.Helper()
	all, _ := m.does(http.MethodGet, "Appointment/"+id, nil)["participant"].([]any)
	for _, p := range all {
		p, _ := p.(map[string]any)
		actor, _ := p["actor"].(map[string]any)
		if strings.HasPrefix(fmt.Sprint(actor["reference"]), "Patient/") {
			return p["status"]
		}
	}
	return nil
}

// books has a person book n visits of n patients, yesterday.
func (m *medplum) books(n int) {
	m.t.Helper()
	before := map[string]any{"lastUpdated": time.Now().AddDate(0, 0, -1).UTC().Format(time.RFC3339)}
	var all []any
	add := func(record map[string]any) {
		record["meta"] = before
		all = append(all, map[string]any{"resource": record, "request": map[string]any{
			"method": "PUT", "url": fmt.Sprintf("%s/%s", record["resourceType"], record["id"]),
		}})
	}
	start := m.start.Format(time.RFC3339)
	for i := range n {
		add(map[string]any{
			"resourceType": "Patient", "id": fmt.Sprintf("p%03d", i),
			"name": []any{
				map[string]any{"use": "official", "family": "Example", "given": []string{"Ana"}},
			},
			"telecom": []any{map[string]any{"system": "phone", "use": "mobile", "value": phone(i)}},
		})
		add(map[string]any{
			"resourceType": "Slot", "id": fmt.Sprintf("s%03d", i), "status": "busy", "start": start,
			"end": start, "schedule": map[string]any{"reference": "Schedule/c"},
		})
		add(map[string]any{
			"resourceType": "Appointment", "id": fmt.Sprintf("a%03d", i), "status": "booked", "start": start,
			"end": start, "appointmentType": map[string]any{"text": "consult"},
			"slot": []any{map[string]any{"reference": fmt.Sprintf("Slot/s%03d", i)}},
			"participant": []any{
				map[string]any{
					"actor": map[string]any{"reference": "Practitioner/d"}, "status": "accepted",
				},
				map[string]any{
					"actor":  map[string]any{"reference": fmt.Sprintf("Patient/p%03d", i)},
					"status": "needs-action",
				},
			},
		})
	}
	out := m.does(http.MethodPost, "", map[string]any{
		"resourceType": "Bundle", "type": "batch", "entry": all,
	})
	for _, one := range out["entry"].([]any) {
		if s := fmt.Sprint(one); !strings.Contains(s, "status:201") &&
			!strings.Contains(s, "status:200") {
			m.t.Fatalf("not booked: %s", s)
		}
	}
}

// phone is the number of a patient.
func phone(i int) string { return fmt.Sprintf("+12125%06d", 550120+i) }

// gives are the visits that a look gave, a word each: the id, and what isn't as it was booked.
func (m *medplum) gives(g handlers.Given) string {
	var out []string
	for _, v := range g.Visits {
		say := v.External
		if v.State != handlers.Booked {
			say += ":" + v.State
		}
		if v.State == handlers.Booked && !v.Start.Equal(m.start) {
			say += ":moved"
		}
		if len(v.Doubts) > 0 {
			say += ":doubt"
		}
		out = append(out, say)
	}
	return strings.Join(out, " ")
}

// TestMedplumIsRead: the bot signs in, reads page after page, and then what has changed: of a
// visit, its patient or its slot.
func TestMedplumIsRead(t *testing.T) {
	t.Parallel()
	const visits = 230
	for _, algorithm := range []string{"RS384", "ES384"} {
		t.Run(algorithm, func(t *testing.T) {
			m := newMedplum(t, algorithm)
			m.books(visits)
			s := m.server(nil)
			look, err := s.Look(t.Context(), handlers.Feed{}, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			if n := len(look.Given.Visits); n != visits || len(look.Given.Faults) > 0 ||
				!look.Given.Whole {
				t.Errorf("%d visits, faults %v", n, look.Given.Faults)
			}
			v := look.Given.Visits[7]
			if v.External != "a007" || v.Phone.E164() != phone(7) || v.Name != "Ana Example" ||
				v.Type != "consult" || len(v.Doubts) > 0 {
				t.Errorf("%+v", v)
			}
			m.await(
				regexp.MustCompile(`signed in with (` + algorithm + `) for system/Appointment.rus`),
			)
			m.await(regexp.MustCompile(`GET /fhir/R4/Appointment\?.*(_offset=200).* 200`))

			kept := handlers.Feed{Seen: look.Seen}
			same, err := s.Look(t.Context(), kept, time.Now())
			if err != nil || len(same.Given.Visits) > 0 || same.Given.Whole {
				t.Errorf("nothing has changed, and it gives %s %v", m.gives(same.Given), err)
			}
			m.changes("Appointment/a001", func(r map[string]any) { r["status"] = "cancelled" })
			m.changes("Appointment/a002", func(r map[string]any) { r["status"] = "noshow" })
			m.changes(
				"Appointment/a003",
				func(r map[string]any) { r["status"] = "entered-in-error" },
			)
			m.changes("Appointment/a004", func(r map[string]any) { r["status"] = "checked-in" })
			m.changes("Appointment/a005", func(r map[string]any) { r["status"] = "waitlist" })
			later := m.start.Add(24 * time.Hour).Format(time.RFC3339)
			m.changes("Slot/s006", func(r map[string]any) { r["start"] = later })
			for _, path := range []string{"Slot/s008", "Appointment/a008"} {
				m.changes(path, func(r map[string]any) { r["start"], r["end"] = later, later })
			}
			m.changes("Patient/p009", func(r map[string]any) {
				r["telecom"] = []any{map[string]any{"system": "sms", "value": phone(900)}}
			})
			changed, err := s.Look(t.Context(), kept, time.Now())
			const want = "a001:cancelled a002:missed a003:cancelled a004:arrived a005:cancelled " +
				"a006:doubt a008:moved a009"
			if got := m.gives(changed.Given); err != nil || got != want {
				t.Errorf("%s %v, want %s", got, err, want)
			}
			if i := slices.IndexFunc(changed.Given.Visits, func(v handlers.Visit) bool {
				return v.External == "a009"
			}); i < 0 || changed.Given.Visits[i].Phone.E164() != phone(900) {
				t.Error("the new number isn't read")
			}
		})
	}
}

// TestMedplumRefusesAStranger: whose key the server doesn't know is told so.
func TestMedplumRefusesAStranger(t *testing.T) {
	t.Parallel()
	m, other := newMedplum(t, "ES384"), newMedplum(t, "ES384")
	m.key = other.key
	_, err := m.server(nil).Look(t.Context(), handlers.Feed{}, time.Now())
	if err == nil || !strings.Contains(err.Error(), "refuses with 401 (invalid_client)") {
		t.Error(err)
	}
}

// meddler does something just before the first PATCH.
type meddler struct{ does func() }

func (m *meddler) RoundTrip(r *http.Request) (*http.Response, error) {
	if does := m.does; r.Method == http.MethodPatch && does != nil {
		m.does = nil
		does()
	}
	return http.DefaultTransport.RoundTrip(r)
}

// TestMedplumTakesAnswers: an answer is written once, changes nothing else, and is never written
// over what somebody has changed since.
func TestMedplumTakesAnswers(t *testing.T) {
	t.Parallel()
	m := newMedplum(t, "ES384")
	m.books(8)
	between := &meddler{}
	s := m.server(between)
	write := func(id, state string, at time.Time) error {
		return s.WriteBack(t.Context(), handlers.WriteBack{
			External: id, Start: m.start, State: state, At: at,
		}, time.Now())
	}
	person := func(id, status string) func() {
		return func() {
			m.changes("Appointment/"+id, func(r map[string]any) {
				r["comment"] = "somebody was here"
				r["participant"].([]any)[1].(map[string]any)["status"] = status
			})
		}
	}
	before := m.does(http.MethodGet, "Appointment/a000", nil)
	for range 2 {
		if err := write("a000", handlers.Confirmed, time.Now()); err != nil {
			t.Error(err)
		}
	}
	after := m.does(http.MethodGet, "Appointment/a000", nil)
	before["participant"].([]any)[1].(map[string]any)["status"] = "accepted"
	before["meta"], after["meta"] = nil, nil
	if is, was := fmt.Sprint(after), fmt.Sprint(before); is != was {
		t.Errorf("it changes more than the answer:\n%s\n%s", is, was)
	}
	history, _ := m.does(http.MethodGet, "Appointment/a000/_history", nil)["entry"].([]any)
	if len(history) != 2 {
		t.Errorf("%d versions: it wrote the same twice", len(history))
	}
	for _, c := range []struct {
		id, state string
		ago       time.Duration // when the patient answered
		between   func()        // just before it is written
		first     func()        // before it is read
		want      string
		over      bool
	}{
		{id: "a001", state: handlers.Declined, want: "declined"},
		{id: "a002", state: handlers.Confirmed, between: person("a002", "needs-action"), want: "accepted"},
		{id: "a003", state: handlers.Confirmed, between: person("a003", "declined"), want: "declined", over: true},
		{
			id: "a004", state: handlers.Confirmed, ago: time.Hour, first: person("a004", "declined"),
			want: "declined", over: true,
		},
		{
			id: "a005", state: handlers.Confirmed, want: "needs-action", over: true, first: func() {
				m.changes("Appointment/a005", func(r map[string]any) { r["status"] = "cancelled" })
			},
		},
		// The patient changes their mind, and their first answer is there already.
		{id: "a000", state: handlers.Declined, want: "declined"},
	} {
		if c.first != nil {
			c.first()
		}
		between.does = c.between
		err := write(c.id, c.state, time.Now().Add(-c.ago))
		if errors.Is(err, handlers.ErrOvertaken) != c.over || !c.over && err != nil {
			t.Errorf("%s: %v", c.id, err)
		}
		if got := m.answer(c.id); got != c.want {
			t.Errorf("%s is %v, want %s", c.id, got, c.want)
		}
	}
	m.await(regexp.MustCompile(`PATCH /fhir/R4/Appointment/a002 (412)`))
}

// TestMedplumAndTheWholeBot: the program itself takes a visit in from the server, tells its patient,
// and writes their C back.
func TestMedplumAndTheWholeBot(t *testing.T) {
	t.Parallel()
	m := newMedplum(t, "ES384")
	m.books(1)
	words := few(t, middayOf(t, ".."))
	file, err := os.OpenFile(filepath.Join(words, "clinic.yaml"), os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	_, err1 := fmt.Fprintf(file, "\nfeeds:\n  - {name: ehr, kind: fhir, url: %q, token_url: %q, "+
		"client_id: beacon, key_env: EHR_KEY, every: 1m, write_back: true}\n", m.url+"/fhir/R4", m.url+"/token")
	if err := errors.Join(err1, file.Close()); err != nil {
		t.Fatal(err)
	}
	p := startBehind(t, twiliotest.Config{}, words, func(*program) []string {
		return []string{"EHR_KEY=" + m.key}
	})
	p.sent(phone(0), "booked for")
	p.text(phone(0), "C")
	p.await("the answer to be written", func() bool { return m.answer("a000") == "accepted" })
	p.text(phone(0), "sorry i cant make it")
	p.await("the new answer to be written", func() bool { return m.answer("a000") == "declined" })
}
