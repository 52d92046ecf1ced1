package patient_test

import (
	"testing"
	"time"
)

// What patients ask is kept without what names them, with what became of it. What is no question,
// and what may be danger, isn't.
func TestWhatWasAskedIsKept(t *testing.T) {
	for _, c := range []struct{ name, text, ask, entry string }{
		{name: "answered", text: "how much does it cost?", ask: "how much does it cost?", entry: "cost"},
		{
			name: "missed", text: "Can Ana bring her iguana Rex? call 212-555-0199",
			ask: "Can … bring her iguana …? call …",
		},
		{name: "danger", text: "i want to kill myself"},
		{name: "clinical", text: "should i double my lithium dose"},
		{name: "an act", text: "STOP"},
		{name: "one word", text: "iguana?"},
		{name: "a courtesy", text: "thanks a lot"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFrontOf(t, openHours, shipped)
			f.visits(24)
			f.text(t, c.text)
			all, err := f.store.Questions(t.Context(), time.Time{})
			if err != nil || len(all) > 1 || len(all) == 1 != (c.ask != "") {
				t.Fatalf("%+v %v", all, err)
			}
			if len(all) == 0 {
				return
			}
			q := all[0]
			if q.Ask != c.ask || q.Entry != c.entry || q.Lang != "en" {
				t.Errorf("%+v", q)
			}
			talk := f.state(t).Conversation
			if (talk.Asked == q.ID) != q.Missed() || (q.Case != "") != q.Missed() {
				t.Errorf("%+v, the conversation has %q", q, talk.Asked)
			}
		})
	}
}
