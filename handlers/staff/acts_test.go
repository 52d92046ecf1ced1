package staff_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	answers "github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/desk"
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
		{name: "no time", text: "move ana soon", says: "I can't read that time."},
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

func TestWhoCame(t *testing.T) {
	for _, c := range []struct{ text, says, state string }{
		{"arrived jose", "José …0103 is here for Tue Dec 1 at 9:30 AM.", handlers.Arrived},
		{"arrived 0103", "José …0103 is here", handlers.Arrived},
		{"noshow díaz", "José …0103 didn't come Tue Dec 1 at 9:30 AM.", handlers.Missed},
		{
			"no-show jose", "There is no command \"no-show\". Did you mean `/clinic noshow WHO`?",
			handlers.Booked,
		},
		{"late jose", "José …0103 comes late to Tue Dec 1 at 9:30 AM: the", handlers.Booked},
		{
			"late jose 20 min", "José …0103 comes late to Tue Dec 1 at 9:30 AM, by 20 minutes:",
			handlers.Booked,
		},
		{"arrived ana", "They have no such visit today.", handlers.Booked},
	} {
		t.Run(c.text, func(t *testing.T) {
			o := books(t)
			if got := shown(o.typed(t, c.text)); !strings.HasPrefix(got, c.says) {
				t.Errorf("%q, want %q", got, c.says)
			}
			if v := o.visit(t, "v4"); v.State != c.state {
				t.Errorf("%s, want %s", v.State, c.state)
			}
		})
	}
	o := books(t)
	missed := o.typed(t, "noshow jose")
	o.press(t, missed, "They came after all")
	if got := o.visit(t, "v4").State; got != handlers.Arrived {
		t.Errorf("%s, though they came after all", got)
	}
	o = books(t)
	o.typed(t, "late jose")
	if got := shown(o.typed(t, "today")); !strings.Contains(got, "asked, no answer, late") {
		t.Error(got)
	}
	o.clock.Set(handlerstest.At(t, "2026-12-04 09:00"))
	if got := shown(o.typed(t, "noshow ana")); !strings.Contains(got, "hasn't begun") {
		t.Error(got)
	}
}

func TestTheDayThatIsMeant(t *testing.T) {
	for text, want := range map[string]string{
		"today":            "Tue Dec 1: 1 visits",
		"today 2026-12-04": "Fri Dec 4: 2 visits",
		"today fri":        "Fri Dec 4: 2 visits",
		"find fri":         "Fri Dec 4: 2 visits",
		"today tomorrow":   "Wed Dec 2: no visits.",
		"today yesterday":  "Mon Nov 30: no visits.",
		"today someday":    "I can't read that day.",
		"today 2/30":       "There is no such day",
		"today next fri":   "\"Next\" can be the coming one, or the one of next week. Do you mean:",
	} {
		if got := shown(books(t).typed(t, text)); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestFind(t *testing.T) {
	for text, want := range map[string]string{
		"find an": "PATIENT    VISIT                  STATE\n" +
			"Ana …0101  Fri Dec 4 at 10:00 AM  asked, no answer",
		"find JOSE": "PATIENT     VISIT                 STATE\n" +
			"José …0103  Tue Dec 1 at 9:30 AM  asked, no answer",
		"find ruiz":   "PATIENT    VISIT",
		"find ruiz a": "PATIENT    VISIT",
		"find ben ode": "PATIENT       VISIT                 STATE\n" +
			"Ben …0102     Fri Dec 4 at 2:00 PM  asked, no answer\nBenita …0102  Mon",
		"find 550102": "PATIENT       VISIT",
		"find 9999":   "Nothing is known of a number that ends in 9999.",
		"find 01":     "Say four digits at least, or a name.",
		"find":        "Say a first name, the last digits of a number, or a day.",
		"find o'":     "PATIENT       VISIT",
	} {
		if got := shown(books(t).typed(t, text)); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	o := books(t)
	for _, press := range []string{"Texts, and why", "May they be texted?", "Take a visit off"} {
		if got := shown(o.press(t, o.typed(t, "find ana"), press)); !strings.Contains(got, "…0101") {
			t.Errorf("%s: %q", press, got)
		}
	}
}

func TestWhatSpeaksAgainstABooking(t *testing.T) {
	for _, c := range []struct{ name, text, says string }{
		{"a Saturday", "book 0101 sat 9 consult", "The clinic is closed on Sat Dec 5."},
		{"a holiday", "book 0101 12/25 9 consult", "The clinic is closed on Fri Dec 25, a holiday."},
		{"too early", "book 0101 tue 8am consult", "Tue Dec 8"},
		{"too late", "book 0101 fri 5 consult", "The clinic closes at 5:00 PM on Fri Dec 4."},
		{"ends too late", "book ana 12/4 4:30pm", "The visit would end at 5:30 PM, and the clinic closes"},
		{"that day", "book 0101 12/4 2 consult", "They already have a visit on Fri Dec 4 at 10:00 AM."},
		{"that week", "book 0101 wed 2 consult", "They already have a visit on Fri Dec 4 at 10:00 AM."},
		{"another's", "book 0101 12/7 9 consult", "Another patient has a visit at that time."},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := books(t)
			asks := o.typed(t, c.text)
			if !strings.Contains(shown(asks), c.says) && !strings.Contains(labels(asks), c.says) {
				t.Fatalf("%q %q, want %q", shown(asks), labels(asks), c.says)
			}
			if s := o.state(t); len(s.Visits) != 1 {
				t.Fatalf("booked unasked: %+v", s.Visits)
			}
			if c.name == "too early" { // today's Tuesday, or the next?
				return
			}
			if got := shown(o.press(t, asks, "Book it")); !strings.HasPrefix(got, "Booked: Ana …0101") {
				t.Errorf("%q", got)
			}
			if s := o.state(t); len(s.Visits) != 2 {
				t.Errorf("%+v", s.Visits)
			}
		})
	}
}

func TestHowABookingIsTyped(t *testing.T) {
	for _, c := range []struct{ text, press, says string }{
		{
			text: "book 212-555-0109 12/16/2026 2:00pm consult Eva Lee",
			says: "Booked: Eva …0109, Wed Dec 16 at 2:00 PM, consult.",
		},
		{text: "book 212-555-0109 tomorrow 2pm consult es Eva", says: "Booked: Eva …0109, Wed Dec 2"},
		{text: "book ana 12/16 2", says: "Booked: Ana …0101, Wed Dec 16 at 2:00 PM, consult. They also " +
			"have a visit on Fri Dec 4 at 10:00 AM."},
		{
			text: "book 0101 12/16 2 iv infusion",
			says: "Booked: Ana …0101, Wed Dec 16 at 2:00 PM, iv_infusion.",
		},
		{text: "book 0101 tue 2pm", press: "Tue Dec 8 at 2:00 PM", says: "They already have a visit"},
		{text: "book 212-555-0109 fri 9 consult", says: "Say the name too: nothing is known of …0109."},
		{text: "book 0102 12/16 2 consult", says: "…0102 is the number of 2 patients: say the name too."},
		{text: "book 0102 12/16 2 consult ben", says: "Booked: Ben …0102, Wed Dec 16"},
		{text: "book 0101 12/16 2 dance", says: `There is no visit type "dance".`},
		{text: "book 0101 12/5 9 consult yes", says: "Booked: Ana …0101, Sat Dec 5 at 9:00 AM"},
	} {
		o := books(t)
		out := o.typed(t, c.text)
		if c.press != "" {
			out = o.press(t, out, c.press)
		}
		if got := shown(out); !strings.HasPrefix(got, c.says) {
			t.Errorf("%s: %q, want %q", c.text, got, c.says)
		}
	}
}

func TestNearMisses(t *testing.T) {
	for _, c := range []struct{ text, meant, press string }{
		{"tody", "/clinic today [DAY]", "/clinic today"},
		{"TODYA fri", "/clinic today [DAY]", "/clinic today"},
		{"bok ana fri 9", "/clinic book WHO WHEN", ""},
		{"cancel ana", "/clinic off WHO [WHEN]", "/clinic off"},
		{"reschedule ana mon 9", "/clinic move WHO", "/clinic move"},
		{"wy ana", "/clinic why WHO", "/clinic why"},
		{"stat", "/clinic status", "/clinic status"},
		{"text ana hello", "/clinic say WHO TEXT", ""},
		{"fnd ana", "/clinic find NAME", "/clinic find"},
	} {
		o := books(t)
		out := o.typed(t, c.text)
		if got := shown(out); !strings.Contains(got, "Did you mean `"+c.meant) {
			t.Errorf("%s: %q", c.text, got)
		}
		if labels(out) != c.press {
			t.Errorf("%s: buttons %q, want %q", c.text, labels(out), c.press)
		}
		if c.press != "" {
			o.press(t, out, c.press)
		}
	}
	if got := shown(books(t).typed(t, "dance")); !strings.Contains(got, "/clinic help") {
		t.Error(got)
	}
}

// No button and no form holds a number, a name or words: Slack keeps them.
func TestButtonsHoldNothingOfAPatient(t *testing.T) {
	o := books(t)
	for _, text := range []string{
		"off ana", "off ode", "off 0101 fri", "move ana", "move ana mon 9", "move ode mon 9",
		"move ana next fri 9", "book 212-555-0109 sat 9 consult Eva Lee", "book 0101 tue 2pm", "book",
		"find ana", "noshow jose", "reschedule ruiz mon 9", "why ode", "consent ode",
		"say ode hello ruiz", "wy ruiz", "cancel 212-555-0101", "waitlist add ode consult",
	} {
		out := o.typed(t, text)
		all := ""
		for _, b := range buttons(out) {
			all += b.Do + " " + veil.Shown(b.Text, false)
			if len(b.Do) > 2000 || len(veil.Shown(b.Text, true)) > 75 {
				t.Errorf("%s: a button of %d, %q", text, len(b.Do), b.Text)
			}
		}
		if out.Form != nil {
			all += out.Form.Do
		}
		for _, mark := range []string{
			"555", "Ana", "ruiz", "Ruiz", "ode", "Ode", "Ben", "Eva", "Lee", "hello",
		} {
			if strings.Contains(all, mark) {
				t.Errorf("%s: %q holds %q", text, all, mark)
			}
		}
	}
}

// While a form or a question waits nothing is lost, and the desk's own cards stay as they are.
func TestARepeatedActIsDoneOnce(t *testing.T) {
	o := books(t)
	asks := o.typed(t, "move ana mon 11")
	press := handlers.Press{ID: "P1", User: "U1", FromDesk: true, Action: buttons(asks)[0].Do}
	for range 3 {
		if _, err := o.Press(t.Context(), press); err != nil {
			t.Fatal(err)
		}
	}
	o.pass(t)
	o.pass(t)
	if v := o.visit(t, "v1"); v.Moves != 1 {
		t.Errorf("moved %d times", v.Moves)
	}
	for _, p := range o.store.Queue() {
		if p.Do == desk.PostCard {
			t.Errorf("a card: %+v", p)
		}
	}
}

// forgetful is a store that can't settle acts for a while, as if the bot ended before.
type forgetful struct {
	*handlerstest.Store
	err error
}

func (f *forgetful) SettlePending(ctx context.Context, p handlers.Pending, again time.Time) error {
	if f.err != nil {
		return f.err
	}
	return f.Store.SettlePending(ctx, p, again)
}

// A bot that ends between doing an act and noting so does it once all the same.
func TestAnActThatIsClaimedTwiceIsDoneOnce(t *testing.T) {
	o := books(t)
	f := &forgetful{o.store, errors.New("killed")}
	o.Pending = f
	o.press(t, o.typed(t, "move ana mon 11"), "Move it")
	o.clock.Add(time.Minute)
	if err := o.Finish(t.Context()); !errors.Is(err, f.err) {
		t.Fatal(err)
	}
	f.err = nil
	for range 3 {
		o.pass(t)
	}
	if v := o.visit(t, "v1"); v.Moves != 1 || !v.Start.Equal(handlerstest.At(t, "2026-12-07 11:00")) {
		t.Errorf("%+v", v)
	}
	if got := o.posts(); got != "" {
		t.Errorf("told that it came to nothing: %s", got)
	}
	if next, err := o.store.NextPending(t.Context()); !next.IsZero() || err != nil {
		t.Errorf("it waits still: %v %v", next, err)
	}
}

// While the store is away the loop fails, and what was to be done is done later.
func TestActsWhileTheStoreIsAway(t *testing.T) {
	o := books(t)
	o.press(t, o.typed(t, "off ana"), "Take it off")
	away := errors.New("away")
	o.store.Fail(away)
	o.clock.Add(time.Minute)
	if err := o.Finish(t.Context()); !errors.Is(err, away) {
		t.Error(err)
	}
	o.store.Fail(nil)
	o.pass(t)
	if got := o.visit(t, "v1").State; got != handlers.Off {
		t.Error(got)
	}
}

// What follows an act is written down with the number that it is about.
func TestWhatFollowsAnActIsWrittenDown(t *testing.T) {
	o := books(t)
	o.press(t, o.press(t, o.typed(t, "off ana"), "Take it off"), "Undo")
	o.press(t, o.typed(t, "book ana sat 9"), "Book it")
	var did []string
	for _, a := range o.store.Acts() {
		did = append(did, strings.TrimPrefix(a.Do, "command ")+" "+a.Phone.String())
	}
	const want = "off …0101, off …0101, undo …0101, book …0101, book it …0101, book …0101"
	if got := strings.Join(did, ", "); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// Where the line says whom and no more, a form asks for the rest; nothing of the patient stands in it.
func TestBookByForm(t *testing.T) {
	for _, c := range []struct {
		name, text string
		fields     string
		values     map[string]string
		says       string
		wrong      string
	}{
		{
			name: "somebody known", text: "book ana", fields: "name type date time lang",
			values: map[string]string{"date": "2026-12-16", "time": "14:00"},
			says:   "Booked: Ana …0101, Wed Dec 16 at 2:00 PM, consult.",
		},
		{
			name: "of two on a phone", text: "book 0102", fields: "name type date time lang",
			values: map[string]string{"date": "2026-12-16", "time": "14:00", "name": "benita"},
			says:   "Booked: Benita …0102, Wed Dec 16 at 2:00 PM, consult.",
		},
		{
			name: "nobody known", text: "book", fields: "phone name type date time lang",
			values: map[string]string{
				"phone": "212 555 0109", "name": "Eva  Lee", "date": "2026-12-16", "time": "09:30",
				"type": "consult", "lang": "es",
			},
			says: "Booked: Eva …0109, Wed Dec 16 at 9:30 AM, consult.",
		},
		{
			name: "a new number", text: "book 212-555-0109", fields: "phone name type date time lang",
			values: map[string]string{"phone": "0199", "date": "2026-12-16", "time": "09:30"},
			says:   "Nothing is known of a number that ends in 0199.",
		},
		{
			name: "passed", text: "book ana", fields: "name type date time lang",
			values: map[string]string{"date": "2026-11-16", "time": "09:30"},
			wrong:  "date: Mon Nov 16 at 9:30 AM has passed.",
		},
		{
			name: "nothing", text: "book", fields: "phone name type date time lang",
			wrong: "date: Choose the date. phone: Say whom: the number, its last digits, or a name.",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := books(t)
			form := o.typed(t, c.text).Form
			var fields []string
			for _, f := range form.Fields {
				fields = append(fields, f.Name)
			}
			if got := strings.Join(fields, " "); got != c.fields {
				t.Errorf("asks for %s", got)
			}
			out, wrong, err := o.Submit(t.Context(), handlers.Submission{
				ID: "S1", User: "U1", FromDesk: true, Do: form.Do, Values: c.values,
			})
			if err != nil || !strings.HasPrefix(shown(out), c.says) {
				t.Errorf("%q %v", shown(out), err)
			}
			var faults []string
			for _, field := range slices.Sorted(maps.Keys(wrong)) {
				faults = append(faults, field+": "+wrong[field])
			}
			if got := strings.Join(faults, " "); got != c.wrong {
				t.Errorf("wrong: %q", got)
			}
		})
	}
}
