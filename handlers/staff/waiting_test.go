package staff_test

import (
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	answers "github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// lines gives a line at the desk and returns what is answered, with veiled parts.
func (o *office) lines(t *testing.T, id, line string) answers.Answer {
	t.Helper()
	a, err := o.Command(t.Context(), handlers.Command{ID: id, User: "U1", FromDesk: true, Text: line})
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return a
}

// said is an answer in plain text.
func (o *office) said(a answers.Answer) string {
	return a.Text(true, o.Base.Clinic.Location())
}

// acts returns the buttons of an answer.
func acts(a answers.Answer) (out []answers.Button) {
	for _, p := range a.Parts {
		out = append(out, p.Buttons...)
	}
	return out
}

// rideTask opens a task beside the case "c".
func (o *office) rideTask() {
	o.store.Put(o.patient, handlers.Effects{Cases: []handlers.Case{{
		ID: "ride", Channel: handlers.DeskChannel, Phone: o.patient, Kind: kinds.Ride, Open: true,
		Matter: handlers.Matter(handlers.MatterRide, "v"), At: o.clock.Now().Add(-time.Hour),
		Until: o.clock.Now().Add(5 * time.Hour), TakenBy: "U7",
	}}})
}

func TestWaiting(t *testing.T) {
	o := newOffice(t)
	o.rideTask()
	o.store.Put(handlerstest.Phone(t, "0102"), handlers.Effects{Cases: []handlers.Case{{
		ID: "a", Channel: handlers.UrgentChannel, Phone: handlerstest.Phone(t, "0102"),
		Kind: kinds.Crisis, Open: true, At: o.clock.Now(),
	}}})
	got := strings.Split(o.said(o.lines(t, "1", "waiting")), "\n")
	if len(got) != 4 || !strings.Contains(got[1], "…0102") || !strings.Contains(got[1], "CRISIS") ||
		!strings.Contains(got[2], "Ride home") || !strings.Contains(got[2], "U7") ||
		!strings.Contains(got[2], "2026-12-01 15:00") || !strings.Contains(got[3], "nobody") {
		t.Errorf("danger first, then the oldest:\n%s", strings.Join(got, "\n"))
	}
}

func TestSnooze(t *testing.T) {
	for _, c := range []struct{ line, until string }{
		{line: "snooze 0101 3pm", until: "2026-12-01 15:00"},
		{line: "snooze 0101 tomorrow 9am", until: "2026-12-02 09:00"},
		{line: "snooze 0101 in 20 min", until: "2026-12-01 10:20"},
		{line: "snooze 0101 2h", until: "2026-12-01 12:00"},
		{line: "snooze 0101 9am"}, // has passed: it is the next day's
		{line: "snooze 0101 soonish"},
		{line: "snooze 0101 in 999 hours"},
	} {
		t.Run(c.line, func(t *testing.T) {
			o := newOffice(t)
			for range 2 { // Slack tells of it again
				o.lines(t, "1", c.line)
			}
			k := o.state(t).Cases[0]
			if c.until == "" {
				if c.line != "snooze 0101 9am" && !k.Snoozed.IsZero() {
					t.Errorf("it is put off until %v", k.Snoozed)
				}
				return
			}
			if !k.Snoozed.Equal(handlerstest.At(t, c.until)) || k.SnoozedBy != "U1" {
				t.Errorf("until %v by %q, want %s", k.Snoozed, k.SnoozedBy, c.until)
			}
			looks := 0
			for _, p := range o.store.Queue() {
				if p.Do == desk.PostWait && !p.Due.After(k.Snoozed) {
					looks++
				}
			}
			if looks != 1 {
				t.Errorf("%d looks by then", looks)
			}
		})
	}
}

// The button asks when, and each choice does it.
func TestSnoozeByButtons(t *testing.T) {
	o := newOffice(t)
	a, err := o.Press(t.Context(), handlers.Press{
		ID: "P1", Thread: "T-c", Action: desk.ActionSnooze, User: "U1", FromDesk: true,
	})
	all := acts(a)
	if err != nil || len(all) != 4 || !o.state(t).Cases[0].Snoozed.IsZero() {
		t.Fatalf("%+v %v", a, err)
	}
	if _, err := o.Press(t.Context(), handlers.Press{
		ID: "P2", Thread: "T-x", Action: all[1].Do, User: "U1", FromDesk: true,
	}); err != nil {
		t.Fatal(err)
	}
	if k := o.state(t).Cases[0]; !k.Snoozed.Equal(o.clock.Now().Add(time.Hour)) {
		t.Errorf("%s puts it off until %v", all[1].Text, k.Snoozed)
	}
}

// A patient with several open cards has staff choose, and what may be danger isn't among them.
func TestAssign(t *testing.T) {
	o := newOffice(t)
	o.rideTask()
	choose := acts(o.lines(t, "1", "assign 0101 @U2"))
	if len(choose) != 2 || strings.Contains(choose[0].Do+choose[1].Do, o.patient.E164()) {
		t.Fatalf("%+v", choose)
	}
	for _, b := range choose {
		if b.Text != "Ride home" {
			continue
		}
		if _, err := o.Press(t.Context(), handlers.Press{
			ID: "P1", Action: b.Do, User: "U1", FromDesk: true,
		}); err != nil {
			t.Fatal(err)
		}
	}
	k, _, _ := o.store.Case(t.Context(), "ride")
	if k.For != "U2" || !strings.Contains(o.posts(), "note ride U1 gave you this to see to.") {
		t.Errorf("for %q; %s", k.For, o.posts())
	}
	pinged := ""
	for _, p := range o.store.Queue() {
		pinged += p.Ping
	}
	if pinged != "U2" {
		t.Errorf("it pings %q", pinged)
	}
	if got := o.said(o.lines(t, "2", "assign 0101")); !strings.Contains(got, "Usage:") {
		t.Error(got)
	}
}

// A template goes out in the patient's language; one that needs a visit isn't sent without one.
func TestSayATemplate(t *testing.T) {
	o := newOffice(t)
	line := "say " + o.patient.E164() + " "
	if got := o.said(o.lines(t, "1", line+"!visit")); !strings.Contains(got, "no visit ahead") {
		t.Error(got)
	}
	o.store.Put(o.patient, handlers.Effects{Visits: []handlers.Visit{{
		ID: "v", Name: "Ana Example", Phone: o.patient, Type: "consult", Lang: "es",
		Start: o.clock.Now().Add(48 * time.Hour), State: handlers.Booked,
	}}})
	if got := o.said(o.lines(t, "2", line+"!nothing")); !strings.Contains(got, "!directions") {
		t.Error(got)
	}
	o.lines(t, "3", line+"!VISIT gracias")
	rows := o.store.Texts()
	if len(rows) != 1 || !strings.HasPrefix(rows[0].Body, "Hola Ana, su proxima visita: ") ||
		!strings.HasSuffix(rows[0].Body, " gracias") {
		t.Errorf("%+v", rows)
	}
	if got := o.said(o.lines(t, "4", "templates")); !strings.Contains(got, "!directions") {
		t.Error(got)
	}
}

// What staff can do about an opt-out that was a mistake stands with it.
func TestAnOptOutThatWasAMistake(t *testing.T) {
	o := newOffice(t)
	if got := o.said(o.lines(t, "1", "consent 0101")); strings.Contains(got, "START") {
		t.Error(got)
	}
	o.optOut()
	if got := o.said(o.lines(t, "2", "consent 0101")); !strings.Contains(got, "text the word START") {
		t.Error(got)
	}
}
