package staff_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
)

func TestReplyGoesToThePatient(t *testing.T) {
	o := newOffice(t)
	r := handlers.ThreadReply{ID: "M1", Thread: "T-c", User: "U1", Text: "Come at ten."}
	for range 2 { // Slack tells it again
		if err := o.Reply(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	rows := o.store.Texts()
	if len(rows) != 1 || rows[0].Body != "Come at ten." || rows[0].To != o.patient ||
		rows[0].Mark != "M1" || rows[0].Case != "c" || rows[0].Unasked ||
		rows[0].Due.After(o.clock.Now()) {
		t.Fatalf("%+v", rows)
	}
	s := o.state(t)
	if !s.Conversation.Person(o.clock.Now()) ||
		s.Conversation.Person(o.clock.Now().Add(4*time.Hour)) || s.Conversation.By != "U1" {
		t.Errorf("%+v: want a person for four hours", s.Conversation)
	}
	if s.Cases[0].TakenBy != "U1" || o.posts() != "card c" {
		t.Errorf("taken by %q; %s", s.Cases[0].TakenBy, o.posts())
	}
	// A second word of the same person: no new card.
	if err := o.Reply(t.Context(), handlers.ThreadReply{
		ID: "M2", Thread: "T-c", User: "U1", Text: "Bring ID.",
	}); err != nil || o.posts() != "card c" {
		t.Errorf("%v; %s", err, o.posts())
	}
}

func TestReplyThatGoesNowhere(t *testing.T) {
	o := newOffice(t)
	if err := o.Reply(t.Context(), handlers.ThreadReply{
		ID: "M1", Thread: "elsewhere", User: "U1", Text: "lunch?",
	}); err != nil || len(o.store.Texts()) != 0 {
		t.Errorf("staff among themselves: %v %+v", err, o.store.Texts())
	}
	o.optOut()
	if err := o.Reply(t.Context(), handlers.ThreadReply{
		ID: "M2", Thread: "T-c", User: "U1", Text: "hello",
	}); err != nil {
		t.Fatal(err)
	}
	if len(o.store.Texts()) != 0 ||
		!strings.HasPrefix(o.posts(), "mark M2 refused Not sent: this number has opted out") {
		t.Errorf("to who opted out: %+v; %s", o.store.Texts(), o.posts())
	}
	if o.state(t).Conversation.Person(o.clock.Now()) {
		t.Error("a person talks, though nothing could be said")
	}
	o.store.Fail(errors.New("away"))
	if err := o.Reply(t.Context(), handlers.ThreadReply{
		ID: "M3", Thread: "T-c", User: "U1", Text: "hello",
	}); err == nil {
		t.Error("taken, though nothing could be stored")
	}
}

// What is written under a card whose case isn't stored yet must come again; what is written under
// one that is about no number is refused, and says so.
func TestReplyUnderACardThatReachesNobody(t *testing.T) {
	o := newOffice(t)
	r := handlers.ThreadReply{ID: "M1", Thread: "T-new", User: "U1", Text: "hello", Case: true}
	if err := o.Reply(t.Context(), r); !errors.Is(err, act.ErrNoCase) {
		t.Errorf("%v, want %v", err, act.ErrNoCase)
	}
	o.store.Put(handlers.Phone{}, handlers.Effects{Cases: []handlers.Case{{
		ID: "m", Channel: handlers.DeskChannel, Kind: "handoff", Sender: "Messenger 77", Open: true,
	}}})
	o.store.Thread("m", "T-new")
	for range 2 { // Slack tells of it again
		if err := o.Reply(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	const want = "mark M1 refused Not sent: this thread reaches nobody's phone."
	if got := o.posts(); got != want || len(o.store.Texts()) > 0 {
		t.Errorf("%q, want %q; texts %+v", got, want, o.store.Texts())
	}
}
