package waitlist_test

import (
	"errors"
	"reflect"
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

// A YES to a slot that replaces a later visit frees that visit's time, tells the desk which one to
// take out of its calendar, and ends the wait. If the visit can't be booked, nothing happens.
func TestTakingASlotInPlaceOfAVisit(t *testing.T) {
	b := handlerstest.Words(t)
	now, p := local("2026-12-01 10:00"), handlerstest.Phone(t, "0101")
	old := handlers.Visit{
		ID: "v1", Phone: p, Type: "consult", Start: local("2026-12-20 10:00"),
		State: handlers.Booked,
	}
	slot := handlers.Slot{
		ID: "s1", Type: "consult", Start: local("2026-12-05 09:00"), State: handlers.SlotOpen,
		Offers: []handlers.Offer{{
			To: p, Name: "Ana", Lang: "es", Visit: "v1", State: handlers.OfferOpen,
			Until: now.Add(time.Hour),
		}},
	}
	s := handlers.State{Phone: p, Visits: []handlers.Visit{old}, Offers: []handlers.Slot{slot}}
	var fault error
	swap := func(
		_ handlers.State, v handlers.Visit, _ *handlers.Visit, _ string,
	) (handlers.Effects, string, error) {
		return handlers.Effects{Visits: []handlers.Visit{v}}, "Bring a friend.", fault
	}
	taken, e, err := waitlist.Take(s, &s.Offers[0], b.Clinic, now, swap, "es")
	want := handlers.Visit{
		ID: "taken:s1", Name: "Ana", Phone: p, Type: "consult", Start: slot.Start, Lang: "es",
		State: handlers.Confirmed,
	}
	if err != nil || !reflect.DeepEqual(taken.Visit, want) || taken.Old == nil ||
		!reflect.DeepEqual(*taken.Old, old) {
		t.Errorf("%+v: %v", taken, err)
	}
	wish := handlers.Wish{Phone: p, Type: "consult"}
	if len(e.Unwish) != 1 || e.Unwish[0] != wish || len(e.Visits) != 1 || len(e.Slots) != 2 {
		t.Fatalf("%+v", e)
	}
	if freed := e.Slots[0]; !freed.Start.Equal(old.Start) || freed.From != p ||
		freed.Why != "…0101 took an earlier time instead" {
		t.Errorf("freed %+v", freed)
	}
	note := "…0101 said YES: it's theirs, and they were told so. Put it in your calendar, and " +
		"take their visit of Sun Dec 20 at 10:00 AM out: this one takes its place."
	if e.Slots[1].State != handlers.SlotTaken || len(e.Posts) != 2 || e.Posts[0].Text != note {
		t.Errorf("the desk is told %+v", e.Posts)
	}
	fault = errors.New("booked by another")
	taken, e, err = waitlist.Take(s, &s.Offers[0], b.Clinic, now, swap, "es")
	if !errors.Is(err, fault) || !reflect.DeepEqual(e, handlers.Effects{}) || taken.Old != nil {
		t.Errorf("%+v, %+v: %v", taken, e, err)
	}
}

// A late YES is told so once: in reply, or by the text that crossed it on its way. The slot can
// still be had if nobody else is asked and it isn't too near.
func TestALateYes(t *testing.T) {
	b := handlerstest.Words(t)
	now, p := local("2026-12-01 10:00"), handlerstest.Phone(t, "0101")
	notice := b.Clinic.Waitlist.Notice()
	for _, c := range []struct {
		name  string
		told  time.Duration // before now, by the text that ends the offer; 0: it wasn't sent
		start time.Duration // of the slot, after now
		other string        // the state of an offer to another
		say   bool
		free  bool
	}{
		{name: "nobody told them yet", start: 48 * time.Hour, say: true, free: true},
		{name: "the text crossed it", told: 10 * time.Second, start: 48 * time.Hour, free: true},
		{
			name: "they read the text", told: 10*time.Second + 1, start: 48 * time.Hour, say: true,
			free: true,
		},
		{
			name: "another is asked", start: 48 * time.Hour, other: handlers.OfferOpen, say: true,
		},
		{
			name: "another refused", start: 48 * time.Hour, other: handlers.OfferLeft, say: true,
			free: true,
		},
		{name: "just in time", start: notice + 1, say: true, free: true},
		{name: "too near", start: notice, say: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			slot := handlers.Slot{
				ID: "s1", Start: now.Add(c.start), State: handlers.SlotOpen,
				Offers: []handlers.Offer{{To: p, State: handlers.OfferLapsed}},
			}
			if c.told > 0 {
				slot.Offers[0].EndSent = now.Add(-c.told)
			}
			if c.other != "" {
				slot.Offers = append(slot.Offers, handlers.Offer{
					To: handlerstest.Phone(t, "0102"), State: c.other,
				})
			}
			if got := waitlist.StillFree(&slot, b.Clinic, now); got != c.free {
				t.Errorf("free: %v", got)
			}
			s := handlers.State{Phone: p, Offers: []handlers.Slot{slot}}
			e, say := waitlist.TooLate(s, &s.Offers[0], b.Clinic, now)
			if say != c.say || (len(e.Slots) == 1 && e.Slots[0].Offers[0].Heard) != c.say {
				t.Errorf("say: %v, %+v", say, e)
			}
		})
	}
}
