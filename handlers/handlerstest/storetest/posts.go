package storetest

import (
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
)

// A turn that has read a case before its card was posted, and writes it after, doesn't erase the
// thread.
func threadIsKeptWhileATurnRewritesItsCase(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		p := Phone(t, "0101")
		kase := handlers.Case{
			ID:      "c1",
			Channel: handlers.DeskChannel,
			Phone:   p,
			At:      now,
			Open:    true,
		}
		Turn(t, r, "1", p, handlers.Effects{
			Cases: []handlers.Case{kase},
			Posts: []handlers.Post{{ID: "p1", Case: "c1", Do: desk.PostCard, Due: now}},
		})
		posts, err := r.ClaimPosts(t.Context(), false, now, 10, time.Minute)
		if err != nil || len(posts) != 1 || posts[0].Tries != 0 {
			t.Fatalf("%+v %v", posts, err)
		}
		// A turn that read the case before the card was posted writes it after.
		_, _, err = r.Turn(t.Context(), "2", p, func(s handlers.State) (handlers.Effects, error) {
			err := r.SettlePost(t.Context(), posts[0], desk.Posted{Thread: "C1:1.2"})
			if err != nil {
				return handlers.Effects{}, err
			}
			c := s.Cases[0]
			c.TakenBy = "U1"
			return handlers.Effects{Cases: []handlers.Case{c}}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		c, ok, err := r.CaseIn(t.Context(), "C1:1.2")
		if err != nil || !ok || c.ID != "c1" || c.Thread != "C1:1.2" || c.TakenBy != "U1" {
			t.Errorf("%+v %v %v", c, ok, err)
		}
		if s := Peek(t, r, p); len(s.Cases) != 1 || s.Cases[0].Thread != "C1:1.2" {
			t.Errorf("%+v", s.Cases)
		}
		if _, ok, err := r.CaseIn(t.Context(), "C1:9.9"); ok || err != nil {
			t.Errorf("another thread: %v %v", ok, err)
		}
		if n, err := r.OpenCases(t.Context()); n != 1 || err != nil {
			t.Errorf("%d open, %v", n, err)
		}
		c.Open = false
		Turn(t, r, "3", p, handlers.Effects{Cases: []handlers.Case{c}})
		if n, _ := r.OpenCases(t.Context()); n != 0 || len(Peek(t, r, p).Cases) != 0 {
			t.Error("a closed case still counts as open")
		}
		if c, ok, _ := r.CaseIn(t.Context(), "C1:1.2"); !ok || c.Open {
			t.Error("the thread of a closed case isn't known any more")
		}
	})
}

// Posts are claimed in the order in which they fall due, each by one worker, until the lease ends.
func postsAreClaimed(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		p := Phone(t, "0101")
		if next, err := r.NextPost(t.Context()); !next.IsZero() || err != nil {
			t.Fatalf("nothing waits: %v %v", next, err)
		}
		Turn(t, r, "1", p, handlers.Effects{Posts: []handlers.Post{
			{
				ID:   "b",
				Case: "c",
				Do:   desk.PostNote,
				From: "patient",
				Text: "hi",
				Due:  now.Add(time.Millisecond),
			},
			{ID: "a", Case: "c", Do: desk.PostCard, Due: now},
			{ID: "z", Case: "c", Do: desk.PostNote, Due: now.Add(time.Hour)},
		}})
		if next, err := r.NextPost(t.Context()); !next.Equal(now) || err != nil {
			t.Errorf("next %v %v", next, err)
		}
		claim := func(at time.Time, want string) []handlers.Post {
			t.Helper()
			return claimPosts(t, r, false, at, want)
		}
		posts := claim(now.Add(time.Second), "a0 b0")
		claim(now.Add(2*time.Second), "") // they are the first one's
		settle := func(p handlers.Post, again time.Time) {
			t.Helper()
			if err := r.SettlePost(t.Context(), p, desk.Posted{Again: again}); err != nil {
				t.Fatal(err)
			}
		}
		settle(posts[0], time.Time{})
		settle(posts[1], now.Add(5*time.Second))
		claim(now.Add(4*time.Second), "")
		again := claim(now.Add(5*time.Second), "b1")
		if again[0].Text != "hi" || again[0].From != "patient" {
			t.Errorf("%+v", again[0])
		}
		// The claim of a worker that died ends by itself, and then is worth nothing.
		third := claim(now.Add(2*time.Minute), "b2")
		settle(again[0], time.Time{})
		settle(third[0], time.Time{})
		claim(now.Add(10*time.Minute), "")
	})
}

// Only whoever holds the claim of a post settles it. The thread of a card that was posted is kept
// even if the claim is lost: the card is there, and staff answer in it.
func onlyTheClaimSettlesAPost(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		Turn(t, r, "1", Phone(t, "0101"), handlers.Effects{
			Cases: []handlers.Case{{
				ID: "c", Channel: handlers.DeskChannel, Phone: Phone(t, "0101"),
				At: now, Open: true,
			}},
			Posts: []handlers.Post{{ID: "a", Case: "c", Do: desk.PostCard, Due: now}},
		})
		for _, token := range []string{"", "another's"} {
			p := handlers.Post{ID: "a", Case: "c", Token: token}
			if err := r.SettlePost(t.Context(), p, desk.Posted{}); err != nil {
				t.Fatal(err)
			}
		}
		first := claimPosts(t, r, false, now, "a0")[0]
		second := claimPosts(t, r, false, now.Add(time.Minute), "a1")[0]
		if err := r.SettlePost(t.Context(), first, desk.Posted{Thread: "T1"}); err != nil {
			t.Fatal(err)
		}
		if c, ok, err := r.CaseIn(t.Context(), "T1"); !ok || c.ID != "c" || err != nil {
			t.Errorf("the thread: %+v %v %v", c, ok, err)
		}
		claimPosts(t, r, false, now.Add(2*time.Minute), "a2")
		if err := r.SettlePost(t.Context(), second, desk.Posted{}); err != nil {
			t.Fatal(err)
		}
		claimPosts(t, r, false, now.Add(3*time.Minute), "a3")
	})
}
