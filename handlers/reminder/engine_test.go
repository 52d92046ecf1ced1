package reminder_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
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
	// booked is when a visit was last booked, later the visits, with their start, of which a text
	// was told that says more than that they are booked.
	booked map[string]time.Time
	later  map[string]bool
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
		w.order(o, row, v, now)
		return
	}
	w.say("%s of a visit that isn't: %s", o.Kind, row.ID)
}

// order checks that a text comes at a time when it is of use.
func (w *watch) order(o, row handlers.Outgoing, v handlers.Visit, now time.Time) {
	c := w.b.Reminders.Base.Clinic
	zone, key := c.Zoned(v.Zone), fmt.Sprint(v.ID, v.Start.Unix(), v.Moves)
	of, _, _ := w.b.store.Visit(context.Background(), o.Visit)
	first, other := "Ana", "Ben"
	if handlers.SamePatient(v.Name, "Ben Example") {
		first, other = other, first
	}
	// A discreet text names nobody, and says the time of every visit.
	at := v.Start.In(c.SaidZone(v.Type, v.Zone)).Format("3:04 PM")
	named := strings.Contains(o.Body, first) ||
		!strings.Contains(o.Body, other) && strings.Contains(o.Body, at)
	if !handlers.SamePatient(of.Name, v.Name) && !named {
		w.say("one %s tells %s of a visit of %s: %s", o.Kind, of.Name, v.Name, o.Body)
	}
	switch o.Kind {
	case "booked":
		if w.later[key] {
			w.say("that %s is booked was told after a text that says more", v.ID)
		}
		if !row.Must && handlers.SameDay(now, v.Start, zone) &&
			!handlers.SameDay(row.Set, v.Start, zone) {
			w.say("that %s is booked was held up until its day, %v", v.ID, v.Start)
		}
		return
	case "nudge":
		if left := v.Start.Sub(now); left < 2*time.Hour {
			w.say("a nudge %v before the visit", left)
		}
	case kinds.Prepare:
		step := settings.Step{Kind: kinds.Prepare, DaysBefore: 1, At: "11:00"}
		if open := c.Leaves(step, v.Start, zone, true); handlers.SameDay(now, row.Set, zone) &&
			!c.Attended(now.In(zone)) && !open.Before(w.booked[v.ID]) {
			w.say("how to prepare for %v was said on %v, when nobody is there", v.Start, now)
		}
		if !c.VisitTypes[v.Type].Prepares() {
			w.say("how to prepare for a %s", v.Type)
		}
	}
	w.later[key] = true
}

// For any bookings, moves, answers, opt-outs, alarms and faults of the carrier, at any time and in
// any zone, of series and of two patients who share a phone, with recorded consent or without: no
// text is sent outside the window, after the visit, twice, for a visit that doesn't stand, of two
// patients, after one that says more or beyond the caps; every visit is prepared for by a text or by
// staff, on a day on which the clinic is open; and in the end every row is settled.
func TestEngineHoldsWhateverHappens(t *testing.T) {
	base := time.Date(2026, 10, 1, 14, 0, 0, 0, time.UTC)
	rapid.Check(t, func(r *rapid.T) {
		b := newSeries(t, "2026-10-01 10:00")
		b.clock.Set(
			base.Add(time.Duration(rapid.Int64Range(0, 250*86400).Draw(r, "begins")) * time.Second),
		)
		w := &watch{
			b: b, p: handlerstest.Phone(t, "0101"), had: map[string]bool{},
			taken: map[string]bool{}, off: map[string]bool{},
			booked: map[string]time.Time{}, later: map[string]bool{},
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
		for _, id := range sorted(patients) {
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

// patients are whose visits are: one patient's name in several ways, and another's.
var patients = map[string]string{
	"v1": "Ana Example", "v2": "Example, Ana", "v3": "Ben Example", "v4": "ANA B. EXAMPLE",
	"v5": "Ana Example", "v6": "Mr. Ben Example",
}

// sorted returns the keys of a map in order.
func sorted(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

// step lets one random thing happen to a visit or its number.
func step(t *testing.T, r *rapid.T, b *books, w *watch, zone string) {
	now, p := b.clock.Now(), w.p
	id := rapid.SampledFrom(sorted(patients)).Draw(r, "visit")
	v, known, _ := b.store.Visit(t.Context(), id)
	was := v
	switch what := rapid.SampledFrom([]string{
		"book", "book", "book", "onto", "series", "answer", "answer", "consent", "danger",
	}).Draw(r, "what"); what {
	case "series":
		start := now.Add(
			time.Duration(rapid.Int64Range(1, 14*86400).Draw(r, "start")) * time.Second,
		).Truncate(time.Minute)
		for i, id := range []string{"v1", "v2", "v4", "v5"} {
			every := rapid.IntRange(1, 4).Draw(r, "days")
			v := handlers.Visit{
				ID: id, Name: patients[id], Phone: p, Zone: zone, Type: "iv_infusion",
				Start: start.AddDate(0, 0, i*every),
			}
			old, known, _ := b.store.Visit(t.Context(), id)
			w.booked[id] = now
			w.off[id] = !v.Start.After(now) || known && old.Start.Equal(v.Start) && old.Type != v.Type
			if _, err := b.Book(t.Context(), v); err != nil {
				t.Fatal(err)
			}
		}
	case "book", "onto": // or move
		v.ID, v.Name, v.Phone, v.Zone = id, patients[id], p, zone
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
		w.booked[id] = now
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
