package waitlist_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
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
		want: "Beacon Clinic: Hi Ana, an earlier time is free: Sat Dec 5 at 9:00 AM. Reply YES to " +
			"take it or NO to pass, by 11:05 AM please. STOP to end.",
	},
	{
		name: "in Spanish", lang: "es",
		want: "Beacon Clinic: Hola Ana, hay una hora antes: sab 5 dic a las 9:00 AM. Responda SI para " +
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

// What a text about a slot isn't sent for, whatever has been planned.
func TestWhatIsNotSent(t *testing.T) {
	at := local("2026-12-01 12:00")
	another := []handlers.Slot{{
		ID: "t", State: handlers.SlotOpen, Offers: []handlers.Offer{
			{To: handlerstest.Phone(t, "0101"), State: handlers.OfferOpen},
		},
	}}
	for _, c := range []struct {
		name string
		at   time.Time
		row  handlers.Outgoing
		more []handlers.Slot // what else the number was offered
		want handlers.Composed
	}{
		{
			name: "a slot that nobody knows", at: at,
			row:  handlers.Outgoing{Kind: waitlist.KindOffer, Slot: "gone"},
			want: handlers.Composed{Skip: "the offer isn't known any more"},
		},
		{
			name: "an offer at night", at: local("2026-12-01 20:30"),
			row: handlers.Outgoing{Kind: waitlist.KindOffer, Slot: "s"},
			want: handlers.Composed{
				Skip: "it is outside the hours for what nobody asked for",
			},
		},
		{
			name: "a second offer", at: at,
			row:  handlers.Outgoing{Kind: waitlist.KindOffer, Slot: "s"},
			more: another,
			want: handlers.Composed{Skip: "another offer stands", Late: true},
		},
		{
			name: "the end of an offer, while another stands", at: at,
			row:  handlers.Outgoing{Kind: waitlist.KindGone, Slot: "s"},
			more: another,
			want: handlers.Composed{
				Body: "Beacon Clinic: Hi, Sat Dec 5 at 9:00 AM isn't free any more. You're still on our " +
					"list, and we'll text you when another time opens.",
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRoom(t, handlerstest.Words(t))
			p := handlerstest.Phone(t, "0101")
			slots := append(slices.Clone(c.more), handlers.Slot{
				ID: "s", Type: "consult", Start: local("2026-12-05 09:00"),
				State: handlers.SlotOpen, Offers: []handlers.Offer{
					{To: p, State: handlers.OfferAsked, Until: local("2026-12-01 23:00")},
				},
			})
			s := handlers.State{Phone: p, Texted: true, Offers: slots}
			c.row.To = p
			if got := r.Compose(s, c.row, c.at); !reflect.DeepEqual(got, c.want) {
				t.Errorf("%+v, want %+v", got, c.want)
			}
		})
	}
}
