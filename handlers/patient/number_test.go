package patient_test

import (
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// A number answers a choice only where it is the whole text, courtesies aside. One that is an hour,
// a day, a count or a part of a word gives up no visit.
func TestANumberAmongOtherWords(t *testing.T) {
	const booked, confirmed, declined = handlers.Booked, handlers.Confirmed, handlers.Declined
	for _, c := range []struct {
		name string
		text string
		want string // the visit, tomorrow at 2 PM, after "Reply 1 for yes, 2 if you can't come"
	}{
		{name: "the number", text: "2", want: declined},
		{name: "the number, thanked", text: "2 thanks", want: declined},
		{name: "the number, thanked in Spanish", text: "2 gracias", want: declined},
		{name: "the number, named", text: "option 2", want: declined},
		{name: "the number, with a sign", text: "#2", want: declined},
		{name: "the number, signed", text: "2 - Ana", want: declined},
		{name: "the other number", text: "1", want: confirmed},
		{name: "an hour they come at", text: "see you at 2", want: confirmed},
		{name: "a yes at an hour", text: "yes at 2", want: confirmed},
		{name: "a yes with a number", text: "yes, 2", want: confirmed},
		{name: "an hour of the afternoon", text: "2 pm works", want: confirmed},
		{name: "an hour that is fine", text: "2 is fine", want: confirmed},
		{name: "an hour with a sign", text: "ok see you @ 2", want: confirmed},
		{name: "part of a word", text: "ill be there 2moro", want: confirmed},
		{name: "part of another word", text: "see you 2morrow", want: confirmed},
		{name: "an hour in Spanish", text: "nos vemos a las 2", want: confirmed},
		{name: "an hour that is fine, in Spanish", text: "a las 2 esta bien", want: confirmed},
		{name: "an hour, thanked", text: "thx, 2 is fine", want: booked},
		{name: "an hour that is ok", text: "2 is ok", want: booked},
		{name: "an hour alone", text: "2pm", want: booked},
		{name: "an hour on the clock", text: "2:00", want: booked},
		{name: "the one at an hour", text: "the one at 2", want: booked},
		{name: "a question", text: "1 or 2?", want: booked},
		{name: "the number, asked", text: "2?", want: booked},
		{name: "both", text: "1 and 2", want: booked},
		{name: "a no with a number", text: "no 2", want: booked},
		{name: "a count", text: "i have 2 kids", want: booked},
		{name: "too", text: "me 2", want: booked},
		{name: "a word", text: "two", want: booked},
		{name: "a word of order", text: "the second", want: booked},
		{name: "a number of order", text: "2nd", want: booked},
		{name: "a number of order, with an article", text: "the 2nd", want: booked},
		{name: "a word in Spanish", text: "dos", want: booked},
		{name: "a word of order in Spanish", text: "la segunda", want: booked},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFront(t, openHours)
			f.visits(28)
			f.offer("confirm v1", "decline v1")
			f.clock.Add(time.Minute)
			if r := f.text(t, c.text); f.states(t) != c.want {
				t.Errorf("%q: the visit is %s, want %s: %+v", c.text, f.states(t), c.want, r)
			}
		})
	}
}

// Of two visits at the same hour, an hour says neither.
func TestANumberAmongOtherWordsOfTwoVisits(t *testing.T) {
	for _, c := range []struct {
		name string
		text string
		want string // the visits, both at 2 PM, after "Which one? 1 …, 2 …" of a NO
	}{
		{name: "the number", text: "2", want: "booked declined"},
		{name: "the number, named", text: "number 2", want: "booked declined"},
		{name: "the one at an hour", text: "the one at 2", want: "booked booked"},
		{name: "an hour", text: "2 pm", want: "booked booked"},
		{name: "an hour in Spanish", text: "la de las 2", want: "booked booked"},
		{name: "a number of order", text: "the 2nd", want: "booked booked"},
		{name: "a word of order", text: "the second one please", want: "booked booked"},
		{name: "both", text: "1 and 2", want: "booked booked"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFront(t, openHours)
			f.visits(28, 52)
			f.offer("decline v1", "decline v2")
			f.clock.Add(time.Minute)
			if r := f.text(t, c.text); f.states(t) != c.want {
				t.Errorf("%q: visits %q, want %q: %+v", c.text, f.states(t), c.want, r)
			}
		})
	}
}
