package patient_test

import (
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

func TestConsent(t *testing.T) {
	for _, c := range []struct {
		name    string
		text    handlers.Text
		visit   bool
		was     bool // opted out before
		kind    string
		says    string // a part; "" is silence
		out     bool
		entries int // of the ledger, more than before
		told    string
	}{
		{"the bare keyword: the carrier answers", handlers.Text{Body: "STOP"}, false, false, kinds.Stop, "", true, 1, ""},
		{"in words", handlers.Text{Body: "stop texting me please"}, false, false, kinds.OptOut, "won't get any more texts", true, 1, ""},
		{"in Spanish", handlers.Text{Body: "no mas mensajes"}, false, false, kinds.OptOut, "Ya no recibira", true, 1, ""},
		{"in words that the carrier answered", handlers.Text{Body: "stop texting me please", OptOut: "STOP"}, false, false, kinds.Stop, "", true, 1, ""},
		{"in a word that only the carrier knows", handlers.Text{Body: "finito", OptOut: "STOP"}, false, false, kinds.Stop, "", true, 1, ""},
		{"again", handlers.Text{Body: "stop texting me please"}, false, true, kinds.OptOut, "", true, 0, ""},
		{"CANCEL with a visit", handlers.Text{Body: "CANCEL"}, true, false, kinds.Stop, "", true, 1, "may have meant the visit. Call them."},
		{"End. with a visit", handlers.Text{Body: "End."}, true, false, kinds.Stop, "", true, 1, "may have meant the visit. Call them."},
		{"CANCEL without one", handlers.Text{Body: "CANCEL"}, false, false, kinds.Stop, "", true, 1, ""},
		{"STOP with a visit is plain", handlers.Text{Body: "STOP"}, true, false, kinds.Stop, "", true, 1, ""},
		{"START", handlers.Text{Body: "START"}, false, true, kinds.Start, "get our texts again", false, 1, ""},
		{"START that the carrier answered", handlers.Text{Body: "UNSTOP", OptOut: "START"}, false, true, kinds.Start, "", false, 1, ""},
		{"a word that opts in only at the carrier", handlers.Text{Body: "YES", OptOut: "START"}, true, true, kinds.Start, "", false, 1, ""},
		{"a bare yes from who never opted out", handlers.Text{Body: "yes"}, false, false, kinds.Courtesy, "", false, 0, ""},
		{"a question of who opted out gets nothing", handlers.Text{Body: "HELP"}, false, true, kinds.Help, "", true, 0, ""},
		{"HELP", handlers.Text{Body: "HELP"}, false, false, kinds.Help, "988", false, 0, ""},
		{"HELP that the carrier answered", handlers.Text{Body: "HELP", OptOut: "HELP"}, false, false, kinds.Help, "", false, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFront(t, openHours)
			if c.was {
				f.store.Put(f.from, handlers.Effects{Consent: &handlers.Consent{Out: true}})
			}
			if c.visit {
				f.visits(24)
			}
			known, _ := f.store.Consents(t.Context(), f.from)
			before := len(known)
			r := f.send(t, c.text)
			says := strings.Join(r.Bodies, "|")
			if r.Kind != c.kind || (says == "") != (c.says == "") || !strings.Contains(says, c.says) {
				t.Errorf("%s %q, want %s %q", r.Kind, says, c.kind, c.says)
			}
			all, _ := f.store.Consents(t.Context(), f.from)
			if f.state(t).Consent.Out != c.out || len(all)-before != c.entries {
				t.Errorf("consent %+v", all)
			}
			if c.entries > 0 && (all[before].Words != c.text.Body || all[before].At.IsZero()) {
				t.Errorf("the ledger says %+v: want the words and the time", all[before])
			}
			if !strings.HasSuffix(f.told(), c.told) || (f.told() == "") != (c.told == "") {
				t.Errorf("the desk was told %q", f.told())
			}
			if c.visit && f.state(t).Visits[0].State != handlers.Booked {
				t.Errorf("the visit is %s", f.state(t).Visits[0].State)
			}
		})
	}
}

// Who ends the texts and says that they come has said both.
func TestAnOptOutThatConfirms(t *testing.T) {
	for _, c := range []struct{ text, state string }{
		{text: "no more texts please but ill be there", state: handlers.Confirmed},
		{text: "Yes I'll be there tomorrow. Stop texting me", state: handlers.Confirmed},
		{text: "ya no me manden mensajes. Si voy a ir", state: handlers.Confirmed},
		{text: "stop texting me", state: handlers.Booked},
		{text: "no more texts please. will you be there?", state: handlers.Booked},
	} {
		f := newFront(t, openHours)
		f.visits(24)
		r := f.text(t, c.text)
		if r.Kind != kinds.OptOut || len(r.Bodies) != 1 || !f.state(t).Consent.Out || f.states(t) != c.state {
			t.Errorf("%q: %+v, visit %s", c.text, r, f.states(t))
		}
	}
}

// Who asks us to go on, or means other messages than texts, isn't opted out.
func TestWhatOnlyLooksLikeAnOptOut(t *testing.T) {
	for _, text := range []string{
		"please dont stop sending the reminders", "dont take me off the list", "no me quiten de la lista por favor",
		"did you stop sending texts? i get none", "take me off the email list, texts are fine",
		"ya no me manden correos, por texto esta bien",
	} {
		f := newFront(t, openHours)
		f.visits(24)
		if r := f.text(t, text); f.state(t).Consent.Out || r.Kind == kinds.OptOut {
			t.Errorf("%q: %+v", text, r)
		}
	}
}
