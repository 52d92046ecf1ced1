package waitlist_test

import (
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
)

// leaving are the words of an offer as it is sent, by what changed after it was planned.
var leaving = []struct {
	name   string
	basic  bool
	lang   string
	before func(r *room, p handlers.Phone)
	want   string // "" is nothing
}{
	{
		name: "in full", lang: "en",
		want: "Hi Ana, an earlier time is free: Sat Dec 5 at 9:00 AM. Reply YES to take it " +
			"or NO to pass, by 11:05 AM please. STOP to end.",
	},
	{
		name: "in Spanish", lang: "es",
		want: "Hola Ana, hay una hora antes: sab 5 dic a las 9:00 AM. Responda SI para " +
			"tomarla o NO para dejarla, hasta las 11:05 AM. STOP: salir.",
	},
	{
		name: "discreetly", basic: true, lang: "en",
		want: "Sat Dec 5 at 9:00 AM is free. Reply YES to take it or NO to pass, " +
			"by 11:05 AM. STOP to end.",
	},
	{
		name: "in danger since", lang: "en",
		before: func(r *room, p handlers.Phone) {
			r.store.Put(p, handlers.Effects{Cases: []handlers.Case{{
				ID: "c", Phone: p, Channel: handlers.UrgentChannel, Open: true,
			}}})
		},
	},
	{
		name: "opted out since", lang: "en",
		before: func(r *room, p handlers.Phone) {
			r.store.Put(p, handlers.Effects{Consent: &handlers.Consent{Out: true}})
		},
	},
	{
		name: "a person talks with them since", lang: "en",
		before: func(r *room, p handlers.Phone) {
			r.store.Put(p, handlers.Effects{
				Conversation: &handlers.Conversation{Taken: r.clock.Now().Add(time.Hour)},
			})
		},
	},
	{
		name: "lapsed since", lang: "en",
		before: func(r *room, _ handlers.Phone) { r.clock.Add(2 * time.Hour) },
	},
}

func TestWhatIsSentWhenItLeaves(t *testing.T) {
	for _, c := range leaving {
		t.Run(c.name, func(t *testing.T) {
			r := newRoom(t, handlerstest.Words(t))
			r.waits(t, "0101", func(w *handlers.Wish, e *handlers.Effects) {
				w.Lang, e.Consent = c.lang, &handlers.Consent{Basic: c.basic}
			})
			r.clock.Add(2 * time.Minute)
			if err := r.Deliver(t.Context()); err != nil {
				t.Fatal(err)
			}
			if c.before != nil {
				c.before(r, handlerstest.Phone(t, "0101"))
			}
			if _, err := r.gate.Deliver(t.Context()); err != nil {
				t.Fatal(err)
			}
			got := ""
			if s := r.carrier.Sent(); len(s) > 0 {
				got = s[0].Body
			}
			if got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
