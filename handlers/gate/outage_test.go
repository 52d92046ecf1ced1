package gate_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

const theService = "Check the messaging service."

// closed makes the carrier refuse everything because of the clinic's set-up, until code is 0.
func (g *door) closed(code *int) {
	g.carrier.OnSend = func(handlers.Outgoing) (string, error) {
		if *code == 0 {
			return "", nil
		}
		return "", &handlers.Refusal{
			Code:  *code,
			Retry: true,
			Why:   "the messaging service is not a valid one",
			Mend:  theService,
		}
	}
}

// outages returns the open ones.
func (g *door) outages(t *testing.T) (out []handlers.Case) {
	t.Helper()
	s, err := g.store.Peek(t.Context(), handlers.Phone{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range s.Cases {
		if c.Kind == kinds.Outage {
			out = append(out, c)
		}
	}
	return out
}

// posted returns how many posts of a kind wait for the desk, and the pings and words of the notes.
func (g *door) posted(do string) (n int, text string) {
	for _, p := range g.store.Queue() {
		if p.Do == do {
			n++
			text += p.Ping + "|" + p.Text + "\n"
		}
	}
	return n, text
}

// nextRow sets the clock to when the next row is due and carries it. It returns the time that
// passed.
func (g *door) nextRow(t *testing.T) time.Duration {
	t.Helper()
	at, _ := g.store.Next(t.Context(), gate.Pace{})
	if at.IsZero() {
		t.Fatal("nothing waits")
	}
	wait := at.Sub(g.clock.Now())
	g.clock.Set(at)
	g.deliver(t)
	return wait
}

// tries lets time pass, and returns the moments at which the carrier was asked.
func (g *door) tries(t *testing.T, in time.Duration) (at []time.Time) {
	t.Helper()
	ask := g.carrier.OnSend
	g.carrier.OnSend = func(o handlers.Outgoing) (string, error) {
		if now := g.clock.Now(); len(at) == 0 || !at[len(at)-1].Equal(now) {
			at = append(at, now)
		}
		return ask(o)
	}
	end := g.clock.Now().Add(in)
	for {
		next, _ := g.store.Next(t.Context(), gate.Pace{})
		if next.IsZero() || next.After(end) {
			break
		}
		g.nextRow(t)
	}
	g.clock.Set(end)
	g.carrier.OnSend = ask
	return at
}

// checkTries checks that in six hours one row tried for all, at growing intervals.
func checkTries(t *testing.T, tries []time.Time) {
	t.Helper()
	if len(tries) < 2 || len(tries) > 100 {
		t.Fatalf("tried %d times in six hours", len(tries))
	}
	if gap := tries[1].Sub(tries[0]); gap > time.Minute {
		t.Errorf("tried again after %v", gap)
	}
	for i := 1; i < len(tries)-1; i++ {
		before, after := tries[i].Sub(tries[i-1]), tries[i+1].Sub(tries[i])
		if after > 30*time.Minute || after < before/2 && after < 5*time.Minute {
			t.Errorf("tried after %v and then after %v", before, after)
		}
	}
}

// While the clinic's set-up is at fault, texts wait instead of failing, and one card stands for
// all. Once a text goes through, the rest follow and the case is closed.
func TestWhatTheClinicMustMendWaits(t *testing.T) {
	g := newDoor(t)
	code := 21705
	g.closed(&code)
	began := g.clock.Now()
	for i := range 5 {
		o := reminder(fmt.Sprintf("r%d", i))
		o.To, o.Start = handlerstest.Phone(t, fmt.Sprintf("011%d", i)), began.Add(72*time.Hour)
		g.plan(o)
	}
	g.deliver(t)
	cases := g.outages(t)
	if len(cases) != 1 {
		t.Fatalf("%d outages", len(cases))
	}
	for _, want := range []string{"Texts can't leave", "not a valid one (21705)", theService} {
		if !strings.Contains(cases[0].Title, want) {
			t.Errorf("the card reads %q, want %q", cases[0].Title, want)
		}
	}
	if cards, _ := g.posted(desk.PostCard); cards != 1 {
		t.Errorf("%d cards", cards)
	}
	n, text := g.posted(desk.PostNote)
	if n != 1 || !strings.HasPrefix(text, "channel|Texts can't leave.") {
		t.Errorf("%d notes: %s", n, text)
	}
	tries := g.tries(t, 6*time.Hour)
	if len(g.outages(t)) != 1 {
		t.Fatalf("%d outages", len(g.outages(t)))
	}
	if cards, _ := g.posted(desk.PostCard); cards != 1 {
		t.Errorf("%d cards by then: want none of a patient", cards)
	}
	checkTries(t, tries)
	code = 0
	g.tries(t, 40*time.Minute)
	for i := range 5 {
		if row := g.store.Text(fmt.Sprintf("r%d", i)); row.State != handlers.Sent {
			t.Errorf("%s is %s %q", row.ID, row.State, row.Why)
		}
	}
	if left := g.outages(t); len(left) != 0 {
		t.Errorf("it isn't over: %+v", left)
	}
	if _, text := g.posted(desk.PostNote); !strings.Contains(text, "It is over") {
		t.Errorf("the thread reads %s", text)
	}
}

func TestACodeThatComesBesidesIsALineInTheThread(t *testing.T) {
	g := newDoor(t)
	code := 21705
	g.closed(&code)
	g.plan(reminder("r"))
	g.deliver(t)
	code = 20003
	g.nextRow(t)
	g.nextRow(t)
	n, text := g.posted(desk.PostNote)
	if len(g.outages(t)) != 1 || n != 2 || !strings.Contains(text, "here|Another fault") ||
		!strings.Contains(text, "(20003)") {
		t.Errorf("%d outages, %d notes: %s", len(g.outages(t)), n, text)
	}
	if c := g.outages(t)[0]; c.More != 1 {
		t.Errorf("the card counts %d more", c.More)
	}
}

// Staff close the card although nothing is mended: there is a new one.
func TestAnOutageThatWasClosedComesBack(t *testing.T) {
	g := newDoor(t)
	code := 21705
	g.closed(&code)
	g.plan(reminder("r"))
	g.deliver(t)
	first := g.outages(t)[0]
	first.Open = false
	g.store.Put(handlers.Phone{}, handlers.Effects{Cases: []handlers.Case{first}})
	g.nextRow(t)
	if all := g.outages(t); len(all) != 1 || all[0].ID == first.ID {
		t.Errorf("%+v", all)
	}
}

// Texts to one country are held up, those to others leave. These don't end the outage; a text that
// was held up does, or a quiet period.
func TestWhatGoesElsewhereEndsNoOutage(t *testing.T) {
	g := newDoor(t)
	abroad := true
	g.carrier.OnSend = func(o handlers.Outgoing) (string, error) {
		if abroad && o.ID == "abroad" {
			return "", &handlers.Refusal{
				Code:  21408,
				Retry: true,
				Why:   "the account may not text that country",
				Mend:  "Allow the country.",
			}
		}
		return "", nil
	}
	g.plan(reminder("abroad"))
	g.deliver(t)
	for i := range 10 {
		g.clock.Add(10 * time.Minute)
		g.plan(staffText(fmt.Sprintf("S%d", i), "hello"))
		g.deliver(t)
		if len(g.outages(t)) != 1 {
			t.Fatalf("it ended after %d", i)
		}
	}
	g.store.Put(g.to, handlers.Effects{Void: handlers.Voids("the visit moved", "abroad")})
	g.clock.Add(2 * time.Hour)
	g.plan(staffText("S", "hello"))
	g.deliver(t)
	if left := g.outages(t); len(left) != 0 {
		t.Errorf("nothing is held up any more: %+v", left)
	}
}

// A text that can't leave before its visit fails, and the outage's thread says what to tell the
// patient.
func TestHeldUpUntilTheVisit(t *testing.T) {
	g := newDoor(t)
	g.instead = "Their visit is on Tuesday."
	code := 21705
	g.closed(&code)
	for i := range 3 {
		o := reminder(fmt.Sprintf("r%d", i))
		o.To, o.Start = handlerstest.Phone(t, fmt.Sprintf("011%d", i)), g.clock.Now().Add(time.Hour)
		g.plan(o)
	}
	g.deliver(t)
	g.tries(t, time.Hour)
	_, text := g.posted(desk.PostNote)
	for i := range 3 {
		row := g.store.Text(fmt.Sprintf("r%d", i))
		if row.State != handlers.Failed ||
			!strings.Contains(row.Why, "the visit comes before the next try") {
			t.Errorf("%s %q", row.State, row.Why)
		}
	}
	n := strings.Count(text, ": A text (confirm) did not reach the patient")
	if n != 3 || !strings.Contains(text, "Call them. Their visit is on Tuesday.") {
		t.Errorf("the thread reads %s", text)
	}
	if len(g.store.Open(g.to)) != 0 {
		t.Error("the patient has a card of their own")
	}
}

// If Compose skips a text because its time passed while it was held up, the text has failed: the
// desk must hear of it.
func TestHeldUpPastItsTurn(t *testing.T) {
	g := newDoor(t)
	code := 21705
	g.closed(&code)
	g.plan(reminder("r"))
	g.deliver(t)
	g.say.OnCompose = func(handlers.State, handlers.Outgoing, time.Time) handlers.Composed {
		return handlers.Composed{Skip: "its time has passed", Late: true}
	}
	g.nextRow(t)
	if row := g.store.Text("r"); row.State != handlers.Failed ||
		!strings.Contains(row.Why, "after the messaging service is not a valid one (21705)") {
		t.Errorf("%s %q", row.State, row.Why)
	}
}

// A staff message is tried for four hours and then marked as failed: what it says may no longer be
// true.
func TestAStaffMessageIsHeldUpForFourHours(t *testing.T) {
	g := newDoor(t)
	code := 20003
	g.closed(&code)
	began := g.clock.Now()
	g.plan(staffText("S1", "hello"))
	g.deliver(t)
	for g.store.Text("S1").State == handlers.Planned {
		g.nextRow(t)
	}
	took := g.clock.Now().Sub(began)
	if took < 3*time.Hour || took > 4*time.Hour || g.marks() != "S1 failed" ||
		len(g.store.Open(g.to)) != 0 {
		t.Errorf("after %v: marks %q, %d cards", took, g.marks(), len(g.store.Open(g.to)))
	}
}

// The credentials fail while an outcome is unknown. The text waits until it can be looked up, and
// is never sent blindly.
func TestALookUpThatIsHeldUp(t *testing.T) {
	g := newDoor(t)
	sends, wrong := 0, true
	g.carrier.OnSend = func(handlers.Outgoing) (string, error) {
		sends++
		return "", errUnknown
	}
	g.carrier.OnFind = func(handlers.Outgoing) (string, error) {
		if wrong {
			return "", fmt.Errorf(
				"find text: %w",
				&handlers.Refusal{
					Code: 20003, Retry: true, Why: "credentials", Mend: "Check the token.",
				},
			)
		}
		return "SM9", nil
	}
	g.plan(reminder("r"))
	g.deliver(t)
	for range 20 {
		g.nextRow(t)
	}
	if row := g.store.Text("r"); row.State != handlers.Planned || sends != 1 ||
		len(g.outages(t)) != 1 || len(g.store.Open(g.to)) != 0 {
		t.Fatalf("%s, sent %d times, %d outages", row.State, sends, len(g.outages(t)))
	}
	wrong = false
	g.nextRow(t)
	if row := g.store.Text("r"); row.State != handlers.Sent || sends != 1 ||
		len(g.outages(t)) != 0 {
		t.Errorf("%s, sent %d times, %d outages", row.State, sends, len(g.outages(t)))
	}
}
