package slack_test

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/slack"
	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
)

// counted counts what is refused.
type counted struct {
	mu  sync.Mutex
	all map[string]int
}

func (c *counted) Refused(door, because string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all[door+" "+because]++
}

// acts are all that a person can do to the bot, each over the door given to it as a change of the
// payload.
var acts = map[string]func(t *testing.T, r room, change func(map[string]any)){
	"command": func(t *testing.T, r room, change func(map[string]any)) {
		form, err := url.ParseQuery(string(read(t, "command.txt")))
		if err != nil {
			t.Fatal(err)
		}
		form.Del("response_url") // the answer goes to the channel
		payload := map[string]any{"user": map[string]any{}}
		change(payload)
		for k, v := range payload {
			if s, ok := v.(string); ok {
				form.Set(k, s)
			}
		}
		if team, ok := payload["team"].(map[string]any); ok {
			form.Set("team_id", team["id"].(string))
		}
		r.post(t, "/slack/command", []byte(form.Encode()))
	},
	"booking": func(t *testing.T, r room, change func(map[string]any)) {
		payload := decoded(t, read(t, "block_actions.json"))
		payload["type"] = "view_submission"
		value := func(kind string, v any) map[string]any {
			return map[string]any{"type": "x", kind: v}
		}
		payload["view"] = map[string]any{
			"callback_id":      "form",
			"private_metadata": `{"do":"book {}","channel":"` + slacktest.Desk + `"}`,
			"state": map[string]any{"values": map[string]any{
				"phone": map[string]any{"phone": value("value", "2125550101")},
				"name":  map[string]any{"name": value("value", "Pat")},
				"type": map[string]any{
					"type": value("selected_option", map[string]any{"value": "consult"}),
				},
				"date": map[string]any{"date": value("selected_date", "2026-12-01")},
				"time": map[string]any{"time": value("selected_time", "10:00")},
				"lang": map[string]any{
					"lang": value("selected_option", map[string]any{"value": "en"}),
				},
			}},
		}
		change(payload)
		r.post(t, "/slack/interaction", interaction(t, payload))
	},
	"press": func(t *testing.T, r room, change func(map[string]any)) {
		payload := decoded(t, read(t, "block_actions.json"))
		delete(payload, "response_url")
		change(payload)
		r.post(t, "/slack/interaction", interaction(t, payload))
	},
	"reply": func(t *testing.T, r room, change func(map[string]any)) {
		payload := decoded(t, read(t, "event/reply.json"))
		payload["event"].(map[string]any)["thread_ts"] = r.card(t)
		outer := map[string]any{"user": map[string]any{}}
		change(outer)
		if id, ok := outer["api_app_id"]; ok {
			payload["api_app_id"] = id
		}
		if team, ok := outer["team"].(map[string]any); ok {
			payload["team_id"] = team["id"]
		}
		if home, ok := outer["user"].(map[string]any)["team_id"]; ok {
			payload["event"].(map[string]any)["user_team"] = home
		}
		r.post(t, "/slack/event", encoded(t, payload))
	},
}

// card posts a card at the desk, and returns its timestamp.
func (r room) card(t *testing.T) string {
	t.Helper()
	answer, err := http.PostForm(r.fake.URL()+"chat.postMessage", url.Values{
		"token": {slacktest.BotToken}, "channel": {slacktest.Desk}, "text": {"a card"},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var posted struct{ TS string }
	if err := json.NewDecoder(answer.Body).Decode(&posted); err != nil {
		t.Fatal(err)
	}
	return posted.TS
}

func decoded(t *testing.T, b []byte) (out map[string]any) {
	t.Helper()
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func encoded(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func interaction(t *testing.T, payload any) []byte {
	t.Helper()
	return []byte(url.Values{"payload": {string(encoded(t, payload))}}.Encode())
}

// heard is how much staff's handler was told.
func (s *staff) heard() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.commands) + len(s.replies) + len(s.presses) + len(s.forms)
}

// Only full members of the clinic's own workspace do anything, through this app. Others are told so
// where they can be, and counted; what they did touches nothing.
func TestOnlyTheClinicsOwnPeopleAreLetIn(t *testing.T) {
	same := func(map[string]any) {}
	for _, c := range []struct {
		name    string
		person  slacktest.Person
		change  func(map[string]any)
		because string // "": it is let in
		silent  bool
	}{
		{name: "member", change: same},
		{name: "guest", person: slacktest.Person{Restricted: true}, change: same, because: "guest"},
		{
			name: "guest of one channel", person: slacktest.Person{Ultra: true}, change: same,
			because: "guest",
		},
		{
			name: "bot", person: slacktest.Person{Bot: true}, change: same, because: "bot",
			silent: true,
		},
		{
			name: "who has left", person: slacktest.Person{Deleted: true}, change: same,
			because: "deactivated",
		},
		{
			name: "stranger", person: slacktest.Person{Team: "T0666"}, change: same,
			because: "workspace",
		},
		{
			name: "nobody that Slack knows", person: slacktest.Person{Unknown: true}, change: same,
			because: "workspace",
		},
		{
			name: "another workspace with the app", because: "workspace",
			change: func(p map[string]any) { p["team"] = map[string]any{"id": "T0666"} },
		},
		{
			name: "another app", because: "app",
			change: func(p map[string]any) { p["api_app_id"] = "A666" },
		},
	} {
		for name, act := range acts {
			t.Run(name+" "+c.name, func(t *testing.T) {
				count := &counted{all: map[string]int{}}
				r := start(t, func(sc *slack.Config) { sc.Meter = count })
				r.staff.answer = ""
				r.fake.Be(ann, c.person)
				act(t, r, c.change)
				r.Wait()
				want := map[string]int{}
				if c.because != "" {
					want["slack "+c.because] = 1
				}
				if !maps.Equal(count.all, want) || (r.staff.heard() == 1) != (c.because == "") {
					t.Errorf("counted %v, staff heard %d", count.all, r.staff.heard())
				}
				told := r.told("full members")
				if told != (c.because != "" && !c.silent) {
					t.Errorf("told: %v; %+v", told, r.fake.Messages())
				}
			})
		}
	}
}

// told reports whether the staff member was told something, and nobody else.
func (r room) told(what string) bool {
	return slices.ContainsFunc(r.fake.Messages(), func(m slacktest.Message) bool {
		return m.OnlyFor == ann && strings.Contains(m.Text, what)
	})
}

// Whose own workspace a payload names another than ours comes over Slack Connect, whatever else is
// known of them.
func TestWhoComesOverSlackConnectIsAStranger(t *testing.T) {
	for _, name := range []string{"press", "reply"} {
		r := start(t)
		acts[name](t, r, func(p map[string]any) {
			p["user"] = map[string]any{"id": ann, "team_id": "T0666"}
		})
		r.Wait()
		if r.staff.heard() > 0 || !r.told("full members") {
			t.Errorf("%s: staff heard %d, %+v", name, r.staff.heard(), r.fake.Messages())
		}
	}
}

// While Slack can't say who somebody is, what the payload says of itself is enough: a patient isn't
// kept waiting for a nurse. What Slack said of somebody within a day counts meanwhile.
func TestWhileSlackCantSayWhoItIs(t *testing.T) {
	for _, c := range []struct {
		name  string
		act   string
		fail  string // the method that fails
		guest bool   // Slack has said that they are one
		ago   time.Duration
		done  bool
	}{
		{name: "command", act: "command", fail: "users.info", done: true},
		{name: "reply", act: "reply", fail: "users.info", done: true},
		{name: "press", act: "press", fail: "users.info", done: true},
		{name: "installation unknown", act: "press", fail: "auth.test", done: true},
		{name: "app unknown", act: "press", fail: "bots.info", done: true},
		{name: "a guest an hour ago", act: "reply", fail: "users.info", guest: true, ago: time.Hour},
		{
			name: "a guest two days ago", act: "reply", fail: "users.info", guest: true,
			ago: 48 * time.Hour, done: true,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			now := time.Now()
			r := start(t, func(sc *slack.Config) { sc.Now = func() time.Time { return now } })
			r.staff.answer = ""
			same := func(map[string]any) {}
			if c.guest {
				r.fake.Be(ann, slacktest.Person{Restricted: true})
				acts["command"](t, r, same)
				r.Wait()
				now = now.Add(c.ago)
			}
			r.fake.Fail(1, slacktest.Fault{Method: c.fail, Status: http.StatusBadGateway})
			acts[c.act](t, r, same)
			r.Wait()
			if did := r.staff.heard() > 0; did != c.done {
				t.Errorf("done: %v", did)
			}
		})
	}
}

// Slack is asked once for each user in a while, not for each act; a guest is one ten minutes later
// at most.
func TestWhoIsAskedNowAndThen(t *testing.T) {
	now := time.Now()
	r := start(t, func(sc *slack.Config) { sc.Now = func() time.Time { return now } })
	r.staff.answer = ""
	act := func() {
		acts["command"](t, r, func(map[string]any) {})
		r.Wait()
	}
	for range 5 {
		act()
	}
	if n := len(r.fake.Calls("users.info")); n != 1 || r.staff.heard() != 5 {
		t.Errorf("asked %d times, heard %d", n, r.staff.heard())
	}
	r.fake.Be(ann, slacktest.Person{Restricted: true})
	now = now.Add(10 * time.Minute)
	act()
	if r.staff.heard() != 5 {
		t.Error("a guest is let in")
	}
}

// Over Socket Mode the same are let in.
func TestOverSocketModeGuestsArentLetIn(t *testing.T) {
	r := overSocket(t)
	r.fake.Be(ann, slacktest.Person{Restricted: true})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := r.fake.Command(ctx, slacktest.Desk, ann, "today"); err != nil {
		t.Fatal(err)
	}
	err := r.fake.Await(ctx, func(all []slacktest.Message) bool {
		return slices.ContainsFunc(all, func(m slacktest.Message) bool {
			return m.OnlyFor == ann && strings.Contains(m.Text, "full members")
		})
	})
	if err != nil || r.staff.heard() > 0 {
		t.Errorf("%v, staff heard %d", err, r.staff.heard())
	}
}
