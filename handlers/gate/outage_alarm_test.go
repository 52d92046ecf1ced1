package gate_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
)

// An alarm that can't leave is reported in the urgent thread at once, beside the outage's card, and
// keeps being tried.
func TestAnAlarmThatIsHeldUp(t *testing.T) {
	g := newDoor(t)
	code := 20003
	g.closed(&code)
	text := handlers.Outgoing{
		ID: "a", Kind: "oncall_text", Body: "Nobody has this.", Case: "text:1", Alarm: true,
	}
	call := text
	call.ID, call.Kind, call.Voice = "b", "oncall_voice", true
	g.plan(text, call)
	g.deliver(t)
	for range 4 {
		g.nextRow(t)
	}
	said := map[string]int{}
	for _, p := range g.store.Queue() {
		if p.Case == "text:1" {
			said[p.Ping+" "+p.Text]++
		}
	}
	for _, what := range []string{"texted", "rung"} {
		want := "channel The on-call phone could not be " + what +
			": the messaging service is not a valid one (20003)." +
			" Reach whoever is on call another way."
		if said[want] != 1 {
			t.Errorf("want once %q: %v", want, said)
		}
	}
	if all := g.outages(t); len(all) != 1 {
		t.Errorf("%d outages, want one: the code is the same", len(all))
	}
	code = 0
	g.nextRow(t)
	if a := g.store.Text("a"); a.State != handlers.Sent ||
		g.clock.Now().Sub(a.Due) > 5*time.Minute {
		t.Errorf("%s at %v", a.State, g.clock.Now())
	}
}

// While the carrier doesn't answer at all, the urgent thread is told after the second try, once, and
// the alarm goes on being tried. A single error tells nobody.
func TestAnAlarmThatNobodyTakes(t *testing.T) {
	g := newDoor(t)
	began, tries := g.clock.Now(), 0
	g.carrier.OnSend = func(handlers.Outgoing) (string, error) {
		if tries++; tries < 6 {
			return "", context.DeadlineExceeded
		}
		return "", nil
	}
	g.plan(handlers.Outgoing{
		ID: "a", Kind: "oncall_text", Body: "Nobody has this.", Case: "text:1", Alarm: true,
	})
	g.deliver(t)
	if n, text := g.posted(desk.PostNote); n != 0 {
		t.Errorf("told after one error: %s", text)
	}
	g.nextRow(t)
	if n, text := g.posted(desk.PostNote); n != 1 || g.clock.Now().Sub(began) > 20*time.Second ||
		!strings.Contains(text, "The on-call phone could not be texted: the carrier doesn't answer") {
		t.Errorf("%d notes after %v: %s", n, g.clock.Now().Sub(began), text)
	}
	for range 4 {
		g.nextRow(t)
	}
	if n, _ := g.posted(desk.PostNote); n != 1 || g.store.Text("a").State != handlers.Sent {
		t.Errorf("%d notes, %s", n, g.store.Text("a").State)
	}
}

// The carrier asks to wait for hours. An alarm is tried every minute all the same, and the urgent
// thread is told at once.
func TestAnAlarmDoesNotWaitForHours(t *testing.T) {
	g := newDoor(t)
	began, tries := g.clock.Now(), 0
	g.carrier.OnSend = func(handlers.Outgoing) (string, error) {
		if tries++; tries < 5 {
			return "", &handlers.Refusal{
				Code: 63038, Retry: true, After: 3 * time.Hour,
				Why: "the account has used its texts",
			}
		}
		return "", nil
	}
	g.plan(handlers.Outgoing{
		ID: "a", Kind: "oncall_text", Body: "Nobody has this.", Case: "text:1", Alarm: true,
	})
	g.deliver(t)
	n, text := g.posted(desk.PostNote)
	if n != 1 || !strings.Contains(text, "could not be texted") {
		t.Errorf("%d notes: %s", n, text)
	}
	g.tries(t, 5*time.Minute)
	if a := g.store.Text("a"); a.State != handlers.Sent || a.At.Sub(began) > 5*time.Minute {
		t.Errorf("%s after %v, %d tries", a.State, a.At.Sub(began), tries)
	}
}

// An alarm that fails for good isn't a patient's text: the urgent thread is told, and no card tells
// staff to call the patient.
func TestAnAlarmThatFails(t *testing.T) {
	g := newDoor(t)
	g.carrier.OnSend = func(handlers.Outgoing) (string, error) {
		return "", &handlers.Refusal{Code: 21211, Why: "it is not a valid number"}
	}
	g.plan(handlers.Outgoing{
		ID: "a", Kind: "oncall_text", Body: "Nobody has this.", Case: "text:1", Alarm: true,
	})
	g.deliver(t)
	n, text := g.posted(desk.PostNote)
	if n != 1 || len(g.store.Open(g.to)) != 0 ||
		!strings.Contains(text, "could not be texted: it is not a valid number (21211)") {
		t.Errorf("%d notes: %s; %d cards", n, text, len(g.store.Open(g.to)))
	}
}

// A text to the on-call phone that stands for several cases, and fails, gets a card at the desk: it
// has no thread, and it must not count as another alarm.
func TestAnAlarmOfManyThatFails(t *testing.T) {
	g := newDoor(t)
	code := 21211
	g.closed(&code)
	g.say.OnAlarm = func(
		_ context.Context, o handlers.Outgoing,
	) (handlers.Outgoing, handlers.Composed, error) {
		o.Body = "Nobody has 3 urgent cases."
		return o, handlers.Composed{Body: o.Body}, nil
	}
	g.plan(handlers.Outgoing{ID: "a", Kind: "oncall_text", Alarm: true})
	g.deliver(t)
	open := g.store.Open(g.to)
	if len(open) != 1 || open[0].Channel != handlers.DeskChannel || open[0].Untaken() ||
		!strings.Contains(open[0].Title, "could not be texted") {
		t.Errorf("%+v", open)
	}
}
