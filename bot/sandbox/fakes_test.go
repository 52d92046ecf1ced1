package sandbox_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/sandbox"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/gate"
)

// start returns what the tests' clocks show at first, a Monday.
func start() time.Time {
	return time.Date(
		2026, 11, 23, 9, 0, 0, 0, time.FixedZone("clinic", -5*3600),
	)
}

// bot is a fake of the handlers and the ledger behind the sandbox. A row is a function that is
// called when it falls due.
type bot struct {
	mu       sync.Mutex
	rows     map[time.Time][]func(context.Context) // by when they fall due
	texts    []handlers.Text
	receipts []gate.Receipt
	did      []string // staff's doings
	reply    func(handlers.Text) (handlers.Reply, error)
	staff    func(handlers.ThreadReply) error
}

func (b *bot) at(due time.Time, do func(context.Context)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rows[due] = append(b.rows[due], do)
}

func (b *bot) due(ctx context.Context, now time.Time) (sent int, next time.Time, err error) {
	b.mu.Lock()
	var todo []func(context.Context)
	for due, rows := range b.rows {
		if !due.After(now) {
			todo = append(todo, rows...)
			delete(b.rows, due)
		} else if next.IsZero() || due.Before(next) {
			next = due
		}
	}
	b.mu.Unlock()
	for _, do := range todo {
		do(ctx)
	}
	return len(todo), next, nil
}

func (b *bot) Receive(_ context.Context, t handlers.Text) (handlers.Reply, error) {
	b.mu.Lock()
	b.texts = append(b.texts, t)
	b.mu.Unlock()
	return b.reply(t)
}

func (b *bot) Receipt(_ context.Context, r gate.Receipt) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.receipts = append(b.receipts, r)
	return nil
}

func (b *bot) Command(_ context.Context, c handlers.Command) (answer.Answer, error) {
	return answer.Say("%s: %s", c.User, c.Text), nil
}

func (b *bot) Reply(_ context.Context, r handlers.ThreadReply) error { return b.staff(r) }

func (b *bot) Revise(_ context.Context, r handlers.Revision) error {
	b.did = append(b.did, r.User+" changes "+r.Message+" to "+r.Text)
	return nil
}

func (b *bot) Press(_ context.Context, p handlers.Press) (answer.Answer, error) {
	b.did = append(b.did, p.User+" "+p.Action+" "+p.Thread)
	return answer.Answer{}, nil
}

func (b *bot) Submit(
	_ context.Context, f handlers.Submission,
) (answer.Answer, map[string]string, error) {
	if f.Values["name"] == "" {
		return answer.Answer{}, map[string]string{"name": "Give a name."}, nil
	}
	return answer.Say("%s did %s for %s", f.User, f.Do, f.Values["name"]), nil, nil
}

// rig is a sandbox on a server, with a fake bot behind it.
type rig struct {
	*sandbox.Sandbox
	bot *bot
	url string
}

func newRig(t testing.TB, change ...func(*sandbox.Config)) rig {
	t.Helper()
	s := sandbox.New()
	if _, err := s.Redis(); err != nil { // first, as the program does: the store is built on it
		t.Fatal(err)
	}
	b := &bot{
		rows: map[time.Time][]func(context.Context){},
		reply: func(handlers.Text) (handlers.Reply, error) {
			return handlers.Reply{
				Kind: "courtesy",
			}, nil
		},
		staff: func(handlers.ThreadReply) error { return nil },
	}
	c := sandbox.Config{
		Patient: b, Receipts: b, Staff: b, Due: b.due, Phone: phone, Start: start(),
		Patients: []sandbox.Patient{
			{Name: "Ada Moreno", Phone: "+12125550101"},
			{Name: "Ben Okafor", Phone: "+12125550102"},
		},
		Because: func(_ string, r handlers.Reply) []string {
			return []string{"Taken as " + r.Kind + "."}
		},
		Others: func(context.Context) ([]sandbox.Patient, error) {
			return []sandbox.Patient{
				{Name: "Ada Moreno", Phone: "+12125550101"},
				{Name: "On call", Phone: "+12125550112", Clinic: true},
				{Name: "Cleo Imported", Phone: "+12125550103"},
			}, nil
		},
		CatchUp: func(_ context.Context, x handlers.Text, _ bool) (string, error) {
			_, err := b.Receive(t.Context(), x)
			return "answered", err
		},
		Words: func(context.Context) ([]byte, error) { return []byte("<p>All words</p>"), nil },
		Preview: func(_ context.Context, p handlers.Phone) ([]byte, error) {
			return []byte("<p>What " + p.String() + " is to get</p>"), nil
		},
		Importing: func() (int64, int64) { return 1, 2 },
		Day:       line,
		Figures:   did,
		Home: func(context.Context, string) (answer.Answer, error) {
			return answer.Say("No visits today"), nil
		},
		Import: func(_ context.Context, r io.Reader, _ bool) (any, error) {
			csv, err := io.ReadAll(r)
			return map[string]any{
				"imported": strings.Count(string(csv), "\n"), "updated": 0, "unchanged": 0,
				"faults": []string{}, "warnings": []string{},
			}, err
		},
	}
	for _, f := range change {
		f(&c)
	}
	server := httptest.NewUnstartedServer(s.Serve(c))
	server.Config.RegisterOnShutdown(s.Hangup)
	server.Start()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		server.Close()
	})
	return rig{Sandbox: s, bot: b, url: server.URL}
}

// phone parses ten digits or E.164, which is enough for tests.
func phone(s string) (handlers.Phone, error) {
	if len(s) == 10 {
		s = "+1" + s
	}
	return handlers.NewPhone(s)
}

func mustPhone(t testing.TB, s string) handlers.Phone {
	t.Helper()
	p, err := phone(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// call calls an endpoint, by GET if body is "" and by POST otherwise. It returns the status and the
// answer.
func (r rig) call(t testing.TB, path, body string) (int, string) {
	t.Helper()
	method := http.MethodPost
	if body == "" {
		method = http.MethodGet
	}
	req, err := http.NewRequestWithContext(t.Context(), method, r.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return do(t, req)
}

func do(t testing.TB, req *http.Request) (int, string) {
	t.Helper()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, strings.TrimSpace(string(b))
}

// bare returns JSON without what the page draws, its keys sorted.
func bare(t *testing.T, text string) string {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return text
	}
	out, err := json.Marshal(undrawn(v))
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func undrawn(v any) any {
	switch v := v.(type) {
	case map[string]any:
		delete(v, "blocks")
		for _, inside := range v {
			undrawn(inside)
		}
	case []any:
		for _, inside := range v {
			undrawn(inside)
		}
	}
	return v
}

// want calls an endpoint and compares the status and the whole answer but for what the page draws.
func (r rig) want(t *testing.T, path, body string, status int, answer string) {
	t.Helper()
	got, text := r.call(t, path, body)
	if got != status || bare(t, text) != bare(t, answer) {
		t.Errorf("%s %s: got %d\n%s\nwant %d\n%s", path, body, got, text, status, answer)
	}
}

// texts returns a number's messages, each as "direction status kind: body (why)".
func (r rig) texts(t *testing.T, number string) []string {
	t.Helper()
	_, answer := r.call(t, "/sandbox/messages?phone="+number, "")
	var list []struct {
		At                                 time.Time
		Direction, Body, Kind, Status, Why string
	}
	if err := json.Unmarshal([]byte(answer), &list); err != nil {
		t.Fatal(err, answer)
	}
	out := []string{}
	for _, m := range list {
		s := m.Direction + " " + m.Status + " " + m.Kind + ": " + m.Body
		if m.Why != "" {
			s += " (" + m.Why + ")"
		}
		out = append(out, s)
	}
	return out
}

func equal(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// did is a fake of what was counted: some figures, one with a picture, one of which there is none.
func did(context.Context) (sandbox.Figures, error) {
	svg := []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 560 150"/>`)
	n := 12.0
	return sandbox.Figures{Periods: []string{"Today", "30 days"}, Rows: []sandbox.Figure{
		{
			Name: "answered", Label: "Texts that the bot answered", Says: []string{"12", "12"},
			Values: []*float64{&n, &n}, Picture: &sandbox.Picture{Alt: "Nov 23: 12.", Light: svg, Dark: svg},
		},
		{
			Name: "minutes_to_person", Label: "Time to a person", Says: []string{"–", "–"},
			Values: []*float64{nil, nil},
		},
		{Name: "missed", Label: "no-shows", Part: true, Says: []string{"0", "0"}},
	}}, nil
}
