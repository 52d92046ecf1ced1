package waitlist_test

import (
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
)

// An answer can be about an open offer, about one that has ended, or about none.
func TestWhichOfferAnAnswerIsAbout(t *testing.T) {
	now := handlerstest.At(t, "2026-12-01 10:00")
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	for _, c := range []struct {
		name  string
		offer handlers.Offer
		wrote time.Time
		asked bool // something else was asked since
		open  bool
		ended bool
	}{
		{
			name: "open", open: true, ended: true, // an open one ends by itself
			offer: handlers.Offer{State: handlers.OfferOpen, Until: now.Add(time.Hour)},
		},
		{
			name:  "not sent yet",
			offer: handlers.Offer{State: handlers.OfferAsked, Until: now.Add(time.Hour)},
		},
		{
			name: "its time has passed", ended: true,
			offer: handlers.Offer{State: handlers.OfferOpen, Until: ago(time.Minute)},
		},
		{
			name: "lapsed", ended: true,
			offer: handlers.Offer{State: handlers.OfferLapsed, Until: ago(time.Hour)},
		},
		{
			name:  "lapsed two days ago",
			offer: handlers.Offer{State: handlers.OfferLapsed, Until: ago(48 * time.Hour)},
		},
		{
			name:  "gone, and answered since",
			offer: handlers.Offer{State: handlers.OfferGone, Until: ago(time.Hour), Heard: true},
		},
		{
			name: "gone, and asked something else since", asked: true,
			offer: handlers.Offer{State: handlers.OfferGone, Until: ago(time.Hour)},
		},
		{
			name: "offered after they wrote", wrote: ago(3 * time.Hour),
			offer: handlers.Offer{State: handlers.OfferOpen, Until: now.Add(time.Hour)},
		},
		{name: "refused", offer: handlers.Offer{State: handlers.OfferLeft, Until: ago(time.Hour)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.offer.To, c.offer.At = handlerstest.Phone(t, "0101"), ago(2*time.Hour)
			s := handlers.State{Phone: c.offer.To, Offers: []handlers.Slot{{
				ID: "s1", State: handlers.SlotOpen, Offers: []handlers.Offer{c.offer},
			}}}
			if got := len(waitlist.Open(s, now, c.wrote)) == 1; got != c.open {
				t.Errorf("open: %v", got)
			}
			asked := func(time.Time) bool { return c.asked }
			if got := waitlist.Ended(s, now, c.wrote, asked) != nil; got != c.ended {
				t.Errorf("ended: %v", got)
			}
		})
	}
}

// An answer leaves the slot that was read unchanged, since the text may be decided again.
func TestAnsweringChangesNothingThatWasRead(t *testing.T) {
	b := handlerstest.Words(t)
	now := handlerstest.At(t, "2026-12-01 10:00")
	p := handlerstest.Phone(t, "0101")
	s := handlers.State{Phone: p, Offers: []handlers.Slot{{
		ID: "s1", Type: "consult", Start: now.Add(48 * time.Hour), State: handlers.SlotOpen,
		Offers: []handlers.Offer{{To: p, State: handlers.OfferOpen, Until: now.Add(time.Hour)}},
	}}}
	swap := func(
		_ handlers.State, v handlers.Visit, _ *handlers.Visit, _ string,
	) (handlers.Effects, string, error) {
		return handlers.Effects{Visits: []handlers.Visit{v}}, "Bring a friend.", nil
	}
	taken, e, err := waitlist.Take(s, &s.Offers[0], b.Clinic, now, swap, "en")
	if err != nil || taken.Prepare == "" || len(e.Visits) != 1 || len(e.Slots) != 1 {
		t.Errorf("%+v, %+v: %v", taken, e, err)
	}
	if e = waitlist.Leave(s, &s.Offers[0], b.Clinic, now); len(e.Slots) != 1 {
		t.Errorf("left: %+v", e)
	}
	if e = waitlist.Release(s, b.Clinic, now, "has opted out."); len(e.Slots) != 1 {
		t.Errorf("released: %+v", e)
	}
	if got := s.Offers[0]; got.State != handlers.SlotOpen || !got.Offers[0].Stands() {
		t.Errorf("what was read is now %+v", got)
	}
}
