package gate_test

import (
	"context"
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

// closed refuses everything for the clinic's set-up, as long as code isn't 0.
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

// outages are the open ones.
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

// posted is how many posts of a kind wait for the desk, and what the notes among them say.
func (g *door) posted(do string) (n int, text string) {
	for _, p := range g.store.Queue() {
		if p.Do == do {
			n++
			text += p.Ping + "|" + p.Text + "\n"
		}
	}
	return n, text
}

// next turns the clock to the next row and carries it; it returns how long that was.
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

// tries lets a time go by, and returns when the carrier was asked in it, each moment once.
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

// What the clinic has to mend waits: no text fails, one card tells of it all, and when a text goes
// through again the rest follow and the card is done.
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
	// One row tries for all, at growing intervals.
	if gap := tries[1].Sub(tries[0]); gap > time.Minute {
		t.Errorf("tried again after %v", gap)
	}
	for i := 1; i < len(tries)-1; i++ {
		before, after := tries[i].Sub(tries[i-1]), tries[i+1].Sub(tries[i])
		if after > 30*time.Minute || after < before/2 && after < 5*time.Minute {
			t.Errorf("tried after %v and then after %v", before, after)
		}
	}
	if len(tries) > 100 {
		t.Errorf("tried %d times in six hours", len(tries))
	}
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

// Staff close the card and it isn't mended: they hear of it again.
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

// Texts to one country are held up, those to others leave: the first that was held up and leaves
// ends it, or quiet does.
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

// What can't be told in time fails, is listed, and stands in the one thread with what to say.
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
	if n := strings.Count(
		text,
		": A text (confirm) did not reach the patient",
	); n != 3 ||
		!strings.Contains(text, "Call them. Their visit is on Tuesday.") {
		t.Errorf("the thread reads %s", text)
	}
	if len(g.store.Open(g.to)) != 0 {
		t.Error("the patient has a card of their own")
	}
}

// Compose says that its time has passed while it was held up: it has failed, and isn't left out
// unheard of.
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
	if row := g.store.Text(
		"r",
	); row.State != handlers.Failed ||
		!strings.Contains(row.Why, "after the messaging service is not a valid one (21705)") {
		t.Errorf("%s %q", row.State, row.Why)
	}
}

// What staff wrote is tried for four hours, and then marked: later it might be untrue.
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
	if took := g.clock.Now().
		Sub(began); took < 3*time.Hour || took > 4*time.Hour || g.marks() != "S1 failed" ||
		len(g.store.Open(g.to)) != 0 {
		t.Errorf("after %v: marks %q, %d cards", took, g.marks(), len(g.store.Open(g.to)))
	}
}

// An alarm that can't leave is told in the urgent thread at once, and tried on: the desk hears of
// it in both places.
func TestAnAlarmThatIsHeldUp(t *testing.T) {
	g := newDoor(t)
	code := 20003
	g.closed(&code)
	g.say.OnAlarm = func(_ context.Context, o handlers.Outgoing) (handlers.Outgoing, handlers.Composed, error) {
		return o, handlers.Composed{Body: o.Body}, nil
	}
	g.plan(
		handlers.Outgoing{
			ID:    "a",
			Kind:  "oncall_text",
			Body:  "Nobody has this.",
			Case:  "text:1",
			Alarm: true,
		},
		handlers.Outgoing{
			ID:    "b",
			Kind:  "oncall_voice",
			Body:  "Nobody has this.",
			Case:  "text:1",
			Alarm: true,
			Voice: true,
		},
	)
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
			": the messaging service is not a valid one (20003). Reach whoever is on call another way."
		if said[want] != 1 {
			t.Errorf("want once %q: %v", want, said)
		}
	}
	if all := g.outages(t); len(all) != 1 {
		t.Errorf("%d outages, want one: the code is the same", len(all))
	}
	code = 0
	g.nextRow(t)
	if a := g.store.Text("a"); a.State != handlers.Sent || g.clock.Now().Sub(a.Due) > 5*time.Minute {
		t.Errorf("%s at %v", a.State, g.clock.Now())
	}
}

// An alarm doesn't wait for what passes in hours: the urgent thread hears of it at once, and it is
// tried on.
func TestAnAlarmDoesNotWaitForHours(t *testing.T) {
	g := newDoor(t)
	began, tries := g.clock.Now(), 0
	g.carrier.OnSend = func(handlers.Outgoing) (string, error) {
		if tries++; tries < 5 {
			return "", &handlers.Refusal{
				Code: 63038, Retry: true, After: 3 * time.Hour, Why: "the account has used its texts",
			}
		}
		return "", nil
	}
	g.say.OnAlarm = func(_ context.Context, o handlers.Outgoing) (handlers.Outgoing, handlers.Composed, error) {
		return o, handlers.Composed{Body: o.Body}, nil
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

// An alarm that fails for good is no patient's: the urgent thread says so, not a card that tells
// staff to call the patient.
func TestAnAlarmThatFails(t *testing.T) {
	g := newDoor(t)
	g.carrier.OnSend = func(handlers.Outgoing) (string, error) {
		return "", &handlers.Refusal{Code: 21211, Why: "it is not a valid number"}
	}
	g.say.OnAlarm = func(_ context.Context, o handlers.Outgoing) (handlers.Outgoing, handlers.Composed, error) {
		return o, handlers.Composed{Body: o.Body}, nil
	}
	g.plan(
		handlers.Outgoing{
			ID:    "a",
			Kind:  "oncall_text",
			Body:  "Nobody has this.",
			Case:  "text:1",
			Alarm: true,
		},
	)
	g.deliver(t)
	if n, text := g.posted(
		desk.PostNote,
	); n != 1 || !strings.Contains(text, "could not be texted: it is not a valid number (21211)") ||
		len(g.store.Open(g.to)) != 0 {
		t.Errorf("%d notes: %s; %d cards", n, text, len(g.store.Open(g.to)))
	}
}

// The credentials fail while an outcome is unknown: it waits until it can be looked up, and is
// never sent blindly.
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
				&handlers.Refusal{Code: 20003, Retry: true, Why: "credentials", Mend: "Check the token."},
			)
		}
		return "SM9", nil
	}
	g.plan(reminder("r"))
	g.deliver(t)
	for range 20 {
		g.nextRow(t)
	}
	if row := g.store.Text(
		"r",
	); row.State != handlers.Planned || sends != 1 || len(g.outages(t)) != 1 ||
		len(g.store.Open(g.to)) != 0 {
		t.Fatalf("%s, sent %d times, %d outages", row.State, sends, len(g.outages(t)))
	}
	wrong = false
	g.nextRow(t)
	if row := g.store.Text("r"); row.State != handlers.Sent || sends != 1 || len(g.outages(t)) != 0 {
		t.Errorf("%s, sent %d times, %d outages", row.State, sends, len(g.outages(t)))
	}
}

// Receipts say that nothing arrives: the same one card, and what was sent is tried again as long as
// the visit lies ahead, one text at a time. The first that arrives ends it.
func TestWhatDoesNotArriveForTheSetUp(t *testing.T) {
	g := newDoor(t)
	var rows []string
	for i := range 5 {
		o := reminder(fmt.Sprintf("r%d", i))
		o.To, o.Start = handlerstest.Phone(t, fmt.Sprintf("011%d", i)), g.clock.Now().Add(48*time.Hour)
		g.plan(o)
		rows = append(rows, o.ID)
	}
	// live lets a time go by; what is sent in it gets that receipt at once.
	live := func(in time.Duration, r gate.Receipt) {
		t.Helper()
		for end := g.clock.Now().Add(in); ; {
			for _, id := range rows {
				if o := g.store.Text(id); o.State == handlers.Sent {
					r.ID, r.SID, r.At = id, o.SID, g.clock.Now()
					g.receive(t, o, r)
				}
			}
			next, _ := g.store.Next(t.Context(), gate.Pace{})
			if next.IsZero() || next.After(end) {
				g.clock.Set(end)
				return
			}
			g.nextRow(t)
		}
	}
	g.deliver(t)
	unregistered := gate.Receipt{
		State: "undelivered", Code: 30034, Why: "our number is not registered",
		Retry: true, Mend: "Register it.",
	}
	live(8*time.Hour, unregistered)
	all := g.outages(t)
	if len(all) != 1 || !strings.Contains(all[0].Title, "don't arrive") {
		t.Fatalf("%d outages: %+v", len(all), all)
	}
	if n, _ := g.posted(desk.PostCard); n != 1 {
		t.Errorf("%d cards", n)
	}
	if n := len(g.carrier.Sent()); n < 5+8 || n > 5+5*10 {
		t.Errorf("%d texts in eight hours", n)
	}
	live(2*time.Hour, gate.Receipt{State: handlers.Delivered})
	for _, id := range rows {
		if row := g.store.Text(id); row.State != handlers.Delivered {
			t.Errorf("%s is %s", id, row.State)
		}
	}
	if left := g.outages(t); len(left) != 0 {
		t.Errorf("it isn't over: %+v", left)
	}
}

// receive takes a receipt of a row.
func (g *door) receive(t *testing.T, o handlers.Outgoing, r gate.Receipt) {
	t.Helper()
	r.ID, r.SID = o.ID, o.SID
	if err := g.Receipt(t.Context(), r); err != nil {
		t.Fatal(err)
	}
}

func TestManyHandsTellOfOneOutage(t *testing.T) {
	g := newDoor(t)
	code := 21705
	g.closed(&code)
	for i := range 300 {
		g.plan(
			handlers.Outgoing{
				ID:      fmt.Sprintf("r%03d", i),
				To:      handlerstest.Phone(t, "0101"),
				Kind:    "confirm",
				Unasked: true,
			},
		)
	}
	g.deliver(t)
	if n, _ := g.posted(desk.PostCard); n != 1 || len(g.outages(t)) != 1 {
		t.Errorf("%d cards, %d outages", n, len(g.outages(t)))
	}
}

// A text to the on-call phone that told of all who wait, and wasn't taken, is a card at the desk:
// it belongs to no one thread, and must not count as another alarm.
func TestAnAlarmOfManyThatFails(t *testing.T) {
	g := newDoor(t)
	code := 21211
	g.closed(&code)
	g.say.OnAlarm = func(_ context.Context, o handlers.Outgoing) (handlers.Outgoing, handlers.Composed, error) {
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
