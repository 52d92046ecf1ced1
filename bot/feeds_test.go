package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

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
		_, err := f.bots[1].staff.Press(t.Context(), handlers.Press{
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
