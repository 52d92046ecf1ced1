package staff_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
)

func TestPress(t *testing.T) {
	for _, c := range []struct {
		action  string
		open    bool
		takenBy string
		person  bool
		note    string
	}{
		{
			action: desk.ActionTake, open: true, takenBy: "U2", person: true,
			note: "has this, 0 minutes after it came.",
		},
		{action: desk.ActionHandBack, note: "handed back to the bot."},
		{action: desk.ActionDone, takenBy: "U1", note: "closed this."},
		{action: "nonsense", open: true, takenBy: "U1", person: true},
	} {
		t.Run(c.action, func(t *testing.T) {
			o := newOffice(t)
			if err := o.Reply(t.Context(), handlers.ThreadReply{
				ID: "M1", Thread: "T-c", User: "U1", Text: "hello",
			}); err != nil {
				t.Fatal(err)
			}
			before := o.posts()
			for range 2 {
				if _, err := o.Press(t.Context(), handlers.Press{
					ID: "P1", Thread: "T-c", Action: c.action, User: "U2",
				}); err != nil {
					t.Fatal(err)
				}
			}
			k, _, _ := o.store.Case(t.Context(), "c")
			if k.Open != c.open || k.TakenBy != c.takenBy ||
				o.state(t).Conversation.Person(o.clock.Now()) != c.person {
				t.Errorf("%+v, person %v", k, o.state(t).Conversation)
			}
			want := ""
			if c.note != "" {
				want = "; card c; note c U2 " + c.note
			}
			if got := strings.TrimPrefix(o.posts(), before); got != want {
				t.Errorf("posts %q, want %q", got, want)
			}
		})
	}
}

func TestPressOnWhatIsClosed(t *testing.T) {
	o := newOffice(t)
	for i, action := range []string{desk.ActionDone, desk.ActionTake} {
		if _, err := o.Press(t.Context(), handlers.Press{
			ID: fmt.Sprint("P", i), Thread: "T-c", Action: action, User: "U1",
		}); err != nil {
			t.Fatal(err)
		}
	}
	if k, _, _ := o.store.Case(t.Context(), "c"); k.Open || k.TakenBy != "" ||
		o.state(t).Conversation.Person(o.clock.Now()) {
		t.Errorf("%+v: a closed case was taken", k)
	}
	// A card is posted a moment before its thread is written down: the press must come again, not
	// be lost.
	if _, err := o.Press(t.Context(), handlers.Press{
		ID: "P9", Thread: "elsewhere", Action: desk.ActionTake,
	}); !errors.Is(err, act.ErrNoCase) {
		t.Error(err)
	}
}

// Whoever does a task doesn't talk with the patient by that, unless they wrote to them in its
// thread; and a conversation that a person has in one card isn't over with another.
func TestWhoHasTheConversation(t *testing.T) {
	const task, talk = "T-task", "T-c"
	type step struct{ thread, action string } // the action "write" is a reply
	for _, c := range []struct {
		name  string
		steps []step
		by    string // who has the conversation then, "" the bot
	}{
		{name: "a task is taken", steps: []step{{task, desk.ActionTake}}},
		{name: "a conversation is taken", steps: []step{{talk, desk.ActionTake}}, by: "U1"},
		{
			name:  "a task is done meanwhile",
			steps: []step{{talk, desk.ActionTake}, {task, desk.ActionTake}, {task, desk.ActionDone}},
			by:    "U1",
		},
		{name: "written in a task's thread", steps: []step{{task, "write"}}, by: "U1"},
		{name: "and it is done", steps: []step{{task, "write"}, {task, desk.ActionDone}}},
		{
			name: "and it is done, while the conversation is somebody's",
			steps: []step{
				{talk, desk.ActionTake}, {task, "write"}, {task, desk.ActionDone},
			},
			by: "U1",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t)
			o.store.Put(o.patient, handlers.Effects{Cases: []handlers.Case{{
				ID: "task", Channel: handlers.DeskChannel, Phone: o.patient, Kind: "ride", Open: true,
				Matter: handlers.Matter(handlers.MatterRide, "v"), At: o.clock.Now(),
			}}})
			o.store.Thread("task", task)
			for i, s := range c.steps {
				var err error
				if s.action == "write" {
					err = o.Reply(t.Context(), handlers.ThreadReply{
						ID: fmt.Sprint("M", i), Thread: s.thread, User: "U1", Text: "hello",
					})
				} else {
					_, err = o.Press(t.Context(), handlers.Press{
						ID: fmt.Sprint("P", i), Thread: s.thread, Action: s.action, User: "U1",
					})
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			if got := o.state(t).Conversation; got.By != c.by ||
				got.Person(o.clock.Now()) != (c.by != "") {
				t.Errorf("the conversation is %q's, want %q", got.By, c.by)
			}
		})
	}
}
