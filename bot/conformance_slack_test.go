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

	"github.com/beacon-clinic/beacon/bot/slack"
	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/desk"
)

// TestSlackHears: Slack's own framework, where the bot usually is, lets in and understands what our
// fake's staff do.
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
		{name: "a command", do: func() (slacktest.Answer, error) {
			return f.Command(t.Context(), slacktest.Desk, "U1", "why 0101 & más 👍")
		}, want: "command U1 CDESK why 0101 &amp; más 👍"},
		{name: "a reply", do: func() (slacktest.Answer, error) {
			_, a, err := f.Reply(t.Context(), card, "U1", "We open at 8 & <you> can come. ¿Sí?")
			return a, err
		}, want: "message U1 " + card + " We open at 8 &amp; &lt;you&gt; can come. ¿Sí?"},
		{name: "a press", do: func() (slacktest.Answer, error) {
			return f.Press(t.Context(), card, desk.ActionTake, "U1")
		}, want: "press U1 " + card + " " + desk.ActionTake},
		{name: "a modal", do: func() (slacktest.Answer, error) {
			return f.Submit(t.Context(), slacktest.View{
				ID: "V1", User: "U1", JSON: []byte(golden("modal_book.json")),
			}, map[string]string{
				"phone": "+12125550101", "name": "Ana", "type": "consult", "date": "2026-12-01",
				"time": "14:30", "lang": "es",
			})
		}, want: "submit U1 +12125550101 consult 2026-12-01 14:30"},
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
		"token": {slacktest.BotToken}, "channel": {slacktest.Desk}, "text": {"card"},
		"blocks": {blocks},
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

func (nobody) Command(context.Context, handlers.Command) (out answer.Answer, err error) { return }
func (nobody) Reply(context.Context, handlers.ThreadReply) error                        { return nil }
func (nobody) Press(context.Context, handlers.Press) (out answer.Answer, err error)     { return }

func (nobody) Submit(
	context.Context, handlers.Submission,
) (out answer.Answer, faults map[string]string, err error) {
	return
}

// TestSlackVerifies: Slack's own verifier and ours let in the same requests.
func TestSlackVerifies(t *testing.T) {
	t.Parallel()
	_, bolt := listen(t, "slack.mjs", slacktest.SigningSecret)
	s, err := slack.New(slack.Config{
		BotToken: slacktest.BotToken, SigningSecret: slacktest.SigningSecret,
		DeskChannel: slacktest.Desk, UrgentChannel: slacktest.Urgent, Staff: nobody{},
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
		{name: "signed", body: "x", sign: slacktest.Sign, in: true},
		{name: "unicode", body: "¿Sí? 👍🏽 \u2028", sign: slacktest.Sign, in: true},
		{name: "four minutes old", body: "x", sign: ago(4 * time.Minute), in: true},
		{name: "six minutes old", body: "x", sign: ago(6 * time.Minute)},
		{name: "a year old", body: "x", sign: ago(365 * 24 * time.Hour)},
		{name: "unsigned", body: "x", sign: func(*http.Request, []byte) {}},
		{
			name: "another body", body: "x",
			sign: func(r *http.Request, b []byte) {
				slacktest.Sign(
					r, append(bytes.Clone(b), ' '),
				)
			},
		},
		{name: "another time", body: "x", sign: spoil("X-Slack-Request-Timestamp", "1")},
		{name: "no time", body: "x", sign: spoil("X-Slack-Request-Timestamp", "")},
		{name: "a time that is none", body: "x", sign: spoil("X-Slack-Request-Timestamp", "soon")},
		{name: "an empty signature", body: "x", sign: spoil("X-Slack-Signature", "")},
		{
			name: "another version", body: "x",
			sign: spoil(
				"X-Slack-Signature",
				"v1=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
			),
		},
		{
			name: "another signature", body: "x",
			sign: spoil(
				"X-Slack-Signature",
				"v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
			),
		},
	} {
		body := []byte(`{"type":"url_verification","challenge":"` + test.body + `"}`)
		for who, at := range map[string]string{
			"bolt": bolt + "/slack/event", "the bot": own.URL + "/slack/event",
		} {
			r, err := http.NewRequestWithContext(
				t.Context(), http.MethodPost, at, bytes.NewReader(body),
			)
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

// TestSlackTypes: what the bot posts and opens is of the types that Slack publishes, and the
// compiler that says so is awake.
func TestSlackTypes(t *testing.T) {
	t.Parallel()
	type question struct {
		Name string `json:"name"`
		Kind string `json:"kind"`
		JSON string `json:"json"`
	}
	var questions []question
	found := map[string]int{}
	for prefix, kind := range map[string]string{
		"card": "message", "note": "message", "modal": "modal", "manifest": "manifest",
	} {
		files, err := filepath.Glob(filepath.Join("slack", "testdata", "golden", prefix+"_*.json"))
		if err != nil || len(files) == 0 {
			t.Errorf("no %s to judge: %v", prefix, err)
		}
		for _, file := range files {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			questions = append(questions, question{
				Name: filepath.Base(file), Kind: kind, JSON: string(b),
			})
			found[prefix]++
		}
	}
	const text = `{"type":"mrkdwn","text":"x"}`
	faulty := []question{
		{
			Name: "a field that sections don't have", Kind: "message",
			JSON: `{"text":"x","blocks":[{"type":"section","text":` + text + `,"colour":"red"}]}`,
		},
		{
			Name: "a block that there isn't", Kind: "message",
			JSON: `{"text":"x","blocks":[{"type":"paragraph","text":` + text + `}]}`,
		},
		{
			Name: "a header in markdown", Kind: "message",
			JSON: `{"text":"x","blocks":[{"type":"header","text":` + text + `}]}`,
		},
		{
			Name: "a button's style", Kind: "message",
			JSON: `{"text":"x","blocks":[{"type":"actions","elements":[{"type":"button",` +
				`"text":{"type":"plain_text","text":"x"},"style":"green"}]}]}`,
		},
		{Name: "a modal without a title", Kind: "modal", JSON: `{"type":"modal","blocks":[]}`},
		{Name: "a manifest without a name", Kind: "manifest", JSON: `{"display_information":{}}`},
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
