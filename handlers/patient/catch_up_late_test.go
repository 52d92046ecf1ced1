package patient_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
)

// late is how old the texts are when they are fetched: too old for an answer from the bot.
const late = 40 * time.Minute

// writtenLate is what the desk is told of such a text.
const writtenLate = "Written Tue Dec 1 at 10:20 AM, while the bot was away; they had no answer."

// lateRow is a text that is fetched too late for an answer.
type lateRow struct {
	name, body string
	given      func(*front)
	hours      []float64 // of visits, from when they were asked
	what       string
	visits     string // as they are after
	told       []string
	not        string // isn't told
	open       int
	out        bool // opted out after
}

// check fetches the text. No automatic answer is stale: a person has the text, and is told when it
// was written. What it says plainly is done.
func (c lateRow) check(t *testing.T) {
	f := reminded(t, c.hours...)
	if c.given != nil {
		c.given(f)
	}
	if what := f.caught(t, late, handlers.Text{Body: c.body}); what != c.what {
		t.Errorf("it is %s, want %s", what, c.what)
	}
	if got := f.replies(); len(got) != 0 {
		t.Errorf("answered %q", got)
	}
	if got := f.states(t); got != c.visits {
		t.Errorf("the visits are %q, want %q", got, c.visits)
	}
	has(t, "desk", f.told(), c.told...)
	if c.not != "" && strings.Contains(f.told(), c.not) {
		t.Errorf("the desk is told %q", f.told())
	}
	if n := f.open(t); n != c.open {
		t.Errorf("%d cases wait, want %d: %s", n, c.open, f.told())
	}
	if s := f.state(t); s.Consent.Out != c.out {
		t.Errorf("opted out: %v", s.Consent.Out)
	}
}

func TestCatchUpLate(t *testing.T) {
	for _, c := range []lateRow{
		{
			name: "a question", body: "is the roof green", what: desk.CaughtPerson, open: 1,
			told: []string{"desk handoff Asks: is the roof green? " + writtenLate},
		},
		{
			name: "what nobody can know", body: "did you find my umbrella",
			what: desk.CaughtPerson, open: 1,
			told: []string{"Written Tue Dec 1 at 10:20 AM"},
		},
		{name: "thanks", body: "thank you!", what: desk.CaughtDone},
	} {
		t.Run(c.name, c.check)
	}
}

func TestCatchUpLateOfAVisit(t *testing.T) {
	for _, c := range []lateRow{
		{
			name: "a confirmation", body: "C", hours: []float64{24}, what: desk.CaughtDone,
			visits: "confirmed",
			told:   []string{"Confirmed Wed Dec 2 at 10:00 AM. " + writtenLate},
		},
		{
			name: "a bare yes", body: "yes", hours: []float64{24}, what: desk.CaughtDone,
			visits: "confirmed",
		},
		{
			name: "a yes before anything was asked", body: "yes", hours: []float64{24},
			what: desk.CaughtPerson, open: 1,
			// It was written ten minutes before the visit's reminder left.
			given:  func(f *front) { f.clock.Add(-30 * time.Minute) },
			visits: "booked",
		},
		{
			name: "they can't come", body: "sorry i cant make it", hours: []float64{24},
			what:   desk.CaughtPerson,
			visits: "declined", open: 1,
			told: []string{"Can't come Wed Dec 2 at 10:00 AM. Written"}, not: "They were told",
		},
		{
			name: "which of two", body: "sorry i cant make it", hours: []float64{24, 72},
			what:   desk.CaughtPerson,
			visits: "booked booked", open: 1, told: []string{"Nothing was changed"},
		},
		{
			name: "two of one day", body: "C", hours: []float64{24, 26},
			what: desk.CaughtDone, visits: "confirmed confirmed",
		},
		{
			name: "late, for the visit that is near", body: "running 15 min late",
			hours: []float64{2}, what: desk.CaughtPerson,
			visits: "booked", open: 1,
			told: []string{"Late for Tue Dec 1 at 12:00 PM, by 15 minutes. Written"},
		},
	} {
		t.Run(c.name, c.check)
	}
}

func TestCatchUpLateAfterAChange(t *testing.T) {
	for _, c := range []lateRow{
		{
			name: "a visit that was moved since", body: "C", hours: []float64{24},
			what: desk.CaughtPerson, visits: "booked", open: 1,
			given: func(f *front) {
				s, _ := f.store.Peek(context.Background(), f.from)
				v := s.Visits[0]
				v.Start = v.Start.AddDate(0, 0, 1)
				f.store.Put(f.from, handlers.Effects{Visits: []handlers.Visit{v}})
				f.reminded(v, "booked")
			},
			told: []string{"Writes about a visit (that they come). Nothing was changed."},
		},
		{
			name: "they have written since", body: "yes see you then", hours: []float64{24, 72},
			what: desk.CaughtPerson, visits: "declined booked", open: 1,
			given: func(f *front) {
				f.clock.Add(-10 * time.Minute)
				f.since("sorry i cant make it")
				f.since("1")
				f.clock.Add(10 * time.Minute)
			},
		},
		{
			name: "a number that was asked for", body: "1", hours: []float64{24},
			what: desk.CaughtPerson, visits: "declined", open: 1,
			given: func(f *front) {
				f.store.Put(f.from, handlers.Effects{Conversation: &handlers.Conversation{
					Choices: []string{"decline v1", "keep v1"}, At: f.clock.Now().Add(-time.Hour),
				}})
			},
		},
		{
			name: "a number of an answer", body: "1", what: desk.CaughtPerson, open: 1,
			given: func(f *front) {
				f.store.Put(f.from, handlers.Effects{Conversation: &handlers.Conversation{
					Choices: []string{"reviewed", "overdue"}, At: f.clock.Now().Add(-time.Hour),
				}})
			},
		},
	} {
		t.Run(c.name, c.check)
	}
}

func TestCatchUpLateOfConsent(t *testing.T) {
	for _, c := range []lateRow{
		{name: "STOP", body: "STOP", what: desk.CaughtDone, out: true},
		{
			name: "an opt-out in their own words", body: "please stop texting me",
			what: desk.CaughtDone, out: true,
		},
		{
			name: "an opt-out, and they have written since", body: "STOP",
			what: desk.CaughtDone, out: true,
			given: func(f *front) {
				f.since("is the roof green")
			},
		},
		{
			name: "an opt-out, and they have opted in since", body: "STOP",
			what: desk.CaughtPerson, open: 1,
			given: func(f *front) {
				f.since("START")
			},
			told: []string{"Writes about their consent (no more texts), which they changed since. " +
				"Nothing was changed."},
		},
		{
			name: "an opt-in, and they have opted out since", body: "START",
			what: desk.CaughtPerson, open: 1, out: true,
			given: func(f *front) {
				f.since("STOP")
			},
		},
	} {
		t.Run(c.name, c.check)
	}
}

func TestCatchUpLateForAPerson(t *testing.T) {
	for _, c := range []lateRow{
		{
			name: "a clinical question",
			body: "i forgot and took my xanax this morning, my infusion is at 2",
			what: desk.CaughtPerson, open: 1,
			told: []string{"desk clinical For a nurse, by", "Written Tue Dec 1 at 10:20 AM"},
		},
		{
			name: "who opted out asks", body: "is the roof green", what: desk.CaughtPerson,
			open: 1, out: true,
			given: func(f *front) {
				f.store.Put(f.from, handlers.Effects{Consent: &handlers.Consent{Out: true}})
			},
			told: []string{"has opted out of texts. Call them. Written"},
		},
		{
			name: "a person talks with them", body: "is the roof green",
			what: desk.CaughtPerson, open: 1,
			given: func(f *front) {
				f.store.Put(f.from, handlers.Effects{Conversation: &handlers.Conversation{
					Taken: f.clock.Now().Add(time.Hour), By: "U1",
					At: f.clock.Now().Add(-time.Hour),
				}})
			},
		},
		{
			name: "nothing but blanks", body: " ", what: desk.CaughtPerson, open: 1,
			told: []string{"whose words the carrier doesn't show"},
		},
		{
			name: "a machine's",
			body: "I'm driving with Do Not Disturb turned on. " +
				"I'll see your message when I get where I'm going.",
			what: desk.CaughtDone,
		},
		{
			name: "who asks for a person", body: "can i talk to a person",
			what: desk.CaughtPerson, open: 1, told: []string{"Asks for a person. " + writtenLate},
		},
		{
			name: "what only looks like a change", body: "can i cancel", hours: []float64{24},
			what: desk.CaughtPerson, open: 1, visits: "booked",
			told: []string{"May mean: decline. Nothing was changed. " + writtenLate},
		},
	} {
		t.Run(c.name, c.check)
	}
}

// The second text of a number joins the thread of the first, and says there when it was written.
func TestCatchUpLateInAThread(t *testing.T) {
	f := newFront(t, openHours)
	f.caught(t, 40*time.Minute, handlers.Text{Body: "did you find my umbrella"})
	f.caught(t, 30*time.Minute, handlers.Text{Body: "it is a grey one, from my aunt"})
	has(t, "desk", f.told(),
		"note bot Written Tue Dec 1 at 9:30 AM", "note patient it is a grey one")
	if n := f.open(t); n != 1 {
		t.Errorf("%d cases, want one", n)
	}
}

// A late yes takes no slot: a person reads it.
func TestCatchUpLateOfAnOffer(t *testing.T) {
	f := newFront(t, openHours)
	f.offerSlots(t, handlers.OfferOpen, 48)
	f.clock.Add(45 * time.Minute)
	what := f.caught(t, late, handlers.Text{Body: "yes"})
	if what != desk.CaughtPerson || f.slotsNow(t) != "open/open" || len(f.replies()) != 0 {
		t.Errorf("it is %s, slots %s, answered %q", what, f.slotsNow(t), f.replies())
	}
	want := "desk handoff May be their answer to a free time that was offered to them. " +
		"Nothing was changed. Written Tue Dec 1 at 10:05 AM, while the bot was away; " +
		"they had no answer."
	if got := f.told(); got != want {
		t.Errorf("the desk is told %q, want %q", got, want)
	}
}
