package patient_test

import (
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
)

func TestCatchUpInTimeIsAnswered(t *testing.T) {
	f := newFront(t, openHours)
	roof := handlers.Text{ID: "SMa", Body: "is the roof green"}
	if what := f.caught(t, 9*time.Minute, roof); what != desk.CaughtAnswered {
		t.Errorf("it is %s", what)
	}
	rows := f.store.Texts()
	if len(rows) != 1 || rows[0].Body != "Green." || rows[0].Unasked ||
		rows[0].ID != "reply:SMa:0" {
		t.Fatalf("rows %+v", rows)
	}
	if want := f.clock.Now().Add(time.Minute); !rows[0].Until.Equal(want) {
		t.Errorf("it may leave until %v, want %v", rows[0].Until, want)
	}
	// Its webhook comes once more: it is answered with nothing, for the answer leaves by the
	// ledger.
	roof.From, roof.At = f.from, f.clock.Now()
	r, err := f.Receive(t.Context(), roof)
	if err != nil || len(r.Bodies) != 0 {
		t.Errorf("the webhook is answered %+v, %v", r, err)
	}
	if what := f.caught(t, 9*time.Minute, roof); what != "" || len(f.replies()) != 1 {
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
	for ago, want := range map[time.Duration]string{
		2 * time.Minute:  handlers.OfferOpen,
		30 * time.Second: handlers.OfferTaken,
	} {
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
	what := f.caught(t, time.Minute, handlers.Text{ID: "SM1", Body: "is the roof green"})
	if what != "" || len(f.store.Texts()) != 0 {
		t.Errorf("it is %q, %v", what, f.store.Texts())
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

// What the carrier shows to have been sent isn't sent again.
func TestCatchUpSaysNothingTwice(t *testing.T) {
	for _, c := range []struct {
		name string
		x    handlers.Text
		what string
		told string
	}{
		{
			name: "answered in its webhook", x: handlers.Text{Answered: true},
			what: desk.CaughtPerson, told: "the carrier shows that they had a reply",
		},
		{
			name: "answered by a text", x: handlers.Text{Had: []string{"Green."}},
			what: desk.CaughtDone,
		},
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
			told: "What they wrote (answer) was taken, " +
				"but the bot's answer didn't reach them. Written",
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
			c.x.ID, c.x.From, c.x.Body = "SM1", f.from, "is the roof green"
			c.x.At = f.clock.Now().Add(-c.ago)
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
	what := f.caught(t, time.Minute, handlers.Text{Body: "please stop texting me"})
	if what != desk.CaughtDone {
		t.Errorf("it is %s", what)
	}
	if !f.state(t).Consent.Out || len(f.store.Texts()) != 0 {
		t.Errorf("%+v, rows %+v", f.state(t).Consent, f.store.Texts())
	}
}
