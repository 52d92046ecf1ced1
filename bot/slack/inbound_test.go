package slack_test

import (
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
)

func TestEvents(t *testing.T) {
	const thread = "CDESK:1764599400.000100"
	reply := func(thread, text string) *handlers.ThreadReply {
		return &handlers.ThreadReply{
			ID:     "slack:" + thread[:strings.Index(thread, ":")] + ":1764599460.000200",
			Thread: thread, User: ann, Text: text,
		}
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
	if status, _ := r.post(t, "/slack/event", read(t, "event/unknown.json")); status != 200 ||
		len(r.staff.replies) != 0 {
		t.Errorf("status %d, %d replies", status, len(r.staff.replies))
	}
}

func TestAttachmentIsSaidNotToBeSent(t *testing.T) {
	bothWays(t, func(t *testing.T, r room) {
		card := mustCard(t, r)
		channel, ts, _ := strings.Cut(card, ":")
		event := map[string]any{
			"type": "message", "subtype": "file_share", "channel": channel, "user": ann,
			"text": "the map", "ts": "9.1", "thread_ts": ts,
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

func TestReplyIsTakenBeforeItIsAcknowledged(t *testing.T) {
	r := start(t)
	card := mustCard(t, r)
	r.staff.failing(fmt.Errorf("reply: %w", handlers.ErrAway))
	id, a, err := r.fake.Reply(soon(t), card, ann, "a & b")
	if err != nil || a.Status != 500 {
		t.Fatalf("not durable, yet acknowledged: %d %v", a.Status, err)
	}
	r.ephemeral(t, ann, "isn't sent to the patient yet")
	r.staff.failing(nil)
	a, err = r.fake.Again(soon(t), a)
	if err != nil || a.Status != 200 {
		t.Fatalf("retry: %d %v", a.Status, err)
	}
	want := handlers.ThreadReply{
		ID: "slack:" + id, Thread: card, User: ann, Text: "a & b", Case: true,
	}
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
		if a, err := r.fake.Press(soon(t), card, desk.ActionTake, ann); err != nil ||
			a.Status != 200 {
			t.Fatalf("%d %v", a.Status, err)
		}
		p := r.staff.presses[0]
		if p.Thread != card || p.Action != "take" || p.User != ann ||
			!strings.HasPrefix(p.ID, "press:"+card+":take:") {
			t.Errorf("got %+v", p)
		}
		r.staff.failing(errors.New("store is away"))
		if a, err := r.fake.Press(soon(t), card, desk.ActionDone, ann); err != nil ||
			a.Status != 200 {
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
		{
			name: "at the desk",
			want: []handlers.Press{
				{
					ID:     "press:CDESK:1764599400.000100:take:1764599460.123456",
					Thread: "CDESK:1764599400.000100", Action: "take", User: ann,
					FromDesk: true,
				},
			},
		},
		{name: "elsewhere", old: "CDESK", now: "CLOBBY"},
		{name: "no press", old: "block_actions", now: "message_action"},
	} {
		r := start(t)
		payload := strings.ReplaceAll(string(read(t, "block_actions.json")), test.old, test.now)
		if test.old == "" {
			payload = string(read(t, "block_actions.json"))
		}
		status, _ := r.post(
			t, "/slack/interaction", []byte(url.Values{"payload": {payload}}.Encode()),
		)
		if status != 200 || !reflect.DeepEqual(r.staff.presses, test.want) {
			t.Errorf("%s: %d, got %+v", test.name, status, r.staff.presses)
		}
	}
}
