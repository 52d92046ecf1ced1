package slack_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers/desk"

	"github.com/beacon-clinic/beacon/bot/slack"
	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
	"github.com/beacon-clinic/beacon/handlers"
)

func TestSignature(t *testing.T) {
	bodies := map[string][]byte{
		"/slack/command":     read(t, "command.txt"),
		"/slack/interaction": []byte(url.Values{"payload": {string(read(t, "block_actions.json"))}}.Encode()),
		"/slack/event":       read(t, "event/reply.json"),
	}
	sign := func(at time.Duration) func(*http.Request, []byte) {
		return func(r *http.Request, body []byte) { slacktest.SignAt(r, body, time.Now().Add(at)) }
	}
	tests := []struct {
		name   string
		change func(*http.Request, []byte)
		want   int
	}{
		{"signed", sign(0), 200},
		{"four minutes old", sign(-4 * time.Minute), 200},
		{"six minutes old", sign(-6 * time.Minute), 403},
		{"six minutes ahead", sign(6 * time.Minute), 403},
		{"unsigned", func(r *http.Request, _ []byte) { r.Header.Del("X-Slack-Signature") }, 403},
		{"without a time", func(r *http.Request, _ []byte) { r.Header.Del("X-Slack-Request-Timestamp") }, 403},
		{"of another body", func(r *http.Request, b []byte) { slacktest.Sign(r, append(bytes.Clone(b), '&')) }, 403},
		{"of another version", func(r *http.Request, _ []byte) {
			r.Header.Set("X-Slack-Signature", "v1"+strings.TrimPrefix(r.Header.Get("X-Slack-Signature"), "v0"))
		}, 403},
		{"with another time", func(r *http.Request, _ []byte) { r.Header.Set("X-Slack-Request-Timestamp", "1") }, 403},
	}
	for path, body := range bodies {
		for _, test := range tests {
			t.Run(path+" "+test.name, func(t *testing.T) {
				r := start(t)
				r.staff.answer = "" // nothing is said, so the payload's response URL isn't called
				status, _ := r.post(t, path, body, func(req *http.Request) { test.change(req, body) })
				r.Wait()
				r.staff.mu.Lock()
				defer r.staff.mu.Unlock()
				heard := len(r.staff.commands) + len(r.staff.presses) + len(r.staff.replies)
				if status != test.want || heard != map[int]int{200: 1, 403: 0}[test.want] {
					t.Errorf("status %d, staff heard %d, want %d", status, heard, test.want)
				}
			})
		}
	}
	t.Run("nothing is taken without a secret", func(t *testing.T) {
		r := start(t, func(c *slack.Config) { c.SigningSecret, c.AppToken = "", slacktest.AppToken })
		if status, _ := r.post(t, "/slack/event", read(t, "event/reply.json")); status != 403 {
			t.Errorf("status %d", status)
		}
	})
}

func TestMalformed(t *testing.T) {
	long := strings.Repeat("x", 1<<20+1)
	for _, test := range []struct{ path, body string }{
		{"/slack/command", "a=%zz"},
		{"/slack/command", "text=help"},
		{"/slack/command", long},
		{"/slack/interaction", ""},
		{"/slack/interaction", "payload=%7B"},
		{"/slack/interaction", "payload=%7B%7D"},
		{"/slack/interaction", "a=%zz"},
		{"/slack/event", "{"},
		{"/slack/event", `{"type":"event_callback","event":{"type":"message","channel":7}}`},
		{"/slack/event", long},
	} {
		r := start(t)
		if status, _ := r.post(t, test.path, []byte(test.body)); status != 400 {
			t.Errorf("%s %.40q: status %d", test.path, test.body, status)
		}
	}
}

func TestChallengeAndCertificateCheck(t *testing.T) {
	r := start(t)
	status, body := r.post(t, "/slack/event", []byte(`{"token":"x","challenge":"3eZbrw1aB","type":"url_verification"}`))
	if status != 200 || !strings.Contains(body, `"challenge":"3eZbrw1aB"`) {
		t.Errorf("challenge: %d %s", status, body)
	}
	if status, _ := r.post(t, "/slack/command", []byte("ssl_check=1&token=x")); status != 200 {
		t.Errorf("certificate check: %d", status)
	}
}

func TestEvents(t *testing.T) {
	const thread = "CDESK:1764599400.000100"
	reply := func(thread, text string) *handlers.ThreadReply {
		return &handlers.ThreadReply{ID: "slack:" + thread[:strings.Index(thread, ":")] + ":1764599460.000200", Thread: thread, User: ann, Text: text}
	}
	for name, want := range map[string]*handlers.ThreadReply{
		"reply":           reply(thread, "Please come at 9 & bring a friend"),
		"private_channel": reply("CURGENT:1764599400.000100", "on my way"),
		"broadcast":       reply(thread, "also to the channel"),
		"file":            reply(thread, "here is the map"),
		"file_only":       nil,
		"top_level":       nil,
		"other_channel":   nil,
		"own_bot":         nil,
		"edited":          nil,
		"deleted":         nil,
		"disabled":        nil,
	} {
		t.Run(name, func(t *testing.T) {
			r := start(t)
			status, _ := r.post(t, "/slack/event", read(t, "event/"+name+".json"))
			if status != 200 {
				t.Errorf("status %d", status)
			}
			var got *handlers.ThreadReply
			if len(r.staff.replies) == 1 {
				got = &r.staff.replies[0]
			}
			if want != nil && name == "reply" {
				want.Case = true // its parent is the bot's
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

func TestUnknownEventIsLeftAlone(t *testing.T) {
	r := start(t)
	if status, _ := r.post(t, "/slack/event", read(t, "event/unknown.json")); status != 200 || len(r.staff.replies) != 0 {
		t.Errorf("status %d, %d replies", status, len(r.staff.replies))
	}
}

func TestAttachmentIsSaidNotToBeSent(t *testing.T) {
	bothWays(t, func(t *testing.T, r room) {
		card := mustCard(t, r)
		channel, ts, _ := strings.Cut(card, ":")
		event := map[string]any{
			"type": "message", "subtype": "file_share", "channel": channel, "user": ann, "text": "the map", "ts": "9.1", "thread_ts": ts,
			"files": []any{map[string]any{"id": "F1"}},
		}
		if a, err := r.fake.Event(soon(t), event); err != nil || a.Status != 200 {
			t.Fatalf("%d %v", a.Status, err)
		}
		r.ephemeral(t, ann, "Only words go to the patient")
		if len(r.staff.replies) != 1 {
			t.Errorf("%d replies", len(r.staff.replies))
		}
	})
}

func TestPlainWords(t *testing.T) {
	for _, test := range []struct{ slack, want string }{
		{"5 &lt; 6 &amp;&amp; 7 &gt; 6", "5 < 6 && 7 > 6"},
		{"&amp;lt;", "&lt;"},
		{"&lt;@U123456&gt;", "<@U123456>"},
		{"ask <@U123456> please", "ask please"},
		{"ask <@U123456|ann>", "ask ann"},
		{"see <https://clinic.example/map|https://clinic.example/map>", "see https://clinic.example/map"},
		{"see <https://clinic.example/map>", "see https://clinic.example/map"},
		{"see <https://clinic.example/|clinic.example>", "see clinic.example"},
		{"see <https://clinic.example/map|our map>", "see our map (https://clinic.example/map)"},
		{"call <tel:+12125550100|+1 212 555 0100>", "call +1 212 555 0100"},
		{"<mailto:desk@clinic.example|desk@clinic.example>", "desk@clinic.example"},
		{"<!channel> hi", "hi"},
		{"<!date^1764599400^{time}|2:30 PM>", "2:30 PM"},
		{"in <#CDESK|desk>", "in #desk"},
		{" two\nlines  kept \n", "two\nlines  kept"},
	} {
		r := start(t)
		event := map[string]any{"type": "message", "channel": "CDESK", "user": ann, "text": test.slack, "ts": "2.1", "thread_ts": "1.1"}
		if _, err := r.fake.Event(soon(t), event); err != nil {
			t.Fatal(err)
		}
		if len(r.staff.replies) != 1 || r.staff.replies[0].Text != test.want {
			t.Errorf("%q: got %+v, want %q", test.slack, r.staff.replies, test.want)
		}
	}
}

func TestReplyIsTakenBeforeItIsAcknowledged(t *testing.T) {
	r := start(t)
	card := mustCard(t, r)
	r.staff.failing(errors.New("store is away"))
	id, a, err := r.fake.Reply(soon(t), card, ann, "a & b")
	if err != nil || a.Status != 500 {
		t.Fatalf("not durable, yet acknowledged: %d %v", a.Status, err)
	}
	r.staff.failing(nil)
	a, err = r.fake.Again(soon(t), a)
	if err != nil || a.Status != 200 {
		t.Fatalf("retry: %d %v", a.Status, err)
	}
	want := handlers.ThreadReply{ID: "slack:" + id, Thread: card, User: ann, Text: "a & b", Case: true}
	if !reflect.DeepEqual(r.staff.replies, []handlers.ThreadReply{want, want}) {
		t.Errorf("got %+v", r.staff.replies)
	}
	if strings.Contains(r.log.String(), "a & b") {
		t.Error("the words are in the log")
	}
}

func TestPress(t *testing.T) {
	bothWays(t, func(t *testing.T, r room) {
		card := mustCard(t, r)
		if a, err := r.fake.Press(soon(t), card, desk.ActionTake, ann); err != nil || a.Status != 200 {
			t.Fatalf("%d %v", a.Status, err)
		}
		p := r.staff.presses[0]
		if p.Thread != card || p.Action != "take" || p.User != ann || !strings.HasPrefix(p.ID, "press:"+card+":take:") {
			t.Errorf("got %+v", p)
		}
		r.staff.failing(errors.New("store is away"))
		if a, err := r.fake.Press(soon(t), card, desk.ActionDone, ann); err != nil || a.Status != 200 {
			t.Fatalf("%d %v", a.Status, err)
		}
		r.ephemeral(t, ann, "Please try again")
	})
}

func TestPressOfARealPayload(t *testing.T) {
	for _, test := range []struct {
		name, old, now string
		want           []handlers.Press
	}{
		{"at the desk", "", "", []handlers.Press{{ID: "press:CDESK:1764599400.000100:take:1764599460.123456", Thread: "CDESK:1764599400.000100", Action: "take", User: ann}}},
		{"elsewhere", "CDESK", "CLOBBY", nil},
		{"no press", "block_actions", "message_action", nil},
	} {
		r := start(t)
		payload := strings.ReplaceAll(string(read(t, "block_actions.json")), test.old, test.now)
		if test.old == "" {
			payload = string(read(t, "block_actions.json"))
		}
		status, _ := r.post(t, "/slack/interaction", []byte(url.Values{"payload": {payload}}.Encode()))
		if status != 200 || !reflect.DeepEqual(r.staff.presses, test.want) {
			t.Errorf("%s: %d, got %+v", test.name, status, r.staff.presses)
		}
	}
}

func TestCommand(t *testing.T) {
	bothWays(t, func(t *testing.T, r room) {
		r.staff.answer = "*Today*: 2 < 3 <!channel>"
		if a, err := r.fake.Command(soon(t), slacktest.Desk, ann, "ask does it hurt & how long"); err != nil || a.Status != 200 || len(a.Body) != 0 {
			t.Fatalf("%d %q %v", a.Status, a.Body, err)
		}
		r.ephemeral(t, ann, "*Today*: 2 &lt; 3 &lt;!channel&gt;")
		c := r.staff.commands[0]
		if c.Text != "ask does it hurt & how long" || c.User != ann || !c.FromDesk || !strings.HasPrefix(c.ID, "command:") {
			t.Errorf("got %+v", c)
		}
		if _, err := r.fake.Command(soon(t), slacktest.Lobby, ann, "help"); err != nil {
			t.Fatal(err)
		}
		r.Wait()
		if c := r.staff.commands[1]; c.FromDesk || c.ID == r.staff.commands[0].ID {
			t.Errorf("elsewhere: %+v", c)
		}
	})
}

func TestCommandIsAcknowledgedFirst(t *testing.T) {
	bothWays(t, func(t *testing.T, r room) {
		r.staff.hold = make(chan struct{})
		if a, err := r.fake.Command(soon(t), slacktest.Desk, ann, "today"); err != nil || a.Status != 200 {
			t.Fatalf("%d %v", a.Status, err)
		}
		if n := len(r.fake.Messages()); n != 0 {
			t.Errorf("%d messages before the work is done", n)
		}
		close(r.staff.hold)
		r.Wait()
		if n := len(r.fake.Messages()); n != 1 {
			t.Errorf("%d messages after Wait", n)
		}
	})
}

func TestCommandThatFails(t *testing.T) {
	r := start(t)
	r.staff.failing(errors.New("store is away"))
	if _, err := r.fake.Command(soon(t), slacktest.Desk, ann, "today"); err != nil {
		t.Fatal(err)
	}
	r.ephemeral(t, ann, "Please try again")
	r.fake.Fail(1, slacktest.Fault{Method: "response"})
	if _, err := r.fake.Command(soon(t), slacktest.Desk, ann, "today"); err != nil {
		t.Fatal(err)
	}
	r.Wait()
	if log := r.log.String(); !strings.Contains(log, "store is away") || !strings.Contains(log, "not delivered") || strings.Contains(log, "/response/") {
		t.Errorf("log: %s", log)
	}
}

func TestBookingModal(t *testing.T) {
	bothWays(t, func(t *testing.T, r room) {
		if a, err := r.fake.Command(soon(t), slacktest.Desk, ann, "Book"); err != nil || a.Status != 200 {
			t.Fatalf("%d %v", a.Status, err)
		}
		v, err := r.fake.AwaitView(soon(t), 1)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "modal_book.json", indent(t, v.JSON))

		fields := map[string]string{"phone": "  ", "name": " ", "type": "consult", "date": "2026-12-01", "time": "14:30", "lang": "es"}
		a, err := r.fake.Submit(soon(t), v, fields)
		if err != nil {
			t.Fatal(err)
		}
		var faults struct {
			Action string            `json:"response_action"`
			Errors map[string]string `json:"errors"`
		}
		if err := json.Unmarshal(a.Body, &faults); err != nil || faults.Action != "errors" || len(faults.Errors) != 2 ||
			faults.Errors["phone"] == "" || faults.Errors["name"] == "" {
			t.Errorf("faults: %s %v", a.Body, err)
		}
		fields["phone"], fields["name"] = "+1 (212) 555-0101", "Ann  O'Hara & Co"
		r.staff.answer = "Booked."
		if a, err = r.fake.Submit(soon(t), v, fields); err != nil || a.Status != 200 || len(a.Body) != 0 {
			t.Fatalf("%d %s %v", a.Status, a.Body, err)
		}
		r.ephemeral(t, ann, "Booked.")
		want := handlers.Command{ID: "view:" + v.ID, User: ann, FromDesk: true, Text: "book +12125550101 2026-12-01 14:30 consult es Ann O'Hara & Co"}
		if !reflect.DeepEqual(r.staff.commands, []handlers.Command{want}) {
			t.Errorf("got %+v", r.staff.commands)
		}
	})
}

func TestBookingWithoutModal(t *testing.T) {
	for _, test := range []struct {
		name, channel string
		types         []string
		fail          int
	}{
		{"from elsewhere", slacktest.Lobby, []string{"consult"}, 0},
		{"nothing to book", slacktest.Desk, nil, 0},
		{"the trigger has expired", slacktest.Desk, []string{"consult"}, 1},
	} {
		r := start(t, func(c *slack.Config) { c.VisitTypes = test.types })
		r.fake.Fail(test.fail, slacktest.Fault{Method: "views.open", Code: "expired_trigger_id"})
		if _, err := r.fake.Command(soon(t), test.channel, ann, "book"); err != nil {
			t.Fatal(err)
		}
		r.Wait()
		if len(r.fake.Views()) != 0 || len(r.staff.commands) != 1 || r.staff.commands[0].Text != "book" {
			t.Errorf("%s: %d modals, staff heard %+v", test.name, len(r.fake.Views()), r.staff.commands)
		}
	}
}
