package patient_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// own puts a visit that begins so long from now into the number's state.
func (f *front) own(id, name, kind string, in time.Duration) {
	f.store.Put(f.from, handlers.Effects{Visits: []handlers.Visit{{
		ID: id, Name: name, Phone: f.from, Type: kind, Start: f.clock.Now().Add(in),
		State: handlers.Confirmed,
	}}})
}

const (
	today    = 3*time.Hour + 30*time.Minute // 1:30 PM
	tomorrow = 24 * time.Hour               // 10:00 AM
)

// What is known of the writer's visit answers what they ask about it, by the clock.
func TestAnAnswerFromTheVisit(t *testing.T) {
	const prep = "For your visit on Tue Dec 1 at 1:30 PM: No food after 7:30 AM. Clear liquids until " +
		"11:30 AM."
	const when = "Your next visit is Tue Dec 1 at 1:30 PM."
	const whenES = "Su proxima visita: mar 1 dic a la 1:30 PM."
	for text, want := range map[string]string{
		"can I drink water before":            prep,
		"can i eat before":                    prep, // 7:30 has passed, and is told all the same
		"do i have to fast":                   prep,
		"Until what time can I drink water?":  prep,
		"how late can i have coffee":          prep,
		"hasta que hora puedo tomar agua":     "Para su visita del mar 1 dic a la 1:30 PM: Comida hasta 7:30 AM.",
		"is it the 2nd or the 3rd":            when,
		"Wait, is it the 1st or the 2nd?":     when,
		"was it 1 or 2 pm":                    when,
		"is it at 1 or 2":                     when,
		"is my appointment tuesday or friday": when,
		"am i on thursday or friday":          when,
		"what time am I":                      when,
		"what time should i arrive":           when,
		"what time do i need to be there":     when,
		"date and time of my visit pls":       when,
		"es el 2 o el 3?":                     whenES,
		"a que hora tengo que estar ahi":      whenES,
		// By likeness alone some of these are a nurse's, or a wish for another time.
		"am i still on for today":                 when,
		"Are we still on for today at 2?":         when,
		"is my appointment still on for tomorrow": when,
		"is it at 2?":                             when,
		"my appointment is at 2 right?":           when,
		"its today at 1:30 right":                 when,
		"I thought my appointment was at 2":       when,
		"do i still have the appointment":         when,
		"do i have a visit tomorrow":              when,
		"mi cita es mañana?":                      whenES,
		"a que hora es":                           whenES,
		"when is it?":                             when,
		"es a las 1 o 1:30":                       whenES,
		"me toca mañana?":                         whenES,
		"tengo cita hoy?":                         whenES,
		"sigue en pie mi cita de hoy":             whenES,
	} {
		f := newFrontOf(t, openHours, shipped)
		f.own("v", "Ana Example", "iv_infusion", today)
		r := f.text(t, text)
		if r.Kind != kinds.Answer || len(r.Bodies) != 1 || !strings.HasPrefix(r.Bodies[0], want) {
			t.Errorf("%q: %s %q, want %q", text, r.Kind, r.Bodies, want)
		}
	}
}

// Drinking may be of alcohol: what is said of that is said as well.
func TestUntilWhenTheyMayDrink(t *testing.T) {
	for _, text := range []string{"until when can i drink", "when do i stop drinking"} {
		f := newFrontOf(t, openHours, shipped)
		f.own("v", "Ana Example", "iv_infusion", today)
		r := f.text(t, text)
		all := strings.Join(r.Bodies, " ")
		has(t, text, all, "Clear liquids until 11:30 AM.")
		has(t, text, all, "No alcohol for 24 hours")
		if !slices.Equal(r.Entries, []string{"prep_fasting", "alcohol"}) {
			t.Errorf("%q: %v", text, r.Entries)
		}
	}
}

// Whoever else asks, or asks something else, is answered as before.
func TestNotOfTheVisit(t *testing.T) {
	for text, visit := range map[string]bool{
		"is it the 2nd or the 3rd":       false,
		"until when can i drink":         false,
		"is it safe or not":              true,
		"what time is it":                true,
		"is it 2 or 3 weeks between":     true,
		"how late can i be":              true,
		"tuesday or wednesday":           true,
		"am i still on the 40 mg":        true,
		"am i still on it tomorrow":      true,
		"is it ok at 2":                  true,
		"make it 2":                      true,
		"is tuesday or wednesday better": true,
	} {
		f := newFrontOf(t, openHours, shipped)
		if visit {
			f.own("v", "Ana Example", "iv_infusion", today)
		}
		if r := f.text(t, text); strings.Contains(strings.Join(r.Bodies, " "), "Your next visit is") ||
			strings.Contains(strings.Join(r.Bodies, " "), "For your visit on") {
			t.Errorf("%q: %q", text, r.Bodies)
		}
	}
}

// With several visits the answer says which it is about, and on a shared phone whose.
func TestAnAnswerFromOneOfSeveralVisits(t *testing.T) {
	for _, c := range []struct {
		name, text string
		visits     func(*front)
		want       []string
		not        string
	}{
		{
			name: "the next that asks for anything", text: "can i eat before",
			visits: func(f *front) {
				f.own("a", "Ana Example", "consult", today)
				f.own("b", "Ana Example", "iv_infusion", tomorrow)
			},
			want: []string{"For your visit on Wed Dec 2 at 10:00 AM: No food after 4:00 AM."},
		},
		{
			name: "two of a day", text: "can i eat before",
			visits: func(f *front) {
				f.own("a", "Ana Example", "spravato", today)
				f.own("b", "Ana Example", "iv_infusion", today+time.Hour)
			},
			want: []string{"For your visit on Tue Dec 1 at 1:30 PM: No food after 8:30 AM. " +
				"Clear liquids until 12:30 PM. No nose spray after 12:30 PM."},
		},
		{
			name: "the one that is named", text: "what time am i on wednesday",
			visits: func(f *front) {
				f.own("a", "Ana Example", "consult", today)
				f.own("b", "Ana Example", "iv_infusion", tomorrow)
			},
			want: []string{"Your next visit is Wed Dec 2 at 10:00 AM."},
		},
		{
			name: "of two patients: when", text: "when is my appointment",
			visits: func(f *front) {
				f.own("a", "Ada Example", "consult", today)
				f.own("b", "Ben Example", "iv_infusion", tomorrow)
			},
			want: []string{"Tue Dec 1 at 1:30 PM (Ada) and Wed Dec 2 at 10:00 AM (Ben)"},
		},
		{
			name: "of two patients: how to prepare", text: "can i eat before",
			visits: func(f *front) {
				f.own("a", "Ada Example", "consult", today)
				f.own("b", "Ben Example", "iv_infusion", tomorrow)
			},
			want: []string{"For your visit on Wed Dec 2 at 10:00 AM (Ben): No food after 4:00 AM."},
			not:  "Ada",
		},
		{
			name: "of two patients who both prepare", text: "can i eat before",
			visits: func(f *front) {
				f.own("a", "Ada Example", "spravato", today)
				f.own("b", "Ben Example", "iv_infusion", tomorrow)
			},
			want: []string{
				"1:30 PM (Ada): No food after 11:30 AM.", "10:00 AM (Ben): No food after 4:00 AM.",
			},
		},
		{
			name: "of the one who is named", text: "what time is Ben's appointment",
			visits: func(f *front) {
				f.own("a", "Ada Example", "consult", today)
				f.own("b", "Ben Example", "iv_infusion", tomorrow)
			},
			want: []string{"Your next visit is Wed Dec 2 at 10:00 AM (Ben)."}, not: "Ada",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFrontOf(t, openHours, shipped)
			c.visits(f)
			r := f.text(t, c.text)
			got := strings.Join(r.Bodies, " ")
			for _, want := range c.want {
				has(t, "the reply", got, want)
			}
			if c.not != "" && strings.Contains(got, c.not) {
				t.Errorf("%q speaks of %s", got, c.not)
			}
		})
	}
}

// What somebody had is a nurse's, and the card has what it depends on.
func TestWhatTheyHadIsANurses(t *testing.T) {
	for _, c := range []struct {
		name, want string
		in         time.Duration
	}{
		{
			name: "a visit that is near", in: today,
			want: "Their visit is on Tue Dec 1 at 1:30 PM. No food after 7:30 AM. Clear liquids " +
				"until 11:30 AM.",
		},
		{name: "a visit that isn't", in: 72 * time.Hour, want: "For a nurse, by Tue Dec 1 at 11:00 AM."},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFrontOf(t, openHours, shipped)
			f.own("v", "Ana Example", "iv_infusion", c.in)
			r := f.text(t, "I had a black coffee at 6")
			if r.Kind != kinds.Clinical || strings.Contains(strings.Join(r.Bodies, " "), "11:30") {
				t.Errorf("%+v", r)
			}
			if told := f.told(); !strings.HasSuffix(told, c.want) {
				t.Errorf("the desk has %q, want %q", told, c.want)
			}
		})
	}
}
