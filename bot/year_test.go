package main

import (
	"bytes"
	"container/heap"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/bot/redis/redistest"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
)

// TestYear lives through a year of a clinic with a turned clock: 3,000 patients in several zones, of
// whom some share a phone and some have consented, 40 visits a day, series of six in two weeks,
// moves, cancels, no-shows, confirmations, opt-outs, holidays, two changes of the clock; all that may
// be sent after a visit is on. Every text that leaves is compared with what the patients know. The short form is a month;
// BEACON_CHAOS makes it a year.
func TestYear(t *testing.T) {
	days := 365
	if os.Getenv("BEACON_CHAOS") == "" {
		days = 31
		t.Parallel()
	}
	y := newYear(t, "2026-10-26 08:00")
	for d := range days {
		y.at(y.clock.Now().AddDate(0, 0, d), y.day)
	}
	y.live(y.clock.Now().AddDate(0, 0, days))
	y.report(days)
}

// year is a clinic, its patients, and what they know.
type year struct {
	t     *testing.T
	app   *app
	redis *redistest.Server
	clock *handlerstest.Clock
	rnd   *rand.Rand
	queue events

	mu       sync.Mutex // the gate's hands send at the same time
	patients []*person
	byPhone  map[handlers.Phone]*person
	visits   map[string]*handlers.Visit // as the patients know them
	booked   int
	bookedAt map[string]time.Time // when a visit was last booked
	later    map[string]bool      // visits, as told, that more was said of than that they are booked
	texts    int                  // received
	sent     map[string]int
	leaves   []time.Time
	table    map[string]map[string]int // kind, month
	happened map[string]int
	faults   []string
}

type person struct {
	phone handlers.Phone
	name  string
	other string // who shares the phone
	given bool   // consent is recorded
	zone  string
	lang  string
	out   bool
	basic bool
	had   []time.Time // unasked texts
}

// event is something that somebody does.
type event struct {
	at time.Time
	n  int
	do func()
}

type events []event

func (e events) Len() int { return len(e) }
func (e events) Less(i, j int) bool {
	return e[i].at.Before(e[j].at) || e[i].at.Equal(e[j].at) && e[i].n < e[j].n
}
func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e *events) Push(v any)   { *e = append(*e, v.(event)) }
func (e *events) Pop() any     { v := (*e)[len(*e)-1]; *e = (*e)[:len(*e)-1]; return v }

func newYear(t *testing.T, from string) *year {
	y := &year{
		t: t, redis: redistest.Start(t, "no"), clock: handlerstest.NewClock(t, from),
		rnd:     rand.New(rand.NewPCG(1, 2)),
		byPhone: map[handlers.Phone]*person{}, visits: map[string]*handlers.Visit{},
		sent:  map[string]int{},
		table: map[string]map[string]int{}, happened: map[string]int{},
		bookedAt: map[string]time.Time{}, later: map[string]bool{},
	}
	store, err := redis.Open(
		redis.Config{URL: y.redis.URL(), Now: y.clock.Now, Patience: time.Minute},
	)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	base := handlerstest.Base(t, `[{id: hours, asks: {en: [hours]}, answer: {en: We are open.}}]`)
	y.app = wire(base, store, true, y.clock.Now, slog.New(slog.DiscardHandler))
	y.app.reach(&handlerstest.Carrier{OnSend: y.receive}, &handlerstest.Desk{})
	after := &base.Clinic.After
	after.CheckIn.On, after.Missed.On, after.Recall.On = true, true, true
	zones := []string{
		"", "", "", "", "", "", "America/Chicago", "America/Phoenix", "America/Los_Angeles",
		"Pacific/Honolulu", "Europe/Madrid",
	}
	for i := range 3000 {
		p := &person{
			phone: handlerstest.Phone(t, fmt.Sprintf("%04d", i)), name: "Pat Example",
			zone: zones[y.rnd.IntN(len(zones))], lang: "en",
		}
		if y.rnd.IntN(5) == 0 {
			p.lang = "es"
		}
		if y.rnd.IntN(10) == 0 {
			p.other = "Sam Example"
		}
		y.patients = append(y.patients, p)
		y.byPhone[p.phone] = p
	}
	return y
}

// at plans something for a time.
func (y *year) at(t time.Time, do func()) {
	heap.Push(&y.queue, event{at: t, n: len(y.queue), do: do})
}

// live turns the clock from one thing to the next, whether somebody does it or a text falls due.
func (y *year) live(end time.Time) {
	var next time.Time
	for stuck := 0; ; {
		at := next
		if len(y.queue) > 0 && (at.IsZero() || y.queue[0].at.Before(at)) {
			at = y.queue[0].at
		}
		if at.IsZero() || at.After(end) {
			return
		}
		if stuck++; at.After(y.clock.Now()) {
			y.clock.Set(at)
			stuck = 0
		}
		if stuck > 100 {
			y.t.Fatalf("at %v the clock stands still", at)
		}
		for len(y.queue) > 0 && !y.queue[0].at.After(y.clock.Now()) {
			heap.Pop(&y.queue).(event).do()
		}
		var err error
		if _, next, err = y.app.due(y.t.Context(), y.clock.Now()); err != nil {
			y.t.Fatal(err)
		}
	}
}

// day plans what happens on a day: if the clinic is open, forty visits are booked, each with a
// fate.
func (y *year) day() {
	now := y.clock.Now().In(y.app.base.Clinic.Location())
	open := time.Date(now.Year(), now.Month(), now.Day(), 11, 0, 0, 0, now.Location())
	if y.rnd.IntN(3) == 0 {
		p := y.patients[y.rnd.IntN(len(y.patients))]
		y.at(y.during(12*time.Hour), func() { y.text(p, "BASIC") })
	}
	if !y.app.base.Clinic.Open(open) {
		return
	}
	for range 28 {
		p := y.patients[y.rnd.IntN(len(y.patients))]
		y.at(y.during(9*time.Hour), func() { y.book(p) })
	}
	for range 2 { // which is another twelve
		p := y.patients[y.rnd.IntN(len(y.patients))]
		y.at(y.during(9*time.Hour), func() { y.series(p) })
	}
	for range 5 {
		p := y.patients[y.rnd.IntN(len(y.patients))]
		y.at(y.during(9*time.Hour), func() { y.consent(p) })
	}
}

// series books six infusions in two weeks at one time of day, at once.
func (y *year) series(p *person) {
	first := y.slot(3 + y.rnd.IntN(14))
	for i := range 6 {
		start := first
		for n := 0; n < i; {
			start = start.AddDate(0, 0, 1)
			noon := time.Date(start.Year(), start.Month(), start.Day(), 12, 0, 0, 0, start.Location())
			if y.app.base.Clinic.Open(noon) && start.Sub(first) >= time.Duration(n+1)*48*time.Hour {
				n++
			}
		}
		y.booked++
		v := handlers.Visit{
			ID: fmt.Sprint("v", y.booked), Name: p.name, Phone: p.phone, Start: start,
			Type: "iv_infusion", Zone: p.zone, Lang: p.lang,
		}
		y.put(v, "booked in a series")
		y.at(start.Add(time.Hour), func() { y.came(v) })
	}
}

// came has staff note who came and who didn't, of most visits.
func (y *year) came(v handlers.Visit) {
	state := handlers.Arrived
	switch known := y.visits[v.ID]; {
	case !known.Start.Equal(v.Start) || !known.Stands() || y.rnd.IntN(5) == 0:
		return
	case y.rnd.IntN(12) == 0:
		state = handlers.Missed
	}
	if _, err := y.app.visits.Came(y.t.Context(), v.ID, state); err != nil {
		y.t.Fatal(err)
	}
	y.happened[state]++
	y.visits[v.ID].State = state
}

// consent has staff note that a patient has consented.
func (y *year) consent(p *person) {
	c, err := y.app.visits.Consented(y.t.Context(), p.phone, handlers.WayIntake, "form")
	if err != nil {
		y.t.Fatal(err)
	}
	y.happened["consented"]++
	p.given = !c.Given.IsZero()
}

// during returns a random moment of a period.
func (y *year) during(d time.Duration) time.Time {
	return y.clock.Now().Add(time.Duration(y.rnd.Int64N(int64(d)))).Truncate(time.Second)
}

// slot returns a start on a day that the clinic is open, some days ahead; some are at odd hours.
func (y *year) slot(days int) time.Time {
	c := y.app.base.Clinic
	for {
		now := y.clock.Now().In(c.Location())
		at := time.Date(
			now.Year(), now.Month(), now.Day()+days, 9, 15*y.rnd.IntN(32), 0, 0, c.Location(),
		)
		if y.rnd.IntN(100) == 0 {
			at = time.Date(now.Year(), now.Month(), now.Day()+days, 0, 10, 0, 0, c.Location())
		}
		if c.Open(time.Date(at.Year(), at.Month(), at.Day(), 11, 0, 0, 0, c.Location())) &&
			at.After(now.Add(10*time.Minute)) {
			return at
		}
		days++
	}
}

func (y *year) book(p *person) {
	y.booked++
	types := y.app.base.Clinic.Types()
	v := handlers.Visit{
		ID: fmt.Sprint("v", y.booked), Name: p.name, Phone: p.phone,
		Start: y.slot(y.rnd.IntN(1 + y.rnd.IntN(30))),
		Type:  types[y.rnd.IntN(len(types))], Zone: p.zone, Lang: p.lang,
	}
	if p.other != "" && y.rnd.IntN(2) == 0 {
		v.Name = p.other
	}
	y.put(v, "booked")
	y.at(v.Start.Add(time.Hour), func() { y.came(v) })
	left := v.Start.Sub(y.clock.Now())
	switch fate := y.rnd.IntN(100); {
	case fate < 12: // moved, and some of these moved back
		y.at(y.during(left), func() {
			moved := v
			moved.Start = y.slot(1 + y.rnd.IntN(14))
			y.put(moved, "moved")
			if y.rnd.IntN(5) == 0 {
				y.at(y.during(24*time.Hour), func() {
					if v.Start.After(y.clock.Now()) {
						y.put(v, "moved back")
					}
				})
			}
		})
	case fate < 20:
		y.at(y.during(left), func() { y.text(p, "I can't make it") })
	case fate < 23:
		stop := y.during(left)
		y.at(stop, func() { y.text(p, "STOP") })
		y.at(stop.Add(30*24*time.Hour), func() { y.text(p, "START") })
	}
}

// put books a visit, new or moved.
func (y *year) put(v handlers.Visit, what string) {
	if _, err := y.app.visits.Book(y.t.Context(), v); err != nil {
		y.t.Fatal(err)
	}
	y.happened[what]++
	v.State = handlers.Booked
	y.visits[v.ID], y.bookedAt[v.ID] = &v, y.clock.Now()
	delete(y.later, asTold(v.ID, v.Start)) // moved back, it is told anew
}

// asTold names a visit at its time.
func asTold(id string, start time.Time) string { return fmt.Sprint(id, " ", start.Unix()) }

func (y *year) fault(format string, args ...any) {
	y.faults = append(y.faults, fmt.Sprintf(format, args...))
}

// report prints what was sent and what wasn't, and every fault.
func (y *year) report(days int) {
	var b bytes.Buffer
	w := tabwriter.NewWriter(&b, 0, 4, 2, ' ', tabwriter.AlignRight)
	months := map[string]bool{}
	for _, m := range y.table {
		for month := range m {
			months[month] = true
		}
	}
	columns := sorted(months)
	fmt.Fprintf(w, "sent\t%s\tall\t\n", strings.Join(columns, "\t"))
	all := 0
	for _, kind := range sorted(y.table) {
		sum := 0
		fmt.Fprint(w, kind, "\t")
		for _, m := range columns {
			fmt.Fprint(w, y.table[kind][m], "\t")
			sum += y.table[kind][m]
		}
		fmt.Fprint(w, sum, "\t\n")
		all += sum
	}
	fmt.Fprintln(w)
	for _, what := range sorted(y.happened) {
		fmt.Fprintf(w, "%s\t%d\t\n", what, y.happened[what])
	}
	_ = w.Flush()
	out, err := y.redis.CLI("EVAL", "local n = {} for _, k in ipairs(redis.call('KEYS', "+
		"'{beacon}:text:*')) do local f = redis.call('HMGET', k, 'state', 'why') "+
		"local s = f[1] .. ': ' .. (f[2] or '') n[s] = (n[s] or 0) + 1 end local out = {} for "+
		"s, c in pairs(n) do out[#out+1] = c .. ' ' .. s end return out", "0")
	fmt.Fprintf(&b, "\nthe ledger's rows (%v)\n%s", err, out)
	y.t.Logf("%d days, %d visits, %d texts\n%s", days, y.booked, all, b.String())
	for _, f := range y.faults[:min(20, len(y.faults))] {
		y.t.Error(f)
	}
	if len(y.faults) > 20 {
		y.t.Errorf("and %d more", len(y.faults)-20)
	}
	if all < days*40 {
		y.t.Errorf("%d texts in %d days: the test shows nothing", all, days)
	}
}

func sorted[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
