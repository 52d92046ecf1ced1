package reminder_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/visits"
)

// foreseen books visits, and compares what is foreseen of their texts with what then leaves: the
// owner who has signed the list has signed the texts. wrong is "" if both are the same.
func (b *books) foreseen(t *testing.T, booked ...handlers.Visit) (wrong string) {
	p := handlerstest.Phone(t, "0101")
	for _, v := range booked {
		if _, err := b.Book(t.Context(), v); err != nil {
			t.Fatal(err)
		}
	}
	s, err := b.store.Peek(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	const until = "2026-10-20 00:00"
	end := handlerstest.At(t, until)
	var when, words []string
	for _, f := range b.Foresee(s, b.rows(t), nil, b.clock.Now(), end) {
		if f.Body != "" {
			when = append(when, f.Kind+" "+f.At.In(end.Location()).Format("01-02 15:04"))
			words = append(words, f.Body)
		}
	}
	if got, want := b.Until(t, until), strings.Join(when, ", "); got != want {
		return fmt.Sprintf("left: %s\nforeseen: %s", got, want)
	}
	for i, o := range b.carrier.Sent() {
		if o.Body != words[i] {
			return fmt.Sprintf("left: %q\nforeseen: %q", o.Body, words[i])
		}
	}
	return ""
}

// rows returns the rows of …0101 that are planned.
func (b *books) rows(t *testing.T) (out []handlers.Outgoing) {
	t.Helper()
	records, err := b.store.Records(t.Context(), handlerstest.Phone(t, "0101"))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		if r.State == handlers.Planned {
			out = append(out, r.Outgoing)
		}
	}
	return out
}

// Of one visit, whatever it is, all is foreseen at the minute and in the words in which it leaves.
func TestWhatIsForeseenIsWhatLeaves(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := newBooks(t, "2026-10-05 10:00")
		if rapid.Bool().Draw(rt, "consent") {
			b.store.Put(handlerstest.Phone(t, "0101"), handlers.Effects{
				Consent: &handlers.Consent{Given: b.clock.Now()},
			})
		}
		v := visit(t, "2026-10-05 10:00")
		v.Zone = rapid.SampledFrom(zones).Draw(rt, "zone")
		v.Lang = rapid.SampledFrom([]string{"", "es"}).Draw(rt, "lang")
		v.Type = rapid.SampledFrom(b.Reminders.Base.Clinic.Types()).Draw(rt, "type")
		// Sooner, the booking text and the check that it is too late to prepare are due in the same
		// moment, and which is first is left to chance.
		minutes := rapid.IntRange(3*24*60, 13*24*60).Draw(rt, "start")
		v.Start = b.clock.Now().Add(time.Duration(minutes) * time.Minute)
		if wrong := b.foreseen(t, v); wrong != "" {
			rt.Fatal(wrong)
		}
	})
}

// The same of a series: the texts tell of each other's visits, and share the caps.
func TestASeriesIsForeseen(t *testing.T) {
	b := newSeries(t, "2026-10-05 10:00")
	b.infusions(t, "10-09", "10-13", "10-16")
	if wrong := b.foreseen(t); wrong != "" {
		t.Error(wrong)
	}
}

// What isn't sent, and what staff are to do, is foreseen as well.
func TestForeseenBesides(t *testing.T) {
	b := newBooks(t, "2026-10-05 10:00")
	b.book(t, infusion(t), visits.Imported)
	p := handlerstest.Phone(t, "0101")
	s, _ := b.store.Peek(t.Context(), p)
	s.Visits[0].State = handlers.Confirmed
	var got []string
	for _, f := range b.Foresee(s, b.rows(t), nil, b.clock.Now(), handlerstest.At(t, "2026-10-21 00:00")) {
		got = append(got, f.Kind+": "+f.Why+f.Task)
	}
	want := "booked: ; confirm: the patient has confirmed; prepare: ; ready: Nobody has said who " +
		"drives them home on Tue Oct 20 at 2:00 PM. They were asked by text and didn't answer. " +
		"Ask them.; nudge: the patient has confirmed"
	if all := strings.Join(got, "; "); all != want {
		t.Errorf("%s, want %s", all, want)
	}
	if now, _ := b.store.Peek(t.Context(), p); now.Texted || !now.Visits[0].Asked.IsZero() {
		t.Error("it has changed the number")
	}
}
