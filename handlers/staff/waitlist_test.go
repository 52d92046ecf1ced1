package staff_test

import (
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
)

// newListed is an office with a visit "v1" of …0101 on Sat Dec 5 at 9:00.
func newListed(t *testing.T) *office {
	o := newOffice(t)
	v := handlers.Visit{ID: "v1", Name: "Ana Example", Phone: o.patient, Type: "consult", Start: handlerstest.At(t, "2026-12-05 09:00"), State: handlers.Booked, Lang: "es"}
	o.store.Put(o.patient, handlers.Effects{Visits: []handlers.Visit{v}, Consent: &handlers.Consent{}})
	return o
}

func (o *office) say(t *testing.T, text string) string {
	t.Helper()
	out, err := o.Command(t.Context(), handlers.Command{ID: text, User: "Dana", FromDesk: true, Text: text})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestWaitlistCommand(t *testing.T) {
	for _, c := range []struct {
		text, says string
		wish       handlers.Wish
	}{
		{"waitlist add 0101 consult", "…0101 is on the waitlist for consult, to come before the visit of Sat Dec 5 at 9:00 AM", handlers.Wish{Visit: "v1"}},
		{"waitlist add 212-555-0101 spravato", "…0101 is on the waitlist for spravato.", handlers.Wish{Type: "spravato"}},
		{"waitlist add 0101 consult from 2026-12-03 notice 2d", "is on the waitlist", handlers.Wish{Visit: "v1", Notice: 48 * time.Hour, From: handlerstest.At(t, "2026-12-03 00:00")}},
		{"waitlist add 0101 consult notice 24h", "is on the waitlist", handlers.Wish{Visit: "v1", Notice: 24 * time.Hour}},
		{"waitlist add 0101", "Say the type of visit", handlers.Wish{}},
		{"waitlist add 0101 shiatsu", `There is no visit type "shiatsu"`, handlers.Wish{}},
		{"waitlist add 0101 consult from monday", "want a date like", handlers.Wish{}},
		{"waitlist add 0101 consult notice", "What of", handlers.Wish{}},
		{"waitlist add 0101 consult notice 900d", "want hours or days", handlers.Wish{}},
		{"waitlist add 9999 consult", "Nothing is known of a number", handlers.Wish{}},
		{"waitlist dance", `There is no waitlist "dance"`, handlers.Wish{}},
		{"waitlist remove 0101", "isn't on the waitlist", handlers.Wish{}},
		{"waitlist", "Nobody is on the waitlist.", handlers.Wish{}},
	} {
		t.Run(c.text, func(t *testing.T) {
			o := newListed(t)
			if got := o.say(t, c.text); !strings.Contains(got, c.says) {
				t.Errorf("%q, want %q", got, c.says)
			}
			all, _ := o.store.Wishes(t.Context())
			if c.wish == (handlers.Wish{}) {
				if len(all) > 0 {
					t.Errorf("put on the list: %+v", all)
				}
				return
			}
			if len(all) != 1 || all[0].Visit != c.wish.Visit || all[0].Notice != c.wish.Notice || !all[0].From.Equal(c.wish.From) || all[0].Lang != "es" || all[0].By != "Dana" {
				t.Errorf("%+v", all)
			}
			if got := o.say(t, "waitlist list"); !strings.Contains(got, "…0101") || !strings.Contains(got, "Ana") || strings.Contains(got, "2125550101") {
				t.Error(got)
			}
			if got := o.say(t, "waitlist remove 0101"); !strings.Contains(got, "off the waitlist") {
				t.Error(got)
			}
			if all, _ := o.store.Wishes(t.Context()); len(all) > 0 {
				t.Errorf("still there: %+v", all)
			}
		})
	}
}

func TestWhoOptedOutIsntPutOnTheList(t *testing.T) {
	o := newListed(t)
	o.store.Put(o.patient, handlers.Effects{Consent: &handlers.Consent{Out: true}})
	if got := o.say(t, "waitlist add 0101 consult"); !strings.Contains(got, "has opted out") {
		t.Error(got)
	}
	if all, _ := o.store.Wishes(t.Context()); len(all) > 0 {
		t.Errorf("%+v", all)
	}
}

func TestTheListShowsWhoStillWaits(t *testing.T) {
	for now, want := range map[string]string{"2026-12-04 10:00": "Sat Dec 5 at 9:00 AM", "2026-12-05 10:00": "Nobody is on the waitlist.", "2026-12-09 10:00": "Nobody is on the waitlist."} {
		o := newListed(t)
		o.say(t, "waitlist add 0101 consult")
		o.clock.Set(handlerstest.At(t, now))
		if got := o.say(t, "waitlist list"); !strings.Contains(got, want) || strings.Contains(got, "v1") {
			t.Errorf("%s: %s\nwant %s", now, got, want)
		}
	}
}

func TestOff(t *testing.T) {
	for _, c := range []struct {
		text, says string
		slots      int
	}{
		{"off 0101", "The visit of …0101 on Sat Dec 5 at 9:00 AM is off. They weren't told. Its time is offered to the waitlist.", 1},
		{"off 0101 2026-12-05 09:00", "is off", 1},
		{"off 0101 2026-12-06 09:00", "There is no such visit ahead.", 0},
		{"off 0101 whenever", "want a time like", 0},
		{"off 212-555-0199", "There is no such visit ahead.", 0},
	} {
		t.Run(c.text, func(t *testing.T) {
			o := newListed(t)
			if got := o.say(t, c.text); !strings.Contains(got, c.says) {
				t.Errorf("%q, want %q", got, c.says)
			}
			open, _ := o.store.OpenSlots(t.Context())
			if len(open) != c.slots || (o.state(t).Visits[0].State == handlers.Off) != (c.slots > 0) {
				t.Errorf("slots %+v, visits %+v", open, o.state(t).Visits)
			}
		})
	}
}

func TestTheButtonPutsOnTheWaitlist(t *testing.T) {
	o := newListed(t)
	if err := o.Press(t.Context(), handlers.Press{ID: "p", Thread: "T-c", Action: desk.ActionWaitlist, User: "Dana"}); err != nil {
		t.Fatal(err)
	}
	all, _ := o.store.Wishes(t.Context())
	if len(all) != 1 || all[0].Type != "consult" || all[0].Visit != "v1" {
		t.Errorf("%+v", all)
	}
	none := newOffice(t)
	if err := none.Press(t.Context(), handlers.Press{ID: "p", Thread: "T-c", Action: desk.ActionWaitlist, User: "Dana"}); err != nil {
		t.Fatal(err)
	}
	if q := none.store.Queue(); len(q) != 2 || !strings.Contains(q[1].Text, "/clinic waitlist add 0101 TYPE") {
		t.Errorf("%+v", q)
	}
}

// offered has …0101's slot on offer to …0102, with a card in thread "T-s".
func offered(t *testing.T) *office {
	o := newListed(t)
	s := handlers.Slot{ID: "s", Type: "consult", Start: handlerstest.At(t, "2026-12-05 09:00"), State: handlers.SlotOpen, Shown: true, At: o.clock.Now(), Next: o.clock.Now()}
	s.Offers = []handlers.Offer{{To: handlerstest.Phone(t, "0102"), Row: "r", State: handlers.OfferOpen, Until: o.clock.Now().Add(time.Hour)}}
	o.store.Put(o.patient, handlers.Effects{Slots: []handlers.Slot{s}, Cases: []handlers.Case{waitlist.CaseOf(&s, o.Base.Clinic)}})
	o.store.Thread("s", "T-s")
	return o
}

func TestTheDeskStopsTheOffers(t *testing.T) {
	o := offered(t)
	for i, action := range []string{desk.ActionStop, desk.ActionStop, desk.ActionDone, desk.ActionDone} {
		if err := o.Press(t.Context(), handlers.Press{ID: string(rune('a' + i)), Thread: "T-s", Action: action, User: "Dana"}); err != nil {
			t.Fatal(err)
		}
		s, _, _ := o.store.Slot(t.Context(), "s")
		c, _, _ := o.store.Case(t.Context(), "s")
		if s.State != handlers.SlotOver || s.Offers[0].State != handlers.OfferGone || c.Open != (i < 2) || !s.Next.IsZero() {
			t.Errorf("press %d: %+v, card open %v", i, s, c.Open)
		}
	}
	if texts := o.store.Texts(); len(texts) != 1 || texts[0].Kind != waitlist.KindGone || texts[0].To.Last4() != "0102" {
		t.Errorf("who was asked is told once: %+v", texts)
	}
}

func TestWhatStaffWriteUnderASlotReachesNobody(t *testing.T) {
	o := offered(t)
	if err := o.Reply(t.Context(), handlers.ThreadReply{ID: "m", Thread: "T-s", User: "Dana", Text: "hello", Case: true}); err != nil {
		t.Fatal(err)
	}
	if len(o.store.Texts()) != 0 {
		t.Errorf("%+v", o.store.Texts())
	}
	if q := o.store.Queue(); len(q) != 1 || q[0].State != desk.Refused || !strings.Contains(q[0].Why, "reaches no patient") {
		t.Errorf("%+v", q)
	}
}
