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
// fake's staff do, over HTTP and over Socket Mode.
func TestSlackHears(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"http", "socket"} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			f := slacktest.New()
			t.Cleanup(f.Close)
			if way == "http" {
				bolt, at := listen(t, "slack.mjs", slacktest.SigningSecret)
				f.Point(at)
				hears(t, f, bolt)
				return
			}
			bolt, _ := listen(t, "slack.mjs", slacktest.AppToken, f.URL())
			hears(t, f, bolt)
		})
	}
}

// hears does all that staff can do.
func hears(t *testing.T, f *slacktest.Slack, bolt *judge) {
	golden := func(name string) string {
		b, err := os.ReadFile(filepath.Join("slack", "testdata", "golden", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	card := post(t, f, golden("card_question.json"))
	book := slacktest.View{ID: "V1", User: "U1", JSON: []byte(golden("modal_book.json"))}
	notes := strings.Replace(golden("modal_book.json"), "{", `{"notify_on_close":true,`, 1)
	home := publish(t, f)
	ctx, written := t.Context(), ""
	heard := regexp.MustCompile(`^\{"heard":"(.*)"\}$`)
	for _, test := range []struct {
		name string
		do   func() (slacktest.Answer, error)
		want string
	}{
		{name: "a command", do: func() (slacktest.Answer, error) {
			return f.Command(ctx, slacktest.Desk, "U1", "why 0101 & más 👍")
		}, want: "command U1 CDESK why 0101 &amp; más 👍"},
		{name: "a reply", do: func() (a slacktest.Answer, err error) {
			written, a, err = f.Reply(ctx, card, "U1", "We open at 8 & <you> can come. ¿Sí?")
			return a, err
		}, want: "message U1 " + card + " We open at 8 &amp; &lt;you&gt; can come. ¿Sí?"},
		{name: "an edit", do: func() (slacktest.Answer, error) {
			return f.Edit(ctx, written, "We open at 9.")
		}, want: "changed U1 We open at 8 &amp; &lt;you&gt; can come. ¿Sí? → We open at 9."},
		{name: "a press", do: func() (slacktest.Answer, error) {
			return f.Press(ctx, card, desk.ActionTake, "U1")
		}, want: "press U1 " + card + " " + desk.ActionTake},
		{name: "a press on Home", do: func() (slacktest.Answer, error) {
			return f.PressIn(ctx, home, func(e slacktest.Element) bool { return true }, "")
		}, want: "press U1 home do off {}"},
		{name: "Home", do: func() (slacktest.Answer, error) { return f.OpenHome(ctx, "U1") }, want: "home U1 home"},
		{name: "a shortcut", do: func() (slacktest.Answer, error) {
			return f.Shortcut(ctx, "book", "U1")
		}, want: "shortcut U1 book "},
		{name: "a message's shortcut", do: func() (slacktest.Answer, error) {
			return f.ShortcutOn(ctx, written, "teach", "U1")
		}, want: "message_action U1 teach We open at 9."},
		{name: "a modal", do: func() (slacktest.Answer, error) {
			return f.Submit(ctx, book, map[string]string{
				"phone": "+12125550101", "name": "Ana", "type": "consult", "date": "2026-12-01",
				"time": "14:30",
			})
		}, want: "submit U1 form 2026-12-01 Ana +12125550101 14:30 consult"},
		{name: "a modal that is closed", do: func() (slacktest.Answer, error) {
			return f.CloseView(ctx, slacktest.View{ID: "V2", User: "U1", JSON: []byte(notes)})
		}, want: "closed U1 form"},
		{name: "a deletion", do: func() (slacktest.Answer, error) {
			return f.Erase(ctx, written)
		}, want: "deleted U1 "},
	} {
		a, err := test.do()
		if err != nil || a.Status != http.StatusOK {
			t.Errorf("%s: status %d, %v", test.name, a.Status, err)
			continue
		}
		// A deletion ends with the message's timestamp, a press with the button's value.
		if got := bolt.await(heard); !strings.HasPrefix(got, test.want) {
			t.Errorf("%s: heard %q, want %q", test.name, got, test.want)
		}
	}
}

// publish gives somebody a Home with a button, and returns its id.
func publish(t *testing.T, f *slacktest.Slack) string {
	t.Helper()
	resp, err := http.PostForm(f.URL()+"views.publish", url.Values{
		"token": {slacktest.BotToken}, "user_id": {"U1"},
		"view": {`{"type":"home","blocks":[{"type":"actions","elements":[{"type":"button",` +
			`"action_id":"do","value":"off {}","text":{"type":"plain_text","text":"Off"}}]}]}`},
	})
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close() // Home says whether it was taken
	v, ok := f.Home("U1")
	if !ok {
		t.Fatal("no Home")
	}
	return v.ID
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

func (nobody) Revise(context.Context, handlers.Revision) error                      { return nil }
func (nobody) Press(context.Context, handlers.Press) (out answer.Answer, err error) { return }

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
		"card": "message", "note": "message", "answer": "message", "modal": "modal",
		"home": "home", "manifest": "manifest",
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
