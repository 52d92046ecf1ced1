package patient_test

import (
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// consentRow is a text about consent, or one that may be taken for it.
type consentRow struct {
	name    string
	text    handlers.Text
	visit   bool
	was     bool // opted out before
	kind    string
	says    string // a part; "" is silence
	out     bool
	entries int // of the ledger, more than before
	told    string
}

// check sends the text and looks at the consent, the ledger of consents, the reply and the desk.
func (c consentRow) check(t *testing.T) {
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
	if r.Kind != c.kind || (says == "") != (c.says == "") {
		t.Errorf("%s %q, want %s %q", r.Kind, says, c.kind, c.says)
	}
	has(t, "the patient", says, c.says)
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
}

func TestOptingOut(t *testing.T) {
	for _, c := range []consentRow{
		{
			name: "the bare keyword: the carrier answers", text: handlers.Text{Body: "STOP"},
			kind: kinds.Stop, out: true, entries: 1,
		},
		{
			name: "in words", text: handlers.Text{Body: "stop texting me please"},
			kind: kinds.OptOut, says: "won't get any more texts", out: true, entries: 1,
		},
		{
			name: "in Spanish", text: handlers.Text{Body: "no mas mensajes"}, kind: kinds.OptOut,
			says: "Ya no recibira", out: true, entries: 1,
		},
		{
			name: "in words that the carrier answered",
			text: handlers.Text{Body: "stop texting me please", OptOut: "STOP"}, kind: kinds.Stop,
			out: true, entries: 1,
		},
		{
			name: "in a word that only the carrier knows",
			text: handlers.Text{Body: "finito", OptOut: "STOP"}, kind: kinds.Stop, out: true,
			entries: 1,
		},
		{
			name: "again", text: handlers.Text{Body: "stop texting me please"}, was: true,
			kind: kinds.OptOut, out: true,
		},
	} {
		t.Run(c.name, c.check)
	}
}

func TestOptingOutWithAVisit(t *testing.T) {
	for _, c := range []consentRow{
		{
			name: "CANCEL with a visit", text: handlers.Text{Body: "CANCEL"}, visit: true,
			kind: kinds.Stop, out: true, entries: 1, told: "may have meant the visit. Call them.",
		},
		{
			name: "End. with a visit", text: handlers.Text{Body: "End."}, visit: true,
			kind: kinds.Stop, out: true, entries: 1, told: "may have meant the visit. Call them.",
		},
		{
			name: "CANCEL without one", text: handlers.Text{Body: "CANCEL"}, kind: kinds.Stop,
			out: true, entries: 1,
		},
		{
			name: "STOP with a visit ahead, of which nothing reminds them now",
			text: handlers.Text{Body: "STOP"}, visit: true, kind: kinds.Stop, out: true, entries: 1,
			told: "Opted out of texts, so no text reminds them of Wed Dec 2 at 10:00 AM. Call " +
				"them: do they come, and was it meant? Only they can undo it, with START.",
		},
		{
			name: "STOP again", text: handlers.Text{Body: "STOP"}, visit: true, was: true,
			kind: kinds.Stop, out: true,
		},
	} {
		t.Run(c.name, c.check)
	}
}

func TestOptingIn(t *testing.T) {
	for _, c := range []consentRow{
		{
			name: "START", text: handlers.Text{Body: "START"}, was: true, kind: kinds.Start,
			says: "get our texts again", entries: 1,
		},
		{
			name: "START that the carrier answered",
			text: handlers.Text{Body: "UNSTOP", OptOut: "START"}, was: true, kind: kinds.Start,
			entries: 1,
		},
		{
			name: "a word that opts in only at the carrier",
			text: handlers.Text{Body: "YES", OptOut: "START"}, visit: true, was: true,
			kind: kinds.Start, entries: 1,
		},
		{
			name: "a bare yes from who never opted out", text: handlers.Text{Body: "yes"},
			kind: kinds.Courtesy,
		},
		{
			name: "a question of who opted out gets nothing", text: handlers.Text{Body: "HELP"},
			was: true, kind: kinds.Help, out: true,
		},
		{name: "HELP", text: handlers.Text{Body: "HELP"}, kind: kinds.Help, says: "988"},
		{
			name: "HELP that the carrier answered",
			text: handlers.Text{Body: "HELP", OptOut: "HELP"}, kind: kinds.Help,
		},
	} {
		t.Run(c.name, c.check)
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
		out := f.state(t).Consent.Out
		if r.Kind != kinds.OptOut || len(r.Bodies) != 1 || !out || f.states(t) != c.state {
			t.Errorf("%q: %+v, visit %s", c.text, r, f.states(t))
		}
	}
}

// Who asks us to go on, or means other messages than texts, isn't opted out.
func TestWhatOnlyLooksLikeAnOptOut(t *testing.T) {
	for _, text := range []string{
		"please dont stop sending the reminders",
		"dont take me off the list",
		"no me quiten de la lista por favor",
		"did you stop sending texts? i get none",
		"take me off the email list, texts are fine",
		"ya no me manden correos, por texto esta bien",
	} {
		f := newFront(t, openHours)
		f.visits(24)
		if r := f.text(t, text); f.state(t).Consent.Out || r.Kind == kinds.OptOut {
			t.Errorf("%q: %+v", text, r)
		}
	}
}

// Who says the same again and again leaves one record, and who changes their mind each time leaves
// no more than the last ones. Of a long text only the beginning is kept.
func TestRepeatedConsentLeavesNoMore(t *testing.T) {
	for _, c := range []struct {
		name   string
		texts  []string // in turn
		optOut string
		most   int
	}{
		{name: "START", texts: []string{"START"}, most: 1},
		{name: "STOP", texts: []string{"STOP"}, most: 1},
		{name: "BASIC", texts: []string{"BASIC"}, most: 1},
		{name: "STOP and START", texts: []string{"STOP", "START"}, most: 20},
		{
			name: "a long one", optOut: "STOP",
			texts: []string{"stop " + strings.Repeat("now ", 100)}, most: 1,
		},
	} {
		f := newFront(t, openHours)
		for i := range 50 {
			f.send(t, handlers.Text{Body: c.texts[i%len(c.texts)], OptOut: c.optOut})
			f.clock.Add(time.Minute)
		}
		all, err := f.store.Consents(t.Context(), f.from)
		if err != nil || len(all) == 0 || len(all) > c.most {
			t.Errorf("%s: %d records, %v; want at most %d", c.name, len(all), err, c.most)
		}
		for _, one := range all {
			if len([]rune(one.Words)) > 160 {
				t.Errorf("%s: %d characters are kept", c.name, len(one.Words))
			}
		}
	}
}
