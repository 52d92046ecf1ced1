package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// The alarms that nobody has taken are known, oldest first: they are paged until somebody has them.
// A concern is none.
func untakenAlarms(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		p := Phone(t, "0101")
		alarm := func(id string, at time.Time) handlers.Case {
			return handlers.Case{
				ID: id, Channel: handlers.UrgentChannel, Kind: kinds.Crisis, Phone: p,
				At: at, Open: true,
			}
		}
		late, early, taken, closed := alarm("late", now), alarm("early", now.Add(-time.Hour)),
			alarm("taken", now), alarm("closed", now)
		concern := alarm("concern", now)
		concern.Kind = kinds.Concern
		Turn(t, r, "1", p,
			handlers.Effects{Cases: []handlers.Case{late, early, taken, closed, concern}})
		taken.TakenBy, closed.Open = "UDANA", false
		Turn(t, r, "2", p, handlers.Effects{Cases: []handlers.Case{taken, closed}})
		all, err := r.Untaken(t.Context())
		if err != nil || len(all) != 2 || all[0].ID != "early" || all[1].ID != "late" {
			t.Errorf("%+v %v: want the early one and the late one", all, err)
		}
		if n, err := r.OpenCases(t.Context()); n != 4 || err != nil {
			t.Errorf("%d are open, %v; want 4", n, err)
		}
		if c, ok, err := r.Case(t.Context(), "closed"); !ok || c.Open || err != nil {
			t.Errorf("%+v %v %v", c, ok, err)
		}
		if _, ok, err := r.Case(t.Context(), "none"); ok || err != nil {
			t.Errorf("no such case: %v %v", ok, err)
		}
	})
}

// All open cases are known, oldest first, whole, with the threads of their cards: of any number, of
// any matter, and of none.
func allOpen(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		p := Phone(t, "0101")
		one := func(id, matter string, at time.Time) handlers.Case {
			return handlers.Case{
				ID: id, Channel: handlers.DeskChannel, Matter: matter, Kind: kinds.Ride, Phone: p,
				At: at, Open: true, Visit: "v", Until: now.Add(time.Hour), Since: at, Told: 1,
				For: "U1", Snoozed: now.Add(time.Minute), SnoozedBy: "U2", More: 1,
				Joined: []handlers.Request{{Title: "Asks.", At: at}},
			}
		}
		talk, ride := one("talk", "", now), one("ride", "ride:v", now.Add(-time.Hour))
		closed, none := one("closed", "ride:w", now), one("none", "", now.Add(-time.Minute))
		none.Phone = handlers.Phone{}
		Turn(t, r, "1", p, handlers.Effects{Cases: []handlers.Case{talk, ride, closed}})
		Turn(t, r, "2", handlers.Phone{}, handlers.Effects{Cases: []handlers.Case{none}})
		closed.Open = false
		Turn(t, r, "3", p, handlers.Effects{Cases: []handlers.Case{closed}})
		all, err := r.AllOpen(t.Context())
		if err != nil || len(all) != 3 || all[0].ID != "ride" || all[1].ID != "none" ||
			all[2].ID != "talk" {
			t.Fatalf("%+v %v", all, err)
		}
		if got := all[0]; got.Matter != ride.Matter || !got.Until.Equal(ride.Until) ||
			!got.Snoozed.Equal(ride.Snoozed) || got.For != "U1" || got.SnoozedBy != "U2" ||
			got.Told != 1 || !got.Since.Equal(ride.Since) || len(got.Joined) != 1 || got.Visit != "v" {
			t.Errorf("it comes back as %+v", got)
		}
		if s := Peek(t, r, p); len(s.Cases) != 2 {
			t.Errorf("the number has %+v", s.Cases)
		}
	})
}

// claimPosts claims the posts of a queue for a minute and checks that they are the wanted ones: ids
// in order, each followed by how often it was claimed before, a space between.
func claimPosts(t *testing.T, r Store, urgent bool, at time.Time, want string) []handlers.Post {
	t.Helper()
	posts, err := r.ClaimPosts(t.Context(), urgent, at, 10, time.Minute)
	var got []string
	for _, p := range posts {
		got = append(got, fmt.Sprint(p.ID, p.Tries))
	}
	if s := strings.Join(got, " "); s != want || err != nil {
		t.Fatalf("claimed %q %v, want %q", s, err, want)
	}
	return posts
}

// The posts of cases in the urgent channel have a queue of their own, so they never wait for
// ordinary ones.
func urgentPosts(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		p := Phone(t, "0101")
		Turn(t, r, "1", p, handlers.Effects{
			Cases: []handlers.Case{
				{ID: "urgent", Channel: handlers.UrgentChannel, Phone: p, At: now, Open: true},
				{ID: "desk", Channel: handlers.DeskChannel, Phone: p, At: now, Open: true},
			},
			Posts: []handlers.Post{
				{ID: "u1", Case: "urgent", Do: desk.PostCard, Due: now.Add(time.Second)},
				{ID: "d1", Case: "desk", Do: desk.PostCard, Due: now.Add(2 * time.Second)},
			},
		})
		// The case is one that the turn only read.
		Turn(t, r, "2", p, handlers.Effects{
			Posts: []handlers.Post{
				{ID: "u2", Case: "urgent", Do: desk.PostNote, Due: now.Add(time.Minute)},
			},
		})
		if next, err := r.NextPost(t.Context()); !next.Equal(now.Add(time.Second)) || err != nil {
			t.Errorf("next %v %v", next, err)
		}
		for _, p := range claimPosts(t, r, true, now.Add(time.Minute), "u10 u20") {
			if !p.Urgent {
				t.Errorf("%s isn't marked as urgent", p.ID)
			}
		}
		claimPosts(t, r, false, now.Add(time.Minute), "d10")
	})
}

// While a post that failed waits to be tried again, its case says until when the other posts wait,
// and for which.
func heldPosts(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		p, again := Phone(t, "0101"), now.Add(time.Minute)
		Turn(t, r, "1", p, handlers.Effects{
			Cases: []handlers.Case{
				{ID: "c", Channel: handlers.DeskChannel, Phone: p, At: now, Open: true},
			},
			Posts: []handlers.Post{{ID: "a", Case: "c", Do: desk.PostCard, Due: now}},
		})
		settle := func(p handlers.Post, done desk.Posted) handlers.Case {
			t.Helper()
			if err := r.SettlePost(t.Context(), p, done); err != nil {
				t.Fatal(err)
			}
			c, _, err := r.Case(t.Context(), "c")
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		first := claimPosts(t, r, false, now, "a0")[0]
		first.Panics = 1
		c := settle(first, desk.Posted{Again: again, Hold: true})
		if !c.Held.Equal(again) || c.Holder != "a" {
			t.Errorf("held until %v by %q", c.Held, c.Holder)
		}
		second := claimPosts(t, r, false, again, "a1")[0]
		if !second.Due.Equal(again) || second.Panics != 1 {
			t.Errorf("due %v after %d panics, want %v after 1", second.Due, second.Panics, again)
		}
		if c = settle(first, desk.Posted{}); c.Holder != "a" {
			t.Error("a claim that was lost ends the hold")
		}
		c = settle(second, desk.Posted{Thread: "T1"})
		if c.Holder != "" || !c.Held.IsZero() || c.Thread != "T1" {
			t.Errorf("once it was posted: %+v", c)
		}
	})
}

// All who ask before the on-call phone is told get the same time. The next time is a gap after it
// at the earliest.
func nextRing(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		for _, step := range []struct {
			name     string
			at, want time.Duration // after now
		}{
			{name: "after the grace", at: 0, want: time.Minute},
			{name: "with the first", at: 30 * time.Second, want: time.Minute},
			{name: "a gap later", at: time.Minute, want: 11 * time.Minute},
			{name: "long after", at: time.Hour, want: 61 * time.Minute},
		} {
			got, err := r.NextRing(t.Context(), now.Add(step.at), time.Minute, 10*time.Minute)
			if err != nil || !got.Equal(now.Add(step.want)) {
				t.Errorf("%s: %v %v, want %v", step.name, got.Sub(now), err, step.want)
			}
		}
	})
}
