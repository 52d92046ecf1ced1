package reminder_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// watch is a carrier that fails in every way, and checks each text that it takes against the state
// at that moment.
type watch struct {
	b     *books
	p     handlers.Phone
	mu    sync.Mutex
	had   map[string]bool // rows that the patient was told
	taken map[string]bool // rows that the carrier took although it didn't say so
	// off are visits that were called off, came too late, or changed what is to be prepared
	off map[string]bool
	at  []time.Time // of each text
	// fault returns what the carrier does with a text: 0 takes it, 1 refuses it for now, 2 takes it
	// without saying so, 3 loses it, 4 refuses it for good, 5 refuses it for the clinic's set-up.
	fault func() int
	wrong []string
}

func (w *watch) send(o handlers.Outgoing) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch w.fault() {
	case 1:
		return "", &handlers.Refusal{Retry: true, Why: "busy"}
	case 2:
		w.taken[o.ID] = true
		w.told(o)
		return "", errors.New("time-out")
	case 3:
		return "", errors.New("time-out")
	case 4:
		return "", &handlers.Refusal{Code: 30007, Why: "filtered"}
	case 5:
		return "", &handlers.Refusal{
			Code: 21705, Retry: true, Why: "no such service", Mend: "Mend it.",
		}
	}
	w.told(o)
	return "", nil
}

func (w *watch) find(o handlers.Outgoing) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.taken[o.ID] {
		return "SM-" + o.Kind, nil
	}
	return "", nil
}

func (w *watch) say(format string, args ...any) {
	w.wrong = append(w.wrong, fmt.Sprintf(format, args...))
}

// told checks a text that reaches the patient.
func (w *watch) told(o handlers.Outgoing) {
	now, c := w.b.clock.Now(), w.b.Reminders.Base.Clinic
	s, _ := w.b.store.Peek(context.Background(), w.p)
	l := now.In(c.Zoned(o.Zone))
	if m := l.Hour()*60 + l.Minute(); m < c.Reminders.Window.From || m >= c.Reminders.Window.To ||
		c.Holiday(l) {
		w.say("%s outside the window: %v", o.Kind, l)
	}
	if s.Consent.Out || s.Urgent() != nil {
		w.say("%s to who opted out or may be in danger", o.Kind)
	}
	day, week := 0, 0
	for _, at := range w.at {
		if handlers.SameDay(at, now, c.Zoned(o.Zone)) {
			day++
		}
		if at.After(now.AddDate(0, 0, -7)) {
			week++
		}
	}
	perDay, perWeek := c.Reminders.Caps(!s.Consent.Given.IsZero())
	above := o.Kind == kinds.Prepare && !s.Consent.Given.IsZero()
	if (day >= perDay || week >= perWeek) && !above {
		w.say(
			"%s at %v is one too many: %d that day, %d that week before: %v", o.Kind, now, day,
			week, w.at,
		)
	}
	w.at = append(w.at, now)
	for _, id := range strings.Split(strings.TrimSuffix(o.ID+"\n"+o.With, "\n"), "\n") {
		if w.had[id] {
			w.say("%s was told twice", id)
		}
		w.had[id] = true
		w.visit(o, w.b.store.Text(id), s, now)
	}
}

func (w *watch) visit(o, row handlers.Outgoing, s handlers.State, now time.Time) {
	for _, v := range s.Visits {
		if v.ID != row.Visit || !v.Start.Equal(row.Start) {
			continue
		}
		asks := o.Kind == "confirm" || o.Kind == "nudge"
		if !v.Open(now) || v.State == handlers.Reschedule && o.Kind != kinds.Prepare ||
			asks && v.State != handlers.Booked {
			w.say("%s of a visit that is %s at %v", o.Kind, v.State, v.Start)
		}
		return
	}
	w.say("%s of a visit that isn't: %s", o.Kind, row.ID)
}

// For any bookings, moves, answers, opt-outs, alarms and faults of the carrier, at any time and in
// any zone: no text is sent outside the window, after the visit, twice, for a visit that doesn't
// stand or beyond the caps, and in the end every row is settled.
func TestEngineHoldsWhateverHappens(t *testing.T) {
	base := time.Date(2026, 10, 1, 14, 0, 0, 0, time.UTC)
	rapid.Check(t, func(r *rapid.T) {
		b := newBooks(t, "2026-10-01 10:00")
		b.clock.Set(
			base.Add(time.Duration(rapid.Int64Range(0, 250*86400).Draw(r, "begins")) * time.Second),
		)
		w := &watch{
			b: b, p: handlerstest.Phone(t, "0101"), had: map[string]bool{},
			taken: map[string]bool{}, off: map[string]bool{},
		}
		some := rapid.SampledFrom([]int{0, 0, 0, 0, 0, 1, 2, 3, 4, 5})
		faults := rapid.SliceOfN(some, 1, 20).Draw(r, "faults")
		n := 0
		w.fault = func() int { n++; return faults[n%len(faults)] }
		b.carrier.OnSend, b.carrier.OnFind = w.send, w.find
		zone := rapid.SampledFrom(zones).Draw(r, "zone")
		for range rapid.IntRange(1, 14).Draw(r, "steps") {
			step(t, r, b, w, zone)
			passes := rapid.Int64Range(0, 4*86400).Draw(r, "passes")
			b.Through(t, b.clock.Now().Add(time.Duration(passes)*time.Second))
		}
		b.store.Put(w.p, handlers.Effects{Cases: []handlers.Case{{
			ID: "danger", Channel: handlers.UrgentChannel, Phone: w.p,
		}}})
		b.Through(t, b.clock.Now().AddDate(0, 0, 60))
		for _, what := range w.wrong {
			r.Error(what)
		}
		for _, id := range []string{"v1", "v2", "v3"} {
			v, ok, _ := b.store.Visit(t.Context(), id)
			if ok && !w.off[id] && v.Prepared.IsZero() &&
				b.Reminders.Base.Clinic.VisitTypes[v.Type].Prepare != (settings.Prepare{}) {
				r.Errorf(
					"nobody told how to prepare for %s at %v, nor was anybody left to", id, v.Start,
				)
			}
		}
		all, _ := b.store.Records(t.Context(), w.p)
		for _, o := range all {
			if o.State == handlers.Planned || o.State == handlers.Claimed {
				r.Errorf("%s has no end: %s, due %v", o.ID, o.State, o.Due)
			}
			if w.had[o.ID] && o.State != handlers.Sent && o.State != handlers.Skipped &&
				o.State != handlers.Failed {
				r.Errorf("%s was told, and the ledger says %s", o.ID, o.State)
			}
			if o.State == handlers.Sent && !w.had[o.ID] {
				r.Errorf("%s wasn't told, and the ledger says that it was", o.ID)
			}
		}
	})
}

// step lets one random thing happen to a visit or its number.
func step(t *testing.T, r *rapid.T, b *books, w *watch, zone string) {
	now, p := b.clock.Now(), w.p
	id := fmt.Sprint("v", rapid.IntRange(1, 3).Draw(r, "visit"))
	v, known, _ := b.store.Visit(t.Context(), id)
	was := v
	switch what := rapid.SampledFrom([]string{
		"book", "book", "book", "onto", "answer", "answer", "consent", "danger",
	}).Draw(r, "what"); what {
	case "book", "onto": // or move
		v.ID, v.Name, v.Phone, v.Zone = id, "Ana Example", p, zone
		v.Type = rapid.SampledFrom(b.Reminders.Base.Clinic.Types()).Draw(r, "type")
		v.Start = now.Add(
			time.Duration(rapid.Int64Range(1, 20*86400).Draw(r, "start")) * time.Second,
		).Truncate(time.Minute)
		other, ok, _ := b.store.Visit(t.Context(), "v1")
		if what == "onto" && ok && other.Start.After(now) { // on the day of another visit
			v.Start = other.Start.Add(
				time.Duration(rapid.IntRange(1, 6).Draw(r, "hours later")) * time.Hour,
			)
		}
		w.off[id] = !v.Start.After(now) || known && was.Start.Equal(v.Start) && was.Type != v.Type
		if _, err := b.Book(t.Context(), v); err != nil {
			t.Fatal(err)
		}
	case "answer":
		if known {
			v.State = rapid.SampledFrom([]string{
				handlers.Booked, handlers.Confirmed, handlers.Declined, handlers.Reschedule,
			}).Draw(r, "answer")
			w.off[id] = w.off[id] || v.State == handlers.Declined
			b.store.Put(p, handlers.Effects{Visits: []handlers.Visit{v}})
		}
	case "consent":
		c := handlers.Consent{
			Out: rapid.Bool().Draw(r, "out"), Basic: rapid.Bool().Draw(r, "basic"),
		}
		if !c.Out && rapid.Bool().Draw(r, "given") {
			c.Given = now
		}
		b.store.Put(p, handlers.Effects{Consent: &c})
	case "danger":
		open := rapid.Bool().Draw(r, "open")
		b.store.Put(p, handlers.Effects{Cases: []handlers.Case{{
			ID: "danger", Channel: handlers.UrgentChannel, Phone: p, Open: open,
		}}})
	}
}
