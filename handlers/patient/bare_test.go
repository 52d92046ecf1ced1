package patient_test

import (
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// A text that is nothing but a YES or a NO answers what was asked, and changes no visit when
// nothing was.
func TestABareYesOrNo(t *testing.T) {
	const stands, person = "your visit on Fri Feb 5 at 10:00 AM stands", "a person will answer you here"
	for _, c := range []struct {
		name  string
		left  []string // that went to the number, an hour apart
		state string   // of the visit before
		texts []string
		says  string // a part of the last reply
		after string // the visit's state
	}{
		{"NO to the booking text", []string{"booked"}, handlers.Booked, []string{"NO"}, stands, handlers.Booked},
		{"YES to the booking text: it does no harm", []string{"booked"}, handlers.Booked, []string{"yes"}, "confirmed for Fri Feb 5", handlers.Confirmed},
		{"YES after a time was passed on", []string{"booked", waitlist.KindLapsed}, handlers.Booked, []string{"yes"}, stands, handlers.Booked},
		{"NO, thanked", []string{"booked"}, handlers.Booked, []string{"no thank you"}, stands, handlers.Booked},
		{"NO to nothing", nil, handlers.Booked, []string{"Nope."}, stands, handlers.Booked},
		{"NO, then the number", []string{"booked"}, handlers.Booked, []string{"NO", "2"}, "can't come on Fri Feb 5", handlers.Declined},
		{"YES after that, then the number", []string{"booked", waitlist.KindLapsed}, handlers.Booked, []string{"yes", "1"}, "confirmed for Fri Feb 5", handlers.Confirmed},
		{"NO twice", []string{"booked"}, handlers.Booked, []string{"NO", "no"}, person, handlers.Booked},
		{"NO to the question", []string{"booked", "confirm"}, handlers.Booked, []string{"NO"}, "can't come on Fri Feb 5", handlers.Declined},
		{"YES to the question", []string{"confirm"}, handlers.Booked, []string{"yes"}, "confirmed for Fri Feb 5", handlers.Confirmed},
		{"NO to the question, a talk later", []string{"confirm"}, handlers.Booked, []string{"thanks", "NO"}, "can't come on Fri Feb 5", handlers.Declined},
		{"NO once more", []string{"confirm"}, handlers.Booked, []string{"NO", "NO"}, person, handlers.Declined},
		{"NO after C", []string{"confirm"}, handlers.Booked, []string{"C", "NO"}, stands, handlers.Confirmed},
		{"YES after C", []string{"confirm"}, handlers.Booked, []string{"C", "YES"}, "confirmed for Fri Feb 5", handlers.Confirmed},
		{"NO to how to prepare", []string{"confirm", "prepare"}, handlers.Confirmed, []string{"no"}, "can't come on Fri Feb 5", handlers.Declined},
		{"NO, a talk after how to prepare", []string{"confirm", "prepare"}, handlers.Confirmed, []string{"thanks", "no"}, stands, handlers.Confirmed},
		{"NO after a time was passed on", []string{"confirm", waitlist.KindLapsed}, handlers.Booked, []string{"no"}, stands, handlers.Booked},
		{"C, unasked", []string{"booked"}, handlers.Booked, []string{"C"}, "confirmed for Fri Feb 5", handlers.Confirmed},
		{"more than a NO", []string{"booked"}, handlers.Booked, []string{"I can't make it on Friday"}, "can't come on Fri Feb 5", handlers.Declined},
		{"more than a YES", []string{"confirm"}, handlers.Booked, []string{"yup ill be there"}, "confirmed for Fri Feb 5", handlers.Confirmed},
		{"danger", []string{"booked"}, handlers.Booked, []string{"no i want to die"}, "988", handlers.Booked},
	} {
		t.Run(c.name, func(t *testing.T) {
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
			if says := strings.Join(r.Bodies, "|"); !strings.Contains(says, c.says) || len(r.Bodies) != 1 {
				t.Errorf("%s %q, want %q", r.Kind, says, c.says)
			}
			if got := f.states(t); got != c.after {
				t.Errorf("the visit is %s, want %s", got, c.after)
			}
			if open, _ := f.store.OpenSlots(t.Context()); (len(open) > 0) != (c.after == handlers.Declined) {
				t.Errorf("freed: %+v", open)
			}
		})
	}
}

func TestABareNoMeansTheVisitThatWasAskedAbout(t *testing.T) {
	f := newFront(t, openHours)
	f.visits(24, 240)
	r := f.text(t, "no")
	if says := strings.Join(r.Bodies, "|"); !strings.Contains(says, "can't come on Wed Dec 2") || f.states(t) != "declined booked" {
		t.Errorf("%q, visits %s", says, f.states(t))
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
		{"NO", "", "", "en"},
		{"NO", "", "es", "es"},
		{"no", "en", "es", "en"},
		{"no.", "es", "en", "es"},
		{"no gracias", "en", "en", "es"},
		{"nope", "es", "es", "en"},
	} {
		f := newFront(t, openHours)
		f.visits(24)
		v := f.state(t).Visits[0]
		v.Lang = c.visit
		f.store.Put(f.from, handlers.Effects{Visits: []handlers.Visit{v}, Conversation: &handlers.Conversation{Lang: c.talk}})
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
	f.store.Put(f.from, handlers.Effects{Conversation: &handlers.Conversation{Taken: f.clock.Now().Add(time.Hour), At: f.clock.Now()}})
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
		{name: "in words", texts: []string{"actually I will be there"}, told: true, kind: kinds.Handoff},
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
			if told := strings.Contains(f.told(), "may have changed their mind"); told != c.told || r.Kind != c.kind {
				t.Errorf("%s, the desk was told %q", r.Kind, f.told())
			}
			if f.states(t) != handlers.Declined {
				t.Errorf("the visit is %s", f.states(t))
			}
		})
	}
}
