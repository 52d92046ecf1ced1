package waitlist_test

import (
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
)

// why is what Why says of a number, a line a row, cells in columns by a bar.
func (r *room) why(t *testing.T, last4 string) string {
	t.Helper()
	lines, err := r.Why(t.Context(), handlerstest.Phone(t, last4))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, l := range lines {
		out = append(out, strings.Join(l, "|"))
	}
	return strings.Join(out, "\n")
}

const theSlot = "Sat Dec 5 at 9:00 AM, consult|offer|"

func TestWhySomebodyWasntOffered(t *testing.T) {
	at := func(s string) time.Time { return handlerstest.At(t, s) }
	for _, c := range []struct {
		name   string
		change func(w *handlers.Wish, e *handlers.Effects)
		want   string
	}{
		{"another type", func(w *handlers.Wish, _ *handlers.Effects) { w.Type = "spravato" }, "it isn't the type they wait for, spravato"},
		{"from a later day", func(w *handlers.Wish, _ *handlers.Effects) { w.From = at("2026-12-06 00:00") }, "it is too early a day: they want none before Sun Dec 6"},
		{"more notice than there is", func(w *handlers.Wish, _ *handlers.Effects) { w.Notice = 96 * time.Hour }, "too little notice: they need 96h"},
		{"opted out", func(_ *handlers.Wish, e *handlers.Effects) {
			e.Consent = &handlers.Consent{Out: true, At: at("2026-12-01 09:00")}
		}, "they have opted out of texts"},
		{"opted out after it was over", func(_ *handlers.Wish, e *handlers.Effects) {
			e.Consent = &handlers.Consent{Out: true, At: at("2026-12-01 10:04")}
		}, "it was over before they could be asked: nobody waits for one like it"},
		{"no text reaches them", func(_ *handlers.Wish, e *handlers.Effects) {
			e.Reach = &handlers.Reach{NoTexts: true, Why: "a landline"}
		}, "no text reaches them: a landline"},
		{"in danger", func(w *handlers.Wish, e *handlers.Effects) {
			e.Cases = []handlers.Case{{ID: "c", Phone: w.Phone, Channel: handlers.UrgentChannel, Open: true}}
		}, "they may be in danger"},
		{"a person talks with them", func(_ *handlers.Wish, e *handlers.Effects) {
			e.Conversation = &handlers.Conversation{Taken: at("2026-12-01 14:00")}
		}, "not yet: a person talks with them; not before Tue Dec 1 at 2:00 PM"},
		{"a person talks with them for long", func(_ *handlers.Wish, e *handlers.Effects) {
			e.Conversation = &handlers.Conversation{Taken: at("2026-12-04 14:00")}
		}, "it was over before they could be asked: nobody waits for one like it"},
		{"their visit is sooner", func(_ *handlers.Wish, e *handlers.Effects) { e.Visits[0].Start = at("2026-12-04 10:00") }, "it isn't sooner than their visit of Fri Dec 4 at 10:00 AM"},
		{"their visit has been", func(_ *handlers.Wish, e *handlers.Effects) { e.Visits[0].Start = at("2026-12-01 09:00") }, "their visit has been, so they wait no more"},
		{"another visit that day", func(_ *handlers.Wish, e *handlers.Effects) {
			v := e.Visits[0]
			v.ID, v.Start = "same", at("2026-12-05 16:00")
			e.Visits = append(e.Visits, v)
		}, "they have another visit that day"},
		{"how to prepare comes today", func(_ *handlers.Wish, e *handlers.Effects) {
			v := e.Visits[0]
			v.ID, v.Start = "tomorrow", at("2026-12-02 10:00")
			e.Visits = append(e.Visits, v)
		}, "not yet: they have had their texts of the day or the week, or need the next for a reminder; not before Wed Dec 2 at 9:00 AM"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRoom(t, handlerstest.Words(t))
			r.waits(t, "0101", c.change)
			r.turn(t, 5*time.Minute)
			if got, want := r.why(t, "0101"), theSlot+"Tue Dec 1 at 10:00 AM|not offered|"+c.want; !strings.HasSuffix(got, want) {
				t.Errorf("%s\nwant %s", got, want)
			}
		})
	}
}

func TestWhyTellsHowAnOfferWent(t *testing.T) {
	r := newRoom(t, handlerstest.Words(t))
	r.waits(t, "0101", nil)
	r.waits(t, "0102", func(w *handlers.Wish, _ *handlers.Effects) {
		w.Notice, w.From, w.By = 12*time.Hour, handlerstest.At(t, "2026-12-03 00:00"), "Dana"
	})
	says := func(last4, want string) {
		t.Helper()
		if got := r.why(t, last4); !strings.HasSuffix(got, want) {
			t.Errorf("%s: %s\nwant %s", last4, got, want)
		}
	}
	says("0102", "waitlist||Tue Dec 1 at 10:00 AM|waits since|number 2 for consult, put there by Dana; to come before the visit of Sun Dec 20 at 10:00 AM; no day before Thu Dec 3; with 12h of notice\n"+
		theSlot+"Tue Dec 1 at 10:00 AM|not offered|not yet: it is offered in the order of the list, and looked at next on Tue Dec 1 at 10:02 AM")
	says("0100", "waitlist|||isn't on it|/clinic waitlist add 0100 TYPE")
	r.turn(t, 5*time.Minute)
	says("0101", theSlot+"Tue Dec 1 at 10:02 AM|offered|they have until 11:05 AM to answer")
	says("0102", "|not offered|another is first: …0101 has until 11:05 AM to answer")
	r.turn(t, 65*time.Minute)
	says("0101", "|offered|they didn't answer by 11:05 AM")
	change := func(do func(o *waitlist.Offering)) {
		t.Helper()
		o := &waitlist.Offering{Slot: r.slot(t), Clinic: r.Base.Clinic, Now: r.clock.Now()}
		do(o)
		if ok, err := r.store.ChangeSlot(t.Context(), o.Done()); err != nil || !ok {
			t.Fatal(ok, err)
		}
	}
	r.waits(t, "0103", nil)
	r.waits(t, "0104", func(w *handlers.Wish, _ *handlers.Effects) { w.At = r.clock.Now().AddDate(0, 0, -1) }) // the list's first, by now
	change(func(o *waitlist.Offering) { o.Decline(o.To(handlerstest.Phone(t, "0102")), "said NO.") })
	says("0102", "|offered|…0102 said NO.")
	r.turn(t, 5*time.Minute)
	change(func(o *waitlist.Offering) { o.Take(o.To(handlerstest.Phone(t, "0104")), "") })
	says("0104", "|offered|they took it")
	says("0103", "|not offered|they came on the list after it had become free: …0104 took it by text")

	for _, c := range []struct {
		end          func(o *waitlist.Offering)
		asked, other string
	}{
		{func(o *waitlist.Offering) { o.Take(o.To(handlerstest.Phone(t, "0101")), "") }, "they took it", "another was first: …0101 took it by text"},
		{
			func(o *waitlist.Offering) { o.Stop("the desk stopped the offers", "Dana", handlers.Phone{}) },
			"it went before they answered: the desk stopped the offers", "it was over before they could be asked: the desk stopped the offers",
		},
	} {
		r = newRoom(t, handlerstest.Words(t))
		for _, last4 := range []string{"0101", "0102"} {
			r.waits(t, last4, func(w *handlers.Wish, _ *handlers.Effects) { w.At = w.At.AddDate(0, 0, -1) })
		}
		r.turn(t, 5*time.Minute)
		change(c.end)
		says("0101", "|offered|"+c.asked)
		says("0102", "|not offered|"+c.other)
	}
}
