package patient_test

import (
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// What a bare YES or NO is answered with if no question was open: first the patient is asked what
// they mean, then a person is.
const (
	stands = "your visit on Fri Feb 5 at 10:00 AM stands"
	person = "a person will answer you here"
)

// bareRow is a text that is nothing but a YES or a NO, from somebody with one visit on Feb 5.
type bareRow struct {
	name  string
	left  []string // that went to the number, an hour apart
	state string   // of the visit before
	texts []string
	says  string // a part of the last reply
	after string // the visit's state
}

// check sends the texts. A bare YES or NO answers what was asked, and changes no visit when nothing
// was.
func (c bareRow) check(t *testing.T) {
	f := newFront(t, openHours)
	f.visits(66 * 24)
	v := f.state(t).Visits[0]
	v.State = c.state
	f.store.Put(f.from, handlers.Effects{Visits: []handlers.Visit{v}})
	for _, kind := range c.left {
		o := handlers.Outgoing{Kind: kind, Visit: v.ID, Start: v.Start}
		if kind == waitlist.KindLapsed {
			o = handlers.Outgoing{Kind: kind, Slot: "s1"}
		}
		f.left(o)
		f.clock.Add(time.Hour)
	}
	var r handlers.Reply
	for _, body := range c.texts {
		f.clock.Add(time.Minute)
		r = f.text(t, body)
	}
	if len(r.Bodies) != 1 || !strings.Contains(r.Bodies[0], c.says) {
		t.Errorf("%s %q, want %q", r.Kind, r.Bodies, c.says)
	}
	if got := f.states(t); got != c.after {
		t.Errorf("the visit is %s, want %s", got, c.after)
	}
	open, _ := f.store.OpenSlots(t.Context())
	if (len(open) > 0) != (c.after == handlers.Declined) {
		t.Errorf("freed: %+v", open)
	}
}

func TestABareYesOrNoToNothing(t *testing.T) {
	for _, c := range []bareRow{
		{
			name: "NO to the booking text", left: []string{"booked"}, state: handlers.Booked,
			texts: []string{"NO"}, says: stands, after: handlers.Booked,
		},
		{
			name: "YES to the booking text: it does no harm", left: []string{"booked"},
			state: handlers.Booked, texts: []string{"yes"}, says: "confirmed for Fri Feb 5",
			after: handlers.Confirmed,
		},
		{
			name: "YES after a time was passed on", left: []string{"booked", waitlist.KindLapsed},
			state: handlers.Booked, texts: []string{"yes"}, says: stands, after: handlers.Booked,
		},
		{
			name: "NO, thanked", left: []string{"booked"}, state: handlers.Booked,
			texts: []string{"no thank you"}, says: stands, after: handlers.Booked,
		},
		{
			name: "NO to nothing", state: handlers.Booked, texts: []string{"Nope."}, says: stands,
			after: handlers.Booked,
		},
		{
			name: "NO, then the number", left: []string{"booked"}, state: handlers.Booked,
			texts: []string{"NO", "2"}, says: "can't come on Fri Feb 5", after: handlers.Declined,
		},
		{
			name: "YES after that, then the number", left: []string{"booked", waitlist.KindLapsed},
			state: handlers.Booked, texts: []string{"yes", "1"}, says: "confirmed for Fri Feb 5",
			after: handlers.Confirmed,
		},
		{
			name: "NO twice", left: []string{"booked"}, state: handlers.Booked,
			texts: []string{"NO", "no"}, says: person, after: handlers.Booked,
		},
	} {
		t.Run(c.name, c.check)
	}
}

func TestABareYesOrNoThatWasAskedFor(t *testing.T) {
	for _, c := range []bareRow{
		{
			name: "NO to the question", left: []string{"booked", "confirm"}, state: handlers.Booked,
			texts: []string{"NO"}, says: "can't come on Fri Feb 5", after: handlers.Declined,
		},
		{
			name: "YES to the question", left: []string{"confirm"}, state: handlers.Booked,
			texts: []string{"yes"}, says: "confirmed for Fri Feb 5", after: handlers.Confirmed,
		},
		{
			name: "NO to the question, a talk later", left: []string{"confirm"},
			state: handlers.Booked, texts: []string{"thanks", "NO"},
			says: "can't come on Fri Feb 5", after: handlers.Declined,
		},
		{
			name: "NO once more", left: []string{"confirm"}, state: handlers.Booked,
			texts: []string{"NO", "NO"}, says: person, after: handlers.Declined,
		},
		{
			name: "NO after C", left: []string{"confirm"}, state: handlers.Booked,
			texts: []string{"C", "NO"}, says: stands, after: handlers.Confirmed,
		},
		{
			name: "YES after C", left: []string{"confirm"}, state: handlers.Booked,
			texts: []string{"C", "YES"}, says: "confirmed for Fri Feb 5", after: handlers.Confirmed,
		},
		{
			name: "NO to how to prepare", left: []string{"confirm", "prepare"},
			state: handlers.Confirmed, texts: []string{"no"}, says: "can't come on Fri Feb 5",
			after: handlers.Declined,
		},
		{
			name: "NO, a talk after how to prepare", left: []string{"confirm", "prepare"},
			state: handlers.Confirmed, texts: []string{"thanks", "no"}, says: stands,
			after: handlers.Confirmed,
		},
		{
			name: "NO after a time was passed on", left: []string{"confirm", waitlist.KindLapsed},
			state: handlers.Booked, texts: []string{"no"}, says: stands, after: handlers.Booked,
		},
	} {
		t.Run(c.name, c.check)
	}
}

func TestMoreThanABareYesOrNo(t *testing.T) {
	for _, c := range []bareRow{
		{
			name: "C, unasked", left: []string{"booked"}, state: handlers.Booked,
			texts: []string{"C"}, says: "confirmed for Fri Feb 5", after: handlers.Confirmed,
		},
		{
			name: "more than a NO", left: []string{"booked"}, state: handlers.Booked,
			texts: []string{"I can't make it on Friday"}, says: "can't come on Fri Feb 5",
			after: handlers.Declined,
		},
		{
			name: "more than a YES", left: []string{"confirm"}, state: handlers.Booked,
			texts: []string{"yup ill be there"}, says: "confirmed for Fri Feb 5",
			after: handlers.Confirmed,
		},
		{
			name: "danger", left: []string{"booked"}, state: handlers.Booked,
			texts: []string{"no i want to die"}, says: "988", after: handlers.Booked,
		},
	} {
		t.Run(c.name, c.check)
	}
}

func TestABareNoMeansTheVisitThatWasAskedAbout(t *testing.T) {
	f := newFront(t, openHours)
	f.visits(24, 240)
	r := f.text(t, "no")
	has(t, "the patient", strings.Join(r.Bodies, "|"), "can't come on Wed Dec 2")
	if got := f.states(t); got != "declined booked" {
		t.Errorf("visits %s", got)
	}
}

// The question was of the time before the visit moved: nobody has asked about the new one.
func TestABareNoIsntAboutATimeThatMoved(t *testing.T) {
	f := newFront(t, openHours)
	f.visits(24)
	v := f.state(t).Visits[0]
	v.Start = v.Start.AddDate(0, 0, 20)
	f.store.Put(f.from, handlers.Effects{Visits: []handlers.Visit{v}})
	if r := f.text(t, "no"); r.Kind != kinds.Choices || f.states(t) != handlers.Booked {
		t.Errorf("%+v, visits %s", r, f.states(t))
	}
}

// "no" is a word of both languages: it is answered in the one that the number is known by.
func TestTheLanguageOfABareNo(t *testing.T) {
	for _, c := range []struct{ text, talk, visit, want string }{
		{text: "NO", want: "en"},
		{text: "NO", visit: "es", want: "es"},
		{text: "no", talk: "en", visit: "es", want: "en"},
		{text: "no.", talk: "es", visit: "en", want: "es"},
		{text: "no gracias", talk: "en", visit: "en", want: "es"},
		{text: "nope", talk: "es", visit: "es", want: "en"},
	} {
		f := newFront(t, openHours)
		f.visits(24)
		v := f.state(t).Visits[0]
		v.Lang = c.visit
		f.store.Put(f.from, handlers.Effects{
			Visits: []handlers.Visit{v}, Conversation: &handlers.Conversation{Lang: c.talk},
		})
		if r := f.text(t, c.text); r.Lang != c.want || r.Kind != kinds.Decline {
			t.Errorf("%+v: %s in %s", c, r.Kind, r.Lang)
		}
	}
	f := newFront(t, openHours) // nothing known, and no visit
	if r := f.text(t, "no"); r.Kind != kinds.Handoff || r.Lang != "en" || len(r.Bodies) != 1 {
		t.Errorf("%+v", r)
	}
}

func TestABareYesWhileAPersonTalks(t *testing.T) {
	f := newFront(t, openHours)
	f.visits(240)
	f.personTalks(time.Hour)
	if r := f.text(t, "yes"); len(r.Bodies) > 0 || f.states(t) != handlers.Booked {
		t.Errorf("%+v, visits %s", r, f.states(t))
	}
}

// A yes after a visit was given up may be a change of mind: its time may be another's by now, so a
// person reads it.
func TestAYesAfterGivingUp(t *testing.T) {
	for _, c := range []struct {
		name  string
		texts []string
		told  bool // the desk was told of a change of mind
		kind  string
	}{
		{name: "yes", texts: []string{"yes"}, told: true, kind: kinds.Handoff},
		{name: "the letter of the reminder", texts: []string{"C"}, told: true, kind: kinds.Handoff},
		{
			name: "in words", texts: []string{"actually I will be there"}, told: true,
			kind: kinds.Handoff,
		},
		{name: "in Spanish", texts: []string{"si"}, told: true, kind: kinds.Handoff},
		{name: "thanks only", texts: []string{"ok thanks"}, kind: kinds.Courtesy},
		{name: "a question", texts: []string{"is the roof green"}, kind: kinds.Answer},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFront(t, openHours)
			f.visits(24)
			if r := f.text(t, "NO"); r.Kind != kinds.Decline || f.states(t) != handlers.Declined {
				t.Fatalf("%+v, visits %s", r, f.states(t))
			}
			var r handlers.Reply
			for _, body := range c.texts {
				f.clock.Add(time.Minute)
				r = f.text(t, body)
			}
			told := strings.Contains(f.told(), "may have changed their mind")
			if told != c.told || r.Kind != c.kind {
				t.Errorf("%s, the desk was told %q", r.Kind, f.told())
			}
			if f.states(t) != handlers.Declined {
				t.Errorf("the visit is %s", f.states(t))
			}
		})
	}
}
