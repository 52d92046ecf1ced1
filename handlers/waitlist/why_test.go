package waitlist_test

import (
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
)

// why returns what Why says of a number: a line a row, with a bar between the cells.
func (r *room) why(t *testing.T, last4 string) string {
	t.Helper()
	lines, err := r.Why(t.Context(), handlerstest.Phone(t, last4))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, l := range lines {
		out = append(out, veil.Shown(strings.Join(l, "|"), true))
	}
	return strings.Join(out, "\n")
}

// says checks the end of what Why says of a number.
func (r *room) says(t *testing.T, last4, want string) {
	t.Helper()
	if got := r.why(t, last4); !strings.HasSuffix(got, want) {
		t.Errorf("%s: %s\nwant %s", last4, got, want)
	}
}

// change changes the slot, as a patient's answer or the desk does.
func (r *room) change(t *testing.T, do func(o *waitlist.Offering)) {
	t.Helper()
	o := &waitlist.Offering{Slot: r.slot(t), Clinic: r.Base.Clinic, Now: r.clock.Now()}
	do(o)
	if ok, err := r.store.ChangeSlot(t.Context(), o.Done()); err != nil || !ok {
		t.Fatal(ok, err)
	}
}

const theSlot = "Sat Dec 5 at 9:00 AM, consult|offer|"

// passedOver are reasons for which somebody wasn't offered the slot.
var passedOver = []struct {
	name   string
	change func(w *handlers.Wish, e *handlers.Effects)
	want   string
}{
	{
		name:   "another type",
		change: func(w *handlers.Wish, _ *handlers.Effects) { w.Type = "spravato" },
		want:   "it isn't the type they wait for, spravato",
	},
	{
		name:   "from a later day",
		change: func(w *handlers.Wish, _ *handlers.Effects) { w.From = local("2026-12-06 00:00") },
		want:   "it is too early a day: they want none before Sun Dec 6",
	},
	{
		name:   "more notice than there is",
		change: func(w *handlers.Wish, _ *handlers.Effects) { w.Notice = 96 * time.Hour },
		want:   "too little notice: they need 96h",
	},
	{
		name: "opted out",
		change: func(_ *handlers.Wish, e *handlers.Effects) {
			e.Consent = &handlers.Consent{Out: true, At: local("2026-12-01 09:00")}
		},
		want: "they have opted out of texts",
	},
	{
		name: "opted out after it was over",
		change: func(_ *handlers.Wish, e *handlers.Effects) {
			e.Consent = &handlers.Consent{Out: true, At: local("2026-12-01 10:04")}
		},
		want: "it was over before they could be asked: nobody waits for one like it",
	},
	{
		name: "no text reaches them",
		change: func(_ *handlers.Wish, e *handlers.Effects) {
			e.Reach = &handlers.Reach{NoTexts: true, Why: "a landline"}
		},
		want: "no text reaches them: a landline",
	},
	{
		name: "in danger",
		change: func(w *handlers.Wish, e *handlers.Effects) {
			e.Cases = []handlers.Case{{
				ID: "c", Phone: w.Phone, Channel: handlers.UrgentChannel, Open: true,
			}}
		},
		want: "they may be in danger",
	},
	{
		name: "a person talks with them",
		change: func(_ *handlers.Wish, e *handlers.Effects) {
			e.Conversation = &handlers.Conversation{Taken: local("2026-12-01 14:00")}
		},
		want: "not yet: a person talks with them; not before Tue Dec 1 at 2:00 PM",
	},
	{
		name: "a person talks with them for long",
		change: func(_ *handlers.Wish, e *handlers.Effects) {
			e.Conversation = &handlers.Conversation{Taken: local("2026-12-04 14:00")}
		},
		want: "it was over before they could be asked: nobody waits for one like it",
	},
	{
		name: "their visit is sooner",
		change: func(_ *handlers.Wish, e *handlers.Effects) {
			e.Visits[0].Start = local("2026-12-04 10:00")
		},
		want: "it isn't sooner than their visit of Fri Dec 4 at 10:00 AM",
	},
	{
		name: "their visit has been",
		change: func(_ *handlers.Wish, e *handlers.Effects) {
			e.Visits[0].Start = local("2026-12-01 09:00")
		},
		want: "their visit has been, so they wait no more",
	},
	{
		name: "another visit that day",
		change: func(_ *handlers.Wish, e *handlers.Effects) {
			v := e.Visits[0]
			v.ID, v.Start = "same", local("2026-12-05 16:00")
			e.Visits = append(e.Visits, v)
		},
		want: "they have another visit that day",
	},
	{
		name: "how to prepare comes today",
		change: func(_ *handlers.Wish, e *handlers.Effects) {
			v := e.Visits[0]
			v.ID, v.Type, v.Start = "tomorrow", "iv_infusion", local("2026-12-02 10:00")
			e.Visits = append(e.Visits, v)
		},
		want: "not yet: they have had their texts of the day or the week, or need the next " +
			"for a reminder; not before Wed Dec 2 at 9:00 AM",
	},
}

func TestWhySomebodyWasntOffered(t *testing.T) {
	for _, c := range passedOver {
		t.Run(c.name, func(t *testing.T) {
			r := newRoom(t, handlerstest.Words(t))
			r.waits(t, "0101", c.change)
			r.turn(t, 5*time.Minute)
			want := theSlot + "Tue Dec 1 at 10:00 AM|not offered|" + c.want
			if got := r.why(t, "0101"); !strings.HasSuffix(got, want) {
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
	says := func(last4, want string) { t.Helper(); r.says(t, last4, want) }
	says("0102", "waitlist||Tue Dec 1 at 10:00 AM|waits since|number 2 for consult, "+
		"put there by Dana; to come before the visit of Sun Dec 20 at 10:00 AM; "+
		"no day before Thu Dec 3; with 12h of notice\n"+
		theSlot+"Tue Dec 1 at 10:00 AM|not offered|not yet: it is offered in the order of "+
		"the list, and looked at next on Tue Dec 1 at 10:02 AM")
	says("0100", "waitlist|||isn't on it|/clinic waitlist add 0100 TYPE")
	r.turn(t, 5*time.Minute)
	says("0101", theSlot+"Tue Dec 1 at 10:02 AM|offered|they have until 11:05 AM to answer")
	says("0102", "|not offered|another is first: …0101 has until 11:05 AM to answer")
	r.turn(t, 65*time.Minute)
	says("0101", "|offered|they didn't answer by 11:05 AM")
	r.waits(t, "0103", nil)
	// They come first on the list.
	r.waits(t, "0104", func(w *handlers.Wish, _ *handlers.Effects) {
		w.At = r.clock.Now().AddDate(0, 0, -1)
	})
	r.change(t, func(o *waitlist.Offering) {
		o.Decline(o.To(handlerstest.Phone(t, "0102")), "said NO.")
	})
	says("0102", "|offered|…0102 said NO.")
	r.turn(t, 5*time.Minute)
	r.change(t, func(o *waitlist.Offering) { o.Take(o.To(handlerstest.Phone(t, "0104")), "") })
	says("0104", "|offered|they took it")
	says(
		"0103",
		"|not offered|they came on the list after it had become free: …0104 took it by text",
	)
}

// Once the slot is over, both those who were asked and those who weren't are told why.
func TestWhyTellsHowASlotEnded(t *testing.T) {
	for _, c := range []struct {
		end          func(o *waitlist.Offering)
		asked, other string
	}{
		{
			end:   func(o *waitlist.Offering) { o.Take(o.To(handlerstest.Phone(t, "0101")), "") },
			asked: "they took it", other: "another was first: …0101 took it by text",
		},
		{
			end: func(o *waitlist.Offering) {
				o.Stop("the desk stopped the offers", "Dana", handlers.Phone{})
			},
			asked: "it went before they answered: the desk stopped the offers",
			other: "it was over before they could be asked: the desk stopped the offers",
		},
	} {
		r := newRoom(t, handlerstest.Words(t))
		for _, last4 := range []string{"0101", "0102"} {
			r.waits(t, last4, func(w *handlers.Wish, _ *handlers.Effects) {
				w.At = w.At.AddDate(0, 0, -1)
			})
		}
		r.turn(t, 5*time.Minute)
		r.change(t, c.end)
		r.says(t, "0101", "|offered|"+c.asked)
		r.says(t, "0102", "|not offered|"+c.other)
	}
}
