package waitlist_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// room is the handler with all around it, and a slot "slot" that …0100 left, on Sat Dec 5 at 9:00;
// now is Tue Dec 1 at 10:00.
type room struct {
	*waitlist.Handler
	clock   *handlerstest.Clock
	store   *handlerstest.Store
	carrier *handlerstest.Carrier
	gate    *gate.Texter
	say     handlerstest.Wording
}

func newRoom(t *testing.T, base *knowledge.Base) *room {
	t.Helper()
	r := &room{clock: handlerstest.NewClock(t, "2026-12-01 10:00"), carrier: &handlerstest.Carrier{}}
	r.store = handlerstest.NewStore(r.clock.Now)
	r.Handler = &waitlist.Handler{
		Base: base, Store: r.store, Slots: r.store, Register: r.store,
		Now: r.clock.Now, Meter: handlerstest.Meter{}, Log: handlerstest.Quiet(),
	}
	r.say.OnCompose = r.Compose
	r.gate = &gate.Texter{
		Clinic: base.Clinic, Store: r.store, Ledger: r.store, Carrier: r.carrier, Wording: &r.say, Now: r.clock.Now, Meter: handlerstest.Meter{}, Log: handlerstest.Quiet(),
	}
	v := handlers.Visit{ID: "v0", Phone: handlerstest.Phone(t, "0100"), Type: "consult", Start: handlerstest.At(t, "2026-12-05 09:00")}
	r.store.Put(v.Phone, handlers.Effects{Slots: waitlist.Freed(base.Clinic, v, "…0100 can't come", r.clock.Now())})
	return r
}

const slotID = "slot:v0:1796479200:0"

// waits puts a number on the list, since the order in which it is called; each has a visit on Dec
// 20.
func (r *room) waits(t *testing.T, last4 string, change func(w *handlers.Wish, e *handlers.Effects)) {
	t.Helper()
	p := handlerstest.Phone(t, last4)
	all, _ := r.store.Wishes(t.Context())
	v := handlers.Visit{ID: "v" + last4, Name: "Ana Example", Phone: p, Type: "consult", Start: handlerstest.At(t, "2026-12-20 10:00"), State: handlers.Booked}
	w := handlers.Wish{Phone: p, Type: "consult", Visit: v.ID, Name: v.Name, At: r.clock.Now().Add(time.Duration(len(all)) * time.Second)}
	e := handlers.Effects{Visits: []handlers.Visit{v}}
	if change != nil {
		change(&w, &e)
	}
	e.Wishes = append(e.Wishes, w)
	r.store.Put(p, e)
}

// turn turns the clock on, stopping where the slot is looked at, and carries what is due.
func (r *room) turn(t *testing.T, d time.Duration) {
	t.Helper()
	for end := r.clock.Now().Add(d); ; {
		if err := r.Deliver(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := r.gate.Deliver(t.Context()); err != nil {
			t.Fatal(err)
		}
		open, _ := r.store.OpenSlots(t.Context())
		if len(open) == 0 || open[0].Next.After(end) {
			r.clock.Set(end)
			return
		}
		if !open[0].Next.After(r.clock.Now()) {
			t.Fatalf("it is looked at again and again: %+v", open[0])
		}
		r.clock.Set(open[0].Next)
	}
}

func (r *room) slot(t *testing.T) handlers.Slot {
	t.Helper()
	s, _, err := r.store.Slot(t.Context(), slotID)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// went is the slot with what became of its offers: "open 0101 lapsed 0102 open".
func (r *room) went(t *testing.T) string {
	s := r.slot(t)
	out := []string{s.State}
	for _, o := range s.Offers {
		out = append(out, o.To.Last4(), o.State)
	}
	return strings.Join(out, " ")
}

// sent are the texts that went out, in no order: they leave side by side.
func (r *room) sent() string {
	var out []string
	for _, o := range r.carrier.Sent() {
		out = append(out, o.Kind+" "+o.To.Last4())
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

func TestWhoIsAsked(t *testing.T) {
	at := func(s string) time.Time { return handlerstest.At(t, s) }
	out := handlers.Effects{Consent: &handlers.Consent{Out: true}}
	for _, c := range []struct {
		name   string
		change func(w *handlers.Wish, e *handlers.Effects)
		fits   bool
	}{
		{"who waits for one like it", nil, true},
		{"another type", func(w *handlers.Wish, _ *handlers.Effects) { w.Type = "spravato" }, false},
		{"from a later day", func(w *handlers.Wish, _ *handlers.Effects) { w.From = at("2026-12-06 00:00") }, false},
		{"from that day", func(w *handlers.Wish, _ *handlers.Effects) { w.From = at("2026-12-05 00:00") }, true},
		{"more notice than there is", func(w *handlers.Wish, _ *handlers.Effects) { w.Notice = 96 * time.Hour }, false},
		{"notice that there is", func(w *handlers.Wish, _ *handlers.Effects) { w.Notice = 72 * time.Hour }, true},
		{"opted out", func(_ *handlers.Wish, e *handlers.Effects) { e.Consent = out.Consent }, false},
		{"no text reaches them", func(_ *handlers.Wish, e *handlers.Effects) { e.Reach = &handlers.Reach{NoTexts: true} }, false},
		{"in danger", func(w *handlers.Wish, e *handlers.Effects) {
			e.Cases = []handlers.Case{{ID: "c", Phone: w.Phone, Channel: handlers.UrgentChannel, Open: true}}
		}, false},
		{"a person talks with them", func(_ *handlers.Wish, e *handlers.Effects) {
			e.Conversation = &handlers.Conversation{Taken: at("2026-12-01 14:00")}
		}, false},
		{"their visit is sooner", func(_ *handlers.Wish, e *handlers.Effects) { e.Visits[0].Start = at("2026-12-04 10:00") }, false},
		{"their visit has been", func(_ *handlers.Wish, e *handlers.Effects) { e.Visits[0].Start = at("2026-12-01 09:00") }, false},
		{"their visit was days ago", func(_ *handlers.Wish, e *handlers.Effects) { e.Visits[0].Start = at("2026-11-28 09:00") }, false},
		{"their visit went to another number", func(_ *handlers.Wish, e *handlers.Effects) { e.Visits = nil }, false},
		{"their visit has another id by now", func(w *handlers.Wish, e *handlers.Effects) {
			w.Visit, w.Start = "taken:s", e.Visits[0].Start
		}, true},
		{"their visit has another id by now, and is sooner", func(w *handlers.Wish, e *handlers.Effects) {
			e.Visits[0].Start = at("2026-12-04 10:00")
			w.Visit, w.Start = "taken:s", e.Visits[0].Start
		}, false},
		{"their visit moved, and is later now", func(_ *handlers.Wish, e *handlers.Effects) { e.Visits[0].Start = at("2026-12-27 10:00") }, true},
		{"their visit is off: they still wait", func(_ *handlers.Wish, e *handlers.Effects) { e.Visits[0].State = handlers.Declined }, true},
		{"no visit", func(w *handlers.Wish, e *handlers.Effects) { w.Visit, e.Visits = "", nil }, true},
		{"another visit that day", func(w *handlers.Wish, e *handlers.Effects) {
			v := e.Visits[0]
			v.ID, v.Start = "same", at("2026-12-05 16:00")
			e.Visits = append(e.Visits, v)
		}, false},
		{"how to prepare comes today", func(_ *handlers.Wish, e *handlers.Effects) {
			v := e.Visits[0]
			v.ID, v.Start = "tomorrow", at("2026-12-02 10:00")
			e.Visits = append(e.Visits, v)
		}, false},
	} {
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
		{4 * time.Minute, "offer 0101", "open 0101 open"},
		{time.Hour + 5*time.Minute, "offer 0101, offer 0102, offer_lapsed 0101", "open 0101 lapsed 0102 open"},
		{time.Hour + 5*time.Minute, "offer 0101, offer 0102, offer 0103, offer_lapsed 0101, offer_lapsed 0102", "open 0101 lapsed 0102 lapsed 0103 open"},
		{time.Hour + 5*time.Minute, "offer 0101, offer 0102, offer 0103, offer_lapsed 0101, offer_lapsed 0102, offer_lapsed 0103", "over 0101 lapsed 0102 lapsed 0103 lapsed"},
	} {
		r.turn(t, step.d)
		if r.sent() != step.sent || r.went(t) != step.went {
			t.Fatalf("at %s: %s; %s", r.clock.Now().Format("15:04"), r.sent(), r.went(t))
		}
	}
	if c, _, _ := r.store.Case(t.Context(), slotID); c.Kind != kinds.SlotOver || !c.Open || !strings.Contains(c.Title, "nobody took it") {
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
	if r.went(t) != "taken 0101 left 0102 taken 0103 gone" || !strings.Contains(r.sent(), "offer_gone 0103") || strings.Contains(r.sent(), "0104") {
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

func TestWhatIsSentWhenItLeaves(t *testing.T) {
	for _, c := range []struct {
		name   string
		basic  bool
		lang   string
		before func(r *room, p handlers.Phone)
		want   string // "" is nothing
	}{
		{"in full", false, "en", nil, "Hi Ana, an earlier time is free: Sat Dec 5 at 9:00 AM. Reply YES to take it or NO to pass, by 11:05 AM please. STOP to end."},
		{"in Spanish", false, "es", nil, "Hola Ana, hay una hora antes: sab 5 dic a las 9:00 AM. Responda SI para tomarla o NO para dejarla, hasta las 11:05 AM. STOP: salir."},
		{"discreetly", true, "en", nil, "Sat Dec 5 at 9:00 AM is free. Reply YES to take it or NO to pass, by 11:05 AM. STOP to end."},
		{"in danger since", false, "en", func(r *room, p handlers.Phone) {
			r.store.Put(p, handlers.Effects{Cases: []handlers.Case{{ID: "c", Phone: p, Channel: handlers.UrgentChannel, Open: true}}})
		}, ""},
		{"opted out since", false, "en", func(r *room, p handlers.Phone) {
			r.store.Put(p, handlers.Effects{Consent: &handlers.Consent{Out: true}})
		}, ""},
		{"a person talks with them since", false, "en", func(r *room, p handlers.Phone) {
			r.store.Put(p, handlers.Effects{Conversation: &handlers.Conversation{Taken: r.clock.Now().Add(time.Hour)}})
		}, ""},
		{"lapsed since", false, "en", func(r *room, _ handlers.Phone) { r.clock.Add(2 * time.Hour) }, ""},
	} {
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

func TestAVisitBookedAtThatTimeEndsTheOffers(t *testing.T) {
	for _, c := range []struct {
		name, to, kind, at string
		ends               bool
		sent               string
	}{
		{"for somebody else", "0150", "consult", "2026-12-05 09:00", true, "offer 0101, offer_gone 0101"},
		{"for who is being asked", "0101", "consult", "2026-12-05 09:00", true, "offer 0101"},
		{"of another type", "0150", "spravato", "2026-12-05 09:00", false, "offer 0101"},
		{"at another time", "0150", "consult", "2026-12-05 10:00", false, "offer 0101"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRoom(t, handlerstest.Words(t))
			r.waits(t, "0101", nil)
			r.turn(t, 5*time.Minute)
			v := handlers.Visit{ID: "x", Phone: handlerstest.Phone(t, c.to), Type: c.kind, Start: handlerstest.At(t, c.at)}
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

// Whose visit has been waits no more: nothing is offered to them ever after, and they come off the
// list by themselves.
func TestAWishEndsWithItsVisit(t *testing.T) {
	r := newRoom(t, handlerstest.Words(t))
	r.waits(t, "0101", func(_ *handlers.Wish, e *handlers.Effects) {
		e.Visits[0].Start = handlerstest.At(t, "2026-12-02 10:00")
	})
	later := func(id, start string) {
		t.Helper()
		v := handlers.Visit{ID: id, Phone: handlerstest.Phone(t, "0100"), Type: "consult", Start: handlerstest.At(t, start)}
		r.store.Put(v.Phone, handlers.Effects{Slots: waitlist.Freed(r.Base.Clinic, v, "…0100 can't come", r.clock.Now())})
		r.turn(t, 5*time.Minute)
	}
	r.clock.Set(handlerstest.At(t, "2026-12-02 11:00"))
	later("v7", "2026-12-18 09:00")
	if got := r.why(t, "0101"); !strings.Contains(got, "their visit has been, so they wait no more") || strings.Contains(got, "to come before") {
		t.Errorf("an hour later: %s", got)
	}
	r.clock.Set(handlerstest.At(t, "2026-12-08 10:00"))
	later("v8", "2026-12-19 09:00")
	all, _ := r.store.Wishes(t.Context())
	if got := r.sent(); got != "" || len(all) != 0 {
		t.Errorf("sent %q, still waits: %+v", got, all)
	}
	// Put there anew, without a visit, they wait for any.
	r.store.Put(handlerstest.Phone(t, "0101"), handlers.Effects{Wishes: []handlers.Wish{{Phone: handlerstest.Phone(t, "0101"), Type: "consult", At: r.clock.Now()}}})
	later("v9", "2026-12-20 09:00")
	if got := r.sent(); got != "offer 0101" {
		t.Errorf("sent %q", got)
	}
}
