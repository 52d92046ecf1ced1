package waitlist_test

import (
	"context"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
)

func TestAnOfferThatCantLeaveIsPassedOn(t *testing.T) {
	for name, send := range map[string]func(o handlers.Outgoing) (string, error){
		"refused": func(handlers.Outgoing) (string, error) {
			return "", &handlers.Refusal{Code: 30006, Why: "a landline"}
		},
		"not taken for minutes": func(handlers.Outgoing) (string, error) {
			return "", &handlers.Refusal{Retry: true, Why: "busy"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t, handlerstest.Words(t))
			r.waits(t, "0101", nil)
			r.waits(t, "0102", nil)
			r.carrier.OnSend = func(o handlers.Outgoing) (string, error) {
				if o.To.Last4() == "0101" {
					return send(o)
				}
				return "", nil
			}
			r.turn(t, 15*time.Minute)
			if r.went(t) != "open 0101 skipped 0102 open" {
				t.Errorf("%s; %s", r.went(t), r.sent())
			}
		})
	}
}

// stopped makes the desk stop the offers of the slot.
func stopped(t *testing.T, r *room) {
	t.Helper()
	o := &waitlist.Offering{Slot: r.slot(t), Clinic: r.Base.Clinic, Now: r.clock.Now()}
	o.Stop("the desk stopped the offers", "Dana", handlers.Phone{})
	if ok, err := r.store.ChangeSlot(t.Context(), o.Done()); err != nil || !ok {
		t.Error(ok, err)
	}
}

// offersLeaving are what can happen to a slot while the text of its offer is being sent.
var offersLeaving = []struct {
	name string
	// what happens once it is worded, and once the carrier has it
	composed, sent func(*testing.T, *room)
	refuses        bool
	during, after  string // the slot, as the carrier has the text, and in the end
	texts          string
}{
	{name: "it leaves", during: "open 0101 open", after: "open 0101 open", texts: "offer 0101"},
	{name: "it isn't taken", refuses: true, during: "open 0101 open", after: "open 0101 asked"},
	{name: "the slot goes before it leaves", composed: stopped, after: "over 0101 gone"},
	{
		name: "the slot goes as it leaves", sent: stopped, during: "open 0101 open",
		after: "over 0101 gone", texts: "offer 0101, offer_gone 0101",
	},
	{
		name: "the slot goes as it isn't taken", sent: stopped, refuses: true,
		during: "open 0101 open", after: "over 0101 gone",
	},
}

// An offer counts as made before the carrier has its text, and no longer if the carrier refuses it.
func TestAnOfferIsMadeAsItsTextBeginsToLeave(t *testing.T) {
	for _, c := range offersLeaving {
		t.Run(c.name, func(t *testing.T) {
			r, during := newRoom(t, handlerstest.Words(t)), ""
			r.waits(t, "0101", nil)
			r.say.OnCompose = func(
				s handlers.State, o handlers.Outgoing, now time.Time,
			) handlers.Composed {
				out := r.Compose(s, o, now)
				if c.composed != nil {
					c.composed(t, r)
				}
				return out
			}
			r.carrier.OnSend = func(o handlers.Outgoing) (string, error) {
				if o.Kind != waitlist.KindOffer {
					return "", nil
				}
				during = r.went(t)
				if c.sent != nil {
					c.sent(t, r)
				}
				if c.refuses {
					return "", &handlers.Refusal{Retry: true, Why: "busy"}
				}
				return "", nil
			}
			r.clock.Add(2 * time.Minute)
			for range 2 { // what comes of it is carried as well
				if err := r.Deliver(t.Context()); err != nil {
					t.Fatal(err)
				}
				if _, err := r.gate.Deliver(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if during != c.during || r.went(t) != c.after || r.sent() != c.texts {
				t.Errorf(
					"%q as it leaves, then %q, sent %q; want %q, %q, %q", during, r.went(t),
					r.sent(), c.during, c.after, c.texts,
				)
			}
		})
	}
}

// A patient who was told in a reply that the offer is over isn't told by a text as well.
func TestTheEndOfAnOfferIsToldOnce(t *testing.T) {
	for name, c := range map[string]struct {
		since func(o *handlers.Offer)
		sent  string
	}{
		"silent since": {
			since: func(*handlers.Offer) {}, sent: "offer 0101, offer_lapsed 0101",
		},
		"answered since": {
			since: func(o *handlers.Offer) { o.Heard = true }, sent: "offer 0101",
		},
		"took it late since": {
			since: func(o *handlers.Offer) { o.State = handlers.OfferTaken }, sent: "offer 0101",
		},
		"answered as it lapsed": {sent: "offer 0101"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t, handlerstest.Words(t))
			r.waits(t, "0101", nil)
			change := func(f func(o *handlers.Offer)) {
				s := r.slot(t)
				f(&s.Offers[0])
				e := handlers.Effects{Slots: []handlers.Slot{s}}
				if ok, err := r.store.ChangeSlot(t.Context(), e); err != nil || !ok {
					t.Fatal(ok, err)
				}
			}
			r.turn(t, 5*time.Minute)
			if c.since == nil {
				change(func(o *handlers.Offer) { o.Heard = true })
			}
			r.clock.Add(time.Hour)
			if err := r.Deliver(t.Context()); err != nil {
				t.Fatal(err)
			}
			if c.since != nil {
				change(c.since)
			}
			for range 2 {
				if _, err := r.gate.Deliver(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if r.sent() != c.sent {
				t.Errorf("sent %q, want %q: %s", r.sent(), c.sent, r.went(t))
			}
		})
	}
}

// An offer whose text may or may not have left is given up after the same time as one that
// couldn't.
func TestAnOfferOfUnknownOutcomeIsPassedOn(t *testing.T) {
	r := newRoom(t, handlerstest.Words(t))
	r.waits(t, "0101", nil)
	r.waits(t, "0102", nil)
	r.carrier.OnSend = func(o handlers.Outgoing) (string, error) {
		if o.To.Last4() == "0101" {
			return "", context.DeadlineExceeded
		}
		return "", nil
	}
	r.carrier.OnFind = func(handlers.Outgoing) (string, error) {
		return "", context.DeadlineExceeded
	}
	r.turn(t, 15*time.Minute)
	if r.went(t) != "open 0101 skipped 0102 open" {
		t.Errorf("%s; %s", r.went(t), r.sent())
	}
}
