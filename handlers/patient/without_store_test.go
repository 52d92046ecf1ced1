package patient_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// cards counts the cards that the desk was shown.
func (f *front) cards() (n int) {
	for _, line := range f.desk.Lines() {
		if strings.HasPrefix(line, "card ") {
			n++
		}
	}
	return n
}

// While the store is away, a machine that sends danger again and again, or sends our own words
// back, is answered no more often than otherwise, and has one card.
func TestAMachineWithoutTheStore(t *testing.T) {
	for _, c := range []struct {
		name  string
		echo  bool
		most  int
		first string
	}{
		{name: "the same words", first: "i want to die", most: 3},
		{name: "our own words", first: "i want to die", echo: true, most: 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := away(t, nil)
			body, answered := c.first, 0
			for range 20 {
				r := f.send(t, handlers.Text{Body: body})
				f.settle()
				f.clock.Add(2 * time.Second)
				if len(r.Bodies) > 0 {
					answered++
					if c.echo {
						body = r.Bodies[0]
					}
				}
			}
			if answered > c.most || answered == 0 {
				t.Errorf("answered %d times, want 1 to %d", answered, c.most)
			}
			if n := f.cards(); n != 1 {
				t.Errorf("%d cards: %q", n, f.desk.Lines())
			}
		})
	}
}

// A patient in danger who writes on while the store is away joins their alarm: one card, rounds of
// the on-call phone at growing pauses, and all of their words when the store is back.
func TestWhoWritesOnWithoutTheStore(t *testing.T) {
	f := away(t, nil)
	const texts = 21
	for i := range texts {
		body := fmt.Sprintf("i want to die, it is night %d.", i)
		if r := f.send(t, handlers.Text{Body: body}); i == 0 && len(r.Bodies) != 1 {
			t.Errorf("answered %q", r.Bodies)
		}
		f.settle()
		for range 30 {
			f.clock.Add(2 * time.Second)
			f.pass(t)
		}
	}
	if n := f.cards(); n != 1 {
		t.Errorf("%d cards: %q", n, f.desk.Lines())
	}
	if rounds := len(f.carrier.Sent()) / 2; rounds < 1 || rounds > 4 {
		t.Errorf("%d rounds of the on-call phone in %d minutes", rounds, texts)
	}
	f.store.Fail(nil)
	if err := f.Restore(t.Context()); err != nil {
		t.Fatal(err)
	}
	open := f.state(t).Cases
	if len(open) != 1 || open[0].ID != "text:SM1" {
		t.Errorf("stored as %+v", open)
	}
	for range 10 {
		f.clock.Add(time.Second)
		if err := f.poster.Alarms(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	notes, last := strings.Join(f.desk.Lines(), "; "), 0
	for i := 1; i < texts; i++ { // the first is on the card
		at := strings.Index(notes, fmt.Sprintf("it is night %d.", i))
		if at < last {
			t.Errorf("what they wrote %d isn't at the desk, or out of order", i)
		}
		last = at
	}
}

// Another patient's alarm is told of soon, whatever a machine does.
func TestAnotherPatientBesideAMachine(t *testing.T) {
	f := away(t, nil)
	for range 10 {
		f.send(t, handlers.Text{Body: "i want to die"})
		f.settle()
	}
	other := handlerstest.Phone(t, "0199")
	_, err := f.Receive(t.Context(), handlers.Text{
		ID: "SMother", From: other, Body: "i want to kill myself", At: f.clock.Now(),
	})
	if err != nil {
		t.Fatal(err)
	}
	f.settle()
	if got := strings.Join(f.desk.Lines(), "; "); !strings.Contains(got, "card text:SMother") {
		t.Errorf("%q", got)
	}
}

// A text of danger from the list, of which nobody knows whether it was handled: words unless there
// was an answer, and a card that is looked for before it is posted.
func TestDangerFromTheListWithoutTheStore(t *testing.T) {
	for _, c := range []struct {
		name     string
		answered bool
		words    int
	}{
		{name: "nobody answered it", words: 1},
		{name: "the list shows an answer", answered: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := away(t, nil)
			f.TellWithoutStore(t.Context(), handlers.Text{
				ID: "SM9", From: f.from, Body: "i want to die",
				At: f.clock.Now().Add(-20 * time.Minute), Answered: c.answered,
			})
			f.settle()
			if sent := f.carrier.Sent(); len(sent) != c.words ||
				c.words > 0 && (sent[0].To != f.from || !strings.Contains(sent[0].Body, "988")) {
				t.Errorf("sent %+v", sent)
			}
			if got := strings.Join(f.desk.Lines(), "; "); got != "card text:SM9 again" {
				t.Errorf("the desk: %q", got)
			}
		})
	}
}

// What was told of without the store is forgotten once the store has it: three days later the
// number is in danger anew.
func TestDangerFromTheListIsForgottenOnceStored(t *testing.T) {
	f := away(t, nil)
	text := handlers.Text{ID: "SM9", From: f.from, Body: "i want to die", At: f.clock.Now()}
	f.TellWithoutStore(t.Context(), text)
	f.settle()
	f.store.Fail(nil)
	if _, err := f.CatchUp(t.Context(), text, false); err != nil {
		t.Fatal(err)
	}
	for _, c := range f.state(t).Cases { // staff clear it at once
		c.Open = false
		f.store.Put(f.from, handlers.Effects{Cases: []handlers.Case{c}})
	}
	f.pass(t)
	f.clock.Add(72 * time.Hour)
	f.store.Fail(handlers.ErrAway)
	f.send(t, handlers.Text{Body: "i want to kill myself"})
	f.settle()
	if got := strings.Join(f.desk.Lines(), "; "); !strings.Contains(got, "card text:SM1") {
		t.Errorf("the second time: %q", got)
	}
	sent := len(f.carrier.Sent())
	f.pass(t)
	f.settle()
	if n := len(f.carrier.Sent()); n != sent {
		t.Errorf("the on-call phone was told %d times of what is over", n-sent)
	}
}

// An alarm that is restored counts from when it came, and as rung when it was.
func TestARestoredAlarmKeepsItsTime(t *testing.T) {
	f := away(t, nil)
	came := f.clock.Now()
	f.send(t, handlers.Text{Body: "i want to die"})
	f.settle()
	for range 11 * 30 {
		f.clock.Add(2 * time.Second)
		f.pass(t)
	}
	if n := len(f.carrier.Sent()); n != 2 {
		t.Fatalf("the on-call phone was told %d times, want a text and a call", n)
	}
	f.store.Fail(nil)
	if err := f.Restore(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := f.state(t).Cases[0]
	if !c.At.Equal(came) || c.Rung.Sub(came) < 9*time.Minute {
		t.Errorf("it came %v after its time, and was rung %v after",
			c.At.Sub(came), c.Rung.Sub(came))
	}
}

// What was said of texts counts from when it was written, so that of two fetched texts the later
// one stands.
func TestTheLaterWordOfConsentStands(t *testing.T) {
	for _, c := range []struct {
		name, first, then string
		out               bool
	}{
		{
			name: "in, then out in own words", first: "START", then: "please stop texting me",
			out: true,
		},
		{name: "in, then out", first: "START", then: "STOP", out: true},
		{name: "out, then in", first: "STOP", then: "START"},
		{name: "out in own words, then in", first: "no more texts please", then: "START"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFront(t, openHours)
			for i, body := range []string{c.first, c.then} {
				at := f.clock.Now().Add(time.Duration(-40+20*i) * time.Minute)
				_, err := f.CatchUp(t.Context(), handlers.Text{
					ID: fmt.Sprint("SM", i), From: f.from, Body: body, At: at,
				}, true)
				if err != nil {
					t.Fatal(err)
				}
			}
			if got := f.state(t).Consent.Out; got != c.out {
				t.Errorf("opted out: %t, want %t", got, c.out)
			}
		})
	}
}

// Texts of danger that one number sends at the same moment while the store is away are one alarm,
// and each has an answer: the words, or that the clinic is told.
func TestOneNumberAtOnceWithoutTheStore(t *testing.T) {
	f := away(t, nil)
	const texts = 12
	var wg sync.WaitGroup
	replies := make([]handlers.Reply, texts)
	for i := range texts {
		wg.Go(func() {
			r, err := f.Receive(t.Context(), handlers.Text{
				ID: fmt.Sprint("SM", i), From: f.from, At: f.clock.Now(),
				Body: fmt.Sprintf("i want to die, it is night %d.", i),
			})
			if err != nil {
				t.Error(err)
			}
			replies[i] = r
		})
	}
	wg.Wait()
	f.settle()
	for i, r := range replies {
		if r.Kind != kinds.Crisis || len(r.Bodies) != 1 {
			t.Errorf("text %d: %+v", i, r)
		}
	}
	if n := f.cards(); n != 1 {
		t.Errorf("%d cards: %q", n, f.desk.Lines())
	}
	f.store.Fail(nil)
	if err := f.Restore(t.Context()); err != nil {
		t.Fatal(err)
	}
	open := f.state(t).Cases
	if len(open) != 1 || f.alarms(t) != 1 {
		t.Fatalf("stored as %+v", open)
	}
	notes := strings.Count(f.told(), "note patient i want to die, it is night")
	if notes != texts-1 { // the first is on the card
		t.Errorf("%d notes: %q", notes, f.told())
	}
}
