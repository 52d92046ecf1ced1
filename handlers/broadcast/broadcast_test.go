package broadcast_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
)

// has reports it if a text lacks a part.
func has(t *testing.T, what, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("%s: %q lacks %q", what, text, p)
		}
	}
}

// A storm: one asks, another agrees, a minute later everybody with a visit is texted once; the card
// shows how far it is, and ends when each has it.
func TestAStorm(t *testing.T) {
	s := newStorm(t, "2026-11-30 17:00")
	s.visit(t, "0101", "10:00")
	s.visit(t, "0102", "11:00", func(v *handlers.Visit) { v.Lang, v.Name = "es", "Luz Diaz" })
	s.visit(t, "0103", "09:00", func(v *handlers.Visit) { v.State = handlers.Declined })
	s.visit(t, "0104", "09:00", func(v *handlers.Visit) { v.Start = v.Start.AddDate(0, 0, 1) })
	s.ask(t, s.day(t))
	has(t, "card", s.card(t).Title, "2 texts", "Tue Dec 1", "because of the weather", "mal tiempo")
	if why := s.agree(t, "U1"); !strings.Contains(why, "somebody else") {
		t.Errorf("who asked agrees: %q", why)
	}
	s.pass(t, 10*time.Second)
	if why := s.agree(t, "U2"); why != "" {
		t.Error(why)
	}
	s.pass(t, 59*time.Second)
	if n := len(s.carrier.Sent()); n != 0 {
		t.Fatalf("%d texts within the minute in which it can be taken back", n)
	}
	s.pass(t, 10*time.Second)
	sent := s.sent()
	if len(sent) != 2 {
		t.Fatalf("%d texts", len(sent))
	}
	has(t, "English", sent["0101"], "Hi Ana,", "Tue Dec 1 at 10:00 AM", "please don't come in")
	has(t, "Spanish", sent["0102"], "Hola Luz,", "mar 1 dic a las 11:00 AM", "no venga")
	has(t, "card", s.card(t).Title, "0 of 2 delivered", "2 sent")
	if why := s.drop(t, "U1"); !strings.Contains(why, "Too late") {
		t.Errorf("taken back when it has left: %q", why)
	}
	s.arrive(t)
	s.pass(t, 10*time.Second)
	if c := s.card(t); c.Open || c.Broadcast.State != handlers.BroadcastDone {
		t.Errorf("%+v", c)
	}
	has(t, "thread", s.notes(), "U2 agrees", "Done: 2 of 2 delivered.", "visits still stand")
	if n := len(s.carrier.Sent()); n != 2 {
		t.Errorf("%d texts in the end", n)
	}
}

// Who can't be texted, or doesn't get it, is a card each, with what to tell them.
func TestWhoIsntReachedIsCalled(t *testing.T) {
	s := newStorm(t, "2026-11-30 17:00")
	s.visit(t, "0101", "10:00")
	s.visit(t, "0102", "11:00")
	s.visit(t, "0103", "12:00")
	s.visit(t, "0104", "13:00", func(v *handlers.Visit) { v.Doubts = []string{"two patients"} })
	out := handlerstest.Phone(t, "0102")
	s.store.Put(out, handlers.Effects{Consent: &handlers.Consent{Out: true}})
	danger := handlerstest.Phone(t, "0103")
	s.store.Put(danger, handlers.Effects{Cases: []handlers.Case{
		{ID: "crisis", Phone: danger, Channel: handlers.UrgentChannel, Kind: "crisis", Open: true},
	}})
	s.ask(t, s.day(t))
	has(t, "card", s.card(t).Title, "one text", "3 can't be texted")
	s.agree(t, "U2")
	s.pass(t, 70*time.Second)
	s.arrive(t, "0101")
	s.pass(t, 10*time.Second)
	for last4, why := range map[string]string{
		"0101": "unknown number", "0102": "opted out", "0103": "may be in danger",
		"0104": "in doubt: two patients",
	} {
		title := ""
		for _, c := range s.store.Open(handlerstest.Phone(t, last4)) {
			if c.Channel == handlers.DeskChannel {
				title = c.Title
			}
		}
		has(t, last4, title, why, "Call them.", "can't take place", "because of the weather")
	}
	c := s.card(t)
	rows, err := s.Unreached(t.Context(), c)
	if err != nil || len(rows) != 4 || !c.Open {
		t.Errorf("%d rows, open %v: %v", len(rows), c.Open, err)
	}
	has(t, "thread", s.notes(), "Done: 0 of 4 delivered, 4 not reached.", "call them")
}

// Until it has left it can be taken back, and then nobody is texted.
func TestNothingLeaves(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(t *testing.T, s *storm)
		says string
	}{
		{name: "taken back before a second person agreed", do: func(t *testing.T, s *storm) {
			s.drop(t, "U1")
		}, says: "U1 took this back"},
		{name: "taken back within the minute", do: func(t *testing.T, s *storm) {
			s.agree(t, "U2")
			s.pass(t, 59*time.Second)
			if why := s.drop(t, "U3"); why != "" {
				t.Error(why)
			}
		}, says: "U3 took this back"},
		{name: "nobody agrees", do: func(t *testing.T, s *storm) {
			s.pass(t, 2*time.Hour)
			if why := s.agree(t, "U2"); why == "" {
				t.Error("agreed to what is over")
			}
		}, says: "Nobody agreed in time"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStorm(t, "2026-11-30 12:00")
			s.visit(t, "0101", "10:00")
			s.ask(t, s.day(t))
			c.do(t, s)
			s.pass(t, 5*time.Minute)
			if n := len(s.carrier.Sent()); n != 0 {
				t.Errorf("%d texts", n)
			}
			if s.card(t).Open {
				t.Error("the card is open")
			}
			has(t, "thread", s.notes(), c.says)
		})
	}
}

// What is sent goes by the visits as they are when it leaves.
func TestTheVisitChangesMeanwhile(t *testing.T) {
	s := newStorm(t, "2026-11-30 21:30") // the texts wait for the morning
	s.visit(t, "0101", "15:00")
	s.visit(t, "0102", "16:00")
	s.ask(t, s.day(t))
	s.agree(t, "U2")
	s.pass(t, 2*time.Minute)
	if n := len(s.carrier.Sent()); n != 0 {
		t.Fatalf("%d texts at night", n)
	}
	has(t, "card", s.card(t).Title, "2 to go")
	s.visit(t, "0101", "15:00", func(v *handlers.Visit) { v.State = handlers.Off })
	s.clock.Set(handlerstest.At(t, "2026-12-01 09:00"))
	s.pass(t, 10*time.Second)
	s.arrive(t)
	s.pass(t, 10*time.Second)
	if sent := s.carrier.Sent(); len(sent) != 1 || sent[0].To.Last4() != "0102" {
		t.Errorf("%+v", sent)
	}
	has(t, "thread", s.notes(), "1 of 2 delivered, 1 needed none.")
	if open := s.store.Open(handlerstest.Phone(t, "0101")); len(open) > 0 {
		t.Errorf("a card to call whose visit is off: %+v", open)
	}
}

// Within the minute everybody's visits went: nobody is texted, and the card says so and is done.
func TestNobodyIsLeft(t *testing.T) {
	s := newStorm(t, "2026-11-30 17:00")
	s.visit(t, "0101", "10:00")
	s.ask(t, s.day(t))
	s.agree(t, "U2")
	s.visit(t, "0101", "10:00", func(v *handlers.Visit) { v.State = handlers.Off })
	s.pass(t, 70*time.Second)
	c := s.card(t)
	if len(s.carrier.Sent()) > 0 || c.Open || c.Broadcast.State != handlers.BroadcastDone {
		t.Errorf("%d texts, %+v", len(s.carrier.Sent()), c)
	}
	has(t, "card", c.Title, "nobody has one any more")
	has(t, "thread", s.notes(), "Nobody has a visit then any more")
}

// Of two visits the first is off by the morning: they are told of the other.
func TestTheOtherVisitStands(t *testing.T) {
	s := newStorm(t, "2026-11-30 21:30") // the texts wait for the morning
	s.visit(t, "0101", "14:00")
	s.visit(t, "0101", "16:00")
	s.ask(t, s.day(t))
	s.agree(t, "U2")
	s.pass(t, 2*time.Minute)
	s.visit(t, "0101", "14:00", func(v *handlers.Visit) { v.State = handlers.Off })
	s.clock.Set(handlerstest.At(t, "2026-12-01 09:00"))
	s.pass(t, 10*time.Second)
	sent := s.sent()
	has(t, "text", sent["0101"], "Tue Dec 1 at 4:00 PM")
	if strings.Contains(sent["0101"], "2:00 PM") {
		t.Error(sent)
	}
}

// The hours hold, but not for a visit that begins soon after them: to be woken is better than to
// drive through the storm.
func TestHours(t *testing.T) {
	for _, c := range []struct {
		name  string
		visit string
		sent  int
	}{
		{name: "an early visit", visit: "09:30", sent: 1},
		{name: "one in the afternoon", visit: "15:00", sent: 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStorm(t, "2026-12-01 05:50")
			s.visit(t, "0101", c.visit)
			plan, err := s.Plan(t.Context(), s.day(t))
			if err != nil || len(plan) != 1 || plan[0].Early != (c.sent == 1) ||
				plan[0].Later.IsZero() != (c.sent == 1) || plan[0].Why != "" {
				t.Errorf("%+v %v", plan, err)
			}
			s.ask(t, s.day(t))
			s.agree(t, "U2")
			s.pass(t, 2*time.Minute)
			if n := len(s.carrier.Sent()); n != c.sent {
				t.Errorf("%d texts", n)
			}
		})
	}
}

// The times that posts are due at are no finer than the queue's: a post that came a moment before
// its time would come again and again.
func TestTimesAreTheQueues(t *testing.T) {
	s := newStorm(t, "2026-11-30 12:00")
	s.clock.Add(123_456)
	s.visit(t, "0101", "10:00")
	s.ask(t, s.day(t))
	s.agree(t, "U2")
	b := s.card(t).Broadcast
	for _, at := range []time.Time{b.Until, b.Starts} {
		if !at.Equal(at.Truncate(time.Millisecond)) {
			t.Error(at)
		}
	}
}

// No cap holds it back, though the number had its texts of the week.
func TestCapsDontHold(t *testing.T) {
	s := newStorm(t, "2026-11-30 17:00")
	s.Base.Clinic.Reminders.MaxPerDay, s.Base.Clinic.Reminders.MaxPerWeek = 1, 1
	s.visit(t, "0101", "10:00")
	for _, event := range []string{"E1", "E2"} {
		b := s.day(t)
		plan, err := s.Plan(t.Context(), b)
		if err != nil || s.Ask(t.Context(), event, "U1", b, plan) != nil {
			t.Fatal(err)
		}
		if _, err := s.Agree(t.Context(), "a"+event, "broadcast:"+event, "U2"); err != nil {
			t.Fatal(err)
		}
		s.pass(t, 70*time.Second)
	}
	if n := len(s.carrier.Sent()); n != 2 {
		t.Errorf("%d texts", n)
	}
}

// Two patients with one phone, and two visits of one, are one text without a name that may be
// another's.
func TestOneTextANumber(t *testing.T) {
	s := newStorm(t, "2026-11-30 17:00")
	s.visit(t, "0101", "10:00")
	s.visit(t, "0101", "14:00", func(v *handlers.Visit) { v.Name = "Ben Doe" })
	s.ask(t, s.day(t))
	s.agree(t, "U2")
	s.pass(t, 70*time.Second)
	sent := s.carrier.Sent()
	if len(sent) != 1 || strings.Contains(sent[0].Body, "Ana") {
		t.Fatalf("%+v", sent)
	}
	has(t, "text", sent[0].Body, "Tue Dec 1 at 10:00 AM and 2:00 PM")
}

// The visits are taken off once it is known what became of the texts, if that was asked for, and
// their times are offered to nobody.
func TestVisitsAreTakenOff(t *testing.T) {
	s := newStorm(t, "2026-11-30 17:00")
	s.visit(t, "0101", "10:00")
	b := s.day(t)
	b.TakeOff = true
	s.ask(t, b)
	has(t, "card", s.card(t).Title, "are taken off")
	s.agree(t, "U2")
	s.pass(t, 70*time.Second)
	s.arrive(t)
	s.pass(t, 10*time.Second)
	v, _, err := s.store.Visit(t.Context(), "v010110:00")
	if err != nil || v.State != handlers.Off {
		t.Errorf("%s %v", v.State, err)
	}
	if slots, err := s.store.FreedSlots(t.Context()); err != nil || len(slots) > 0 {
		t.Errorf("its time is offered: %+v %v", slots, err)
	}
}

// Staff's own words are checked as any that nobody asked for, and sent as they are.
func TestOwnWords(t *testing.T) {
	s := newStorm(t, "2026-11-30 17:00")
	s.visit(t, "0101", "10:00")
	s.visit(t, "0102", "11:00", func(v *handlers.Visit) { v.Lang = "es" })
	b := s.day(t)
	b.Say = ""
	for words, fault := range map[string]string{
		"We open at noon tomorrow.":           "",
		"Your ketamine visit is off.":         "ketamin",
		"":                                    "say what",
		"We open at noon — see you then.":     "not GSM-7",
		"We open at noon 😀":                   "not GSM-7",
		strings.Repeat("We are closed. ", 27): "404 characters",
		"Call us at {{phone}}.":               "write it out",
		"See https://bit.ly/storm for more.":  "shared short link",
		"Text CANCEL to lose your place.":     "CANCEL",
		"Take 2 mg at home instead.":          "is a dose",
	} {
		b.Own = map[string]string{"en": words}
		if got := s.Faults(b)["en"]; (got == "") != (fault == "") || !strings.Contains(got, fault) {
			t.Errorf("%q: %q, want %q", words, got, fault)
		}
	}
	b.Own = map[string]string{"en": "We open at noon.", "es": "Abrimos a mediodia."}
	s.ask(t, b)
	s.agree(t, "U2")
	s.pass(t, 70*time.Second)
	sent := s.sent()
	if len(sent) != 2 {
		t.Fatal(sent)
	}
	has(t, "English", sent["0101"], ": We open at noon.")
	has(t, "Spanish", sent["0102"], ": Abrimos a mediodia.")
}

// The store goes away in the middle: when it is back, each gets one text.
func TestEachGetsOneWhateverFails(t *testing.T) {
	s := newStorm(t, "2026-11-30 17:00")
	for _, last4 := range []string{"0101", "0102", "0103"} {
		s.visit(t, last4, "10:00")
	}
	s.ask(t, s.day(t))
	s.agree(t, "U2")
	s.clock.Add(61 * time.Second)
	fails := 0
	step := s.poster.Step
	s.poster.Step = func(ctx context.Context, c handlers.Case) (time.Time, error) {
		if fails++; fails < 5 { // it does its work, and dies before anybody knows
			_, _ = step(ctx, c)
			return time.Time{}, errors.New("away")
		}
		return step(ctx, c)
	}
	s.pass(t, time.Minute)
	s.arrive(t)
	s.pass(t, time.Minute)
	if n := len(s.carrier.Sent()); n != 3 || fails < 5 {
		t.Errorf("%d texts after %d failures", n, fails)
	}
	has(t, "thread", s.notes(), "Done: 3 of 3 delivered.")
	if n := strings.Count(s.notes(), "Done:"); n != 1 {
		t.Errorf("told %d times that it is done", n)
	}
}
