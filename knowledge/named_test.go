package knowledge_test

import (
	"slices"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// The day and the hour that a text names pick one of several visits: a wrong one would be moved.
func TestNamed(t *testing.T) {
	b := base(t, shipped)
	saturday := time.Date(2026, 12, 5, 23, 30, 0, 0, time.UTC)
	for _, c := range []struct {
		text  string
		days  []time.Weekday
		times []int
	}{
		{text: "can we do tuesday at 3", days: []time.Weekday{time.Tuesday}, times: []int{180}},
		{text: "el miércoles a las 3 o el SÁBADO", days: []time.Weekday{3, 6}, times: []int{180}},
		{text: "thurs or fri, 2:30pm", days: []time.Weekday{4, 5}, times: []int{150}},
		{text: "moved to 14:30?", times: []int{150}},
		{text: "tonight", days: []time.Weekday{6}},
		{text: "hoy no puedo", days: []time.Weekday{6}},
		{text: "the one tmrw", days: []time.Weekday{0}}, // over the end of the week
		{text: "at 12", times: []int{0}},
		{text: "12am or noon at 12:00", times: []int{0, 0}},
		{text: "a la 1", times: []int{60}},
		{text: "at 13 main st", days: nil},
		{text: "took 3 pills for 2 days"},
		{text: "monday's my son's day", days: []time.Weekday{1}},
		{text: "el 3 de mar"}, // March, no Tuesday
		{text: "sunny and money"},
		{text: ""},
	} {
		days, times := b.Read(c.text, nil).Named(saturday)
		want := map[time.Weekday]bool{}
		for _, d := range c.days {
			want[d] = true
		}
		same := len(days) == len(want)
		for d := range want {
			same = same && days[d]
		}
		if !same || !slices.Equal(times, c.times) {
			t.Errorf("%q: %v %v, want %v %v", c.text, days, times, c.days, c.times)
		}
	}
}

// A short text after an answer may ask on; anything else must not be answered with the same again.
func TestFollow(t *testing.T) {
	b := base(t, shipped)
	for _, c := range []struct{ name, text, last, want string }{
		{name: "asks on", text: "for how long", last: "tired_after", want: "tired_after"},
		{name: "in Spanish", text: "y cuanto dura?", last: "tired_after", want: "tired_after"},
		{name: "asks for another", text: "how much?", last: "driving_after", want: "cost"},
		{name: "after no entry", text: "how long", last: "none such"},
		{name: "thanks", text: "thanks", last: "cost"},
		{name: "an act", text: "STOP", last: "cost"},
		{name: "danger", text: "i want to die", last: "cost"},
		{
			name: "six words", text: "so how long does that last", last: "tired_after",
			want: "tired_after",
		},
		{name: "one more", text: "ok so how long does that last", last: "tired_after"},
	} {
		if id, conf := b.Follow(b.Read(c.text, nil), c.last); id != c.want ||
			(id == "") != (conf == 0) {
			t.Errorf("%s: %q after %s asks for %q, %.2f", c.name, c.text, c.last, id, conf)
		}
	}
}

// What we sent is known only after the first reading: the second drops what comes back of it.
func TestAgain(t *testing.T) {
	b := base(t, shipped)
	const sent = "We have a garage behind the house, and the first two hours are free for you."
	for _, c := range []struct {
		name, text string
		sent       []string
		body       string
	}{
		{name: "nothing was sent", text: "i want to die", body: "i want to die"},
		{
			name: "another text was sent", text: "i want to die", sent: []string{sent},
			body: "i want to die",
		},
		{name: "it comes back", text: sent, sent: []string{sent}},
		{
			name: "with a word of the patient's", text: sent + " where exactly?",
			sent: []string{sent}, body: "where exactly?",
		},
	} {
		r := b.Again(b.Read(c.text, nil), c.text, c.sent)
		whole := b.Read(c.text, c.sent)
		if r.Body != c.body || r.Kind != whole.Kind || r.Silent() != (c.body == "") {
			t.Errorf("%s: %+v, read at once %+v", c.name, r, whole)
		}
	}
}

// Staff who ask why get the words that counted, strongest first, or the rule.
func TestExplain(t *testing.T) {
	b := base(t, shipped)
	w := b.Explain("where do i park my car")
	if len(w.Best) == 0 || w.Best[0].ID != "parking" || w.Rule != "" || len(w.Words) == 0 ||
		w.Words[0].Feature != "park" {
		t.Errorf("%+v", w)
	}
	for i := 1; i < len(w.Words); i++ {
		if w.Words[i].Weight > w.Words[i-1].Weight || w.Words[i].Weight <= 0 {
			t.Errorf("out of order: %+v", w.Words)
		}
	}
	if w := b.Explain("988"); w.Rule != "crisis/exact" || len(w.Words) != 0 {
		t.Errorf("%+v", w)
	}
	b2 := base(t, small) // an entry that the model hasn't learnt
	if w := b2.Explain("are you open"); len(w.Best) != 1 || w.Best[0].ID != "hours" ||
		len(w.Words) == 0 {
		t.Errorf("%+v", w)
	}
}

// An entry may say more to a patient with a visit; one that doesn't says nothing.
func TestVisitAnswer(t *testing.T) {
	b, err := knowledge.Load(dir(map[string]string{"faq/two.yaml": `
- {id: eat, answer: {en: "Ask us."}, with_visit: {en: "For {{visit.when}}: no food."}}
`}))
	if err != nil {
		t.Fatal(err)
	}
	tuesday := knowledge.Fill{"visit.when": "Tue"}
	for _, c := range []struct {
		id, lang, want string
		own            knowledge.Fill
		fault          string
	}{
		{id: "eat", lang: "en", own: tuesday, want: "For Tue: no food."},
		{id: "eat", lang: "es", own: tuesday, want: "For Tue: no food."}, // it has no other words
		{
			id: "eat", lang: "en",
			fault: "knowledge: faq/two.yaml line 2: eat: with_visit: no value for {{visit.when}}",
		},
		{id: "hours", lang: "en"},
		{id: "none such", lang: "en"},
	} {
		got, err := b.VisitAnswer(c.id, c.lang, c.own)
		if got != c.want || (err == nil) != (c.fault == "") ||
			err != nil && err.Error() != c.fault {
			t.Errorf("%s %s: %q %v, want %q %s", c.id, c.lang, got, err, c.want, c.fault)
		}
	}
}

// Who drives the patient home: whoever both has a driver and needs help needs help.
func TestRide(t *testing.T) {
	b := base(t, shipped)
	for _, c := range []struct {
		text, kind string
		whole      bool
	}{
		{text: "1", kind: screen.RideArranged, whole: true},
		{text: "2", kind: screen.RideHelp, whole: true},
		{text: "my sister is picking me up", kind: screen.RideArranged},
		{text: "mi esposo me recoge", kind: screen.RideArranged},
		{text: "ill take a taxi", kind: screen.RideHelp},
		{text: "my mom drives me there. need a ride home", kind: screen.RideHelp},
		{text: "need a ride home. my mom drives me there", kind: screen.RideHelp},
		{text: "my brother cant drive me anymore"},
		{text: "how much is it"},
		{text: "yes"},
		{text: ""},
	} {
		if kind, whole := b.Ride(c.text); kind != c.kind || whole != c.whole {
			t.Errorf("%q: %q %v, want %q %v", c.text, kind, whole, c.kind, c.whole)
		}
	}
}
