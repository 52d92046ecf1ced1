package desk_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
)

// room is a Poster with fakes around it, at ten in the morning of Dec 1.
type room struct {
	*desk.Poster
	clock *handlerstest.Clock
	store *handlerstest.Store
	shown *handlerstest.Desk
	door  *door // between the two
	phone handlers.Phone
}

func newRoom(t *testing.T) *room {
	d := &room{
		clock: handlerstest.NewClock(t, "2026-12-01 10:00"), shown: &handlerstest.Desk{},
		phone: handlerstest.Phone(t, "0101"),
	}
	d.store = handlerstest.NewStore(d.clock.Now)
	d.door = &door{Queue: d.store}
	d.Poster = &desk.Poster{
		Posts: d.door, Board: d.shown, Now: d.clock.Now, Meter: handlerstest.Meter{},
		Log: handlerstest.Quiet(),
	}
	return d
}

func (d *room) open() {
	d.store.Put(d.phone, handlers.Effects{Cases: []handlers.Case{{
		ID: "c", Channel: handlers.DeskChannel, Phone: d.phone, Open: true, At: d.clock.Now(),
	}}})
}

// Deliver posts what is due in both queues.
func (d *room) Deliver(ctx context.Context) error {
	return errors.Join(d.Alarms(ctx), d.Poster.Deliver(ctx))
}

// put queues a post of the case "c" that falls due some time from now.
func (d *room) put(id, do string, in time.Duration) {
	d.store.Put(d.phone, handlers.Effects{Posts: []handlers.Post{{
		ID: id, Case: "c", Do: do, From: "patient", Text: "hi", Mark: id, State: handlers.Sent,
		Due: d.clock.Now().Add(in),
	}}})
}

// run delivers until nothing waits, setting the clock to when the next post is due.
func (d *room) run(t *testing.T) {
	t.Helper()
	for range 100 {
		if err := d.Deliver(t.Context()); err != nil {
			t.Fatal(err)
		}
		next, _ := d.store.NextPost(t.Context())
		if next.IsZero() {
			return
		}
		if next.After(d.clock.Now()) {
			d.clock.Set(next)
		}
	}
	t.Fatal("something waits for ever")
}

func TestPostsInOrder(t *testing.T) {
	d := newRoom(t)
	d.open()
	d.put("n2", desk.PostNote, 2*time.Millisecond)
	d.put("n1", desk.PostNote, time.Millisecond)
	d.put("card", desk.PostCard, 0)
	d.put("m", desk.PostMark, 3*time.Millisecond)
	d.clock.Add(time.Second)
	d.run(t)
	want := "card c; note n1 patient hi; note n2 patient hi; mark m sent"
	if got := strings.Join(d.shown.Lines(), "; "); got != want {
		t.Error(got)
	}
}

func TestNoteWaitsForItsCard(t *testing.T) {
	d := newRoom(t)
	d.open()
	d.put("a-note", desk.PostNote, 0)
	d.put("card", desk.PostCard, 100*time.Millisecond)
	d.run(t)
	if got := strings.Join(d.shown.Lines(), "; "); got != "card c; note a-note patient hi" {
		t.Error(got)
	}
}

func TestPostIsTriedAgain(t *testing.T) {
	for name, c := range map[string]struct {
		err   error
		waits []time.Duration // before the second and the third try
	}{
		"backs off": {
			err: errors.New("502"), waits: []time.Duration{time.Second, 2 * time.Second},
		},
		"waits as long as was asked": {
			err:   &handlers.Refusal{Retry: true, After: 30 * time.Second, Why: "rate"},
			waits: []time.Duration{30 * time.Second, 30 * time.Second},
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newRoom(t)
			d.open()
			d.put("card", desk.PostCard, 0)
			var tries []string
			var at []time.Time
			d.shown.OnPost = func(line string) error {
				tries, at = append(tries, line), append(at, d.clock.Now())
				if len(tries) < 3 {
					return c.err
				}
				return nil
			}
			d.run(t)
			// The first try may have posted the card, so the desk is searched before each later
			// one.
			want := []string{"card c", "card c again", "card c again"}
			if !slices.Equal(tries, want) {
				t.Fatalf("%v, want %v", tries, want)
			}
			for i, wait := range c.waits {
				if got := at[i+1].Sub(at[i]); got != wait {
					t.Errorf("try %d came after %v, want %v", i+2, got, wait)
				}
			}
		})
	}
}

func TestPostRefusedForGoodIsDropped(t *testing.T) {
	d := newRoom(t)
	d.open()
	d.put("card", desk.PostCard, 0)
	d.put("m", desk.PostMark, time.Millisecond)
	tries := 0
	d.shown.OnPost = func(line string) error {
		if strings.HasPrefix(line, "mark") {
			tries++
			return &handlers.Refusal{Why: "not a Slack message"}
		}
		return nil
	}
	d.run(t)
	if tries != 1 {
		t.Errorf("tried %d times", tries)
	}
}

func TestPostWithoutACaseIsDropped(t *testing.T) {
	d := newRoom(t)
	d.put("card", desk.PostCard, 0)
	d.run(t)
	if len(d.shown.Lines()) != 0 {
		t.Error(d.shown.Lines())
	}
}

func TestPosterGivesClaimsBack(t *testing.T) {
	d := newRoom(t)
	d.open()
	ctx, stop := context.WithCancel(t.Context())
	d.shown.OnPost = func(string) error { stop(); return nil }
	d.put("card", desk.PostCard, 0)
	d.put("note", desk.PostNote, time.Millisecond)
	d.clock.Add(time.Second)
	if err := d.Deliver(ctx); err != nil {
		t.Fatal(err)
	}
	if got := d.shown.Lines(); len(got) != 1 {
		t.Fatalf("posted %v after the end", got)
	}
	if next, _ := d.store.NextPost(t.Context()); next.After(d.clock.Now()) {
		t.Errorf("the note is left to its lease: %v", next)
	}
	d.run(t)
	if got := d.shown.Lines(); len(got) != 2 {
		t.Error(got)
	}
}

// Posts are made one after another, as slowly as the desk takes them. A claim must not end before
// its post is made: another process would post the same.
func TestSlowDeskKeepsWithinItsLease(t *testing.T) {
	d := newRoom(t)
	d.open()
	d.put("card", desk.PostCard, 0)
	for i := range 40 {
		d.put("n"+string(rune('a'+i%26))+string(rune('a'+i/26)), desk.PostNote, time.Millisecond)
	}
	d.clock.Add(time.Second)
	seen := map[string]int{}
	d.shown.OnPost = func(line string) error {
		d.clock.Add(time.Second) // about a post a second
		seen[line]++
		others, err := d.store.ClaimPosts(t.Context(), false, d.clock.Now(), 100, time.Minute)
		for _, o := range others {
			if strings.Contains(line, " "+o.ID+" ") {
				t.Errorf("%s: another could post it too", o.ID)
			}
			err = errors.Join(err, d.store.SettlePost(t.Context(), o, desk.Posted{Again: o.Due}))
		}
		return err
	}
	d.run(t)
	for line, n := range seen {
		if n > 1 {
			t.Errorf("%s: posted %d times", line, n)
		}
	}
	if len(seen) != 41 {
		t.Errorf("%d posts, want 41", len(seen))
	}
}

// has is the state of a number that has a case open in a channel.
func has(channel, kind string, out bool) handlers.State {
	return handlers.State{Cases: []handlers.Case{{
		ID: "old", Channel: channel, Kind: kind, Open: true, OptOut: out, Since: time.Unix(1, 0),
	}}}
}

// joins are matters that come while the number has a case open, or none.
var joins = map[string]struct {
	s     handlers.State
	c     handlers.Case
	cases string
	posts string
}{
	"nothing is open": {
		c: handlers.Case{Kind: "handoff", Text: "hi", Open: true}, cases: "new",
		posts: "new:card; new:wait",
	},
	"the same kind": {
		s:     has("desk", "handoff", false),
		c:     handlers.Case{Kind: "handoff", Title: "T", Text: "hi", Open: true},
		posts: "old patient hi",
	},
	"the same kind, no words": {
		s: has("desk", "undelivered", false),
		c: handlers.Case{Kind: "undelivered", Title: "T", Open: true}, cases: "old +1",
		posts: "old bot T; new:card",
	},
	"another kind": {
		s: has("desk", "handoff", false),
		c: handlers.Case{Kind: "late", Title: "T", Text: "hi", Open: true}, cases: "old +1",
		posts: "old bot T; old patient hi; new:card",
	},
	"another channel": {
		s: has("urgent", "crisis", false),
		c: handlers.Case{Kind: "late", Title: "T", Text: "hi", Open: true}, cases: "new",
		posts: "new:card; new:wait",
	},
	"it only tells": {
		s: has("desk", "handoff", false),
		c: handlers.Case{Kind: "confirm", Title: "T", Text: "C"}, cases: "new",
		posts: "new:card",
	},
	"opted in since, or none": {
		s: has("desk", "handoff", true),
		c: handlers.Case{Kind: "handoff", Text: "hi", Open: true}, cases: "old",
		posts: "old patient hi; new:card",
	},
}

func TestOpenCaseJoinsWhatIsOpen(t *testing.T) {
	phone := handlerstest.Phone(t, "0101")
	at := handlerstest.At(t, "2026-12-01 10:00")
	for name, c := range joins {
		t.Run(name, func(t *testing.T) {
			c.s.Phone = phone
			c.c.ID, c.c.Channel, c.c.At = "new", handlers.DeskChannel, at
			e := desk.OpenCase(c.s, c.c)
			var cases, posts []string
			for _, k := range e.Cases {
				more := ""
				if k.More > 0 {
					more = fmt.Sprintf(" +%d", k.More)
				}
				cases = append(cases, k.ID+more)
			}
			for _, p := range e.Posts {
				switch p.Do {
				case desk.PostCard, desk.PostWait:
					posts = append(posts, p.ID)
				default:
					posts = append(posts, p.Case+" "+p.From+" "+p.Text)
				}
			}
			if got := strings.Join(cases, "; "); got != c.cases {
				t.Errorf("cases %q, want %q", got, c.cases)
			}
			if got := strings.Join(posts, "; "); got != c.posts {
				t.Errorf("posts %q, want %q", got, c.posts)
			}
		})
	}
}
