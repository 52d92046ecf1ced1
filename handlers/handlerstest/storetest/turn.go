package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers/desk"

	"github.com/beacon-clinic/beacon/handlers"
)

func turnHappensOnce(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		p, calls := Phone(t, "0101"), 0
		want := handlers.Reply{
			Bodies:     []string{"¿Qué tal? “quotes” \u2028"},
			Kind:       "answer",
			Also:       []string{"late"},
			Entry:      "cost",
			Confidence: .75,
			Lang:       "es",
			Note:       "n",
		}
		decide := func(handlers.State) (handlers.Effects, error) {
			calls++
			return handlers.Effects{Reply: want, Consent: &handlers.Consent{Out: true}}, nil
		}
		for i := range 3 {
			got, again, err := r.Turn(t.Context(), "SM1", p, decide)
			if err != nil || again != (i > 0) || !reflect.DeepEqual(got, want) {
				t.Fatalf("time %d: %+v again %v, %v", i+1, got, again, err)
			}
		}
		if calls != 1 {
			t.Errorf("decided %d times", calls)
		}
		if _, again, err := r.Turn(t.Context(), "SM2", p, decide); again || err != nil ||
			calls != 2 {
			t.Errorf("another id: again %v, %v", again, err)
		}
	})
}

func turnThatFailsWritesNothing(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		p, no := Phone(t, "0101"), errors.New("no")
		_, _, err := r.Turn(t.Context(), "SM1", p, func(handlers.State) (handlers.Effects, error) {
			return handlers.Effects{Consent: &handlers.Consent{Out: true}}, no
		})
		if !errors.Is(err, no) || Peek(t, r, p).Consent.Out {
			t.Fatalf("%v, %+v", err, Peek(t, r, p))
		}
		Turn(t, r, "SM1", p, handlers.Effects{}) // it may come again
	})
}

func stateComesBackWhole(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		p := Phone(t, "0101")
		if s := Peek(t, r, p); !reflect.DeepEqual(s, handlers.State{Phone: p, Version: "0"}) {
			t.Fatalf("an unknown number: %+v", s)
		}
		talk := handlers.Conversation{
			Lang:      "es",
			Last:      "cost",
			Choices:   []string{"a", "confirm v1"},
			Misses:    2,
			HoursSaid: true,
			Taken:     now,
			By:        "U1",
			At:        now,
		}
		visit := handlers.Visit{
			ID:    "v1",
			Name:  "Ana Example",
			Phone: p,
			Start: now.Add(time.Hour),
			Type:  "consult",
			Zone:  "America/Chicago",
			Lang:  "es",
			State: handlers.Booked,
		}
		kase := handlers.Case{
			ID:      "c1",
			Channel: handlers.DeskChannel,
			Phone:   p,
			Kind:    "handoff",
			Title:   "T",
			Text:    "hi",
			Source:  "SM1",
			At:      now,
			Open:    true,
		}
		Turn(
			t,
			r,
			"1",
			p,
			handlers.Effects{
				Conversation: &talk,
				Visits:       []handlers.Visit{visit},
				Cases:        []handlers.Case{kase},
			},
		)
		want := handlers.State{
			Phone:        p,
			Conversation: talk,
			Visits:       []handlers.Visit{visit},
			Cases:        []handlers.Case{kase},
			Version:      "1",
		}
		if s := Peek(t, r, p); !reflect.DeepEqual(s, want) {
			t.Errorf("got  %#v\nwant %#v", s, want)
		}
		if v, ok, err := r.Visit(t.Context(), "v1"); err != nil || !ok ||
			!reflect.DeepEqual(v, visit) {
			t.Errorf("visit %+v %v %v", v, ok, err)
		}
		if _, ok, err := r.Visit(t.Context(), "none"); ok || err != nil {
			t.Errorf("no such visit: %v %v", ok, err)
		}
		if s := Peek(t, r, Phone(t, "0102")); len(s.Visits)+len(s.Cases) != 0 {
			t.Errorf("another number sees %+v", s)
		}
	})
}

func concurrentTurnsOfOneNumber(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		for _, c := range []struct {
			n        int
			conflict bool // it may be given up, told by ErrConflict
		}{{20, false}, {50, true}} {
			p := Phone(t, fmt.Sprintf("01%02d", c.n))
			var wg sync.WaitGroup
			var mu sync.Mutex
			wrote := 0
			for i := range c.n {
				wg.Go(func() {
					_, _, err := r.Turn(
						t.Context(),
						fmt.Sprintf("%d-%d", c.n, i),
						p,
						func(s handlers.State) (handlers.Effects, error) {
							talk := s.Conversation
							talk.Misses++
							return handlers.Effects{
								Conversation: &talk,
								Consent:      &handlers.Consent{Words: fmt.Sprint(i)},
							}, nil
						},
					)
					mu.Lock()
					defer mu.Unlock()
					switch {
					case err == nil:
						wrote++
					case !c.conflict || !errors.Is(err, handlers.ErrConflict):
						t.Errorf("%d at once: %v", c.n, err)
					}
				})
			}
			wg.Wait()
			if got := Peek(t, r, p).Conversation.Misses; got != wrote || wrote < c.n*4/5 {
				t.Errorf("%d at once: %d were acknowledged, %d are there", c.n, wrote, got)
			}
		}
	})
}

func theSameEventAtOnceHappensOnce(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		p := Phone(t, "0101")
		var wg sync.WaitGroup
		var mu sync.Mutex
		first := 0
		for range 20 {
			wg.Go(func() {
				reply, again, err := r.Turn(
					t.Context(),
					"SM1",
					p,
					func(s handlers.State) (handlers.Effects, error) {
						talk := s.Conversation
						talk.Misses++
						return handlers.Effects{
							Conversation: &talk,
							Reply:        handlers.Reply{Kind: "answer"},
						}, nil
					},
				)
				mu.Lock()
				defer mu.Unlock()
				if err != nil || reply.Kind != "answer" {
					t.Error(reply, err)
				}
				if !again {
					first++
				}
			})
		}
		wg.Wait()
		if first != 1 || Peek(t, r, p).Conversation.Misses != 1 {
			t.Errorf("%d were the first, %d written", first, Peek(t, r, p).Conversation.Misses)
		}
	})
}

func consentAsItStands(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		p := Phone(t, "0101")
		for i, c := range []handlers.Consent{
			{Out: true, At: now, Way: "text", Words: "no más"}, {At: now.Add(time.Hour), Way: "text", Words: "START"}, {Out: true, At: now.Add(2 * time.Hour), Way: "carrier", Words: "21610"},
		} {
			Turn(t, r, fmt.Sprint(i), p, handlers.Effects{Consent: &c})
			if got := Peek(t, r, p).Consent; got != c {
				t.Errorf("%+v, want %+v", got, c)
			}
		}
		Turn(t, r, "other", p, handlers.Effects{Conversation: &handlers.Conversation{}})
		if !Peek(t, r, p).Consent.Out {
			t.Error("another event forgot the consent")
		}
	})
}

func visitsOfANumber(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		p, q := Phone(t, "0101"), Phone(t, "0102")
		at := func(id string, in time.Duration) handlers.Visit {
			return handlers.Visit{ID: id, Phone: p, Start: now.Add(in)}
		}
		Turn(
			t,
			r,
			"1",
			p,
			handlers.Effects{
				Visits: []handlers.Visit{
					at("late", 48*time.Hour),
					at("soon", time.Hour),
					at("past", -23*time.Hour),
					at("gone", -25*time.Hour),
				},
			},
		)
		ids := func(s handlers.State) string {
			var out []string
			for _, v := range s.Visits {
				out = append(out, v.ID)
			}
			return strings.Join(out, " ")
		}
		if got := ids(Peek(t, r, p)); got != "past soon late" {
			t.Errorf("visits %q", got)
		}
		// To another number: the old one doesn't have it any more.
		Turn(t, r, "2", p, handlers.Effects{Gone: []string{"soon"}})
		Turn(t, r, "3", q, handlers.Effects{Visits: []handlers.Visit{at("soon", 3*time.Hour)}})
		if got := ids(Peek(t, r, p)) + "|" + ids(Peek(t, r, q)); got != "past late|soon" {
			t.Errorf("visits %q", got)
		}
		// Moved: once, at its new time.
		Turn(t, r, "4", p, handlers.Effects{Visits: []handlers.Visit{at("late", 2*time.Hour)}})
		list, err := r.Visits(t.Context(), now, now.Add(3*time.Hour))
		if err != nil || len(list) != 1 || list[0].ID != "late" {
			t.Errorf("%+v %v: want late alone, soon begins at the end", list, err)
		}
	})
}

func manyVisitsAreListedInOrder(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		p := Phone(t, "0101")
		var all []handlers.Visit
		for i := range 601 { // more than one look-up reads
			all = append(
				all,
				handlers.Visit{
					ID:    fmt.Sprintf("v%04d", i),
					Phone: p,
					Start: now.Add(time.Duration(i) * time.Minute),
				},
			)
		}
		Turn(t, r, "1", p, handlers.Effects{Visits: all})
		got, err := r.Visits(t.Context(), now, now.AddDate(1, 0, 0))
		if err != nil || len(got) != len(all) ||
			!slices.IsSortedFunc(
				got,
				func(a, b handlers.Visit) int { return a.Start.Compare(b.Start) },
			) {
			t.Errorf("%d of %d, %v", len(got), len(all), err)
		}
	})
}

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
		Turn(
			t,
			r,
			"1",
			p,
			handlers.Effects{
				Cases: []handlers.Case{kase},
				Posts: []handlers.Post{{ID: "p1", Case: "c1", Do: desk.PostCard, Due: now}},
			},
		)
		posts, err := r.ClaimPosts(t.Context(), false, now, 10, time.Minute)
		if err != nil || len(posts) != 1 || posts[0].Tries != 0 {
			t.Fatalf("%+v %v", posts, err)
		}
		// A turn that read the case before the card was posted writes it after.
		_, _, err = r.Turn(t.Context(), "2", p, func(s handlers.State) (handlers.Effects, error) {
			if err := r.SettlePost(t.Context(), posts[0], desk.Posted{Thread: "C1:1.2"}); err != nil {
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
			t.Error("a closed case waits still")
		}
		if c, ok, _ := r.CaseIn(t.Context(), "C1:1.2"); !ok || c.Open {
			t.Error("the thread of a closed case isn't known any more")
		}
	})
}

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
			posts, err := r.ClaimPosts(t.Context(), false, at, 10, time.Minute)
			var got []string
			for _, p := range posts {
				got = append(got, fmt.Sprint(p.ID, p.Tries))
			}
			if s := strings.Join(got, " "); s != want || err != nil {
				t.Fatalf("claimed %q %v, want %q", s, err, want)
			}
			return posts
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
		// Whoever died gives it back by itself; then the first claim is worth nothing.
		third := claim(now.Add(2*time.Minute), "b2")
		settle(again[0], time.Time{})
		settle(third[0], time.Time{})
		claim(now.Add(10*time.Minute), "")
	})
}
