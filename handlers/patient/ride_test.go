package patient_test

import (
	"strings"
	"testing"
	"time"

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

// The answers to who drives the patient home.
const arranged, help = handlers.RideArranged, handlers.RideHelp

// rideRow is a patient who was asked who drives them home, and what they text.
type rideRow struct {
	texts []string
	ride  string
	state string // of the visit
	says  string // a part of the last reply, "" for silence
	told  string // a part
	cases int
}

// check sends the texts and looks at the visit, the last reply and the desk.
func (c rideRow) check(t *testing.T) {
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
}

func TestWhoDrivesHome(t *testing.T) {
	for _, c := range []rideRow{
		{
			texts: []string{"1"}, ride: arranged, state: "booked",
			says: "Your ride home is noted. See you Wed Dec 2 at 10:00 AM.",
			told: "The ride home is arranged: Wed Dec 2",
		},
		{texts: []string{"1."}, ride: arranged, state: "booked", says: "noted"},
		{texts: []string{"my husband will drive me"}, ride: arranged, says: "noted"},
		{
			texts: []string{"My sister's picking me up"}, ride: arranged, state: "booked",
			says: "noted",
		},
		{texts: []string{"ride is arranged"}, ride: arranged, state: "booked", says: "noted"},
		{texts: []string{"mi esposo me lleva"}, ride: arranged, says: "quien le lleve"},
		{
			texts: []string{"ya tengo quien me lleve"}, ride: arranged, state: "booked",
			says: "quien le lleve",
		},
		{
			texts: []string{"yes ill be there, my wife is driving me"}, ride: arranged,
			state: "confirmed", says: "noted",
		},
	} {
		t.Run(strings.Join(c.texts, ", "), c.check)
	}
}

func TestNobodyDrivesHome(t *testing.T) {
	for _, c := range []rideRow{
		{
			texts: []string{"2"}, ride: help, state: "booked",
			says: "A person will help you find a way home",
			told: "Needs help with the ride home: Wed Dec 2", cases: 1,
		},
		{
			texts: []string{"i don't have anyone"}, ride: help, state: "booked",
			says: "A person will help", cases: 1,
		},
		{
			texts: []string{"nobody"}, ride: help, state: "booked", says: "A person will help",
			cases: 1,
		},
		{texts: []string{"no"}, ride: help, state: "booked", says: "A person will help", cases: 1},
		{
			texts: []string{"ill take an uber"}, ride: help, state: "booked",
			says: "A person will help", cases: 1,
		},
		{
			texts: []string{"no tengo quien me lleve"}, ride: help, state: "booked",
			says: "Una persona le ayuda", cases: 1,
		},
	} {
		t.Run(strings.Join(c.texts, ", "), c.check)
	}
}

func TestTheRideTrapsNobody(t *testing.T) {
	for _, c := range []rideRow{
		{texts: []string{"C"}, state: "confirmed", says: "You're confirmed", told: "Confirmed"},
		{texts: []string{"C", "1"}, ride: arranged, state: "confirmed", says: "noted"},
		// The ride was answered once: the second 1 confirms the visit, as it always does.
		{texts: []string{"1", "1"}, ride: arranged, state: "confirmed", says: "You're confirmed"},
		{texts: []string{"cant make it"}, state: "declined", says: "can't come on", cases: 1},
		{
			texts: []string{"i have to cancel, no driver"}, state: "declined", says: "can't come",
			cases: 1,
		},
		{texts: []string{"i need another day"}, state: "reschedule", says: "Until then", cases: 1},
		{texts: []string{"HELP"}, state: "booked", says: "988"},
		{
			texts: []string{"did you find my umbrella"}, state: "booked",
			says: "a person will answer", cases: 1,
		},
		{texts: []string{"can my husband drive me?"}, cases: -1},
		{
			texts: []string{"i want to kill myself, nobody can help"}, state: "booked", says: "988",
			cases: 1,
		},
	} {
		t.Run(strings.Join(c.texts, ", "), c.check)
	}
}

// A number that was marked as a landline is unmarked once it texts.
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
	for body, c := range map[string]struct {
		want string
		open int
	}{
		"1": {want: "note bot The ride home is arranged: Wed Dec 2"}, // nothing is left to ask
		"2": {want: "note bot Needs help with the ride home: Wed Dec 2", open: 1},
	} {
		f := newFront(t, openHours)
		f.visits(24)
		f.askedWho(t, handlers.Booked)
		f.store.Put(f.from, handlers.Effects{Cases: []handlers.Case{{
			ID: "task", Channel: handlers.DeskChannel, Kind: kinds.Ride, Phone: f.from, Open: true,
			Matter: handlers.Matter(handlers.MatterRide, f.state(t).Visits[0].ID),
		}}})
		f.text(t, body)
		has(t, "the desk", f.told(), c.want)
		if n := f.open(t); n != c.open {
			t.Errorf("%q: %d cases, want %d", body, n, c.open)
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
	f.personTalks(time.Hour)
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
