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

// TestYear lives through a year of a clinic with a turned clock: 3,000 patients in several zones,
// 40 visits a day, moves, cancels, no-shows, confirmations, opt-outs, holidays, two changes of the
// clock. Every text that leaves is compared with what the patients know. The short form is a month;
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
	texts    int // received
	sent     map[string]int
	leaves   []time.Time
	table    map[string]map[string]int // kind, month
	happened map[string]int
	faults   []string
}

type person struct {
	phone handlers.Phone
	name  string
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
	for range 40 {
		p := y.patients[y.rnd.IntN(len(y.patients))]
		y.at(y.during(9*time.Hour), func() { y.book(p) })
	}
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
	y.put(v, "booked")
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
	y.visits[v.ID] = &v
}

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
