package staff_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	answers "github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/veil"
)

// typed gives a line at the desk and returns its answer.
func (o *office) typed(t *testing.T, text string) answers.Answer {
	t.Helper()
	o.events++
	out, err := o.Command(t.Context(), handlers.Command{
		ID: fmt.Sprint("E", o.events), User: "U1", FromDesk: true, Text: text,
	})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return out
}

// press presses a button of an answer, by what it says, and returns what that is answered.
func (o *office) press(t *testing.T, on answers.Answer, button string) answers.Answer {
	t.Helper()
	o.events++
	for _, b := range buttons(on) {
		if !strings.HasPrefix(veil.Shown(b.Text, true), button) {
			continue
		}
		out, err := o.Press(t.Context(), handlers.Press{
			ID: fmt.Sprint("E", o.events), User: "U1", FromDesk: true, Action: b.Do,
		})
		if err != nil {
			t.Fatalf("%s: %v", button, err)
		}
		return out
	}
	t.Fatalf("no button %q on %q: %q", button, shown(on), labels(on))
	return answers.Answer{}
}

func buttons(a answers.Answer) (out []answers.Button) {
	for _, p := range a.Parts {
		out = append(out, p.Buttons...)
	}
	return out
}

// labels is what the buttons say: "Take it off|Leave it".
func labels(a answers.Answer) string {
	var out []string
	for _, b := range buttons(a) {
		out = append(out, veil.Shown(b.Text, true))
	}
	return strings.Join(out, "|")
}

// shown is the answer in a terminal.
func shown(a answers.Answer) string { return a.Text(true, time.UTC) }

// pass lets the minute pass in which acts can be undone, and has what is due then done.
func (o *office) pass(t *testing.T) {
	t.Helper()
	o.clock.Add(time.Minute)
	if err := o.Finish(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// books has visits of patients: Ana on …0101, Ben and Benita on …0102.
func books(t *testing.T) *office {
	t.Helper()
	o := newOffice(t)
	for _, v := range []struct{ id, name, last4, at string }{
		{"v1", "Ana Ruiz", "0101", "2026-12-04 10:00"},
		{"v2", "Ben Ode", "0102", "2026-12-04 14:00"},
		{"v3", "Benita Ode", "0102", "2026-12-07 09:00"},
		{"v4", "José Díaz", "0103", "2026-12-01 09:30"},
	} {
		p := handlerstest.Phone(t, v.last4)
		o.store.Put(p, handlers.Effects{Visits: []handlers.Visit{{
			ID: v.id, Name: v.name, Phone: p, Start: handlerstest.At(t, v.at), Type: "consult",
			State: handlers.Booked,
		}}})
	}
	return o
}

// visit is a visit as it is stored.
func (o *office) visit(t *testing.T, id string) handlers.Visit {
	t.Helper()
	v, ok, err := o.store.Visit(t.Context(), id)
	if err != nil || !ok {
		t.Fatal(id, ok, err)
	}
	return v
}

func TestMoveTakesTwoActions(t *testing.T) {
	o := books(t)
	asks := o.typed(t, "move ana mon 9")
	const what = "The visit of Ana …0101 moves from Fri Dec 4 at 10:00 AM to Mon Dec 7 at 9:00 AM."
	if got := shown(asks); !strings.HasPrefix(got, what) || labels(asks) != "Move it|Leave it" {
		t.Fatalf("%q %q", got, labels(asks))
	}
	if got := shown(asks); !strings.Contains(got, "Another patient has a visit at that time.") {
		t.Errorf("%q doesn't tell of the other patient", got)
	}
	held := o.press(t, asks, "Move it")
	if labels(held) != "Undo" || !o.visit(t, "v1").Start.Equal(handlerstest.At(t, "2026-12-04 10:00")) {
		t.Fatalf("%q %q", shown(held), labels(held))
	}
	o.pass(t)
	if v := o.visit(t, "v1"); !v.Start.Equal(handlerstest.At(t, "2026-12-07 09:00")) ||
		v.State != handlers.Booked || v.Name != "Ana Ruiz" {
		t.Errorf("%+v", v)
	}
	if got := shown(o.press(t, held, "Undo")); !strings.HasPrefix(got, "Too late") {
		t.Error(got)
	}
	rows := o.store.Texts()
	if len(rows) == 0 || rows[0].Kind != "booked" {
		t.Errorf("the patient isn't told: %+v", rows)
	}
}

func TestWhatIsMoved(t *testing.T) {
	for _, c := range []struct{ name, text, press, to, says string }{
		{name: "a day alone keeps the time", text: "move ana tue", to: "12-08 10:00"},
		{name: "a time alone keeps the day", text: "move 0101 2:30pm", to: "12-04 14:30"},
		{
			name: "which visit by its time", text: "move ode fri 2 to tue 9am",
			says: "Ben …0102 moves from Fri Dec 4 at 2:00 PM to Tue Dec 8 at 9:00 AM.",
		},
		{
			name: "of the right patient", text: "move 0102 wed 9", press: "Ben …0102", to: "",
			says: "2 visits may be meant.",
		},
		{name: "already there", text: "move ana 12/4 10am", says: "It is at that time already"},
		{name: "closed", text: "move ana sat 9", says: "The clinic is closed on Sat Dec 5."},
		{name: "past closing", text: "move ana 12/4 4:30pm", says: "would end at 5:30 PM, and the " +
			"clinic closes at 5:00 PM"},
		{name: "passed", text: "move ana today 9am", says: "Tue Dec 1 at 9:00 AM has passed."},
		{name: "no time", text: "move ana soon", says: "I can't read what follows the name."},
		{name: "words behind", text: "move ana fri 9 please", says: "I can't read that time."},
		{name: "nobody", text: "move zoe fri 9", says: "Nobody of that name"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := books(t)
			asks := o.typed(t, c.text)
			if !strings.Contains(shown(asks), c.says) {
				t.Fatalf("%q, want %q", shown(asks), c.says)
			}
			if c.press != "" {
				asks = o.press(t, asks, c.press)
			}
			if c.to == "" {
				return
			}
			o.press(t, asks, "Move it")
			o.pass(t)
			if got := o.visit(t, "v1").Start.Format("01-02 15:04"); got != c.to {
				t.Errorf("at %s, want %s", got, c.to)
			}
		})
	}
}

// A button of Home or of a card opens a form, which is all that is asked.
func TestMoveByForm(t *testing.T) {
	o := books(t)
	form := o.press(t, o.typed(t, "find ana"), "Move").Form
	if form == nil || form.Fields[0].Value != "2026-12-04" || form.Fields[1].Value != "10:00" {
		t.Fatalf("%+v", form)
	}
	submit := func(date, at string) (answers.Answer, map[string]string) {
		t.Helper()
		o.events++
		out, wrong, err := o.Submit(t.Context(), handlers.Submission{
			ID: fmt.Sprint("E", o.events), User: "U1", FromDesk: true, Do: form.Do,
			Values: map[string]string{"date": date, "time": at},
		})
		if err != nil {
			t.Fatal(err)
		}
		return out, wrong
	}
	if _, wrong := submit("2026-11-30", "10:00"); !strings.Contains(wrong["date"], "has passed") {
		t.Errorf("%q", wrong)
	}
	if _, wrong := submit("", ""); wrong["date"] == "" {
		t.Errorf("%q", wrong)
	}
	if out, _ := submit("2026-12-05", "10:00"); labels(out) != "Move it|Leave it" {
		t.Errorf("closed, and not asked: %q", shown(out))
	}
	if out, wrong := submit("2026-12-08", "11:00"); labels(out) != "Undo" || wrong != nil {
		t.Errorf("%q %q", shown(out), wrong)
	}
	o.pass(t)
	if got := o.visit(t, "v1").Start.Format("01-02 15:04"); got != "12-08 11:00" {
		t.Error(got)
	}
}

func TestOffIsAskedOnceAndCanBeUndone(t *testing.T) {
	o := books(t)
	asks := o.typed(t, "off ana")
	if got := shown(asks); !strings.HasPrefix(got, "The visit of Ana …0101 on Fri Dec 4 at 10:00 AM "+
		"will be taken off. They aren't told by text") || labels(asks) != "Take it off|Leave it" {
		t.Fatalf("%q %q", got, labels(asks))
	}
	if got := shown(o.press(t, asks, "Leave it")); got != "Left as it is." {
		t.Error(got)
	}
	for range 2 { // and the same press again
		held := o.press(t, asks, "Take it off")
		if got := shown(o.press(t, held, "Undo")); !strings.HasPrefix(got, "Undone") {
			t.Error(got)
		}
	}
	o.pass(t)
	if v := o.visit(t, "v1"); v.State != handlers.Booked {
		t.Errorf("undone, and %s", v.State)
	}
	o.press(t, asks, "Take it off")
	o.pass(t)
	open, err := o.store.OpenSlots(t.Context())
	if v := o.visit(t, "v1"); v.State != handlers.Off || len(open) != 1 || err != nil {
		t.Errorf("%s, slots %+v %v", v.State, open, err)
	}
	if got := shown(o.typed(t, "off ana")); !strings.HasPrefix(got, "There is no such visit ahead.") {
		t.Error(got)
	}
}

// The visit of a patient in danger may be what keeps them in care: staff are told first, and its time
// isn't offered.
func TestOffOfAPatientInDanger(t *testing.T) {
	for _, c := range []struct{ name, kind, says string }{
		{"an alarm", "crisis", "*This patient has an open alarm"},
		{"a concern", "concern", "*This patient wrote something that nobody has read yet"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := books(t)
			o.store.Put(o.patient, handlers.Effects{Cases: []handlers.Case{{
				ID: "d", Channel: handlers.UrgentChannel, Phone: o.patient, Kind: c.kind, Open: true,
			}}})
			for _, text := range []string{"off ana", "move ana mon 11"} {
				if got := shown(o.typed(t, text)); !strings.HasPrefix(got, c.says) {
					t.Errorf("%s: %q", text, got)
				}
			}
			o.press(t, o.typed(t, "off ana"), "Take it off")
			o.pass(t)
			open, err := o.store.OpenSlots(t.Context())
			if o.visit(t, "v1").State != handlers.Off || len(open) > 0 || err != nil {
				t.Errorf("its time is offered: %+v %v", open, err)
			}
		})
	}
}

// What has changed while the minute passed isn't what staff meant: they are told instead.
func TestAnActThatComesTooLate(t *testing.T) {
	for _, text := range []string{"off ana", "move ana mon 11"} {
		o := books(t)
		o.press(t, o.typed(t, text), labels(o.typed(t, text))[:4])
		v := o.visit(t, "v1")
		v.State = handlers.Declined
		o.store.Put(o.patient, handlers.Effects{Visits: []handlers.Visit{v}})
		o.pass(t)
		if got := o.visit(t, "v1").State; got != handlers.Declined {
			t.Errorf("%s: %s", text, got)
		}
		if got := o.posts(); !strings.Contains(got, "it has changed meanwhile") &&
			!strings.Contains(got, "card ") {
			t.Errorf("%s: nobody is told: %q", text, got)
		}
	}
}

// From a card's thread the outcome is told there.
func TestAnActOfAThreadIsToldThere(t *testing.T) {
	o := books(t)
	asks := o.typed(t, "off ana")
	if _, err := o.Press(t.Context(), handlers.Press{
		ID: "P1", Thread: "T-c", User: "U1", FromDesk: true, Action: buttons(asks)[0].Do,
	}); err != nil {
		t.Fatal(err)
	}
	o.pass(t)
	if got := o.posts(); !strings.Contains(got, "note c U1 took the visit on Fri Dec 4 at 10:00 AM off.") {
		t.Error(got)
	}
}
