package patient_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
)

// caught is a text that was written some time ago and is fetched now.
func (f *front) caught(t *testing.T, ago time.Duration, x handlers.Text) string {
	t.Helper()
	f.count++
	if x.ID == "" {
		x.ID = fmt.Sprint("SM", f.count)
	}
	x.From, x.At = f.from, f.clock.Now().Add(-ago).Truncate(time.Second)
	what, err := f.CatchUp(t.Context(), x, false)
	if err != nil {
		t.Fatalf("%q: %v", x.Body, err)
	}
	return what
}

// reminded is a patient who was asked an hour ago whether they come in so many hours.
func reminded(t *testing.T, hours ...float64) *front {
	t.Helper()
	f := newFront(t, openHours)
	f.visits(hours...)
	f.clock.Add(time.Hour)
	return f
}

// replies are what waits to leave for the patient, as texts of their own.
func (f *front) replies() (out []string) {
	for _, o := range f.store.Texts() {
		if o.Kind == gate.KindReply {
			out = append(out, o.Body)
		}
	}
	return out
}

// open is how many cases wait for a person.
func (f *front) open(t *testing.T) int {
	t.Helper()
	return len(f.state(t).Cases)
}

func TestCatchUpInTimeIsAnswered(t *testing.T) {
	f := newFront(t, openHours)
	if what := f.caught(t, 9*time.Minute, handlers.Text{ID: "SMa", Body: "is the roof green"}); what != desk.CaughtAnswered {
		t.Errorf("it is %s", what)
	}
	rows := f.store.Texts()
	if len(rows) != 1 || rows[0].Body != "Green." || rows[0].Unasked || rows[0].ID != "reply:SMa:0" {
		t.Fatalf("rows %+v", rows)
	}
	if want := f.clock.Now().Add(time.Minute); !rows[0].Until.Equal(want) {
		t.Errorf("it may leave until %v, want %v", rows[0].Until, want)
	}
	// Its webhook comes once more: it is answered with nothing, for the answer leaves by the
	// ledger.
	r, err := f.Receive(t.Context(), handlers.Text{ID: "SMa", From: f.from, Body: "is the roof green", At: f.clock.Now()})
	if err != nil || len(r.Bodies) != 0 {
		t.Errorf("the webhook is answered %+v, %v", r, err)
	}
	if what := f.caught(t, 9*time.Minute, handlers.Text{ID: "SMa", Body: "is the roof green"}); what != "" || len(f.replies()) != 1 {
		t.Errorf("fetched again it is %q, with %q", what, f.replies())
	}
}

// A visit that was booked a moment ago isn't what they wrote of before, however fresh the text is.
func TestCatchUpAfterAVisitChanged(t *testing.T) {
	f := newFront(t, openHours)
	f.clock.Add(time.Hour)
	f.visits(24)
	f.clock.Add(time.Minute)
	what := f.caught(t, 2*time.Minute, handlers.Text{Body: "sorry i cant make it"})
	if what != desk.CaughtPerson || f.states(t) != "booked" || len(f.replies()) != 0 {
		t.Errorf("it is %s, the visit %s, answered %q", what, f.states(t), f.replies())
	}
	f = reminded(t, 24)
	what = f.caught(t, 2*time.Minute, handlers.Text{Body: "sorry i cant make it"})
	if f.states(t) != "declined" || len(f.replies()) != 1 {
		t.Errorf("it is %s, the visit %s, answered %q", what, f.states(t), f.replies())
	}
}

// A YES that was written before a free time was offered takes nothing; one written after it does.
func TestCatchUpBeforeAnOffer(t *testing.T) {
	for ago, want := range map[time.Duration]string{2 * time.Minute: handlers.OfferOpen, 30 * time.Second: handlers.OfferTaken} {
		f := newFront(t, openHours)
		f.offerSlots(t, handlers.OfferOpen, 48)
		f.clock.Add(time.Minute)
		f.caught(t, ago, handlers.Text{Body: "yes"})
		if got := f.slotsNow(t); !strings.Contains(got, want) {
			t.Errorf("written %v ago: %s, want %s", ago, got, want)
		}
	}
}

func TestCatchUpOfWhatWasHandledDoesNothing(t *testing.T) {
	f := newFront(t, openHours)
	f.text(t, "is the roof green")
	if what := f.caught(t, time.Minute, handlers.Text{ID: "SM1", Body: "is the roof green"}); what != "" || len(f.store.Texts()) != 0 {
		t.Errorf("it is %q, %v", what, f.store.Texts())
	}
}

// No automatic answer is stale: a person has the text, and is told when it was written. What it
// says plainly is done.
func TestCatchUpLate(t *testing.T) {
	const late = 40 * time.Minute
	for _, c := range []struct {
		name, body string
		given      func(*front)
		hours      []float64 // of visits, from when they were asked
		what       string
		visits     string // as they are after
		told       []string
		not        string // isn't told
		open       int
		out        bool // opted out after
	}{
		{
			name: "a question", body: "is the roof green", what: desk.CaughtPerson, open: 1,
			told: []string{"desk handoff Asks about reviewed. Written Tue Dec 1 at 10:20 AM, while the bot was away; they had no answer."},
		},
		{
			name: "what nobody can know", body: "did you find my umbrella",
			what: desk.CaughtPerson, open: 1,
			told: []string{"Written Tue Dec 1 at 10:20 AM"},
		},
		{name: "thanks", body: "thank you!", what: desk.CaughtDone},
		{
			name: "a confirmation", body: "C", hours: []float64{24}, what: desk.CaughtDone,
			visits: "confirmed",
			told:   []string{"Confirmed Wed Dec 2 at 10:00 AM. Written Tue Dec 1 at 10:20 AM, while the bot was away; they had no answer."},
		},
		{
			name: "a bare yes", body: "yes", hours: []float64{24}, what: desk.CaughtDone,
			visits: "confirmed",
		},
		{
			name: "a yes before anything was asked", body: "yes", hours: []float64{24},
			what: desk.CaughtPerson, open: 1,
			given:  func(f *front) { f.clock.Add(-30 * time.Minute) }, // written ten minutes before the visit's reminder left
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
			told: []string{"Writes about a visit (confirm). Nothing was changed."},
		},
		{
			name: "they have written since", body: "yes see you then", hours: []float64{24, 72},
			what: desk.CaughtPerson, visits: "declined booked", open: 1,
			given: func(f *front) {
				f.clock.Add(-10 * time.Minute)
				_, _ = f.Receive(context.Background(), handlers.Text{ID: "SMsince", From: f.from, Body: "sorry i cant make it"})
				_, _ = f.Receive(context.Background(), handlers.Text{ID: "SMwhich", From: f.from, Body: "1"})
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
		{name: "STOP", body: "STOP", what: desk.CaughtDone, out: true},
		{
			name: "an opt-out in their own words", body: "please stop texting me",
			what: desk.CaughtDone, out: true,
		},
		{
			name: "an opt-out, and they have written since", body: "STOP",
			what: desk.CaughtDone, out: true,
			given: func(f *front) {
				_, _ = f.Receive(context.Background(), handlers.Text{ID: "SMsince", From: f.from, Body: "is the roof green"})
			},
		},
		{
			name: "an opt-out, and they have opted in since", body: "STOP",
			what: desk.CaughtPerson, open: 1,
			given: func(f *front) {
				_, _ = f.Receive(context.Background(), handlers.Text{ID: "SMsince", From: f.from, Body: "START"})
			},
			told: []string{"Writes about their consent (stop), which they changed since. Nothing was changed."},
		},
		{
			name: "an opt-in, and they have opted out since", body: "START",
			what: desk.CaughtPerson, open: 1, out: true,
			given: func(f *front) {
				_, _ = f.Receive(context.Background(), handlers.Text{ID: "SMsince", From: f.from, Body: "STOP"})
			},
		},
		{
			name: "a clinical question",
			body: "i forgot and took my xanax this morning, my infusion is at 2",
			what: desk.CaughtPerson, open: 1,
			told: []string{"desk clinical For a nurse, by", "Written Tue Dec 1 at 10:20 AM"},
		},
		{
			name: "who opted out asks", body: "is the roof green", what: desk.CaughtPerson,
			open: 1, out: true,
			given: func(f *front) { f.store.Put(f.from, handlers.Effects{Consent: &handlers.Consent{Out: true}}) },
			told:  []string{"has opted out of texts. Call them. Written"},
		},
		{
			name: "a person talks with them", body: "is the roof green",
			what: desk.CaughtPerson, open: 1,
			given: func(f *front) {
				f.store.Put(f.from, handlers.Effects{Conversation: &handlers.Conversation{
					Taken: f.clock.Now().Add(time.Hour), By: "U1", At: f.clock.Now().Add(-time.Hour),
				}})
			},
		},
		{
			name: "nothing but blanks", body: " ", what: desk.CaughtPerson, open: 1,
			told: []string{"whose words the carrier doesn't show"},
		},
		{
			name: "a machine's",
			body: "I'm driving with Do Not Disturb turned on. I'll see your message when I get where I'm going.",
			what: desk.CaughtDone,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
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
		})
	}
}

// The second text of a number joins the thread of the first, and says there when it was written.
func TestCatchUpLateInAThread(t *testing.T) {
	f := newFront(t, openHours)
	f.caught(t, 40*time.Minute, handlers.Text{Body: "did you find my umbrella"})
	f.caught(t, 30*time.Minute, handlers.Text{Body: "it is a grey one, from my aunt"})
	has(t, "desk", f.told(), "note bot Written Tue Dec 1 at 9:30 AM", "note patient it is a grey one")
	if n := f.open(t); n != 1 {
		t.Errorf("%d cases, want one", n)
	}
}

// What was written before a text that has been handled isn't answered, however fresh: the talk
// has gone on.
func TestCatchUpOvertaken(t *testing.T) {
	f := reminded(t, 24)
	f.text(t, "is the roof green")
	before := f.state(t).Conversation
	if what := f.caught(t, time.Minute, handlers.Text{Body: "C"}); what != desk.CaughtPerson {
		t.Errorf("it is %s", what)
	}
	s := f.state(t)
	if s.Visits[0].State != handlers.Booked || len(f.replies()) != 0 {
		t.Errorf("the visit is %s, answered %q", s.Visits[0].State, f.replies())
	}
	if s.Conversation.Last != before.Last || !s.Conversation.At.Equal(before.At) {
		t.Errorf("the talk has become %+v", s.Conversation)
	}
}

// In the order in which they were written, seconds apart: a sentence cut in two is read as one.
func TestCatchUpReadsABurstAsOne(t *testing.T) {
	f := newFront(t, openHours)
	f.caught(t, 60*time.Second, handlers.Text{Body: "i dont want to"})
	if what := f.caught(t, 55*time.Second, handlers.Text{Body: "be alive anymore"}); what != desk.CaughtDanger {
		t.Errorf("it is %s: %s", what, f.told())
	}
	f = newFront(t, openHours)
	f.caught(t, 120*time.Second, handlers.Text{Body: "i dont want to be"})
	if what := f.caught(t, 55*time.Second, handlers.Text{Body: "here anymore"}); what == desk.CaughtDanger {
		t.Error("a minute later it is another text")
	}
}

func TestCatchUpDanger(t *testing.T) {
	for _, c := range []struct {
		name  string
		ago   time.Duration
		given func(*testing.T, *front)
		x     handlers.Text
		words int
		told  string
	}{
		{
			name: "late", ago: 5 * time.Hour, words: 1,
			told: "urgent crisis May be in danger. Reach them now. Written Tue Dec 1 at 5:00 AM, while the bot was away.",
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
			told:  "Written Tue Dec 1 at 10:59 AM",
			given: func(t *testing.T, f *front) { f.text(t, "i want to die"); f.clock.Add(time.Hour) },
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
		t.Run(c.name, func(t *testing.T) {
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
		})
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
	if what := f.caught(t, time.Minute, handlers.Text{ID: "SM1", Body: "i want to die"}); what != "" || len(f.replies()) != 0 {
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
	has(t, "desk", f.told(), "urgent concern May be more than it seems: please read. Written Tue Dec 1 at 9:00 AM")
}

// What the carrier shows to have been sent isn't sent again.
func TestCatchUpSaysNothingTwice(t *testing.T) {
	for _, c := range []struct {
		name string
		x    handlers.Text
		what string
		told string
	}{
		{"answered in its webhook", handlers.Text{Answered: true}, desk.CaughtPerson, "the carrier shows that they had a reply"},
		{"answered by a text", handlers.Text{Had: []string{"Green."}}, desk.CaughtDone, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFront(t, openHours)
			c.x.Body = "is the roof green"
			if what := f.caught(t, time.Minute, c.x); what != c.what || len(f.replies()) != 0 {
				t.Errorf("it is %s, answered %q", what, f.replies())
			}
			has(t, "desk", f.told(), c.told)
		})
	}
}

// A webhook that was refused although its text was stored: the answer hasn't reached anybody.
func TestCatchUpOfAnAnswerThatNobodyGot(t *testing.T) {
	for _, c := range []struct {
		name    string
		ago     time.Duration
		refused bool
		x       handlers.Text
		what    string
		replies int
		told    string
	}{
		{
			name: "in time", ago: time.Minute, refused: true, what: desk.CaughtAnswered,
			replies: 1,
		},
		{
			name: "too late", ago: time.Hour, refused: true, what: desk.CaughtPerson,
			told: "What they wrote (answer) was taken, but the bot's answer didn't reach them. Written",
		},
		{name: "it wasn't refused", ago: time.Minute},
		{
			name: "the carrier shows it", ago: time.Minute, refused: true,
			x: handlers.Text{Answered: true},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFront(t, openHours)
			f.text(t, "is the roof green")
			f.clock.Add(c.ago)
			c.x.ID, c.x.From, c.x.Body, c.x.At = "SM1", f.from, "is the roof green", f.clock.Now().Add(-c.ago)
			for range 2 { // the second time nothing is left to do
				what, err := f.CatchUp(t.Context(), c.x, c.refused)
				if err != nil || what != c.what {
					t.Errorf("it is %q, %v; want %q", what, err, c.what)
				}
				c.what = ""
			}
			if got := f.replies(); len(got) != c.replies {
				t.Errorf("answered %q", got)
			}
			has(t, "desk", f.told(), c.told)
		})
	}
}

// An opt-out in their own words is confirmed in the webhook's answer; as a text of its own it
// could only come to who has opted out.
func TestCatchUpOptOutGetsNoText(t *testing.T) {
	f := newFront(t, openHours)
	if what := f.caught(t, time.Minute, handlers.Text{Body: "please stop texting me"}); what != desk.CaughtDone {
		t.Errorf("it is %s", what)
	}
	if !f.state(t).Consent.Out || len(f.store.Texts()) != 0 {
		t.Errorf("%+v, rows %+v", f.state(t).Consent, f.store.Texts())
	}
}

func TestCatchUpNeedsTheStore(t *testing.T) {
	f := newFront(t, openHours)
	f.store.Fail(errors.New("away"))
	if _, err := f.CatchUp(t.Context(), handlers.Text{ID: "SM1", From: f.from, Body: "i want to die", At: f.clock.Now()}, false); err == nil {
		t.Error("it is taken for handled")
	}
	if len(f.desk.Cases()) != 0 {
		t.Error("an alarm is shown past the store: it comes again with every try")
	}
}

// One line at the desk for an outage, which changes as more texts are fetched.
func TestTellCaught(t *testing.T) {
	at := func(s string) time.Time { return handlerstest.At(t, s) }
	for _, c := range []struct {
		name string
		n    desk.Caught
		want string
	}{
		{
			"one",
			desk.Caught{Since: at("2026-12-01 09:31"), Until: at("2026-12-01 09:31"), Person: 1},
			"1 text that a patient wrote on Tue Dec 1 at 9:31 AM, while the bot was away, reached it late: 1 waiting for you, on their own cards.",
		},
		{
			"many",
			desk.Caught{Since: at("2026-12-01 09:31"), Until: at("2026-12-01 09:33"), Danger: 2, Answered: 540, Person: 260, Done: 4},
			"806 texts that patients wrote between Tue Dec 1 at 9:31 AM and 9:33 AM, while the bot was away, reached it late: " +
				"2 read as danger: see the urgent channel; 540 answered by the bot; 260 waiting for you, on their own cards; 4 that need no answer.",
		},
		{
			"over midnight",
			desk.Caught{Since: at("2026-11-30 23:50"), Until: at("2026-12-01 00:20"), Answered: 2},
			"2 texts that patients wrote between Mon Nov 30 at 11:50 PM and Tue Dec 1 at 12:20 AM, while the bot was away, reached it late: 2 answered by the bot.",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFront(t, openHours)
			count := func(context.Context) (desk.Caught, error) { return c.n, nil }
			if err := f.TellCaught(t.Context(), count); err != nil {
				t.Fatal(err)
			}
			if got := f.told(); got != "desk away "+c.want {
				t.Errorf("told %q", got)
			}
			c.n.Done++
			f.clock.Add(time.Second)
			if err := f.TellCaught(t.Context(), count); err != nil {
				t.Fatal(err)
			}
			cards := map[string]bool{}
			for _, p := range f.store.Queue() {
				cards[p.Case] = true
			}
			if len(cards) != 1 {
				t.Errorf("cards %v, want one", cards)
			}
		})
	}
}

func TestDangerIsSeenBeforehand(t *testing.T) {
	f := newFront(t, openHours)
	for body, want := range map[string]bool{"i want to die": true, "chest pain cant breathe": true, "is the roof green": false, "STOP": false} {
		if got := f.Danger(handlers.Text{Body: body}); got != want {
			t.Errorf("%q: %v", body, got)
		}
	}
}
