package slacktest_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
)

// app is a small bot: it answers what it is sent with what the test says, and keeps the payload.
type app struct {
	*slacktest.Slack
	t    *testing.T
	mu   sync.Mutex
	got  map[string]any
	says string // its answer to the next request
}

func newApp(t *testing.T) *app {
	t.Helper()
	a := &app{Slack: slacktest.New(), t: t}
	t.Cleanup(a.Close)
	bot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.got = map[string]any{}
		if r.URL.Path == "/slack/event" {
			_ = json.NewDecoder(r.Body).Decode(&a.got)
		} else if payload := r.FormValue("payload"); payload != "" {
			_ = json.Unmarshal([]byte(payload), &a.got)
		} else {
			for name := range r.Form {
				a.got[name] = r.FormValue(name)
			}
		}
		_, _ = w.Write([]byte(a.says))
	}))
	t.Cleanup(bot.Close)
	a.Point(bot.URL)
	return a
}

// call calls a method with pairs of arguments, and returns the error or "".
func (a *app) call(method string, pairs ...string) (string, map[string]any) {
	a.t.Helper()
	form := url.Values{"token": {slacktest.BotToken}}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	out := map[string]any{}
	body := post(a.t, a.URL()+method, form.Encode())
	if err := json.Unmarshal([]byte(body), &out); err != nil {
		a.t.Fatalf("%s: %s", method, body)
	}
	code, _ := out["error"].(string)
	return code, out
}

// trigger types a command and returns its trigger id.
func (a *app) trigger() string {
	a.t.Helper()
	if _, err := a.Command(a.t.Context(), slacktest.Desk, "U1", "book"); err != nil {
		a.t.Fatal(err)
	}
	return a.got["trigger_id"].(string)
}

const form = `{"type":"modal","callback_id":"x","title":{"type":"plain_text","text":"Move"},
	"submit":{"type":"plain_text","text":"Move it"},"blocks":[{"type":"input","block_id":"day",
	"label":{"type":"plain_text","text":"Day"},"element":{"type":"datepicker","action_id":"day"}}]}`

// A trigger opens one modal, for three seconds.
func TestTriggers(t *testing.T) {
	for _, test := range []struct {
		name  string
		later time.Duration
		twice bool
		other string
		want  string
	}{
		{name: "at once"},
		{name: "after three seconds", later: 3 * time.Second},
		{name: "too late", later: 3*time.Second + time.Millisecond, want: "expired_trigger_id"},
		{name: "twice", twice: true, want: "exchanged_trigger_id"},
		{name: "made up", other: "1.2.x", want: "invalid_trigger_id"},
	} {
		a := newApp(t)
		now := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
		a.Clock(func() time.Time { return now })
		trigger := a.trigger()
		if test.other != "" {
			trigger = test.other
		}
		now = now.Add(test.later)
		code, _ := a.call("views.open", "trigger_id", trigger, "view", form)
		if test.twice {
			code, _ = a.call("views.open", "trigger_id", trigger, "view", form)
		}
		if code != test.want {
			t.Errorf("%s: got %q, want %q", test.name, code, test.want)
		}
	}
}

// A view is changed by who knows its last state; a closed one isn't there any more.
func TestViewsChange(t *testing.T) {
	a := newApp(t)
	_, out := a.call("views.open", "trigger_id", a.trigger(), "view", form)
	view := out["view"].(map[string]any)
	id, hash := view["id"].(string), view["hash"].(string)
	for _, test := range []struct {
		name, want string
		args       []string
	}{
		{name: "with its hash", args: []string{"view_id", id, "hash", hash, "view", form}},
		{
			name: "with the hash of before", want: "hash_conflict",
			args: []string{"view_id", id, "hash", hash, "view", form},
		},
		{name: "without a hash", args: []string{"view_id", id, "view", form}},
		{name: "of another id", want: "not_found", args: []string{"view_id", "V0", "view", form}},
		{
			name: "a long title", want: "invalid_arguments", args: []string{
				"view_id", id, "view", strings.Replace(form, "Move", long(25), 1),
			},
		},
		{
			name: "no submit", want: "invalid_arguments",
			args: []string{"view_id", id, "view", strings.Replace(form, `"submit"`, `"x"`, 1)},
		},
	} {
		if code, out := a.call("views.update", test.args...); code != test.want {
			t.Errorf("%s: %v, want %q", test.name, out, test.want)
		}
	}
	if _, err := a.Submit(t.Context(), a.Views()[0], map[string]string{}); err != nil {
		t.Fatal(err)
	}
	if code, _ := a.call("views.update", "view_id", id, "view", form); code != "not_found" {
		t.Errorf("a closed view: %q", code)
	}
}

// Home is published for a user, with a table never.
func TestHome(t *testing.T) {
	a := newApp(t)
	const day = `{"type":"home","blocks":[{"type":"header",
		"text":{"type":"plain_text","text":"Tue Dec 1"}}]}`
	code, out := a.call("views.publish", "user_id", "U1", "view", day)
	if code != "" {
		t.Fatal(out)
	}
	if code, _ = a.call(
		"views.publish", "user_id", "U1", "view", day, "hash", "stale",
	); code != "hash_conflict" {
		t.Errorf("a stale hash: %q", code)
	}
	table := strings.Replace(
		day, `{"type":"header"`, `{"type":"table","rows":[[{"type":"raw_text","text":"x"}]]},
		{"type":"header"`, 1,
	)
	if code, _ = a.call("views.publish", "user_id", "U1", "view", table); code != "invalid_arguments" {
		t.Errorf("a table: %q", code)
	}
	n := a.Nurse(t, "U1")
	n.OpenHome("Tue Dec 1")
	if event := a.got["event"].(map[string]any); event["type"] != "app_home_opened" {
		t.Error(event)
	}
}

// A nurse fills a form in by its labels, and sees what the bot finds wrong with it.
func TestNurseFillsAForm(t *testing.T) {
	a := newApp(t)
	if code, out := a.call("views.open", "trigger_id", a.trigger(), "view", form); code != "" {
		t.Fatal(out)
	}
	n := a.Nurse(t, "U1")
	v := n.Form("Move")
	a.says = `{"response_action":"errors","errors":{"day":"We are closed."}}`
	n.Submit(v, map[string]string{"Day": "2026-12-25"})
	if got := n.Faults(v); got["Day"] != "We are closed." {
		t.Error(got)
	}
	a.says = ""
	n.Submit(v, map[string]string{"Day": "2026-12-28"})
	if a.Views()[0].Closed != true || n.Faults(v) != nil {
		t.Error("the form is still open")
	}
	view, err := json.Marshal(a.got["view"])
	if err != nil || !strings.Contains(string(view), `"selected_date":"2026-12-28"`) {
		t.Errorf("%s %v", view, err)
	}
}
