package slack_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/slack"
	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
)

// Somebody deleted the card of an open case. The next line for it, whatever that is, has the card
// posted anew at once with its buttons, and stands in its thread: what a patient wrote, or a page,
// must not vanish with the card.
func TestLineOfADeletedCard(t *testing.T) {
	for _, test := range []struct {
		name  string
		post  handlers.Post
		reply bool // staff wrote in the thread, and the post is of what became of it
		gone  bool // the case is over
		want  string
	}{
		{
			name: "the patient's words",
			post: handlers.Post{Do: desk.PostNote, From: "patient", Text: "help <me>", Words: true},
			want: "*Patient:*\n> help &lt;me&gt;",
		},
		{
			name: "a page",
			post: handlers.Post{
				Do: desk.PostNote, From: "bot", Text: "Nobody has this yet.", Ping: "channel",
			},
			want: "<!channel> *Beacon:* Nobody has this yet.",
		},
		{
			name: "a text that failed", reply: true, want: ":x: Not delivered: unknown number",
			post: handlers.Post{Do: desk.PostMark, State: handlers.Failed, Why: "unknown number"},
		},
		{
			name: "the case is over", post: handlers.Post{Do: desk.PostNote, Text: "x"}, gone: true,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := start(t, showText)
			clock := handlerstest.NewClock(t, "2026-12-01 10:00")
			store := handlerstest.NewStore(clock.Now)
			poster := &desk.Poster{
				Posts: store, Board: r, Now: clock.Now, Meter: handlerstest.Meter{},
				Log: handlerstest.Quiet(),
			}
			c := question(t)
			c.Kind, c.Channel, c.At = "crisis", handlers.UrgentChannel, clock.Now()
			c.Thread = mustCard(t, r)
			c.Open = !test.gone
			if test.reply {
				id, _, err := r.fake.Reply(soon(t), c.Thread, ann, "at nine")
				if err != nil {
					t.Fatal(err)
				}
				test.post.Mark = "slack:" + id
			}
			r.fake.Delete(c.Thread)
			test.post.ID, test.post.Case, test.post.Due = "p1", c.ID, clock.Now()
			store.Put(c.Phone, handlers.Effects{
				Cases: []handlers.Case{c}, Posts: []handlers.Post{test.post},
			})
			store.Thread(c.ID, c.Thread)
			for range 3 {
				if err := poster.Alarms(t.Context()); err != nil {
					t.Fatal(err)
				}
				clock.Add(2 * time.Second)
			}
			now, _, err := store.Case(t.Context(), c.ID)
			if err != nil {
				t.Fatal(err)
			}
			if test.gone {
				if now.Thread != c.Thread || len(r.fake.Messages()) > 0 {
					t.Errorf("a card of a case that is over: %+v", r.fake.Messages())
				}
				return
			}
			all := r.fake.Thread(now.Thread)
			if now.Thread == c.Thread || len(all) != 2 || all[0].Channel != slacktest.Urgent ||
				!slices.Contains(all[0].Buttons(), "take") || all[1].Words() != test.want {
				t.Errorf("its thread %q: %+v, want the card and %q", now.Thread, all, test.want)
			}
		})
	}
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
