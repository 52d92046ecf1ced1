package patient_test

import (
	"errors"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
)

// In the order in which they were written, seconds apart: a sentence cut in two is read as one.
func TestCatchUpReadsABurstAsOne(t *testing.T) {
	f := newFront(t, openHours)
	f.caught(t, 60*time.Second, handlers.Text{Body: "i dont want to"})
	what := f.caught(t, 55*time.Second, handlers.Text{Body: "be alive anymore"})
	if what != desk.CaughtDanger {
		t.Errorf("it is %s: %s", what, f.told())
	}
	f = newFront(t, openHours)
	f.caught(t, 120*time.Second, handlers.Text{Body: "i dont want to be"})
	what = f.caught(t, 55*time.Second, handlers.Text{Body: "here anymore"})
	if what == desk.CaughtDanger {
		t.Error("a minute later it is another text")
	}
}

// dangerRow is a text of danger that is fetched.
type dangerRow struct {
	name  string
	ago   time.Duration
	given func(*testing.T, *front)
	x     handlers.Text
	words int
	told  string
}

// check fetches the text and looks at the words, the desk and whether anybody is paged.
func (c dangerRow) check(t *testing.T) {
	f := newFront(t, openHours)
	if c.given != nil {
		c.given(t, f)
	}
	c.x.Body = "i want to die"
	if what := f.caught(t, c.ago, c.x); what != desk.CaughtDanger {
		t.Errorf("it is %s", what)
	}
	if got := f.replies(); len(got) != c.words {
		t.Errorf("answered %q, want %d", got, c.words)
	}
	for _, o := range f.store.Texts() {
		if !o.Until.IsZero() {
			t.Errorf("the words are held back after %v", o.Until)
		}
	}
	has(t, "desk", f.told(), c.told)
	if f.state(t).Urgent() == nil || f.state(t).Urgent().Page.IsZero() {
		t.Errorf("nobody is paged: %+v", f.state(t).Cases)
	}
}

func TestCatchUpDanger(t *testing.T) {
	for _, c := range []dangerRow{
		{
			name: "late", ago: 5 * time.Hour, words: 1,
			told: "urgent crisis May be in danger. Reach them now. " +
				"Written Tue Dec 1 at 5:00 AM, while the bot was away.",
		},
		{
			name: "just now", ago: time.Minute, words: 1,
			told: "urgent crisis May be in danger. Reach them now. Written Tue Dec 1 at 9:59 AM",
		},
		{
			name: "answered, and the record lost", ago: time.Minute,
			x: handlers.Text{Answered: true}, told: "urgent crisis May be in danger",
		},
		{
			name: "who opted out", ago: time.Hour, told: "urgent crisis May be in danger",
			given: func(_ *testing.T, f *front) {
				f.store.Put(f.from, handlers.Effects{Consent: &handlers.Consent{Out: true}})
			},
		},
		{
			name: "they had the words since", ago: time.Hour,
			told:  "note bot May be in danger. Reach them now. Written Tue Dec 1 at 9:00 AM",
			given: func(t *testing.T, f *front) { f.text(t, "i want to die") },
		},
		{
			name: "an alarm stood before", ago: time.Minute, words: 1,
			told: "Written Tue Dec 1 at 10:59 AM",
			given: func(t *testing.T, f *front) {
				f.text(t, "i want to die")
				f.clock.Add(time.Hour)
			},
		},
		{
			name: "the alarm of then is over", ago: time.Hour, words: 1,
			told: "urgent crisis May be in danger",
			given: func(t *testing.T, f *front) {
				f.text(t, "i want to die")
				c := f.state(t).Cases[0]
				c.Open = false
				f.store.Put(f.from, handlers.Effects{Cases: []handlers.Case{c}})
			},
		},
	} {
		t.Run(c.name, c.check)
	}
}

// Twice in one outage: one alarm, and the words once.
func TestCatchUpDangerTwice(t *testing.T) {
	f := newFront(t, openHours)
	f.caught(t, 20*time.Minute, handlers.Text{Body: "i want to die"})
	f.caught(t, 18*time.Minute, handlers.Text{Body: "i want to die"})
	if len(f.replies()) != 1 || f.open(t) != 1 {
		t.Errorf("answered %q, %d cases", f.replies(), f.open(t))
	}
}

// An alarm that was answered without the store is stored by Restore, under the text's own id:
// fetched, it does nothing.
func TestCatchUpAfterDangerWithoutTheStore(t *testing.T) {
	f := newFront(t, openHours)
	f.store.Fail(errors.New("away"))
	if r := f.text(t, "i want to die"); len(r.Bodies) != 1 {
		t.Fatalf("answered %+v", r)
	}
	f.store.Fail(nil)
	if err := f.Restore(t.Context()); err != nil {
		t.Fatal(err)
	}
	what := f.caught(t, time.Minute, handlers.Text{ID: "SM1", Body: "i want to die"})
	if what != "" || len(f.replies()) != 0 {
		t.Errorf("it is %q, answered %q", what, f.replies())
	}
}

// A concern is read by a person, and becomes an alarm if nobody does; late, the bot says nothing
// to it.
func TestCatchUpConcern(t *testing.T) {
	f := newFront(t, openHours)
	what := f.caught(t, time.Hour, handlers.Text{Body: "whats the point of anything anymore"})
	if what != desk.CaughtPerson || len(f.replies()) != 0 {
		t.Errorf("it is %s, answered %q", what, f.replies())
	}
	k := f.state(t).Concern()
	if k == nil || !k.Page.Equal(f.clock.Now().Add(f.Base.Clinic.ReadWithin())) {
		t.Fatalf("%+v", f.state(t).Cases)
	}
	has(t, "desk", f.told(), "urgent concern May be more than it seems: please read. "+
		"Written Tue Dec 1 at 9:00 AM")
}

func TestCatchUpNeedsTheStore(t *testing.T) {
	f := newFront(t, openHours)
	f.store.Fail(errors.New("away"))
	_, err := f.CatchUp(t.Context(), handlers.Text{
		ID: "SM1", From: f.from, Body: "i want to die", At: f.clock.Now(),
	}, false)
	if err == nil {
		t.Error("it is taken for handled")
	}
	if len(f.desk.Cases()) != 0 {
		t.Error("an alarm is shown past the store: it comes again with every try")
	}
}

func TestDangerIsSeenBeforehand(t *testing.T) {
	f := newFront(t, openHours)
	for body, want := range map[string]bool{
		"i want to die":           true,
		"chest pain cant breathe": true,
		"is the roof green":       false,
		"STOP":                    false,
	} {
		if got := f.Danger(handlers.Text{Body: body}); got != want {
			t.Errorf("%q: %v", body, got)
		}
	}
}
