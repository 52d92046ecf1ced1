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
	v := handlers.Visit{
		ID: "v1", Name: "Ana Example", Phone: o.patient, Type: "consult",
		Start: handlerstest.At(t, "2026-12-05 09:00"), State: handlers.Booked, Lang: "es",
	}
	o.store.Put(o.patient, handlers.Effects{
		Visits: []handlers.Visit{v}, Consent: &handlers.Consent{},
	})
	return o
}

func (o *office) say(t *testing.T, text string) string {
	t.Helper()
	out, err := o.Command(t.Context(), handlers.Command{
		ID: text, User: "Dana", FromDesk: true, Text: text,
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.Text(true, time.UTC)
}

func TestWaitlistCommand(t *testing.T) {
	for text, c := range map[string]struct {
		says   string
		visit  string // that the slot would replace
		kind   string
		from   string
		notice time.Duration
	}{
		"waitlist add 0101 consult": {
			says: "…0101 is on the waitlist for consult, to come before the visit of Sat Dec 5 " +
				"at 9:00 AM, which it then takes the place of.",
			visit: "v1", kind: "consult",
		},
		"waitlist ADD 212-555-0101 spravato": {
			says: "…0101 is on the waitlist for spravato.", kind: "spravato",
		},
		"waitlist add 0101 consult from 2026-12-03 notice 2d": {
			says:  "9:00 AM, which it then takes the place of.",
			visit: "v1", kind: "consult", from: "2026-12-03 00:00", notice: 48 * time.Hour,
		},
		"waitlist add 0101 consult Notice 24h": {
			says:  "9:00 AM, which it then takes the place of.",
			visit: "v1", kind: "consult", notice: 24 * time.Hour,
		},
		"waitlist add 0101 integration notice 30d": {
			says: "…0101 is on the waitlist for integration.", kind: "integration",
			notice: 30 * 24 * time.Hour,
		},
	} {
		t.Run(text, func(t *testing.T) {
			o := newListed(t)
			if got := o.say(t, text); !strings.HasSuffix(got, c.says) {
				t.Errorf("%q, want %q", got, c.says)
			}
			var from time.Time
			if c.from != "" {
				from = handlerstest.At(t, c.from)
			}
			all, _ := o.store.Wishes(t.Context())
			if len(all) != 1 || all[0].Visit != c.visit || all[0].Type != c.kind ||
				all[0].Notice != c.notice || !all[0].From.Equal(from) || all[0].By != "Dana" ||
				all[0].Lang != "es" {
				t.Fatalf("%+v", all)
			}
			if got := o.say(t, "waitlist list"); !strings.Contains(got, "…0101") ||
				!strings.Contains(got, "Ana") || strings.Contains(got, "2125550101") {
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

// waitlistUsage is the last line of every refusal of the command.
const waitlistUsage = "\nUsage: `/clinic waitlist add WHO TYPE [from DATE] [notice 24h] | list | " +
	"remove WHO [TYPE]`"

func TestWhatTheWaitlistCommandRefuses(t *testing.T) {
	const types = "consult, integration, iv_infusion, spravato."
	const hours = ": want hours or days like 24h or 2d."
	for text, want := range map[string]string{
		"waitlist dance":            `There is no waitlist "dance".`,
		"waitlist add":              "Say the type of visit: " + types,
		"waitlist add 9999 consult": "Nothing is known of a number that ends in 9999.",
		"waitlist add 0101":         "Say the type of visit: " + types,
		"waitlist add 0101 shiatsu": `There is no visit type "shiatsu". There are ` + types,

		"waitlist add 0101 consult notice":       `What of "notice"?`,
		"waitlist add 0101 consult from someday": `from "someday": want a day like fri or 12/5.`,
		"waitlist add 0101 consult until friday": `"until": want from DATE or notice 24h.`,
		"waitlist add 0101 consult notice soon":  `notice "soon"` + hours,
		"waitlist add 0101 consult notice 0h":    `notice "0h"` + hours,
		"waitlist add 0101 consult notice -2d":   `notice "-2d"` + hours,
		"waitlist add 0101 consult notice 31d":   `notice "31d"` + hours,
		"waitlist add 0101 consult notice 721h":  `notice "721h"` + hours,

		"waitlist remove":      "Say whom: a first name, or the last digits of the number.",
		"waitlist remove 9999": "Nothing is known of a number that ends in 9999.",
	} {
		t.Run(text, func(t *testing.T) {
			o := newListed(t)
			if got := o.say(t, text); got != want+waitlistUsage {
				t.Errorf("%q, want %q", got, want+waitlistUsage)
			}
			if all, _ := o.store.Wishes(t.Context()); len(all) > 0 {
				t.Errorf("put on the list: %+v", all)
			}
		})
	}
}

// A number has a place per type, and each can be taken off by itself, once.
func TestWhoIsTakenOffTheWaitlist(t *testing.T) {
	o := newListed(t)
	for _, c := range []struct {
		text, says string
		left       int
	}{
		{text: "waitlist", says: "Nobody is on the waitlist."},
		{text: "waitlist remove 0101", says: "…0101 isn't on the waitlist."},
		{text: "waitlist add 0101 consult", says: "…0101 is on the waitlist for consult", left: 1},
		{text: "waitlist add 0101 spravato", says: "…0101 is on the waitlist for", left: 2},
		{text: "waitlist remove 0101 integration", says: "…0101 isn't on the waitlist.", left: 2},
		{text: "waitlist remove 0101 consult", says: "…0101 is off the waitlist.", left: 1},
		{text: "waitlist remove 212-555-0101", says: "…0101 is off the waitlist."},
	} {
		if got := o.say(t, c.text); !strings.HasPrefix(got, c.says) {
			t.Errorf("%s: %q, want %q", c.text, got, c.says)
		}
		if all, _ := o.store.Wishes(t.Context()); len(all) != c.left {
			t.Errorf("%s: %+v", c.text, all)
		}
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
	for now, want := range map[string]string{
		"2026-12-04 10:00": "Sat Dec 5 at 9:00 AM",
		"2026-12-05 10:00": "Nobody is on the waitlist.",
		"2026-12-09 10:00": "Nobody is on the waitlist.",
	} {
		o := newListed(t)
		o.say(t, "waitlist add 0101 consult")
		o.clock.Set(handlerstest.At(t, now))
		if got := o.say(t, "waitlist list"); !strings.Contains(got, want) ||
			strings.Contains(got, "v1") {
			t.Errorf("%s: %s\nwant %s", now, got, want)
		}
	}
}

func TestTheButtonPutsOnTheWaitlist(t *testing.T) {
	o := newListed(t)
	if _, err := o.Press(t.Context(), handlers.Press{
		ID: "p", Thread: "T-c", Action: desk.ActionWaitlist, User: "Dana",
	}); err != nil {
		t.Fatal(err)
	}
	all, _ := o.store.Wishes(t.Context())
	if len(all) != 1 || all[0].Type != "consult" || all[0].Visit != "v1" {
		t.Errorf("%+v", all)
	}
	none := newOffice(t)
	if _, err := none.Press(t.Context(), handlers.Press{
		ID: "p", Thread: "T-c", Action: desk.ActionWaitlist, User: "Dana",
	}); err != nil {
		t.Fatal(err)
	}
	if q := none.store.Queue(); len(q) != 2 ||
		!strings.Contains(q[1].Text, "/clinic waitlist add 0101 TYPE") {
		t.Errorf("%+v", q)
	}
}

// offered has …0101's slot on offer to …0102, with a card in thread "T-s".
func offered(t *testing.T) *office {
	o := newListed(t)
	s := handlers.Slot{
		ID: "s", Type: "consult", Start: handlerstest.At(t, "2026-12-05 09:00"),
		State: handlers.SlotOpen, Shown: true, At: o.clock.Now(), Next: o.clock.Now(),
	}
	s.Offers = []handlers.Offer{{
		To: handlerstest.Phone(t, "0102"), Row: "r", State: handlers.OfferOpen,
		Until: o.clock.Now().Add(time.Hour),
	}}
	o.store.Put(o.patient, handlers.Effects{
		Slots: []handlers.Slot{s}, Cases: []handlers.Case{waitlist.CaseOf(&s, o.Base.Clinic)},
	})
	o.store.Thread("s", "T-s")
	return o
}

func TestTheDeskStopsTheOffers(t *testing.T) {
	o := offered(t)
	for i, action := range []string{
		desk.ActionStop, desk.ActionStop, desk.ActionDone, desk.ActionDone,
	} {
		if _, err := o.Press(t.Context(), handlers.Press{
			ID: string(rune('a' + i)), Thread: "T-s", Action: action, User: "Dana",
		}); err != nil {
			t.Fatal(err)
		}
		s, _, _ := o.store.Slot(t.Context(), "s")
		c, _, _ := o.store.Case(t.Context(), "s")
		if s.State != handlers.SlotOver || s.Offers[0].State != handlers.OfferGone ||
			c.Open != (i < 2) || !s.Next.IsZero() {
			t.Errorf("press %d: %+v, card open %v", i, s, c.Open)
		}
	}
	if texts := o.store.Texts(); len(texts) != 1 || texts[0].Kind != waitlist.KindGone ||
		texts[0].To.Last4() != "0102" {
		t.Errorf("who was asked is told once: %+v", texts)
	}
}

func TestWhatStaffWriteUnderASlotReachesNobody(t *testing.T) {
	o := offered(t)
	if err := o.Reply(t.Context(), handlers.ThreadReply{
		ID: "m", Thread: "T-s", User: "Dana", Text: "hello", Case: true,
	}); err != nil {
		t.Fatal(err)
	}
	if len(o.store.Texts()) != 0 {
		t.Errorf("%+v", o.store.Texts())
	}
	if q := o.store.Queue(); len(q) != 1 || q[0].State != desk.Refused ||
		!strings.Contains(q[0].Why, "reaches no patient") {
		t.Errorf("%+v", q)
	}
}
