package waitlist_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// wishes are wishes that the slot fits, or doesn't.
var wishes = []struct {
	name   string
	change func(w *handlers.Wish, e *handlers.Effects)
	fits   bool
}{
	{name: "who waits for one like it", fits: true},
	{
		name:   "another type",
		change: func(w *handlers.Wish, _ *handlers.Effects) { w.Type = "spravato" },
	},
	{
		name:   "from a later day",
		change: func(w *handlers.Wish, _ *handlers.Effects) { w.From = local("2026-12-06 00:00") },
	},
	{
		name:   "from that day",
		change: func(w *handlers.Wish, _ *handlers.Effects) { w.From = local("2026-12-05 00:00") },
		fits:   true,
	},
	{
		name:   "more notice than there is",
		change: func(w *handlers.Wish, _ *handlers.Effects) { w.Notice = 96 * time.Hour },
	},
	{
		name:   "notice that there is",
		change: func(w *handlers.Wish, _ *handlers.Effects) { w.Notice = 72 * time.Hour },
		fits:   true,
	},
	{
		name: "opted out",
		change: func(_ *handlers.Wish, e *handlers.Effects) {
			e.Consent = &handlers.Consent{Out: true}
		},
	},
	{
		name: "no text reaches them",
		change: func(_ *handlers.Wish, e *handlers.Effects) {
			e.Reach = &handlers.Reach{NoTexts: true}
		},
	},
	{
		name: "in danger",
		change: func(w *handlers.Wish, e *handlers.Effects) {
			e.Cases = []handlers.Case{{
				ID: "c", Phone: w.Phone, Channel: handlers.UrgentChannel, Open: true,
			}}
		},
	},
	{
		name: "a person talks with them",
		change: func(_ *handlers.Wish, e *handlers.Effects) {
			e.Conversation = &handlers.Conversation{Taken: local("2026-12-01 14:00")}
		},
	},
	{
		name: "their visit is sooner",
		change: func(_ *handlers.Wish, e *handlers.Effects) {
			e.Visits[0].Start = local("2026-12-04 10:00")
		},
	},
	{
		name: "their visit has been",
		change: func(_ *handlers.Wish, e *handlers.Effects) {
			e.Visits[0].Start = local("2026-12-01 09:00")
		},
	},
	{
		name: "their visit was days ago",
		change: func(_ *handlers.Wish, e *handlers.Effects) {
			e.Visits[0].Start = local("2026-11-28 09:00")
		},
	},
	{
		name:   "their visit went to another number",
		change: func(_ *handlers.Wish, e *handlers.Effects) { e.Visits = nil },
	},
	{
		name: "their visit has another id by now",
		change: func(w *handlers.Wish, e *handlers.Effects) {
			w.Visit, w.Start = "taken:s", e.Visits[0].Start
		},
		fits: true,
	},
	{
		name: "their visit has another id by now, and is sooner",
		change: func(w *handlers.Wish, e *handlers.Effects) {
			e.Visits[0].Start = local("2026-12-04 10:00")
			w.Visit, w.Start = "taken:s", e.Visits[0].Start
		},
	},
	{
		name: "their visit moved, and is later now",
		change: func(_ *handlers.Wish, e *handlers.Effects) {
			e.Visits[0].Start = local("2026-12-27 10:00")
		},
		fits: true,
	},
	{
		name: "their visit is off: they still wait",
		change: func(_ *handlers.Wish, e *handlers.Effects) {
			e.Visits[0].State = handlers.Declined
		},
		fits: true,
	},
	{
		name:   "no visit",
		change: func(w *handlers.Wish, e *handlers.Effects) { w.Visit, e.Visits = "", nil },
		fits:   true,
	},
	{
		name: "another visit that day",
		change: func(w *handlers.Wish, e *handlers.Effects) {
			v := e.Visits[0]
			v.ID, v.Start = "same", local("2026-12-05 16:00")
			e.Visits = append(e.Visits, v)
		},
	},
	{
		name: "how to prepare comes today",
		change: func(_ *handlers.Wish, e *handlers.Effects) {
			v := e.Visits[0]
			v.ID, v.Type, v.Start = "tomorrow", "iv_infusion", local("2026-12-02 10:00")
			e.Visits = append(e.Visits, v)
		},
	},
}

func TestWhoIsAsked(t *testing.T) {
	for _, c := range wishes {
		t.Run(c.name, func(t *testing.T) {
			r := newRoom(t, handlerstest.Words(t))
			r.waits(t, "0101", c.change)
			r.turn(t, 5*time.Minute)
			if got := strings.Contains(r.sent(), "offer 0101"); got != c.fits {
				t.Errorf("asked %v, want %v: %s, %s", got, c.fits, r.sent(), r.went(t))
			}
		})
	}
}

func TestWhoseItWasIsntOfferedIt(t *testing.T) {
	r := newRoom(t, handlerstest.Words(t))
	r.waits(t, "0100", nil)
	r.turn(t, time.Hour)
	if r.sent() != "" || r.went(t) != "over" || len(r.store.Queue()) != 0 {
		t.Errorf("%s, %s, desk %v", r.sent(), r.went(t), r.store.Queue())
	}
}

func TestOneAfterAnother(t *testing.T) {
	r := newRoom(t, handlerstest.Words(t))
	for i := range 3 {
		r.waits(t, fmt.Sprint("010", i+1), nil)
	}
	r.turn(t, time.Minute)
	if r.sent() != "" {
		t.Errorf("at once: %s", r.sent())
	}
	for _, step := range []struct {
		d    time.Duration
		sent string
		went string
	}{
		{d: 4 * time.Minute, sent: "offer 0101", went: "open 0101 open"},
		{
			d: time.Hour + 5*time.Minute, sent: "offer 0101, offer 0102, offer_lapsed 0101",
			went: "open 0101 lapsed 0102 open",
		},
		{
			d:    time.Hour + 5*time.Minute,
			sent: "offer 0101, offer 0102, offer 0103, offer_lapsed 0101, offer_lapsed 0102",
			went: "open 0101 lapsed 0102 lapsed 0103 open",
		},
		{
			d: time.Hour + 5*time.Minute,
			sent: "offer 0101, offer 0102, offer 0103, " +
				"offer_lapsed 0101, offer_lapsed 0102, offer_lapsed 0103",
			went: "over 0101 lapsed 0102 lapsed 0103 lapsed",
		},
	} {
		r.turn(t, step.d)
		if r.sent() != step.sent || r.went(t) != step.went {
			t.Fatalf("at %s: %s; %s", r.clock.Now().Format("15:04"), r.sent(), r.went(t))
		}
	}
	if c, _, _ := r.store.Case(t.Context(), slotID); c.Kind != kinds.SlotOver || !c.Open ||
		!strings.Contains(c.Title, "nobody took it") {
		t.Errorf("the desk has %+v", c)
	}
}

func TestAFewAtATime(t *testing.T) {
	base := handlerstest.Words(t)
	base.Clinic.Waitlist.AtOnce = 2
	r := newRoom(t, base)
	for i := range 4 {
		r.waits(t, fmt.Sprint("010", i+1), nil)
	}
	r.turn(t, 5*time.Minute)
	if r.went(t) != "open 0101 open 0102 open" {
		t.Fatal(r.went(t))
	}
	o := &waitlist.Offering{Slot: r.slot(t), Clinic: base.Clinic, Now: r.clock.Now()}
	o.Decline(&o.Offers[0], "said NO.")
	if ok, err := r.store.ChangeSlot(t.Context(), o.Done()); err != nil || !ok {
		t.Fatal(ok, err)
	}
	r.turn(t, time.Minute)
	if r.went(t) != "open 0101 left 0102 open 0103 open" {
		t.Fatal(r.went(t))
	}
	o = &waitlist.Offering{Slot: r.slot(t), Clinic: base.Clinic, Now: r.clock.Now()}
	o.Take(&o.Offers[1], "")
	if ok, err := r.store.ChangeSlot(t.Context(), o.Done()); err != nil || !ok {
		t.Fatal(ok, err)
	}
	r.turn(t, 2*time.Hour)
	if r.went(t) != "taken 0101 left 0102 taken 0103 gone" ||
		!strings.Contains(r.sent(), "offer_gone 0103") || strings.Contains(r.sent(), "0104") {
		t.Errorf("%s; %s", r.went(t), r.sent())
	}
}

func TestQuietHoursAndNearness(t *testing.T) {
	r := newRoom(t, handlerstest.Words(t))
	r.waits(t, "0101", nil)
	r.clock.Set(handlerstest.At(t, "2026-12-01 21:00"))
	r.turn(t, 11*time.Hour)
	if r.sent() != "" {
		t.Fatalf("at night: %s", r.sent())
	}
	r.turn(t, 90*time.Minute)
	if r.sent() != "offer 0101" {
		t.Fatalf("in the morning: %s", r.sent())
	}
	near := newRoom(t, handlerstest.Words(t))
	near.clock.Set(handlerstest.At(t, "2026-12-04 08:50")) // 24 hours and ten minutes before
	near.waits(t, "0101", nil)
	near.turn(t, time.Hour)
	if near.sent() != "" || near.went(t) != "over" {
		t.Errorf("too near: %s; %s", near.sent(), near.went(t))
	}
}

func TestAVisitBookedAtThatTimeEndsTheOffers(t *testing.T) {
	for _, c := range []struct {
		name, to, kind, at string
		ends               bool
		sent               string
	}{
		{
			name: "for somebody else", to: "0150", kind: "consult", at: "2026-12-05 09:00",
			ends: true, sent: "offer 0101, offer_gone 0101",
		},
		{
			name: "for who is being asked", to: "0101", kind: "consult", at: "2026-12-05 09:00",
			ends: true, sent: "offer 0101",
		},
		{
			name: "of another type", to: "0150", kind: "spravato", at: "2026-12-05 09:00",
			sent: "offer 0101",
		},
		{
			name: "at another time", to: "0150", kind: "consult", at: "2026-12-05 10:00",
			sent: "offer 0101",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRoom(t, handlerstest.Words(t))
			r.waits(t, "0101", nil)
			r.turn(t, 5*time.Minute)
			v := handlers.Visit{
				ID: "x", Phone: handlerstest.Phone(t, c.to), Type: c.kind,
				Start: handlerstest.At(t, c.at),
			}
			if err := r.Filled(context.Background(), v); err != nil {
				t.Fatal(err)
			}
			r.turn(t, 5*time.Minute)
			if s := r.slot(t); (s.State == handlers.SlotOver) != c.ends || r.sent() != c.sent {
				t.Errorf("%s %s; %s", s.State, s.End, r.sent())
			}
		})
	}
}

func TestOffIsOff(t *testing.T) {
	base := handlerstest.Words(t)
	base.Clinic.Waitlist.On = false
	r := newRoom(t, base)
	r.waits(t, "0101", nil)
	r.turn(t, time.Hour)
	if open, _ := r.store.OpenSlots(t.Context()); len(open) != 0 || r.sent() != "" {
		t.Errorf("%v %s", open, r.sent())
	}
}

// A wish is over once its visit has been: nothing is offered any more, and it comes off the list by
// itself.
func TestAWishEndsWithItsVisit(t *testing.T) {
	r := newRoom(t, handlerstest.Words(t))
	r.waits(t, "0101", func(_ *handlers.Wish, e *handlers.Effects) {
		e.Visits[0].Start = handlerstest.At(t, "2026-12-02 10:00")
	})
	later := func(id, start string) {
		t.Helper()
		v := handlers.Visit{
			ID: id, Phone: handlerstest.Phone(t, "0100"), Type: "consult",
			Start: handlerstest.At(t, start),
		}
		r.store.Put(v.Phone, handlers.Effects{
			Slots: waitlist.Freed(r.Base.Clinic, v, "…0100 can't come", r.clock.Now()),
		})
		r.turn(t, 5*time.Minute)
	}
	r.clock.Set(handlerstest.At(t, "2026-12-02 11:00"))
	later("v7", "2026-12-18 09:00")
	over := "their visit has been, so they wait no more"
	if got := r.why(t, "0101"); !strings.Contains(got, over) ||
		strings.Contains(got, "to come before") {
		t.Errorf("an hour later: %s", got)
	}
	r.clock.Set(handlerstest.At(t, "2026-12-08 10:00"))
	later("v8", "2026-12-19 09:00")
	all, _ := r.store.Wishes(t.Context())
	if got := r.sent(); got != "" || len(all) != 0 {
		t.Errorf("sent %q, still waits: %+v", got, all)
	}
	// Put on the list again, without a visit, they wait for any slot.
	r.store.Put(handlerstest.Phone(t, "0101"), handlers.Effects{Wishes: []handlers.Wish{{
		Phone: handlerstest.Phone(t, "0101"), Type: "consult", At: r.clock.Now(),
	}}})
	later("v9", "2026-12-20 09:00")
	if got := r.sent(); got != "offer 0101" {
		t.Errorf("sent %q", got)
	}
}
