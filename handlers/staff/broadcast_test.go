package staff_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/handlers"
	answers "github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/broadcast"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// newMany is an office that can text many, with two visits tomorrow.
func newMany(t *testing.T) *office {
	t.Helper()
	o := newOffice(t)
	o.Broadcasts = &broadcast.Handler{
		Base: o.Base, Store: o.store, Visits: o.store, Rows: o.store, Books: o.Visits,
		Gate: o.Gate, Now: o.clock.Now, Log: handlerstest.Quiet(),
	}
	o.booked(t, "0102", "2026-12-02 11:00", nil)
	o.booked(t, "0103", "2026-12-02 15:00", nil)
	return o
}

// submitted submits a form with these values, and returns what is shown or what is wrong.
func (o *office) submitted(
	t *testing.T, f *answers.Form, values map[string]string,
) (answers.Answer, map[string]string) {
	t.Helper()
	out, wrong, err := o.Submit(t.Context(), handlers.Submission{
		ID: fmt.Sprint("S", len(o.store.Acts())), User: "U1", FromDesk: true, Do: f.Do, Values: values,
	})
	if err != nil {
		t.Fatal(err)
	}
	return out, wrong
}

// A storm: the line opens a form, the form shows who would be texted what, and then it waits for a
// second person: four presses by two people.
func TestBroadcastIsAskedShownAndAgreed(t *testing.T) {
	o := newMany(t)
	o.store.Put(handlerstest.Phone(t, "0103"), handlers.Effects{
		Consent: &handlers.Consent{Out: true},
	})
	form := o.gives(t, "broadcast tomorrow").Form
	if form == nil || form.Fields[0].Value != "2026-12-02" {
		t.Fatalf("%+v", form)
	}
	preview, wrong := o.submitted(t, form, map[string]string{
		"day": "2026-12-02", "say": replies.BroadcastWeather,
	})
	text := saysAll(preview)
	for _, want := range []string{
		"*1* would be texted, and *1* can't be", "because of the weather", "…0103", "opted out",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q isn't in\n%s", want, text)
		}
	}
	if len(wrong) > 0 {
		t.Error(wrong)
	}
	if len(o.store.Open(handlers.Phone{})) > 0 {
		t.Error("it is at the desk before it was asked for")
	}
	o.presses(t, preview, "Ask a second person")
	cases := o.store.Open(handlers.Phone{})
	if len(cases) != 1 {
		t.Fatalf("%+v", cases)
	}
	o.store.Thread(cases[0].ID, "T-many")
	if said := o.onCard(t, "U1", "agree"); !strings.Contains(said, "somebody else") {
		t.Errorf("who asked agreed: %q", said)
	}
	if said := o.onCard(t, "U2", "agree"); said != "" {
		t.Error(said)
	}
	if b := o.store.Open(handlers.Phone{})[0].Broadcast; b.Agreed != "U2" || b.By != "U1" {
		t.Errorf("%+v", b)
	}
	if said := o.onCard(t, "U1", "stop"); said != "" || len(o.store.Open(handlers.Phone{})) > 0 {
		t.Errorf("not taken back: %q", said)
	}
}

// onCard presses a button on the broadcast's card, and returns what that is answered.
func (o *office) onCard(t *testing.T, user, action string) string {
	t.Helper()
	out, err := o.Press(t.Context(), handlers.Press{
		ID: "press:" + user + action, User: user, FromDesk: true, Thread: "T-many", Action: action,
	})
	if err != nil {
		t.Fatal(err)
	}
	return saysAll(out)
}

// What can't be right is told in the form, at its field.
func TestBroadcastFaults(t *testing.T) {
	for _, c := range []struct {
		name   string
		values map[string]string
		field  string
		says   string
	}{
		{
			name: "no day", values: map[string]string{"say": replies.BroadcastWeather},
			field: "day", says: "Say which day",
		},
		{
			name: "a day that has passed", field: "day", says: "has passed",
			values: map[string]string{"day": "2026-11-30", "say": replies.BroadcastWeather},
		},
		{
			name: "ends before it begins", field: "day", says: "before it begins",
			values: map[string]string{
				"day": "2026-12-02", "from": "15:00", "to": "12:00", "say": replies.BroadcastWeather,
			},
		},
		{
			name: "no words", values: map[string]string{"day": "2026-12-02", "say": "own"},
			field: "en", says: "Say what to text",
		},
		{
			name: "words that nobody asked for may not hold", field: "en", says: "ketamin",
			values: map[string]string{
				"day": "2026-12-02", "say": "own", "en": "No ketamine tomorrow.",
			},
		},
		{
			name: "nothing is wrong",
			values: map[string]string{
				"day": "2026-12-02", "from": "12:00", "say": "own", "en": "We open at noon.",
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newMany(t)
			_, wrong := o.submitted(t, o.gives(t, "broadcast").Form, c.values)
			if got := wrong[c.field]; !strings.Contains(got, c.says) ||
				(c.field == "") != (len(wrong) == 0) {
				t.Errorf("%v, want %q at %q", wrong, c.says, c.field)
			}
		})
	}
}

// A part of a day is its visits alone, and a day without any has nobody to text.
func TestBroadcastToAPartOfADay(t *testing.T) {
	o := newMany(t)
	form := o.gives(t, "broadcast").Form
	values := map[string]string{
		"day": "2026-12-02", "from": "12:00", "say": replies.BroadcastClosed,
	}
	if preview, _ := o.submitted(t, form, values); !strings.Contains(saysAll(preview), "*1* would") {
		t.Error(saysAll(preview))
	}
	values["from"] = "17:00"
	if none, _ := o.submitted(t, form, values); !strings.Contains(saysAll(none), "nobody to text") {
		t.Error(saysAll(none))
	}
}

// Words that name one of the patients are shown before they are asked for.
func TestBroadcastThatNamesAPatient(t *testing.T) {
	for words, warns := range map[string]bool{
		"We will open at noon.": false, "Eva can come, all others please don't.": true,
	} {
		o := newMany(t)
		o.booked(t, "0104", "2026-12-02 12:00", func(v *handlers.Visit) { v.Name = "Eva Lee" })
		preview, wrong := o.submitted(t, o.gives(t, "broadcast").Form, map[string]string{
			"day": "2026-12-02", "say": "own", "en": words,
		})
		if got := strings.Contains(saysAll(preview), "name of a patient"); got != warns || len(wrong) > 0 {
			t.Errorf("%q: %v %v", words, got, wrong)
		}
	}
}
