package patient_test

import (
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// visitRow is a patient with visits, and what they text.
type visitRow struct {
	name   string
	hours  []float64 // till each visit
	texts  []string
	kind   string // of the last reply
	says   string // a part of it
	states string
	told   string // a part
}

// check sends the texts and looks at the last reply, the visits and the desk.
func (c visitRow) check(t *testing.T) {
	f := newFront(t, openHours)
	f.visits(c.hours...)
	var r handlers.Reply
	for _, body := range c.texts {
		r = f.text(t, body)
	}
	says := strings.Join(r.Bodies, "|")
	if c.kind != "" && (r.Kind != c.kind || (says == "") != (c.says == "")) {
		t.Errorf("%s %q, want %s %q", r.Kind, says, c.kind, c.says)
	}
	has(t, "the patient", says, c.says)
	if got := f.states(t); c.states != "" && got != c.states {
		t.Errorf("visits %q, want %q", got, c.states)
	}
	if strings.Contains(f.states(t), "confirmed") && c.kind == "" {
		t.Errorf("visits %q: nobody confirmed", f.states(t))
	}
	if !strings.Contains(f.told(), c.told) {
		t.Errorf("the desk was told %q, want %q", f.told(), c.told)
	}
}

// What a patient writes of when they come stands with the visit, for whoever lists the day.
func TestLateStandsWithTheVisit(t *testing.T) {
	for _, c := range []struct {
		name  string
		texts []string
		late  bool
		by    int
		here  bool
	}{
		{name: "late", texts: []string{"running 10 min late"}, late: true, by: 10},
		{name: "here", texts: []string{"I am here at the front door"}, here: true},
		{
			name: "late, then here", texts: []string{"running 10 min late", "I am here at the front door"}, late: true,
			by: 10, here: true,
		},
		{name: "not late", texts: []string{"C"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFront(t, openHours)
			f.visits(1)
			for _, body := range c.texts {
				f.text(t, body)
			}
			v := f.state(t).Visits[0]
			if v.Late.IsZero() == c.late || v.LateBy != c.by || v.Here.IsZero() == c.here {
				t.Errorf("late %v by %d, here %v", v.Late, v.LateBy, v.Here)
			}
		})
	}
}

func TestAnswersAboutAVisit(t *testing.T) {
	for _, c := range []visitRow{
		{
			name: "C", hours: []float64{24}, texts: []string{"C"}, kind: kinds.Confirm,
			says: "confirmed for Wed Dec 2 at 10:00 AM", states: "confirmed",
			told: "Confirmed Wed Dec 2 at 10:00 AM.",
		},
		{name: "C without a visit", texts: []string{"C"}, kind: kinds.Courtesy},
		{
			name: "can't come", hours: []float64{24}, texts: []string{"cant make it"},
			kind: kinds.Decline, says: "can't come on Wed Dec 2", states: "declined",
			told: "Can't come Wed Dec 2",
		},
		{
			name: "another day", hours: []float64{24}, texts: []string{"i need another day"},
			kind: kinds.Reschedule, says: "Until then your visit stands", states: "reschedule",
			told: "Asks for another time",
		},
		{
			name: "late", hours: []float64{1}, texts: []string{"running 10 min late"},
			kind: kinds.Late, says: "front desk has been told", states: "booked",
			told: ", by 10 minutes.",
		},
		{
			name: "late, of two the one that's near", hours: []float64{1, 72},
			texts: []string{"running 10 min late"}, kind: kinds.Late,
			says: "front desk has been told", states: "booked booked", told: "Late for Tue Dec 1",
		},
		{
			name: "asked back, and kept", hours: []float64{24},
			texts: []string{"can i cancel", "2"}, kind: kinds.Answer, states: "booked",
			says: "nothing has changed: your visit on Wed Dec 2 at 10:00 AM stands",
		},
		{
			name: "asked back, and given up", hours: []float64{24}, kind: kinds.Decline,
			texts: []string{"can i cancel", "1"}, says: "can't come on Wed Dec 2",
			states: "declined", told: "Can't come Wed Dec 2",
		},
		{
			name: "late, and no visit is near", hours: []float64{72}, kind: kinds.Handoff,
			texts: []string{"running 10 min late"}, says: "a person will answer you here",
			states: "booked", told: "Writes of being late, but has no visit soon.",
		},
	} {
		t.Run(c.name, c.check)
	}
}

func TestAnswersAboutOneOfSeveralVisits(t *testing.T) {
	for _, c := range []visitRow{
		{
			name: "C with two that were asked about", hours: []float64{24, 48},
			texts: []string{"C"}, kind: kinds.Choices,
			says:   "Which one do you mean? 1 Wed Dec 2 at 10:00 AM, 2 Thu Dec 3",
			states: "booked booked",
		},
		{
			name: "C, then the number", hours: []float64{24, 48}, texts: []string{"C", "2"},
			kind: kinds.Confirm, says: "Thu Dec 3", states: "booked confirmed",
			told: "Confirmed Thu Dec 3",
		},
		{
			name: "C, of two the one that was asked about", hours: []float64{24, 240},
			texts: []string{"C"}, kind: kinds.Confirm, says: "Wed Dec 2",
			states: "confirmed booked", told: "Confirmed Wed",
		},
		{
			name: "can't come to one of two", hours: []float64{24, 48},
			texts: []string{"cant make it", "1"}, kind: kinds.Decline, says: "Wed Dec 2",
			states: "declined booked", told: "Can't come Wed",
		},
		{
			name: "which is asked, and C says nothing new", hours: []float64{24, 48},
			texts: []string{"C", "C"}, kind: kinds.Choices, says: "Which one",
			states: "booked booked",
		},
		{
			name: "which is asked, and another thing is said", hours: []float64{24, 48},
			texts: []string{"C", "HELP"}, kind: kinds.Help, says: "988", states: "booked booked",
		},
		{
			name: "a number that wasn't offered", hours: []float64{24, 48},
			texts: []string{"C", "3"}, states: "booked booked",
		},
		{
			name: "the number, but of another matter", hours: []float64{24, 48},
			texts: []string{"C", "cant make number 2"},
		},
		{
			name: "three visits and more: three are offered", hours: []float64{24, 30, 48, 54},
			texts: []string{"C"}, kind: kinds.Choices, says: "3 Thu Dec 3 at 10:00 AM",
			states: "booked booked booked booked",
		},
		{
			name: "C twice", hours: []float64{24}, texts: []string{"C", "C"}, kind: kinds.Confirm,
			says: "confirmed for", states: "confirmed",
		},
		{
			name: "declined, then asked about", hours: []float64{24},
			texts: []string{"cant make it", "C"}, kind: kinds.Handoff,
			says: "A person will get back", states: "declined", told: "may have changed their mind",
		},
	} {
		t.Run(c.name, c.check)
	}
}

func TestVisitTimesByTheClinicsClock(t *testing.T) {
	f := newFront(t, openHours)
	f.visits(24)
	v := f.state(t).Visits[0]
	v.Zone, v.Lang = "America/Los_Angeles", "es"
	f.store.Put(f.from, handlers.Effects{Visits: []handlers.Visit{v}})
	r := f.text(t, "C")
	has(t, "the patient", r.Bodies[0], "mié 2 dic a las 10:00 AM hora de Nueva York")
	has(t, "the desk", f.told(), "Wed Dec 2 at 10:00 AM")
}

func TestAConfirmationLeavesNoOpenCase(t *testing.T) {
	f := newFront(t, openHours)
	f.visits(24)
	f.text(t, "C")
	if n := len(f.state(t).Cases); n != 0 {
		t.Errorf("%d cases wait for nothing", n)
	}
	g := newFront(t, openHours)
	g.visits(24)
	g.text(t, "cant make it")
	if n := len(g.state(t).Cases); n != 1 {
		t.Errorf("%d cases: somebody must find another time", n)
	}
}

// Who is late writes when the visit has begun, more often than before.
func TestLateAfterTheVisitBegan(t *testing.T) {
	f := newFront(t, openHours)
	f.visits(1)
	f.clock.Add(time.Hour + 5*time.Minute)
	r := f.text(t, "running 10 min late")
	if r.Kind != kinds.Late {
		t.Errorf("%+v", r)
	}
	has(t, "desk", f.told(), "Late for Tue Dec 1 at 11:00 AM, by 10 minutes.")
	g := newFront(t, openHours)
	g.visits(1)
	g.clock.Add(3 * time.Hour) // too long ago to be meant
	if r := g.text(t, "running 10 min late"); r.Kind == kinds.Late {
		t.Errorf("three hours after: %+v", r)
	}
}

// What a text says of a day or an hour says which visit it means; at a time with no visit it is
// asked back.
func TestTheTimeThatATextNames(t *testing.T) {
	for _, c := range []struct {
		name   string
		hours  []float64 // till each visit, from Tuesday 10:00 AM
		text   string
		kind   string
		states string
	}{
		{
			name: "the day and the hour", hours: []float64{28}, text: "yes see you wednesday at 2",
			kind: kinds.Confirm, states: "confirmed",
		},
		{
			name: "shortly before", hours: []float64{28}, text: "ill be there at 1:45",
			kind: kinds.Confirm, states: "confirmed",
		},
		{
			name: "another day", hours: []float64{28}, text: "yes ill be there on friday",
			kind: kinds.Choices, states: "booked",
		},
		{
			name: "another hour", hours: []float64{28}, text: "yes ill be there at 4",
			kind: kinds.Choices, states: "booked",
		},
		{
			name: "in Spanish", hours: []float64{28}, text: "si voy a ir el viernes",
			kind: kinds.Choices, states: "booked",
		},
		{
			name: "tomorrow", hours: []float64{28}, text: "ill be there tomorrow",
			kind: kinds.Confirm, states: "confirmed",
		},
		{
			name: "one of two, to give up", hours: []float64{28, 76}, text: "i cant make it friday",
			kind: kinds.Decline, states: "booked declined",
		},
		{
			name: "none of two, to give up", hours: []float64{28, 76},
			text: "i cant make it monday", kind: kinds.Choices, states: "booked booked",
		},
		{
			name: "a number that is no time", hours: []float64{28},
			text: "yes ill be there with my 2 kids", kind: kinds.Confirm, states: "confirmed",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFront(t, openHours)
			f.visits(c.hours...)
			if r := f.text(t, c.text); r.Kind != c.kind || f.states(t) != c.states {
				t.Errorf("%s %q, visits %q", r.Kind, r.Bodies, f.states(t))
			}
		})
	}
}

// Who has come tells the front desk: they are neither late nor asked whether they come.
func TestWhoIsAtTheDoor(t *testing.T) {
	for _, text := range []string{
		"im downstairs", "im outside but the door is locked", "here", "ya llegue",
		"we are in the parking lot",
	} {
		f := newFront(t, openHours)
		f.visits(0.1)
		says := strings.Join(f.text(t, text).Bodies, "")
		if !strings.Contains(says, "front desk has been told") &&
			!strings.Contains(says, "sabe la recepcion") {
			t.Errorf("%q: %q", text, says)
		}
		if !strings.Contains(f.told(), "Is here for") && !strings.Contains(f.told(), "Late for") {
			t.Errorf("%q: the desk was told %q", text, f.told())
		}
	}
}

// A number answers only what was asked; small talk in between doesn't close the question.
func TestANumberAnswersAQuestion(t *testing.T) {
	f := newFront(t, openHours)
	f.visits(66 * 24)
	if r := f.text(t, "1"); r.Kind != kinds.Choices || f.states(t) != handlers.Booked {
		t.Errorf("with nothing asked: %+v, visits %s", r, f.states(t))
	}
	f = newFront(t, openHours)
	f.offer("reviewed", "visit_when")
	f.text(t, "ok")
	if r := f.text(t, "1"); r.Entry != "reviewed" || r.Kind != kinds.Answer {
		t.Errorf("after small talk: %+v", r)
	}
	f = newFront(t, openHours)
	f.offer("reviewed")
	if r := f.text(t, "yes"); r.Entry != "reviewed" || r.Kind != kinds.Answer {
		t.Errorf("a yes to the only choice: %+v", r)
	}
	f = newFront(t, openHours)
	f.offer("reviewed", "visit_when")
	if r := f.text(t, "yes"); r.Kind != kinds.Handoff || f.told() == "" {
		t.Errorf("a yes to one of two: %+v", r)
	}
}
