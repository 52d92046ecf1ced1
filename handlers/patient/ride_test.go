package patient_test

import (
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// askedWho opens the question who drives the patient home from the first visit.
func (f *front) askedWho(t *testing.T, state string) {
	t.Helper()
	v := f.state(t).Visits[0]
	v.Asked, v.State, v.Type = f.clock.Now(), state, "iv_infusion"
	f.store.Put(f.from, handlers.Effects{Visits: []handlers.Visit{v}})
}

func TestWhoDrivesHome(t *testing.T) {
	const arranged, help = handlers.RideArranged, handlers.RideHelp
	for _, c := range []struct {
		texts []string
		ride  string
		state string // of the visit
		says  string // a part of the last reply, "" for silence
		told  string // a part
		cases int
	}{
		{[]string{"1"}, arranged, "booked", "Your ride home is noted. See you Wed Dec 2 at 10:00 AM.", "The ride home is arranged: Wed Dec 2", 0},
		{[]string{"1."}, arranged, "booked", "noted", "", 0},
		{[]string{"my husband will drive me"}, arranged, "", "noted", "", 0},
		{[]string{"My sister's picking me up"}, arranged, "booked", "noted", "", 0},
		{[]string{"ride is arranged"}, arranged, "booked", "noted", "", 0},
		{[]string{"mi esposo me lleva"}, arranged, "", "quien le lleve", "", 0},
		{[]string{"ya tengo quien me lleve"}, arranged, "booked", "quien le lleve", "", 0},
		{[]string{"yes ill be there, my wife is driving me"}, arranged, "confirmed", "noted", "", 0},
		{[]string{"2"}, help, "booked", "A person will help you find a way home", "Needs help with the ride home: Wed Dec 2", 1},
		{[]string{"i don't have anyone"}, help, "booked", "A person will help", "", 1},
		{[]string{"nobody"}, help, "booked", "A person will help", "", 1},
		{[]string{"no"}, help, "booked", "A person will help", "", 1},
		{[]string{"ill take an uber"}, help, "booked", "A person will help", "", 1},
		{[]string{"no tengo quien me lleve"}, help, "booked", "Una persona le ayuda", "", 1},
		{[]string{"C"}, "", "confirmed", "You're confirmed", "Confirmed", 0},
		{[]string{"C", "1"}, arranged, "confirmed", "noted", "", 0},
		{[]string{"1", "1"}, arranged, "confirmed", "You're confirmed", "", 0}, // answered once, the 1 means what it always does
		{[]string{"cant make it"}, "", "declined", "can't come on", "", 1},
		{[]string{"i have to cancel, no driver"}, "", "declined", "can't come", "", 1},
		{[]string{"i need another day"}, "", "reschedule", "Until then", "", 1},
		{[]string{"HELP"}, "", "booked", "988", "", 0},
		{[]string{"did you find my umbrella"}, "", "booked", "a person will answer", "", 1},
		{[]string{"can my husband drive me?"}, "", "", "", "", -1},
		{[]string{"i want to kill myself, nobody can help"}, "", "booked", "988", "", 1},
	} {
		t.Run(strings.Join(c.texts, ", "), func(t *testing.T) {
			f := newFront(t, openHours)
			f.visits(24)
			f.askedWho(t, handlers.Booked)
			var r handlers.Reply
			for _, body := range c.texts {
				r = f.text(t, body)
			}
			v := f.state(t).Visits[0]
			if v.Ride != c.ride || c.state != "" && v.State != c.state {
				t.Errorf("ride %q, state %q; want %q %q", v.Ride, v.State, c.ride, c.state)
			}
			if says := strings.Join(r.Bodies, "|"); !strings.Contains(says, c.says) {
				t.Errorf("says %q", says)
			}
			if !strings.Contains(f.told(), c.told) {
				t.Errorf("the desk was told %q", f.told())
			}
			if n := len(f.state(t).Cases); c.cases >= 0 && n != c.cases {
				t.Errorf("%d cases", n)
			}
		})
	}
}

// Whoever texts from a number that no text was said to reach can be reached after all.
func TestWhoTextsCanBeTexted(t *testing.T) {
	f := newFront(t, openHours)
	f.store.Put(f.from, handlers.Effects{Reach: &handlers.Reach{NoTexts: true, Why: "a landline"}})
	f.text(t, "did you find my umbrella")
	if f.state(t).Reach.NoTexts {
		t.Error("the number is still marked")
	}
}

// Staff were told at noon that nobody had said: what the patient says then stands in that thread,
// whatever may be shown of their words.
func TestAnswerAfterTheTask(t *testing.T) {
	for body, want := range map[string]string{"1": "note bot The ride home is arranged: Wed Dec 2", "2": "note bot Needs help with the ride home: Wed Dec 2"} {
		f := newFront(t, openHours)
		f.visits(24)
		f.askedWho(t, handlers.Booked)
		f.store.Put(f.from, handlers.Effects{Cases: []handlers.Case{{ID: "task", Channel: handlers.DeskChannel, Kind: kinds.Ride, Phone: f.from, Open: true}}})
		f.text(t, body)
		has(t, "the desk", f.told(), want)
		if n := len(f.state(t).Cases); n != 1 {
			t.Errorf("%d cases", n)
		}
	}
}

// A 1 is the ride's only while that question is open, and never takes a choice away.
func TestOneIsWhatWasAskedLast(t *testing.T) {
	f := newFront(t, openHours)
	f.visits(24)
	if r := f.text(t, "1"); r.Kind != kinds.Confirm {
		t.Errorf("nobody asked about a ride: %+v", r)
	}
	g := newFront(t, openHours)
	g.visits(24)
	g.askedWho(t, handlers.Booked)
	g.offer("reviewed", "overdue")
	if r := g.text(t, "1"); r.Entry != "reviewed" {
		t.Errorf("the choice was taken away: %+v", r)
	}
	if r := g.text(t, "1"); g.state(t).Visits[0].Ride != handlers.RideArranged {
		t.Errorf("%+v", r)
	}
}

func TestRideWhileAPersonTalks(t *testing.T) {
	f := newFront(t, openHours)
	f.visits(24)
	f.askedWho(t, handlers.Booked)
	f.store.Put(f.from, handlers.Effects{Conversation: &handlers.Conversation{Taken: f.clock.Now().Add(3600e9), By: "U1"}})
	if r := f.text(t, "2"); len(r.Bodies) != 0 || f.state(t).Visits[0].Ride != handlers.RideHelp {
		t.Errorf("%+v", r)
	}
	has(t, "the desk", f.told(), "Needs help with the ride home")
}

// One text asks of both visits of a day, so one C confirms both.
func TestCConfirmsTheDay(t *testing.T) {
	f := newFront(t, openHours)
	f.visits(24, 28, 100)
	r := f.text(t, "C")
	if got := f.states(t); got != "confirmed confirmed booked" {
		t.Errorf("%s", got)
	}
	has(t, "the patient", r.Bodies[0], "confirmed for Wed Dec 2 at 10:00 AM and 2:00 PM.")
	has(t, "the desk", f.told(), "Confirmed Wed Dec 2 at 10:00 AM and 2:00 PM.")
	g := newFront(t, openHours)
	g.visits(24, 28)
	if r := g.text(t, "cant make it"); r.Kind != kinds.Choices {
		t.Errorf("which one can't they come to: %+v", r)
	}
}
