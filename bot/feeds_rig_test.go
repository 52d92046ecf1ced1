package main

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// calendar is a server of an iCalendar feed, which a test changes.
type calendar struct {
	mu     sync.Mutex
	events map[string]string // by UID
	says   int               // the status that it answers with; 0 is 200
	cut    bool              // it breaks off
	asked  int
}

func (c *calendar) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked++
	if c.says != 0 {
		w.WriteHeader(c.says)
		return
	}
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
	for _, e := range c.events {
		b.WriteString(e)
	}
	if !c.cut {
		b.WriteString("END:VCALENDAR\r\n")
	}
	_, _ = w.Write([]byte(b.String()))
}

// has has the calendar hold exactly these visits, each an hour later if late. The number of patient
// i ends in 20+i, since the clinic has some before.
func (c *calendar) has(t *testing.T, which []int, late map[int]bool) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.events, c.says, c.cut = map[string]string{}, 0, false
	for _, i := range which {
		at := feedVisit(t, i)
		if late[i] {
			at = at.Add(time.Hour)
		}
		uid := fmt.Sprintf("visit-%d", i)
		c.events[uid] = fmt.Sprintf("BEGIN:VEVENT\r\nUID:%s\r\nDTSTART:%s\r\n"+
			"SUMMARY:Consult - Pat %s\r\nDESCRIPTION:212-555-01%02d\r\nEND:VEVENT\r\n",
			uid, at.UTC().Format("20060102T150405Z"), surname(i), 20+i)
	}
}

// surname is that of patient i: two of them are never the same.
func surname(i int) string { return "Ex" + string(rune('a'+i/26)) + string(rune('a'+i%26)) }

// feedVisit is when patient i comes.
func feedVisit(t *testing.T, i int) time.Time {
	return handlerstest.At(t, "2026-10-20 09:00").AddDate(0, 0, i/10).
		Add(time.Duration(i%10) * 30 * time.Minute)
}

// fed is some bots on one Redis that follow a calendar, by a clock that the test turns.
type fed struct {
	t        *testing.T
	bots     []*app
	clock    *handlerstest.Clock
	calendar *calendar
	carrier  *handlerstest.Carrier
	desk     *handlerstest.Desk
}

func newFed(t *testing.T, bots int) *fed {
	t.Helper()
	f := &fed{
		t: t, clock: handlerstest.NewClock(t, "2026-10-05 10:00"), calendar: &calendar{},
		carrier: &handlerstest.Carrier{}, desk: &handlerstest.Desk{},
	}
	server, db := httptest.NewServer(f.calendar), miniredis.RunT(t)
	t.Cleanup(server.Close)
	for i := range bots {
		base := handlerstest.Words(t)
		base.Clinic.Pace = settings.Pace{}
		base.Clinic.Feeds = []settings.Feed{{
			Name: "calendar", Kind: settings.FeedICS, URL: server.URL + "/secret.ics",
			Every: settings.Pause(time.Minute), StaleAfter: settings.Pause(10 * time.Minute),
			Days: 120, Types: map[string]string{"Consult": "consult"},
		}}
		store, err := redis.Open(redis.Config{
			URL: "redis://" + db.Addr(), Now: f.clock.Now, Patience: time.Minute,
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = store.Close() })
		a := wire(base, store, true, f.clock.Now, slog.New(slog.DiscardHandler))
		a.bot = fmt.Sprintf("bot-%d", i)
		a.reach(f.carrier, f.desk)
		if a.feeds, err = a.followers(&Config{}, nil); err != nil {
			t.Fatal(err)
		}
		f.bots = append(f.bots, a)
	}
	return f
}

// look has all bots look at the feed at once, delivers what is due, and turns the clock by a
// minute.
func (f *fed) look() {
	f.t.Helper()
	var all sync.WaitGroup
	errs := make([]error, len(f.bots))
	for i, a := range f.bots {
		all.Go(func() { errs[i] = a.feeds[0].Look(f.t.Context()) })
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			f.t.Fatal(err)
		}
	}
	if _, _, err := f.bots[0].due(f.t.Context(), f.clock.Now()); err != nil {
		f.t.Fatal(err)
	}
	f.clock.Set(f.clock.Now().Add(time.Minute))
}

// wants checks that n patients have the one visit each that the calendar has for them.
func (f *fed) wants(n int) {
	f.t.Helper()
	all, err := f.bots[0].store.Visits(f.t.Context(), f.clock.Now(), f.clock.Now().AddDate(1, 0, 0))
	if err != nil || len(all) != n {
		f.t.Errorf("%d visits of %d, %v", len(all), n, err)
	}
	for i := range n {
		id := visits.FeedID("calendar", fmt.Sprintf("visit-%d", i))
		v, ok, err := f.bots[0].store.Visit(f.t.Context(), id)
		if err != nil || !ok || !v.Start.Equal(feedVisit(f.t, i)) || v.State != handlers.Booked {
			f.t.Errorf("visit %d: %+v %v %v", i, v, ok, err)
		}
	}
}

// card returns the open card of a kind; its ID is "" if there is none.
func (f *fed) card(kind string) (out handlers.Case) {
	f.t.Helper()
	s, err := f.bots[0].store.Peek(f.t.Context(), handlers.Phone{})
	if err != nil {
		f.t.Fatal(err)
	}
	for _, c := range s.Cases {
		if c.Kind == kind {
			out = c
		}
	}
	return out
}

// upTo are the numbers from 0 to n, without those that are left out.
func upTo(n int, without ...int) (out []int) {
	for i := range n {
		keep := true
		for _, w := range without {
			keep = keep && i != w
		}
		if keep {
			out = append(out, i)
		}
	}
	return out
}

// toldOnce checks that every patient has had the booking text once, by two days later; the seventh
// may have been told of a move.
func (f *fed) toldOnce(n int) {
	f.t.Helper()
	for range 48 {
		if _, _, err := f.bots[0].due(f.t.Context(), f.clock.Now()); err != nil {
			f.t.Fatal(err)
		}
		f.clock.Set(f.clock.Now().Add(time.Hour))
	}
	told := map[string]int{}
	for _, o := range f.carrier.Sent() {
		told[o.To.Last4()]++
	}
	for i := range n {
		if got := told[fmt.Sprintf("01%02d", 20+i)]; got != 1 && !(i == 7 && got == 2) {
			f.t.Errorf("patient %d has had %d texts", i, got)
		}
	}
}
