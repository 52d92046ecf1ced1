package staff_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/staff"
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
	}); !errors.Is(err, staff.ErrNoCase) {
		t.Error(err)
	}
}
