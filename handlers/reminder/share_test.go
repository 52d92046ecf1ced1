package reminder_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// Texts that say how to prepare have the first claim on the caps: of a series of visits booked at
// once, each patient is told for every visit.
func TestASeriesIsToldHowToPrepare(t *testing.T) {
	for name, days := range map[string][]string{
		"three a week":    {"10-19", "10-21", "10-23", "10-26", "10-28", "10-30"},
		"two a week":      {"10-20", "10-23", "10-27", "10-30"},
		"days in a row":   {"10-20", "10-21"},
		"every other day": {"10-20", "10-22"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBooks(t, "2026-10-05 10:00")
			for i, day := range days {
				v := infusion(t)
				v.ID, v.Start = fmt.Sprint("v", i), handlerstest.At(t, "2026-"+day+" 14:00")
				b.book(t, v, visits.Imported)
			}
			b.Until(t, "2026-11-05 00:00")
			told, had := 0, map[string]int{}
			for _, o := range b.carrier.Sent() {
				at := o.First.In(handlerstest.At(t, "2026-10-05 10:00").Location())
				had[at.Format(time.DateOnly)]++
				if o.Kind != kinds.Prepare {
					continue
				}
				told++
				eve := o.Start.AddDate(0, 0, -1)
				if o.Start.Weekday() == time.Monday {
					eve = o.Start.AddDate(0, 0, -3) // nobody is there on Sunday
				}
				if at.Format("01-02 15:04") != eve.Format("01-02")+" 11:00" {
					t.Errorf("how to prepare for %v was said at %v", o.Start, at)
				}
			}
			if told != len(days) {
				t.Errorf(
					"%d of %d were told how to prepare: %s", told, len(days),
					b.Until(t, "2026-11-05 00:00"),
				)
			}
			for day, n := range had {
				if n > 1 {
					t.Errorf("%d texts on %s", n, day)
				}
			}
			for _, title := range b.tasks(t) {
				if strings.Contains(title, "prepare") {
					t.Errorf("the desk has %q", title)
				}
			}
		})
	}
}

// What room is kept for counts as of when it leaves: a visit that is moved the day after it was
// booked is still asked about.
func TestAMovedVisitIsAskedAbout(t *testing.T) {
	b := newBooks(t, "2026-10-05 10:00")
	v := infusion(t)
	v.Start = handlerstest.At(t, "2026-10-13 14:00")
	b.book(t, v, visits.Imported)
	b.Until(t, "2026-10-06 10:00")
	v.Start = handlerstest.At(t, "2026-10-15 14:00")
	b.book(t, v, visits.Updated)
	b.Until(t, "2026-10-15 13:00")
	got := ""
	for _, o := range b.carrier.Sent() {
		got += o.Kind + " "
	}
	if got != "booked booked confirm prepare nudge " {
		t.Errorf("sent %s", got)
	}
}

// A visit that moves to the next day, when the time for how to prepare has passed: staff tell that,
// and no room is kept for a text that never comes, or the news would wait for it.
func TestTheNewsOfAMoveWaitsForNoTask(t *testing.T) {
	for range 20 { // both are due at once
		b := newBooks(t, "2026-10-05 10:00")
		v := infusion(t)
		b.book(t, v, visits.Imported)
		b.Until(t, "2026-10-12 15:30")
		before := len(b.carrier.Sent())
		v.Start = handlerstest.At(t, "2026-10-13 14:00")
		b.book(t, v, visits.Updated)
		b.Until(t, "2026-10-12 16:30")
		if sent := b.carrier.Sent()[before:]; len(sent) != 1 || sent[0].Kind != "booked" {
			t.Fatalf("sent %v\n%s", sent, b.table(t))
		}
	}
}

// Nothing but the text of the move says that a visit has moved: on the day of the visit, and on that
// of the reminder that asks for C, it leaves in place of the other.
func TestAMoveIsToldAtOnce(t *testing.T) {
	for name, c := range map[string]struct{ at, to, want string }{
		"on the day of the visit": {
			at: "2026-10-13 09:30", to: "2026-10-13 16:00",
			want: "your visit has moved: it is now Tue Oct 13 at 4:00 PM",
		},
		"on the day of the reminder": {
			at: "2026-10-13 09:30", to: "2026-10-16 16:00",
			want: "your visit has moved: it is now Fri Oct 16 at 4:00 PM",
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newSeries(t, "2026-10-05 10:00")
			put(handlers.Effects{Consent: &handlers.Consent{Given: b.clock.Now()}})(t, b)
			v := infusion(t)
			v.Start = handlerstest.At(t, "2026-10-13 14:00")
			b.book(t, v, visits.Imported)
			b.Until(t, c.at)
			before := len(b.carrier.Sent())
			v.Start = handlerstest.At(t, c.to)
			b.book(t, v, visits.Updated)
			b.Until(t, "2026-10-13 23:00")
			if sent := b.carrier.Sent()[before:]; len(sent) != 1 ||
				!strings.Contains(sent[0].Body, c.want) {
				t.Errorf("sent %v, want %q\n%s", sent, c.want, b.table(t))
			}
		})
	}
}

// Where consent is recorded, the clinic's own caps hold, and none for what says how to prepare.
func TestConsentRaisesTheCaps(t *testing.T) {
	for name, c := range map[string]struct {
		consent handlers.Consent
		want    int // of five texts that say how to prepare, on five days in a row
	}{
		"none":     {want: 3},
		"recorded": {consent: handlers.Consent{Given: handlerstest.At(t, "2026-10-01 10:00")}, want: 5},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBooks(t, "2026-10-05 10:00")
			b.store.Put(handlerstest.Phone(t, "0101"), handlers.Effects{Consent: &c.consent})
			for i := range 5 {
				v := infusion(t)
				v.ID = fmt.Sprint("v", i)
				v.Start = handlerstest.At(t, "2026-10-20 14:00").AddDate(0, 0, i)
				b.book(t, v, visits.Imported)
			}
			b.Until(t, "2026-10-26 00:00")
			got := 0
			for _, o := range b.carrier.Sent() {
				if o.Kind == kinds.Prepare {
					got++
				}
			}
			if got != c.want {
				t.Errorf("%d were told how to prepare, want %d", got, c.want)
			}
			// Who wasn't told by text is told by staff.
			told := 0
			for _, title := range b.tasks(t) {
				if strings.Contains(title, "prepare") || strings.Contains(title, "No text has told") {
					told++
				}
			}
			if told != 5-c.want {
				t.Errorf("the desk has %q", b.tasks(t))
			}
		})
	}
}

// If the text that says how to prepare can't be sent, staff have the task by noon, with its words.
func TestWhoIsNotToldHowToPrepare(t *testing.T) {
	p := handlerstest.Phone(t, "0101")
	for name, c := range map[string]struct {
		state handlers.Effects
		want  string
	}{
		"opted out": {
			handlers.Effects{Consent: &handlers.Consent{Out: true}},
			"They have opted out of texts: call them about their visit on Tue Oct 20 at 2:00 PM." +
				tellAll,
		},
		"landline": {
			handlers.Effects{Reach: &handlers.Reach{NoTexts: true, Why: "a landline"}},
			"No text reaches them (a landline): call them about their visit on Tue Oct 20 at " +
				"2:00 PM." + tellAll,
		},
		"in danger": {
			handlers.Effects{Cases: []handlers.Case{{
				ID: "danger", Channel: handlers.UrgentChannel, Phone: p, Open: true,
				Title: "Danger.",
			}}},
			"They may be in danger, so no text told them how to prepare: call them about their " +
				"visit on Tue Oct 20 at 2:00 PM." + tellAll,
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBooks(t, "2026-10-05 10:00")
			b.book(t, infusion(t), visits.Imported)
			b.Until(t, "2026-10-06 10:00")
			b.store.Put(p, c.state)
			b.Until(t, "2026-10-20 13:00")
			n := 0
			for _, title := range b.tasks(t) {
				if strings.Contains(title, "Tell them") {
					n++
					if title != c.want {
						t.Errorf("the desk has %q, want %q", title, c.want)
					}
				}
			}
			if n != 1 {
				t.Errorf("the desk has %q, want one task to tell them", b.tasks(t))
			}
		})
	}
}

// If a text fails or doesn't arrive, staff are given its words to say.
func TestAPreparationThatDidNotArrive(t *testing.T) {
	const want = "A text (prepare) did not reach the patient: the number can't get texts " +
		"(21614). Call them. Their visit is on Tue Oct 20 at 2:00 PM." + tellAll
	b := newBooks(t, "2026-10-19 10:00")
	b.book(t, infusion(t), visits.Imported)
	b.carrier.OnSend = func(handlers.Outgoing) (string, error) {
		return "", &handlers.Refusal{Code: 21614, NoTexts: true, Why: "the number can't get texts"}
	}
	b.Until(t, "2026-10-20 13:00")
	got := strings.Join(b.tasks(t), "; ")
	if n := len(b.tasks(t)); n != 2 || !strings.Contains(got, want) ||
		!strings.Contains(got, "Nobody has said who drives them home") {
		t.Errorf("the desk has %q", got)
	}
}

// Staff tell a patient of a move if no text can.
func TestAMoveThatNoTextTellsOf(t *testing.T) {
	b := newBooks(t, "2026-10-05 10:00")
	b.book(t, visit(t, "2026-10-20 10:00"), visits.Imported)
	b.Until(t, "2026-10-19 12:00") // the text of the day before has left
	b.book(t, visit(t, "2026-10-20 08:30"), visits.Updated)
	b.Until(t, "2026-10-19 12:00")
	const want = "A text (booked) did not reach the patient: this number's texts of the day are " +
		"used, or kept for what matters more. Call them." +
		" Their visit moved from Tue Oct 20 at 10:00 AM to Tue Oct 20 at 8:30 AM: tell them."
	// Both rows are due at once; whichever comes first has the task, and the other adds nothing.
	const too = "Their visit on Tue Oct 20 at 8:30 AM was moved too late"
	told := func(s string) bool { return s == want || strings.HasPrefix(s, too) }
	if got := b.tasks(t); !slices.ContainsFunc(got, told) {
		t.Errorf("the desk has %q, want %q", got, want)
	}
}

// Of two patients with one phone, one text reminds of both, each by name and with what is theirs.
// Where consent is recorded the caps leave room for a text of their own that says how to prepare.
func TestTwoPatientsWithOnePhone(t *testing.T) {
	const both = "Ana Tue Oct 20 at 2:00 PM: No food after 8:00 AM. Clear liquids until 12:00 PM. " +
		"Luis Tue Oct 20 at 4:00 PM: No food after 10:00 AM. Clear liquids until 2:00 PM. " +
		"Ride home for Ana and Luis? 1 set, 2 help."
	for _, consents := range []bool{false, true} {
		b := newBooks(t, "2026-10-05 10:00")
		v, w := infusion(t), infusion(t)
		w.ID, w.Name, w.Start = "w", "Luis Example", handlerstest.At(t, "2026-10-20 16:00")
		if consents {
			b.store.Put(v.Phone, handlers.Effects{
				Consent: &handlers.Consent{Given: v.Start.AddDate(0, -1, 0), At: v.Start.AddDate(0, -1, 0)},
			})
		}
		b.book(t, v, visits.Imported)
		b.book(t, w, visits.Imported)
		b.Until(t, "2026-10-19 12:00")
		prepares := 0
		for _, o := range b.carrier.Sent() {
			named := strings.Contains(o.Body, "Ana") && strings.Contains(o.Body, "Luis")
			switch {
			case o.Kind != kinds.Prepare && !named:
				t.Errorf("%s: %q", o.Kind, o.Body)
			case o.Kind != kinds.Prepare:
			case named == consents, named && !strings.Contains(o.Body, both):
				t.Errorf("consent %v: %q", consents, o.Body)
			default:
				prepares++
			}
		}
		if want := map[bool]int{false: 1, true: 2}[consents]; prepares != want {
			t.Errorf("consent %v: %d texts say how to prepare", consents, prepares)
		}
		if got := strings.Join(b.tasks(t), "\n"); strings.Contains(got, "call them") {
			t.Errorf("somebody isn't told how to prepare: %q", got)
		}
	}
}

func TestATimeOfTheDayBeforeIsNamedWithItsDay(t *testing.T) {
	b := newBooks(t, "2026-10-05 10:00")
	v := infusion(t)
	v.Start = handlerstest.At(t, "2026-10-21 05:00")
	b.book(t, v, visits.Imported)
	b.Until(t, "2026-10-20 12:00")
	sent := b.carrier.Sent()
	body := sent[len(sent)-1].Body
	if !strings.Contains(body, "No food after Tue 11:00 PM. Clear liquids until 3:00 AM.") {
		t.Error(body)
	}
}
