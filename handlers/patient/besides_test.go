package patient_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// pills is what a holding answer tells the desk.
const pills = "Asks: can i take my pills? Was told that a person gets back."

// A text may say two things to the desk. Staff are told of both, on one card.
func TestTwoMattersOfOneTextAtTheDesk(t *testing.T) {
	for _, c := range []struct {
		name  string
		text  string
		kind  string // of the card
		title string
		open  bool
		wish  bool
		state string // of the visit
	}{
		{
			name: "a visit is given up, and a question",
			text: "i cant make it. can i take my pills",
			kind: kinds.Decline, open: true, state: handlers.Declined,
			title: "Can't come Wed Dec 2 at 10:00 AM. " +
				"They were told that a person will write about another time. " + pills,
		},
		{
			name: "a visit is confirmed, and a question", text: "C. can i take my pills",
			kind: kinds.Handoff, open: true, state: handlers.Confirmed,
			title: "Confirmed Wed Dec 2 at 10:00 AM. " + pills,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFront(t, openHours)
			f.visits(24)
			f.text(t, c.text)
			if got, want := f.told(), "desk "+c.kind+" "+c.title; got != want {
				t.Errorf("the desk is told %q, want %q", got, want)
			}
			cases := f.state(t).Cases
			if len(cases) != 1 || cases[0].Open != c.open || cases[0].Wish != c.wish {
				t.Errorf("cases %+v", cases)
			}
			if got := f.states(t); got != c.state {
				t.Errorf("the visit is %s, want %s", got, c.state)
			}
		})
	}
}

// In a thread that is open both matters are one note, before the patient's words; what the bot
// answered comes last.
func TestTwoMattersOfOneTextInAThread(t *testing.T) {
	f := newFront(t, openHours)
	f.visits(24)
	f.text(t, "can i talk to a person")
	before := f.told()
	f.clock.Add(time.Minute)
	f.text(t, "i cant make it. can i take my pills")
	got := strings.TrimPrefix(f.told(), before)
	want := "; note bot Can't come Wed Dec 2 at 10:00 AM. They were told that a person will " +
		"write about another time. " + pills + "; note patient i cant make it. can i take my pills"
	if !strings.HasPrefix(got, want) || strings.Count(got, "note bot") != 2 {
		t.Errorf("the desk is told %q, want %q", got, want)
	}
	if n := f.open(t); n != 1 {
		t.Errorf("%d cases, want one", n)
	}
}

// Who opts out with a visit ahead is a task of its own, beside what else the text says.
func TestAnOptOutIsATaskOfItsOwn(t *testing.T) {
	f := newFront(t, openHours)
	f.visits(24)
	f.text(t, "no more texts please but ill be there")
	want := "desk optout Opted out in their own words, with a visit ahead on Wed Dec 2 at 10:00 " +
		"AM. Call them about the visit.; desk confirm Confirmed Wed Dec 2 at 10:00 AM."
	if got := f.told(); got != want {
		t.Errorf("the desk is told %q, want %q", got, want)
	}
	open := f.state(t).Cases
	if len(open) != 1 || open[0].Matter != handlers.MatterOptOut || open[0].Until.IsZero() {
		t.Errorf("open: %+v", open)
	}
}

// A fetched text that brings two matters says of each when it was written.
func TestTwoMattersOfOneFetchedText(t *testing.T) {
	f := reminded(t, 24)
	what := f.caught(t, late, handlers.Text{Body: "no more texts please but ill be there"})
	if what != desk.CaughtPerson {
		t.Errorf("it is %s", what)
	}
	const written = " Written Tue Dec 1 at 10:20 AM, while the bot was away; they had no answer."
	want := "desk optout Opted out in their own words, with a visit ahead on Wed Dec 2 at 10:00 " +
		"AM. Call them about the visit." + written +
		"; desk confirm Confirmed Wed Dec 2 at 10:00 AM." + written
	if got := f.told(); got != want {
		t.Errorf("the desk is told %q, want %q", got, want)
	}
}

// Each of two questions is answered, and each that is a person's is named on the card.
func TestTwoQuestionsOfOneText(t *testing.T) {
	f := newFrontOf(t, openHours, shipped)
	r := f.text(t, "can i take lithium with this? can i take my blood pressure pills that day?")
	if want := []string{"meds_to_hold", "blood_pressure"}; !slices.Equal(r.Entries, want) {
		t.Fatalf("entries %v, want %v", r.Entries, want)
	}
	if r.Kind != kinds.Answer || r.Entry != "meds_to_hold" || len(r.Bodies) != 2 {
		t.Errorf("%+v", r)
	}
	if n := strings.Count(f.told(), "Was told that a person gets back."); n != 2 || f.open(t) != 1 {
		t.Errorf("%d questions on %d cards: %q", n, f.open(t), f.told())
	}
}

// The line with 988 is added once, however many answers there are.
func TestTheLineWith988IsAddedOnce(t *testing.T) {
	f := newFrontOf(t, openHours, shipped)
	r := f.text(t, "my sister passed away. can i take my blood pressure pills? do you take aetna?")
	says := strings.Join(r.Bodies, "|")
	if n := strings.Count(says, "If it's ever about you"); n != 1 || len(r.Entries) != 2 {
		t.Errorf("%d times, to %v: %q", n, r.Entries, r.Bodies)
	}
}

// Two bodies are one text only as long as that takes two segments: 306 characters, since each part
// of a text that is cut has 153.
func TestBodiesThatBecomeOneText(t *testing.T) {
	const when = " You'll hear from us usually within 60 minutes."
	for _, c := range []struct {
		name   string
		answer int // characters of the answer that the line is added to
		bodies int
	}{
		{name: "two segments", answer: 306 - len(when), bodies: 1},
		{name: "one character more", answer: 307 - len(when), bodies: 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			own := fmt.Sprintf(`[{id: long, class: H, asks: {en: [is it long]}, answer: {en: %s}}]`,
				strings.Repeat("a", c.answer))
			f := newFrontOf(t, openHours, func() (*knowledge.Base, error) {
				return handlerstest.Base(t, own), nil
			})
			f.offer("long")
			if r := f.text(t, "1"); len(r.Bodies) != c.bodies {
				t.Errorf("%d bodies: %q", len(r.Bodies), r.Bodies)
			}
		})
	}
}
