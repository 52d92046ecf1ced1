package staff_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/veil"
)

// No button's act and no form's holds a number, a name or words: Slack keeps them.
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
			all += b.Do
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
