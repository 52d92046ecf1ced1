package patient_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
)

// offerSlots offers slots that begin so many hours from now to the patient until an hour from now,
// and to one other number: "s1", "s2" …
func (f *front) offerSlots(t *testing.T, state string, hours ...float64) {
	for i, h := range hours {
		now := f.clock.Now()
		offer := handlers.Offer{
			To: f.from, Row: fmt.Sprint("row", i), Name: "Ana Example", Visit: "v1",
			At: now, Until: now.Add(time.Hour), State: state,
		}
		other := offer
		other.To, other.Row = handlerstest.Phone(t, "0199"), fmt.Sprint("other", i)
		other.State = handlers.OfferOpen
		s := handlers.Slot{
			ID: fmt.Sprint("s", i+1), Type: "consult",
			Start: now.Add(time.Duration(h * float64(time.Hour))), At: now, Shown: true,
			State: handlers.SlotOpen, Next: now.Add(time.Hour),
			Offers: []handlers.Offer{offer, other},
		}
		f.store.Put(f.from, handlers.Effects{
			Slots:  []handlers.Slot{s},
			Wishes: []handlers.Wish{{Phone: f.from, Type: "consult"}},
		})
	}
}

// slotsNow returns the slots as they stand, with the patient's own offer: "taken/taken".
func (f *front) slotsNow(t *testing.T) string {
	t.Helper()
	var out []string
	for _, s := range f.state(t).Offers {
		out = append(out, s.State+"/"+s.To(f.from).State)
	}
	return strings.Join(out, " ")
}

// What an answer that isn't plain is asked back with, and what a late yes is told.
const (
	ask   = "is still open to you: reply YES"
	sorry = "isn't free any more"
)

// offerRow is a patient who is offered slots, and what they text.
type offerRow struct {
	name   string
	hours  []float64 // till each visit
	slots  []float64 // till each slot
	texts  []string
	says   string // a part of the last reply; "" is silence
	slot   string
	visits string
}

// check sends the texts and looks at the last reply, the slots and the visits.
func (c offerRow) check(t *testing.T) {
	f := newFront(t, openHours)
	f.visits(c.hours...)
	f.offerSlots(t, handlers.OfferOpen, c.slots...)
	var r handlers.Reply
	for _, body := range c.texts {
		switch body {
		case "gone":
			f.gone(t)
		case "told": // the text that says so leaves just before the next one comes
			f.clock.Add(time.Minute - time.Second)
			f.ends(t)
			f.clock.Add(time.Second - time.Minute)
		case "later":
			f.clock.Add(2 * time.Hour)
		default:
			f.clock.Add(time.Minute)
			r = f.text(t, body)
		}
	}
	says := strings.Join(r.Bodies, "|")
	if (says == "") != (c.says == "") || !strings.Contains(says, c.says) {
		t.Errorf("%s %q, want %q", r.Kind, says, c.says)
	}
	if got := f.slotsNow(t); got != c.slot {
		t.Errorf("slots %q, want %q", got, c.slot)
	}
	if got := f.states(t); got != c.visits {
		t.Errorf("visits %q, want %q", got, c.visits)
	}
}

func TestTakingATime(t *testing.T) {
	for _, c := range []offerRow{
		{
			name: "yes", hours: []float64{240}, slots: []float64{48}, texts: []string{"YES"},
			says: "It's yours Ana: Thu Dec 3 at 10:00 AM. " +
				"It takes the place of your visit on Fri Dec 11",
			slot: "taken/taken", visits: "confirmed declined",
		},
		{
			name: "yes, in their words", hours: []float64{240}, slots: []float64{48},
			texts: []string{"I'll take it!"}, says: "It's yours", slot: "taken/taken",
			visits: "confirmed declined",
		},
		{
			name: "yes, in Spanish", hours: []float64{240}, slots: []float64{48},
			texts: []string{"si por favor la tomo"}, says: "Es suya Ana: jue 3 dic",
			slot: "taken/taken", visits: "confirmed declined",
		},
		{
			name: "yes, without a visit", slots: []float64{48}, texts: []string{"yes"},
			says: "It's yours Ana: Thu Dec 3 at 10:00 AM. See you then!", slot: "taken/taken",
			visits: "confirmed",
		},
		{
			name: "yes twice", hours: []float64{240}, slots: []float64{48},
			texts: []string{"YES", "YES"}, says: "confirmed for Thu Dec 3", slot: "taken/taken",
			visits: "confirmed declined",
		},
	} {
		t.Run(c.name, c.check)
	}
}

func TestDecliningATime(t *testing.T) {
	for _, c := range []offerRow{
		{
			name: "no", hours: []float64{240}, slots: []float64{48}, texts: []string{"NO"},
			says: "All right Ana, we'll offer Thu Dec 3", slot: "open/left", visits: "booked",
		},
		{
			name: "no, in Spanish", hours: []float64{240}, slots: []float64{48},
			texts: []string{"no gracias"}, says: "ofrecemos la hora", slot: "open/left",
			visits: "booked",
		},
		{
			name: "no, then yes", hours: []float64{24}, slots: []float64{48},
			texts: []string{"NO", "C"}, says: "confirmed for Wed Dec 2", slot: "open/left",
			visits: "confirmed",
		},
	} {
		t.Run(c.name, c.check)
	}
}

func TestAnswersThatMayMeanTheTimeOrTheVisit(t *testing.T) {
	for _, c := range []offerRow{
		{
			name: "C with a visit is the visit's", hours: []float64{240}, slots: []float64{48},
			texts: []string{"C"}, says: "confirmed for Fri Dec 11", slot: "open/open",
			visits: "confirmed",
		},
		{
			name: "C, and the offer is named", hours: []float64{240}, slots: []float64{48},
			texts: []string{"C"}, says: ask, slot: "open/open", visits: "confirmed",
		},
		{
			name: "C, then YES", hours: []float64{240}, slots: []float64{48},
			texts: []string{"C", "YES"}, says: "It's yours", slot: "taken/taken",
			visits: "confirmed declined",
		},
		{
			name: "C without a visit", slots: []float64{48}, texts: []string{"C"}, says: ask,
			slot: "open/open",
		},
		{
			name: "ok", hours: []float64{240}, slots: []float64{48}, texts: []string{"ok"},
			says: ask, slot: "open/open", visits: "booked",
		},
		{name: "a thumb", slots: []float64{48}, texts: []string{"👍"}, says: ask, slot: "open/open"},
		{
			name: "1", hours: []float64{240}, slots: []float64{48}, texts: []string{"1"}, says: ask,
			slot: "open/open", visits: "booked",
		},
		{
			name: "yes?", hours: []float64{240}, slots: []float64{48}, texts: []string{"yes?"},
			says: ask, slot: "open/open", visits: "booked",
		},
		{
			name: "ok, ok, yes", hours: []float64{240}, slots: []float64{48},
			texts: []string{"ok", "ok", "yes"}, says: "It's yours", slot: "taken/taken",
			visits: "confirmed declined",
		},
		{
			name: "thanks", hours: []float64{240}, slots: []float64{48},
			texts: []string{"thank you"}, slot: "open/open", visits: "booked",
		},
	} {
		t.Run(c.name, c.check)
	}
}

func TestDecliningTheTimeOrTheVisit(t *testing.T) {
	for _, c := range []offerRow{
		{
			name: "can't make it, with a visit", hours: []float64{240}, slots: []float64{48},
			texts: []string{"i cant make it"},
			says:  "1 the free time on Thu Dec 3 at 10:00 AM, 2 your visit on Fri Dec 11",
			slot:  "open/open", visits: "booked",
		},
		{
			name: "can't make it: the offer", hours: []float64{240}, slots: []float64{48},
			texts: []string{"i cant make it", "1"}, says: "we'll offer Thu Dec 3",
			slot: "open/left", visits: "booked",
		},
		{
			name: "can't make it: the visit", hours: []float64{240}, slots: []float64{48},
			texts: []string{"i cant make it", "2"}, says: "can't come on Fri Dec 11",
			slot: "open/open", visits: "declined",
		},
		{
			name: "can't make it, without a visit", slots: []float64{48},
			texts: []string{"i cant make it"}, says: "we'll offer Thu Dec 3", slot: "open/left",
		},
	} {
		t.Run(c.name, c.check)
	}
}

func TestSeveralTimes(t *testing.T) {
	for _, c := range []offerRow{
		{
			name: "two offers", hours: []float64{240}, slots: []float64{48, 72},
			texts: []string{"YES"},
			says:  "1 the free time on Thu Dec 3 at 10:00 AM, 2 the free time on Fri Dec 4",
			slot:  "open/open open/open", visits: "booked",
		},
		{
			name: "two offers, the second", hours: []float64{240}, slots: []float64{48, 72},
			texts: []string{"YES", "2"}, says: "It's yours Ana: Fri Dec 4",
			slot: "open/open taken/taken", visits: "confirmed declined",
		},
	} {
		t.Run(c.name, c.check)
	}
}

func TestATimeTrapsNobody(t *testing.T) {
	for _, c := range []offerRow{
		{
			name: "another time, without a visit", slots: []float64{48},
			texts: []string{"i need another day"}, says: "a person will answer you here",
			slot: "open/open",
		},
		{
			name: "another time, with a visit", hours: []float64{240}, slots: []float64{48},
			texts: []string{"i need another day"}, says: "Until then your visit stands",
			slot: "open/open", visits: "reschedule",
		},
		{
			name: "a question", hours: []float64{240}, slots: []float64{48},
			texts: []string{"did you find my umbrella"}, says: "a person will answer you here",
			slot: "open/open", visits: "booked",
		},
		{
			name: "a question, then yes", hours: []float64{240}, slots: []float64{48},
			texts: []string{"did you find my umbrella", "YES"}, says: "It's yours",
			slot: "taken/taken", visits: "confirmed declined",
		},
		{
			name: "danger", hours: []float64{240}, slots: []float64{48},
			texts: []string{"yes but i want to kill myself"}, says: "988", slot: "open/left",
			visits: "booked",
		},
		{
			name: "danger, then yes", hours: []float64{240}, slots: []float64{48},
			texts: []string{"i want to kill myself", "YES"},
			says:  "someone from the clinic is being told", slot: "open/left", visits: "booked",
		},
		{
			name: "an opt-out", hours: []float64{240}, slots: []float64{48},
			texts: []string{"stop texting me"}, says: "You won't get any more texts",
			slot: "open/left", visits: "booked",
		},
		{
			name: "an opt-out, then yes", hours: []float64{240}, slots: []float64{48},
			texts: []string{"stop texting me", "yes please"}, slot: "open/left", visits: "booked",
		},
		{
			name: "help", hours: []float64{240}, slots: []float64{48}, texts: []string{"HELP"},
			says: "988", slot: "open/open", visits: "booked",
		},
	} {
		t.Run(c.name, c.check)
	}
}

func TestAnswersThatComeTooLate(t *testing.T) {
	for _, c := range []offerRow{
		{
			name: "a slot that has another's answer", hours: []float64{240}, slots: []float64{48},
			texts: []string{"gone", "YES"}, says: sorry, slot: "taken/gone", visits: "booked",
		},
		{
			name: "too late, then yes to a reminder", hours: []float64{24}, slots: []float64{48},
			texts: []string{"gone", "YES", "YES"}, says: "confirmed for", slot: "taken/gone",
			visits: "confirmed",
		},
		{
			name: "too late, then C", hours: []float64{24}, slots: []float64{48},
			texts: []string{"gone", "C"}, says: "confirmed for Wed Dec 2", slot: "taken/gone",
			visits: "confirmed",
		},
		{
			name: "too late, and told as they wrote it", hours: []float64{240},
			slots: []float64{48}, texts: []string{"gone", "told", "YES"}, slot: "taken/gone",
			visits: "booked",
		},
		{
			name: "too late, told, and again", hours: []float64{240}, slots: []float64{48},
			texts: []string{"gone", "told", "YES", "yes please"}, says: sorry, slot: "taken/gone",
			visits: "booked",
		},
		{
			name: "lapsed", hours: []float64{240}, slots: []float64{48},
			texts: []string{"later", "YES"}, says: sorry, slot: "open/open", visits: "booked",
		},
	} {
		t.Run(c.name, c.check)
	}
}

// gone has the other number take the first slot.
func (f *front) gone(t *testing.T) {
	t.Helper()
	s, _, _ := f.store.Slot(t.Context(), "s1")
	b, _ := base()
	o := &waitlist.Offering{Slot: s, Clinic: b.Clinic, Now: f.clock.Now()}
	o.Take(o.To(handlerstest.Phone(t, "0199")), "")
	if ok, err := f.store.ChangeSlot(t.Context(), o.Done()); err != nil || !ok {
		t.Fatal(ok, err)
	}
}

// ends has the text leave that the first slot is gone.
func (f *front) ends(t *testing.T) {
	t.Helper()
	s, _, _ := f.store.Slot(t.Context(), "s1")
	b, _ := base()
	o := &waitlist.Offering{Slot: s, Clinic: b.Clinic, Now: f.clock.Now()}
	if why := o.Sending(o.To(f.from), waitlist.KindGone); why != "" {
		t.Fatal(why)
	}
	if ok, err := f.store.ChangeSlot(t.Context(), o.Done()); err != nil || !ok {
		t.Fatal(ok, err)
	}
}
