package main_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers/desk"

	"github.com/beacon-clinic/beacon/bot/slack"
	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
	"github.com/beacon-clinic/beacon/handlers"
)

// TestSlackHears: Slack's own framework, where the bot usually is, lets in and understands what our fake's staff do.
func TestSlackHears(t *testing.T) {
	t.Parallel()
	bolt, at := listen(t, "slack.mjs", slacktest.SigningSecret)
	f := slacktest.New()
	t.Cleanup(f.Close)
	f.Point(at)
	golden := func(name string) string {
		b, err := os.ReadFile(filepath.Join("slack", "testdata", "golden", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	card := post(t, f, golden("card_question.json"))
	heard := regexp.MustCompile(`^\{"heard":"(.*)"\}$`)
	for _, test := range []struct {
		name string
		do   func() (slacktest.Answer, error)
		want string
	}{
		{"a command", func() (slacktest.Answer, error) {
			return f.Command(t.Context(), slacktest.Desk, "U1", "why 0101 & más 👍")
		}, "command U1 CDESK why 0101 &amp; más 👍"},
		{"a reply", func() (slacktest.Answer, error) {
			_, a, err := f.Reply(t.Context(), card, "U1", "We open at 8 & <you> can come. ¿Sí?")
			return a, err
		}, "message U1 " + card + " We open at 8 &amp; &lt;you&gt; can come. ¿Sí?"},
		{"a press", func() (slacktest.Answer, error) {
			return f.Press(t.Context(), card, desk.ActionTake, "U1")
		}, "press U1 " + card + " " + desk.ActionTake},
		{"a modal", func() (slacktest.Answer, error) {
			return f.Submit(t.Context(), slacktest.View{ID: "V1", User: "U1", JSON: []byte(golden("modal_book.json"))}, map[string]string{
				"phone": "+12125550101", "name": "Ana", "type": "consult", "date": "2026-12-01", "time": "14:30", "lang": "es",
			})
		}, "submit U1 +12125550101 consult 2026-12-01 14:30"},
	} {
		a, err := test.do()
		if err != nil || a.Status != http.StatusOK {
			t.Errorf("%s: status %d, %v", test.name, a.Status, err)
			continue
		}
		if got := bolt.await(heard); got != test.want {
			t.Errorf("%s: heard %q, want %q", test.name, got, test.want)
		}
	}
}

// post puts a card into the fake and returns its thread.
func post(t *testing.T, f *slacktest.Slack, message string) string {
	t.Helper()
	from, to := strings.Index(message, `"blocks": `), strings.Index(message, `"metadata": `)
	blocks := strings.TrimRight(message[from+len(`"blocks": `):to], ", \n")
	resp, err := http.PostForm(f.URL()+"chat.postMessage", url.Values{
		"token": {slacktest.BotToken}, "channel": {slacktest.Desk}, "text": {"card"}, "blocks": {blocks},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }() // only read
	all := f.Messages()
	if len(all) != 1 {
		b, err := io.ReadAll(resp.Body)
		t.Fatalf("no card: %s, %v", b, err)
	}
	return all[0].ID()
}

// nobody is Staff to whom nothing comes.
type nobody struct{}

func (nobody) Command(context.Context, handlers.Command) (string, error) { return "", nil }
func (nobody) Reply(context.Context, handlers.ThreadReply) error         { return nil }
func (nobody) Press(context.Context, handlers.Press) error               { return nil }

// TestSlackVerifies: Slack's own verifier and ours let in the same requests.
func TestSlackVerifies(t *testing.T) {
	t.Parallel()
	_, bolt := listen(t, "slack.mjs", slacktest.SigningSecret)
	s, err := slack.New(slack.Config{
		BotToken: slacktest.BotToken, SigningSecret: slacktest.SigningSecret, DeskChannel: slacktest.Desk, UrgentChannel: slacktest.Urgent, Staff: nobody{},
	})
	if err != nil {
		t.Fatal(err)
	}
	own := httptest.NewServer(http.HandlerFunc(s.Event))
	t.Cleanup(own.Close)
	ago := func(d time.Duration) func(*http.Request, []byte) {
		return func(r *http.Request, body []byte) { slacktest.SignAt(r, body, time.Now().Add(-d)) }
	}
	spoil := func(header, value string) func(*http.Request, []byte) {
		return func(r *http.Request, body []byte) {
			slacktest.Sign(r, body)
			r.Header.Set(header, value)
		}
	}
	for _, test := range []struct {
		name string
		body string
		sign func(r *http.Request, body []byte)
		in   bool
	}{
		{"signed", "x", slacktest.Sign, true},
		{"unicode", "¿Sí? 👍🏽 \u2028", slacktest.Sign, true},
		{"four minutes old", "x", ago(4 * time.Minute), true},
		{"six minutes old", "x", ago(6 * time.Minute), false},
		{"a year old", "x", ago(365 * 24 * time.Hour), false},
		{"unsigned", "x", func(*http.Request, []byte) {}, false},
		{"another body", "x", func(r *http.Request, b []byte) { slacktest.Sign(r, append(bytes.Clone(b), ' ')) }, false},
		{"another time", "x", spoil("X-Slack-Request-Timestamp", "1"), false},
		{"no time", "x", spoil("X-Slack-Request-Timestamp", ""), false},
		{"a time that is none", "x", spoil("X-Slack-Request-Timestamp", "soon"), false},
		{"an empty signature", "x", spoil("X-Slack-Signature", ""), false},
		{"another version", "x", spoil("X-Slack-Signature", "v1=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"), false},
		{"another signature", "x", spoil("X-Slack-Signature", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"), false},
	} {
		body := []byte(`{"type":"url_verification","challenge":"` + test.body + `"}`)
		for who, at := range map[string]string{"bolt": bolt + "/slack/event", "the bot": own.URL + "/slack/event"} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, at, bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/json")
			test.sign(r, body)
			resp, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close() // unread: the status says it
			if in := resp.StatusCode == http.StatusOK; in != test.in {
				t.Errorf("%s: %s answers %d", test.name, who, resp.StatusCode)
			}
		}
	}
}

// TestSlackTypes: what the bot posts and opens is of the types that Slack publishes, and the compiler that says so is awake.
func TestSlackTypes(t *testing.T) {
	t.Parallel()
	type question struct {
		Name string `json:"name"`
		Kind string `json:"kind"`
		JSON string `json:"json"`
	}
	var questions []question
	found := map[string]int{}
	for prefix, kind := range map[string]string{"card": "message", "note": "message", "modal": "modal", "manifest": "manifest"} {
		files, err := filepath.Glob(filepath.Join("slack", "testdata", "golden", prefix+"_*.json"))
		if err != nil || len(files) == 0 {
			t.Errorf("no %s to judge: %v", prefix, err)
		}
		for _, file := range files {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			questions = append(questions, question{filepath.Base(file), kind, string(b)})
			found[prefix]++
		}
	}
	const text = `{"type":"mrkdwn","text":"x"}`
	faulty := []question{
		{"a field that sections don't have", "message", `{"text":"x","blocks":[{"type":"section","text":` + text + `,"colour":"red"}]}`},
		{"a block that there isn't", "message", `{"text":"x","blocks":[{"type":"paragraph","text":` + text + `}]}`},
		{"a header in markdown", "message", `{"text":"x","blocks":[{"type":"header","text":` + text + `}]}`},
		{"a button's style", "message", `{"text":"x","blocks":[{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"x"},"style":"green"}]}]}`},
		{"a modal without a title", "modal", `{"type":"modal","blocks":[]}`},
		{"a manifest without a name", "manifest", `{"display_information":{}}`},
	}
	faults := map[string][]string{}
	ask(t, "blocks.mjs", append(questions, faulty...), &faults)
	for _, q := range faulty {
		if len(faults[q.Name]) == 0 {
			t.Errorf("%s: the compiler finds no fault", q.Name)
		}
	}
	for _, q := range questions {
		for _, fault := range faults[q.Name] {
			t.Errorf("%s: %s", q.Name, fault)
		}
	}
	t.Log(found)
}
