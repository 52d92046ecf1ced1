package patient_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// offerSlots offers slots that begin so many hours from now to the patient until an hour from now,
// and to one other number: "s1", "s2" …
func (f *front) offerSlots(t *testing.T, state string, hours ...float64) {
	for i, h := range hours {
		offer := handlers.Offer{To: f.from, Row: fmt.Sprint("row", i), Name: "Ana Example", Visit: "v1", At: f.clock.Now(), Until: f.clock.Now().Add(time.Hour), State: state}
		other := offer
		other.To, other.Row, other.State = handlerstest.Phone(t, "0199"), fmt.Sprint("other", i), handlers.OfferOpen
		s := handlers.Slot{
			ID: fmt.Sprint("s", i+1), Type: "consult", Start: f.clock.Now().Add(time.Duration(h * float64(time.Hour))), At: f.clock.Now(), Shown: true,
			State: handlers.SlotOpen, Next: f.clock.Now().Add(time.Hour), Offers: []handlers.Offer{offer, other},
		}
		f.store.Put(f.from, handlers.Effects{Slots: []handlers.Slot{s}, Wishes: []handlers.Wish{{Phone: f.from, Type: "consult"}}})
	}
}

// slotsNow are the slots as they stand, with the patient's own offer: "taken/taken".
func (f *front) slotsNow(t *testing.T) string {
	t.Helper()
	var out []string
	for _, s := range f.state(t).Offers {
		out = append(out, s.State+"/"+s.To(f.from).State)
	}
	return strings.Join(out, " ")
}

func TestAnswersWhileATimeIsOffered(t *testing.T) {
	const ask, sorry = "is still open to you: reply YES", "isn't free any more"
	for _, c := range []struct {
		name   string
		hours  []float64 // till each visit
		slots  []float64 // till each slot
		texts  []string
		says   string // a part of the last reply; "" is silence
		slot   string
		visits string
	}{
		{"yes", []float64{240}, []float64{48}, []string{"YES"}, "It's yours Ana: Thu Dec 3 at 10:00 AM. It takes the place of your visit on Fri Dec 11", "taken/taken", "confirmed declined"},
		{"yes, in their words", []float64{240}, []float64{48}, []string{"I'll take it!"}, "It's yours", "taken/taken", "confirmed declined"},
		{"yes, in Spanish", []float64{240}, []float64{48}, []string{"si por favor la tomo"}, "Es suya Ana: jue 3 dic", "taken/taken", "confirmed declined"},
		{"yes, without a visit", nil, []float64{48}, []string{"yes"}, "It's yours Ana: Thu Dec 3 at 10:00 AM. See you then!", "taken/taken", "confirmed"},
		{"yes twice", []float64{240}, []float64{48}, []string{"YES", "YES"}, "confirmed for Thu Dec 3", "taken/taken", "confirmed declined"},
		{"no", []float64{240}, []float64{48}, []string{"NO"}, "All right Ana, we'll offer Thu Dec 3", "open/left", "booked"},
		{"no, in Spanish", []float64{240}, []float64{48}, []string{"no gracias"}, "ofrecemos la hora", "open/left", "booked"},
		{"no, then yes", []float64{24}, []float64{48}, []string{"NO", "C"}, "confirmed for Wed Dec 2", "open/left", "confirmed"},
		{"C with a visit is the visit's", []float64{240}, []float64{48}, []string{"C"}, "confirmed for Fri Dec 11", "open/open", "confirmed"},
		{"C, and the offer is named", []float64{240}, []float64{48}, []string{"C"}, ask, "open/open", "confirmed"},
		{"C, then YES", []float64{240}, []float64{48}, []string{"C", "YES"}, "It's yours", "taken/taken", "confirmed declined"},
		{"C without a visit", nil, []float64{48}, []string{"C"}, ask, "open/open", ""},
		{"ok", []float64{240}, []float64{48}, []string{"ok"}, ask, "open/open", "booked"},
		{"a thumb", nil, []float64{48}, []string{"👍"}, ask, "open/open", ""},
		{"1", []float64{240}, []float64{48}, []string{"1"}, ask, "open/open", "booked"},
		{"yes?", []float64{240}, []float64{48}, []string{"yes?"}, ask, "open/open", "booked"},
		{"ok, ok, yes", []float64{240}, []float64{48}, []string{"ok", "ok", "yes"}, "It's yours", "taken/taken", "confirmed declined"},
		{"thanks", []float64{240}, []float64{48}, []string{"thank you"}, "", "open/open", "booked"},
		{"can't make it, with a visit", []float64{240}, []float64{48}, []string{"i cant make it"}, "1 the free time on Thu Dec 3 at 10:00 AM, 2 your visit on Fri Dec 11", "open/open", "booked"},
		{"can't make it: the offer", []float64{240}, []float64{48}, []string{"i cant make it", "1"}, "we'll offer Thu Dec 3", "open/left", "booked"},
		{"can't make it: the visit", []float64{240}, []float64{48}, []string{"i cant make it", "2"}, "can't come on Fri Dec 11", "open/open", "declined"},
		{"can't make it, without a visit", nil, []float64{48}, []string{"i cant make it"}, "we'll offer Thu Dec 3", "open/left", ""},
		{"two offers", []float64{240}, []float64{48, 72}, []string{"YES"}, "1 the free time on Thu Dec 3 at 10:00 AM, 2 the free time on Fri Dec 4", "open/open open/open", "booked"},
		{"two offers, the second", []float64{240}, []float64{48, 72}, []string{"YES", "2"}, "It's yours Ana: Fri Dec 4", "open/open taken/taken", "confirmed declined"},
		{"another time, without a visit", nil, []float64{48}, []string{"i need another day"}, "a person will answer you here", "open/open", ""},
		{"another time, with a visit", []float64{240}, []float64{48}, []string{"i need another day"}, "Until then your visit stands", "open/open", "reschedule"},
		{"a question", []float64{240}, []float64{48}, []string{"did you find my umbrella"}, "a person will answer you here", "open/open", "booked"},
		{"a question, then yes", []float64{240}, []float64{48}, []string{"did you find my umbrella", "YES"}, "It's yours", "taken/taken", "confirmed declined"},
		{"danger", []float64{240}, []float64{48}, []string{"yes but i want to kill myself"}, "988", "open/left", "booked"},
		{"danger, then yes", []float64{240}, []float64{48}, []string{"i want to kill myself", "YES"}, "someone from the clinic is being told", "open/left", "booked"},
		{"an opt-out", []float64{240}, []float64{48}, []string{"stop texting me"}, "You won't get any more texts", "open/left", "booked"},
		{"an opt-out, then yes", []float64{240}, []float64{48}, []string{"stop texting me", "yes please"}, "", "open/left", "booked"},
		{"help", []float64{240}, []float64{48}, []string{"HELP"}, "988", "open/open", "booked"},
		{"a slot that has another's answer", []float64{240}, []float64{48}, []string{"gone", "YES"}, sorry, "taken/gone", "booked"},
		{"too late, then yes to a reminder", []float64{24}, []float64{48}, []string{"gone", "YES", "YES"}, "confirmed for", "taken/gone", "confirmed"},
		{"too late, then C", []float64{24}, []float64{48}, []string{"gone", "C"}, "confirmed for Wed Dec 2", "taken/gone", "confirmed"},
		{"too late, and told as they wrote it", []float64{240}, []float64{48}, []string{"gone", "told", "YES"}, "", "taken/gone", "booked"},
		{"too late, told, and again", []float64{240}, []float64{48}, []string{"gone", "told", "YES", "yes please"}, sorry, "taken/gone", "booked"},
		{"lapsed", []float64{240}, []float64{48}, []string{"later", "YES"}, sorry, "open/open", "booked"},
	} {
		t.Run(c.name, func(t *testing.T) {
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
		})
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

func TestAnOfferWhoseTextIsntOutIsNotMeant(t *testing.T) {
	f := newFront(t, openHours)
	f.visits(24)
	f.offerSlots(t, handlers.OfferAsked, 48)
	if r := f.text(t, "yes"); r.Kind != kinds.Confirm || f.states(t) != "confirmed" || f.slotsNow(t) != "open/asked" {
		t.Errorf("%s %v: visits %q, slots %q", r.Kind, r.Bodies, f.states(t), f.slotsNow(t))
	}
}

func TestAReminderThatAskedAfterTheOfferMakesYesUnplain(t *testing.T) {
	f := newFront(t, "2026-12-01 09:30")
	f.visits(72.5)                          // Fri Dec 4 at 10:00: asked about on Tue Dec 1 at 10:00
	f.offerSlots(t, handlers.OfferOpen, 48) // at 9:30
	f.clock.Set(handlerstest.At(t, "2026-12-01 10:00"))
	f.reminded(f.state(t).Visits[0], "confirm")
	f.clock.Set(handlerstest.At(t, "2026-12-01 10:10"))
	r := f.text(t, "YES")
	if says := strings.Join(r.Bodies, "|"); !strings.Contains(says, "1 the free time on Thu Dec 3") || !strings.Contains(says, "2 your visit on Fri Dec 4") {
		t.Fatalf("%q", says)
	}
	f.text(t, "2")
	if f.states(t) != "confirmed" || f.slotsNow(t) != "open/open" {
		t.Errorf("visits %q, slots %q", f.states(t), f.slotsNow(t))
	}
}

func TestAPersonTalksWhileATimeIsOffered(t *testing.T) {
	f := newFront(t, openHours)
	f.visits(24)
	f.offerSlots(t, handlers.OfferOpen, 48)
	f.store.Put(f.from, handlers.Effects{Conversation: &handlers.Conversation{Taken: f.clock.Now().Add(time.Hour), At: f.clock.Now()}})
	r := f.text(t, "yes")
	if len(r.Bodies) > 0 || f.states(t) != "booked" || f.slotsNow(t) != "open/open" || !strings.Contains(f.told(), "It may be their answer") {
		t.Errorf("%v: visits %q, slots %q, desk %q", r.Bodies, f.states(t), f.slotsNow(t), f.told())
	}
}

func TestTakingTellsTheOthersAndTheDesk(t *testing.T) {
	f := newFront(t, openHours)
	f.visits(240)
	f.offerSlots(t, handlers.OfferOpen, 48)
	f.text(t, "YES")
	if w, _ := f.store.Wishes(t.Context()); len(w) != 0 {
		t.Errorf("still waits: %+v", w)
	}
	texts := slices.DeleteFunc(f.store.Texts(), func(o handlers.Outgoing) bool { return o.Slot == "" })
	if len(texts) != 1 || texts[0].Kind != waitlist.KindGone || texts[0].To.Last4() != "0199" || !texts[0].Unasked || !texts[0].Sequel {
		t.Errorf("the others: %+v", texts)
	}
	if told := f.told(); !strings.Contains(told, "desk slot_taken Thu Dec 3 at 10:00 AM, consult: …0101 took it by text.") || !strings.Contains(told, "take their visit of Fri Dec 11 at 10:00 AM out") {
		t.Errorf("the desk: %q", told)
	}
	open, _ := f.store.OpenSlots(t.Context())
	if len(open) != 1 || !open[0].Start.Equal(f.clock.Now().Add(240*time.Hour)) || open[0].From != f.from {
		t.Errorf("the visit that it replaced leaves %+v", open)
	}
}

func TestALateYesHasWhatNobodyElseIsAsked(t *testing.T) {
	f := newFront(t, openHours)
	f.offerSlots(t, handlers.OfferOpen, 48)
	s, _, _ := f.store.Slot(t.Context(), "s1")
	s.Offers[0].State, s.Offers[1].State = handlers.OfferLapsed, handlers.OfferLeft
	if ok, err := f.store.ChangeSlot(t.Context(), handlers.Effects{Slots: []handlers.Slot{s}}); err != nil || !ok {
		t.Fatal(ok, err)
	}
	f.clock.Add(2 * time.Hour)
	if r := f.text(t, "yes"); !strings.Contains(strings.Join(r.Bodies, ""), "It's yours") {
		t.Errorf("%+v", r)
	}
}

func TestACalledOffVisitIsFreed(t *testing.T) {
	for _, c := range []struct {
		name  string
		hours float64
		text  string
		slots int
	}{
		{"declined", 72, "cant make it", 1},
		{"too near to offer", 20, "cant make it", 0},
		{"another day: it stands until staff move it", 72, "i need another day", 0},
		{"confirmed", 72, "C", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFront(t, openHours)
			f.visits(c.hours)
			f.text(t, c.text)
			open, _ := f.store.OpenSlots(t.Context())
			if len(open) != c.slots {
				t.Errorf("%d slots, want %d: %+v", len(open), c.slots, open)
			}
		})
	}
}

func TestWhoWantsToComeEarlierCanBePutOnTheList(t *testing.T) {
	f := newFront(t, openHours)
	f.visits(72)
	f.text(t, "i need another day")
	if c := f.store.Open(f.from); len(c) != 1 || !c[0].Wish {
		t.Errorf("%+v", c)
	}
}
