package main

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
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

// An hour of a feed that fails, shrinks, breaks off, loses visits for a minute and moves one back
// and forth, with two bots on it: nothing is lost, and nobody is told anything twice.
func TestAnHourOfAFlappingFeed(t *testing.T) {
	t.Parallel()
	const n = 40
	for seed := range uint64(4) {
		f, rnd := newFed(t, 2), rand.New(rand.NewPCG(seed, 7))
		f.calendar.has(t, upTo(n), nil)
		f.look()
		f.wants(n)
		gone := map[int]bool{} // that the last look lacked: a second one would be a cancellation
		for range 60 {
			switch rnd.IntN(7) {
			case 0:
				f.calendar.has(t, upTo(n), nil)
				gone = map[int]bool{}
			case 1:
				f.calendar.says = http.StatusServiceUnavailable
			case 2:
				f.calendar.cut = true
			case 3:
				f.calendar.has(t, nil, nil)
			case 4:
				f.calendar.has(t, upTo(n)[:n/2], nil)
			case 5: // two are missing, others than the last time
				a, b := rnd.IntN(n), rnd.IntN(n)
				if gone[a] || gone[b] {
					continue
				}
				f.calendar.has(t, upTo(n, a, b), nil)
				gone = map[int]bool{a: true, b: true}
			case 6:
				f.calendar.has(t, upTo(n), map[int]bool{7: true})
				gone = map[int]bool{}
			}
			f.look()
		}
		f.calendar.has(t, upTo(n), nil)
		f.look()
		f.look()
		f.wants(n)
		if c := f.card(kinds.FeedShrunk); c.ID != "" {
			t.Errorf("asked still: %s", c.Title)
		}
		f.toldOnce(n)
		open, err := f.bots[0].store.OpenSlots(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range open { // but that which the seventh left
			if s.Start.Before(feedVisit(t, 7)) || s.Start.After(feedVisit(t, 7).Add(time.Hour)) {
				t.Errorf("the time of a visit is offered: %+v", s)
			}
		}
	}
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

// Two bots on one feed ask its server once.
func TestTwoBotsOnOneFeed(t *testing.T) {
	t.Parallel()
	f := newFed(t, 2)
	f.calendar.has(t, upTo(10), nil)
	for i := range 20 {
		f.look()
		if f.calendar.asked != i+1 {
			t.Fatalf("after %d minutes the server was asked %d times", i+1, f.calendar.asked)
		}
	}
	f.wants(10)
}

// A person's press on the card takes off what the feed lacks, for whichever bot looks next.
func TestAPersonAgreesToAShrunkFeed(t *testing.T) {
	t.Parallel()
	f := newFed(t, 2)
	f.calendar.has(t, upTo(20), nil)
	f.look()
	f.calendar.has(t, upTo(20)[:12], nil)
	for range 5 {
		f.look()
	}
	f.wants(20)
	c := f.card(kinds.FeedShrunk)
	if !strings.Contains(c.Title, "lacks 8 of its 20 visits") || c.Thread == "" {
		t.Fatalf("%+v", c)
	}
	for range 2 {
		err := f.bots[1].staff.Press(t.Context(), handlers.Press{
			ID: "press", Thread: c.Thread, Action: desk.ActionAgree, User: "U1",
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	f.look()
	f.look()
	for i := range 20 {
		id := visits.FeedID("calendar", fmt.Sprintf("visit-%d", i))
		v, _, _ := f.bots[0].store.Visit(t.Context(), id)
		if (v.State == handlers.Cancelled) != (i >= 12) {
			t.Errorf("visit %d is %s", i, v.State)
		}
	}
	if f.card(kinds.FeedShrunk).ID != "" {
		t.Error("asked again")
	}
}

// A feed that fails is told at the desk once, and once that it is read again; meanwhile the checks
// show it.
func TestAFeedThatFails(t *testing.T) {
	t.Parallel()
	f := newFed(t, 2)
	check := func(want level) {
		t.Helper()
		found := f.bots[1].checkFeeds(&Config{})(t.Context())
		if len(found) != 1 || found[0].Level != want || strings.Contains(found[0].What, "secret") {
			t.Errorf("%+v, want %s", found, want)
		}
	}
	check(unasked)
	f.calendar.has(t, upTo(10), nil)
	f.look()
	check(fine)
	for range 2 {
		f.calendar.says = http.StatusNotFound
		for i := range 30 {
			f.look()
			if told := f.card(kinds.Feed).ID != ""; told != (i > 10) && i != 10 {
				t.Fatalf("after %d minutes: %v", i, told)
			}
			if i == 5 {
				check(warned)
			}
		}
		check(faulty)
		if c := f.card(kinds.Feed); !strings.Contains(c.Title, "404") ||
			strings.Contains(c.Title, "secret") {
			t.Error(c.Title)
		}
		f.calendar.says = 0
		f.look()
		f.look()
		check(fine)
		if f.card(kinds.Feed).ID != "" {
			t.Error("it is read again, and the card is open")
		}
	}
	notes := strings.Count(strings.Join(f.desk.Lines(), "\n"), "is read again")
	if notes != 2 {
		t.Errorf("%d notes that it is read again:\n%s", notes, strings.Join(f.desk.Lines(), "\n"))
	}
	f.wants(10)
}

// An address that the environment doesn't hold is told by its variable.
func TestAFeedWithoutItsAddress(t *testing.T) {
	f := newFed(t, 1)
	feed := &f.bots[0].base.Clinic.Feeds[0]
	feed.URL, feed.URLEnv = "", "CALENDAR_URL"
	for _, c := range []struct{ value, want string }{
		{want: `the feed "calendar" of clinic.yaml: CALENDAR_URL: missing`},
		{value: "http://calendar.example/secret", want: "CALENDAR_URL: want https"},
		{value: "https://calendar.example/secret"},
		{value: "webcal://calendar.example/secret"},
	} {
		_, err := f.bots[0].followers(&Config{getenv: func(string) string { return c.value }}, nil)
		if c.want == "" && err != nil ||
			c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) ||
			err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", c.value, err)
		}
	}
}

// A watched folder: what its files say is booked, moved and taken off, and one that can't be read is
// told at once.
func TestAWatchedFolder(t *testing.T) {
	t.Parallel()
	f, dir := newFed(t, 1), t.TempDir()
	a := f.bots[0]
	a.base.Clinic.Feeds = []settings.Feed{{
		Name: "exports", Kind: settings.FeedFolder, Path: dir, Complete: true,
		Every: settings.Pause(time.Minute), StaleAfter: settings.Pause(24 * time.Hour),
	}}
	var err error
	if a.feeds, err = a.followers(&Config{}, nil); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct{ file, want, told string }{
		{
			file: "a,Ana Example,212-555-0121,2026-10-20 14:30,consult\n" +
				"b,Ben Example,212-555-0122,2026-10-21 14:30,consult\n",
			want: "0121 10-20 14:30 booked, 0122 10-21 14:30 booked",
		},
		{
			file: "b,Ben Example,212-555-0122,2026-10-22 09:00,consult\n" +
				"c,Cleo Example,212-555-0123,2026-10-23 09:00,consult\n",
			want: "0121 10-20 14:30 cancelled, 0122 10-22 09:00 booked, 0123 10-23 09:00 booked",
		},
		{
			file: "nothing that is a visit", told: "hasn't been read since",
			want: "0121 10-20 14:30 cancelled, 0122 10-22 09:00 booked, 0123 10-23 09:00 booked",
		},
		{
			file: "b,Ben Example,212-555-0122,2026-10-22 09:00,consult\n" +
				"c,Cleo Example,212-555-0123,2026-10-23 09:30,consult\n",
			want: "0121 10-20 14:30 cancelled, 0122 10-22 09:00 booked, 0123 10-23 09:30 booked",
		},
	} {
		path := filepath.Join(dir, "visits.csv")
		content := "id,name,phone,start,type\n" + step.file
		if step.told != "" {
			content = step.file
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		for range 4 {
			f.look()
		}
		all, err := a.store.Visits(t.Context(), f.clock.Now(), f.clock.Now().AddDate(1, 0, 0))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, v := range all {
			got = append(got, v.Phone.Last4()+v.Start.In(a.base.Clinic.Location()).
				Format(" 01-02 15:04 ")+v.State)
		}
		slices.Sort(got)
		if is := strings.Join(got, ", "); is != step.want {
			t.Errorf("it has %s, want %s", is, step.want)
		}
		c := f.card(kinds.Feed)
		if (c.ID != "") != (step.told != "") || !strings.Contains(c.Title, step.told) {
			t.Errorf("told %q, want %q", c.Title, step.told)
		}
	}
}
