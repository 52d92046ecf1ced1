package patient_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// Entries that fit about equally well are offered by number, in the order in which they stand in
// the reply; the number has the answer, and a third question in a row without one a person.
func TestChoicesBetweenEntries(t *testing.T) {
	f := newFrontOf(t, openHours, shipped)
	r := f.text(t, "cost insurance")
	offered := r.Entries
	if r.Kind != kinds.Choices || len(offered) != 2 || len(r.Bodies) != 1 {
		t.Fatalf("%+v", r)
	}
	for i, id := range offered {
		has(t, "the reply", r.Bodies[0], string(rune('1'+i))+" "+f.Base.Entry(id).Called["en"])
	}
	f.clock.Add(time.Minute)
	if r := f.text(t, "2"); r.Kind != kinds.Answer || !slices.Equal(r.Entries, offered[1:]) {
		t.Errorf("the second: %+v, want %q", r, offered[1])
	}
	for i, want := range []string{kinds.Choices, kinds.Choices, kinds.Handoff} {
		f.clock.Add(2 * time.Hour) // what was offered before is closed, and can't be meant
		if r := f.text(t, "cost insurance"); r.Kind != want {
			t.Errorf("question %d: %+v, want %s", i+1, r, want)
		}
	}
	f.clock.Add(time.Minute)
	if r := f.text(t, "2"); r.Kind == kinds.Answer {
		t.Errorf("a number after a person has it: %+v", r)
	}
}

// Who asks how to move or give up a visit is told that a person helps. The desk hears of it, and
// the visit stands.
func TestAQuestionAboutChangingAVisit(t *testing.T) {
	for _, c := range []struct {
		name  string
		entry string
		visit bool
		told  string
		wish  bool
	}{
		{
			name: "how to move it", entry: "reschedule", visit: true, wish: true,
			told: "desk reschedule Asks for another time instead of Wed Dec 2 at 10:00 AM. " +
				"The visit stands until you move it.",
		},
		{
			name: "how to give it up", entry: "cancel_visit", visit: true,
			told: "desk handoff Asks about giving up Wed Dec 2 at 10:00 AM; " +
				"was told that a person helps. The visit stands.",
		},
		{
			name: "without a visit", entry: "cancel_visit",
			told: "desk handoff Asks about giving up a visit; was told that a person helps. " +
				"The visit stands.",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFrontOf(t, openHours, shipped)
			if c.visit {
				f.visits(24)
			}
			f.offer(c.entry)
			if r := f.text(t, "1"); r.Kind != kinds.Answer || len(r.Bodies) != 1 {
				t.Errorf("%+v", r)
			}
			if got := f.told(); got != c.told {
				t.Errorf("the desk is told %q, want %q", got, c.told)
			}
			if cases := f.state(t).Cases; len(cases) != 1 || cases[0].Wish != c.wish {
				t.Errorf("cases %+v", cases)
			}
			if got := f.states(t); got != "" && got != handlers.Booked {
				t.Errorf("the visit is %s", got)
			}
		})
	}
}

// Whether they opt out was asked back; the number settles it.
func TestTheAnswerWhetherTheyOptOut(t *testing.T) {
	for _, c := range []struct {
		text string
		says string
		out  bool
	}{
		{text: "1", says: "You won't get any more texts from Beacon Clinic.", out: true},
		{text: "2", says: "All right, you'll keep getting our texts."},
	} {
		f := newFront(t, openHours)
		f.offer(kinds.OptOut, "keep_texts")
		r := f.text(t, c.text)
		if len(r.Bodies) != 1 || !strings.HasPrefix(r.Bodies[0], c.says) {
			t.Errorf("%s: %q, want %q", c.text, r.Bodies, c.says)
		}
		if s := f.state(t); s.Consent.Out != c.out || len(s.Conversation.Choices) != 0 {
			t.Errorf("%s: %+v, choices %q", c.text, s.Consent, s.Conversation.Choices)
		}
	}
}

// Ask answers as if the number had been reminded of its visits just now.
func TestAskOfANumberThatWasReminded(t *testing.T) {
	f := newFront(t, openHours)
	v := handlers.Visit{
		ID: "v1", Name: "Ana Example", State: handlers.Booked, Type: "consult",
		Start: f.clock.Now().Add(24 * time.Hour),
	}
	for _, c := range []struct {
		name   string
		visits []handlers.Visit
		kind   string
	}{
		{name: "with a visit", visits: []handlers.Visit{v}, kind: kinds.Decline},
		{name: "without one", kind: kinds.Handoff},
	} {
		r, err := f.Ask(handlers.State{Visits: c.visits}, "NO")
		if err != nil || r.Kind != c.kind || len(r.Bodies) != 1 {
			t.Errorf("%s: %+v, %v; want %s", c.name, r, err, c.kind)
		}
	}
	if len(f.store.Queue()) != 0 || f.states(t) != "" {
		t.Errorf("stored: %+v, visits %q", f.store.Queue(), f.states(t))
	}
}
