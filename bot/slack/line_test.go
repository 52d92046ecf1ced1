package slack_test

import (
	"cmp"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/slack"
	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
)

// A line for an open case whose card somebody deleted appears in the channel: what a patient wrote,
// or a page, must not vanish with the card.
func TestLineOfADeletedCard(t *testing.T) {
	const head = "*CRISIS …0101*, whose card was deleted:\n"
	for _, test := range []struct {
		name string
		post handlers.Post
		want string
		text string // of the notification, if it isn't want
	}{
		{
			name: "the patient's words", post: handlers.Post{Text: "help <me>", Words: true},
			want: head + "*Patient:*\n> help &lt;me&gt;", text: head + "The patient wrote again.",
		},
		{
			name: "a page",
			post: handlers.Post{From: "bot", Text: "Nobody has this yet.", Ping: "channel"},
			want: head + "<!channel> *Beacon:* Nobody has this yet.",
		},
		{name: "a retry", post: handlers.Post{Text: "x", Tries: 1}, want: head + "x"},
		{
			name: "the longest", post: handlers.Post{Text: strings.Repeat("x", 4000)},
			want: head + strings.Repeat("x", 2799) + "…",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := start(t, showText)
			c := question(t)
			c.Kind, c.Channel = "crisis", handlers.UrgentChannel
			c.Thread = slacktest.Urgent + ":1764599400.000100"
			test.post.ID = "p1"
			if err := r.Note(t.Context(), c, test.post); err != nil {
				t.Fatal(err)
			}
			all := r.fake.Messages()
			if len(all) != 1 || all[0].Text != cmp.Or(test.text, test.want) || all[0].Words() != test.want ||
				all[0].Channel != slacktest.Urgent || all[0].ThreadTS != "" {
				t.Errorf("got %+v, want %q", all, test.want)
			}
			calls := r.fake.Calls("chat.postMessage")
			if form := calls[len(calls)-1].Form; form.Has("reply_broadcast") {
				t.Errorf("a broadcast outside a thread: %v", form)
			}
		})
	}
	t.Run("Slack refuses that too", func(t *testing.T) {
		r := start(t)
		c := question(t)
		c.Thread = slacktest.Desk + ":1764599400.000100"
		r.fake.Fail(1, slacktest.Fault{Method: "chat.postMessage", Code: "thread_not_found"})
		r.fake.Fail(1, slacktest.Fault{Method: "chat.postMessage", After: time.Second})
		err := r.Note(t.Context(), c, handlers.Post{ID: "p1", Text: "x"})
		if no, ok := errors.AsType[*handlers.Refusal](err); !ok || !no.Retry {
			t.Errorf("got %v, want a limit that is over later", err)
		}
	})
}

// A page replaces the one before it, so that the thread holds one that says how long it has been.
// What keeps the old line there doesn't bring the new one back.
func TestLineThatReplacesAnother(t *testing.T) {
	for _, test := range []struct {
		name  string
		clear string
		fault slacktest.Fault
		want  string
		log   string
	}{
		{name: "replaced", clear: "page-1", want: "ten"},
		{name: "nothing to replace", clear: "page-0", want: "five ten"},
		{
			name: "can't be looked for", clear: "page-1", want: "five ten", log: "level=WARN",
			fault: slacktest.Fault{Method: "conversations.replies", Code: "internal_error"},
		},
		{
			name: "can't be deleted", clear: "page-1", want: "five ten", log: "level=WARN",
			fault: slacktest.Fault{Method: "chat.delete", Code: "cant_delete_message"},
		},
		{
			name: "deleted meanwhile", clear: "page-1", want: "five ten",
			fault: slacktest.Fault{Method: "chat.delete", Code: "message_not_found"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := start(t)
			c := question(t)
			c.Thread = mustCard(t, r)
			first := handlers.Post{ID: "page-1", Text: "five"}
			if err := r.Note(t.Context(), c, first); err != nil {
				t.Fatal(err)
			}
			if test.fault.Method != "" {
				r.fake.Fail(1, test.fault)
			}
			next := handlers.Post{ID: "page-2", Text: "ten", Clear: test.clear}
			if err := r.Note(t.Context(), c, next); err != nil {
				t.Fatal(err)
			}
			var lines []string
			for _, m := range r.fake.Thread(c.Thread)[1:] {
				lines = append(lines, m.Text)
			}
			if got := strings.Join(lines, " "); got != test.want {
				t.Errorf("the thread reads %q, want %q", got, test.want)
			}
			if log := r.log.String(); !strings.Contains(log, test.log) ||
				test.log == "" && log != "" {
				t.Errorf("logged %q", log)
			}
		})
	}
}

// A ping is shown in the channel, where Slack notifies people of it; only the two that we know are
// written.
func TestPingOfALine(t *testing.T) {
	for _, test := range []struct{ ping, want, broadcast string }{
		{want: "*Beacon:* x"},
		{ping: "here", want: "<!here> *Beacon:* x", broadcast: "true"},
		{ping: "channel", want: "<!channel> *Beacon:* x", broadcast: "true"},
		{ping: "everyone", want: "*Beacon:* x"},
	} {
		r := start(t)
		c := question(t)
		c.Thread = mustCard(t, r)
		post := handlers.Post{ID: "p1", From: "bot", Text: "x", Ping: test.ping}
		if err := r.Note(t.Context(), c, post); err != nil {
			t.Fatal(err)
		}
		calls := r.fake.Calls("chat.postMessage")
		got := r.fake.Messages()[1]
		if broadcast := calls[1].Form.Get("reply_broadcast"); got.Text != test.want ||
			got.Words() != test.want || broadcast != test.broadcast {
			t.Errorf("%q: got %q, broadcast %q", test.ping, got.Text, broadcast)
		}
	}
}

func TestSay(t *testing.T) {
	for _, test := range []struct {
		channel, text, in, want string
		code                    string
		gone                    bool
	}{
		{
			channel: handlers.UrgentChannel, in: slacktest.Urgent,
			text: "Redis is away <!here>\nsince nine",
			want: "<!channel> Redis is away &lt;!here&gt; since nine",
		},
		{channel: handlers.DeskChannel, in: slacktest.Desk, text: "x", want: "<!channel> x"},
		{channel: "a channel of next year", in: slacktest.Desk, text: "x", want: "<!channel> x"},
		{channel: handlers.UrgentChannel, text: "x", code: "is_archived", gone: true},
		{channel: handlers.UrgentChannel, text: "x", code: "internal_error"},
	} {
		r := start(t)
		if test.code != "" {
			r.fake.Fail(1, slacktest.Fault{Code: test.code})
		}
		err := r.Say(t.Context(), test.channel, test.text)
		_, gone := errors.AsType[*desk.Unreachable](err)
		if slack.Word(err) != test.code || gone != test.gone {
			t.Errorf("%s: %v, want %q", test.channel, err, test.code)
		}
		all := r.fake.Messages()
		if test.code == "" && (len(all) != 1 || all[0].Channel != test.in ||
			all[0].Text != test.want) {
			t.Errorf("%s: got %+v, want %q in %s", test.channel, all, test.want, test.in)
		}
	}
}
