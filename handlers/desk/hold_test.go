package desk_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
)

// another returns a second process on the same store and at the same desk.
func (d *room) another() *room {
	b := *d
	b.door = &door{Queue: d.store}
	b.Poster = &desk.Poster{
		Base: d.Base, Store: d.Store, Posts: b.door, Board: d.shown, Ring: d.Ring, Now: d.Now,
		Meter: d.Meter, Log: d.Log,
	}
	return &b
}

// door is a queue that this process may not reach.
type door struct {
	desk.Queue
	unread atomic.Bool // the list of alarms can't be read
	shut   atomic.Bool // nor is it answered who posts a card, or who rings
}

func (q *door) Untaken(ctx context.Context) ([]handlers.Case, error) {
	if q.unread.Load() {
		return nil, handlers.ErrAway
	}
	return q.Queue.Untaken(ctx)
}

func (q *door) HoldCard(
	ctx context.Context, id, by string, now time.Time, lease time.Duration,
) (bool, bool, error) {
	if q.shut.Load() {
		return false, false, handlers.ErrAway
	}
	return q.Queue.HoldCard(ctx, id, by, now, lease)
}

func (q *door) TakeRing(
	ctx context.Context, r desk.Ring, gap time.Duration, over string,
) (desk.Ring, error) {
	if q.shut.Load() {
		return desk.Ring{}, handlers.ErrAway
	}
	return q.Queue.TakeRing(ctx, r, gap, over)
}

// blocked has the desk keep the first card waiting. It returns when that has begun, and what lets
// it through, or fails it.
func (d *room) blocked() (begun <-chan struct{}, end chan<- error) {
	first, ends, came := make(chan struct{}), make(chan error), atomic.Bool{}
	d.shown.OnPost = func(line string) error {
		if !strings.HasPrefix(line, "card ") || !came.CompareAndSwap(false, true) {
			return nil
		}
		close(first)
		return <-ends
	}
	return first, ends
}

// tells has this process learn of the open alarms, lose the store some time later, and tell people
// of them without it. shut says that it doesn't reach the store at all.
func (d *room) tells(t *testing.T, shut bool, later time.Duration) {
	t.Helper()
	d.door.unread.Store(true)
	d.door.shut.Store(shut)
	d.clock.Add(later)
	if err := d.Watch(t.Context()); !errors.Is(err, handlers.ErrAway) {
		t.Fatal(err)
	}
	d.Wait()
	d.door.unread.Store(false)
	d.door.shut.Store(false)
}

const oneLine = "say urgent 1 patient may be in danger and nobody has them yet: …0142. " +
	"Their card follows."

// The queue's card is on its way to a slow desk when the store goes away and the vigil would post
// it. People are told at once, by a line: there is one card.
func TestTheVigilMeetsTheQueuesCard(t *testing.T) {
	for _, c := range []struct {
		name    string
		other   bool // the vigil is another process's
		away    bool // that doesn't reach the store at all
		failing error
		want    string
	}{
		{name: "in one process", want: oneLine + "; card c1"},
		{name: "that doesn't reach the store", away: true, want: oneLine + "; card c1"},
		{name: "in another", other: true, want: oneLine + "; card c1"},
		{
			name: "in another, which doesn't reach the store", other: true, away: true,
			want: "card c1 again; card c1", // better two than none
		},
		{
			name: "whose card fails", failing: errors.New("slack: 503"), other: true,
			want: oneLine + "; card c1 again",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := badDay(t)
			d.Ring = &rings{}
			d.danger(t, "c1", 142)
			vigil := d
			if c.other {
				vigil = d.another()
			}
			if err := vigil.Watch(t.Context()); err != nil {
				t.Fatal(err)
			}
			begun, end := d.blocked()
			posted := make(chan error)
			go func() { posted <- d.Alarms(t.Context()) }()
			<-begun
			vigil.tells(t, c.away, 3*time.Second)
			end <- c.failing
			if err := <-posted; err != nil {
				t.Fatal(err)
			}
			d.clock.Add(2 * time.Second)
			if err := d.Alarms(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(d.shown.Lines(), "; "); got != c.want {
				t.Errorf("the desk: %q, want %q", got, c.want)
			}
			if n := d.Ring.(*rings).n; n != 0 {
				t.Errorf("the on-call phone was told %d times", n)
			}
		})
	}
}

// The vigil's card is on its way when the queue would post it, in this process or in another: the
// queue waits a moment, and finds the card there.
func TestTheQueueMeetsTheVigilsCard(t *testing.T) {
	for name, other := range map[string]bool{"in one process": false, "in another": true} {
		t.Run(name, func(t *testing.T) {
			d := badDay(t)
			d.Ring = &rings{}
			queue := d
			if other {
				queue = d.another()
			}
			begun, end := d.blocked()
			d.Straight(handlers.Case{ // its turn was slow, but was stored
				ID: "c1", Channel: handlers.UrgentChannel, Kind: "crisis", Open: true,
				At: d.clock.Now(), Phone: handlerstest.Phone(t, "0142"),
			})
			<-begun
			d.danger(t, "c1", 142)
			for range 5 {
				if err := queue.Alarms(t.Context()); err != nil {
					t.Fatal(err)
				}
				d.clock.Add(200 * time.Millisecond)
			}
			if got := d.shown.Lines(); len(got) > 0 {
				t.Errorf("while it is on its way: %q", got)
			}
			end <- nil
			d.Wait()
			d.clock.Add(200 * time.Millisecond) // however often it was tried
			if err := queue.Alarms(t.Context()); err != nil {
				t.Fatal(err)
			}
			want := []string{"card c1", "card c1 again"}
			if got := d.shown.Lines(); !slices.Equal(got, want) {
				t.Errorf("the desk: %q, want %q", got, want)
			}
		})
	}
}

// A process that is killed while it posts a card holds nobody up longer than its claim does.
func TestAProcessThatIsKilledWhileItPosts(t *testing.T) {
	d := badDay(t)
	d.danger(t, "c1", 142)
	posts, err := d.store.ClaimPosts(t.Context(), true, d.clock.Now(), 1, 8*time.Second)
	if err != nil || len(posts) != 1 {
		t.Fatal(posts, err)
	}
	held, _, err := d.store.HoldCard(
		t.Context(), "c1", posts[0].Token, d.clock.Now(), 5*time.Second,
	)
	if err != nil || !held {
		t.Fatal(held, err)
	}
	d.clock.Add(8 * time.Second)
	if err := d.Alarms(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(d.shown.Lines(), "; "); got != "card c1 again" {
		t.Errorf("the desk: %q", got)
	}
}

// Two texts of one patient have two posts that would show the card. Two processes claim one each,
// before the card has its thread: it is posted once.
func TestTwoPostsOfOneCard(t *testing.T) {
	d := badDay(t)
	d.danger(t, "c1", 142)
	other := d.another()
	begun, end := d.blocked()
	posted := make(chan error)
	go func() { posted <- d.Alarms(t.Context()) }()
	<-begun
	d.store.Put(handlerstest.Phone(t, "0142"), handlers.Effects{Posts: []handlers.Post{
		{ID: "text:2:card", Case: "c1", Do: desk.PostCard, Due: d.clock.Now()},
	}})
	if err := other.Alarms(t.Context()); err != nil {
		t.Fatal(err)
	}
	end <- nil
	if err := <-posted; err != nil {
		t.Fatal(err)
	}
	d.clock.Add(time.Second)
	if err := other.Alarms(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []string{"card c1", "card c1 again"} // it has a thread by then
	if got := d.shown.Lines(); !slices.Equal(got, want) {
		t.Errorf("the desk: %q, want %q", got, want)
	}
}

// gone is a board on which somebody deletes cards.
type gone struct {
	*handlerstest.Desk
	thread atomic.Value // of the card that is there
	fails  error        // of the first line in its thread
	cards  int
}

func (g *gone) Card(ctx context.Context, c handlers.Case, again bool) (string, error) {
	if _, err := g.Desk.Card(ctx, c, again); err != nil {
		return "", err
	}
	g.cards++
	thread := "T" + strings.Repeat("'", g.cards)
	g.thread.Store(thread)
	return thread, nil
}

func (g *gone) Note(ctx context.Context, c handlers.Case, p handlers.Post) error {
	if c.Thread != g.thread.Load() {
		return desk.ErrNoCard
	}
	if err := g.fails; err != nil {
		g.fails = nil
		return err
	}
	return g.Desk.Note(ctx, c, p)
}

// Somebody deletes a card, and two processes have a line for its thread. The card is posted anew
// once, and both lines are in its thread, even if writing in that fails at first.
func TestLinesOfADeletedCard(t *testing.T) {
	for name, fails := range map[string]error{"": nil, "fails": errors.New("slack: 503")} {
		t.Run(name, func(t *testing.T) {
			d := badDay(t)
			d.danger(t, "c1", 142)
			board := &gone{Desk: d.shown, fails: fails}
			d.Board = board
			d.pass(t, time.Second)
			board.thread.Store("")
			for _, id := range []string{"n1", "n2"} {
				d.store.Put(handlerstest.Phone(t, "0142"), handlers.Effects{Posts: []handlers.Post{
					{ID: id, Case: "c1", Do: desk.PostNote, Text: "x", Due: d.clock.Now()},
				}})
			}
			other := d.another()
			other.Board = board
			begun, end := d.blocked()
			posted := make(chan error)
			go func() { posted <- d.Alarms(t.Context()) }()
			<-begun
			if err := other.Alarms(t.Context()); err != nil {
				t.Fatal(err)
			}
			end <- nil
			if err := <-posted; err != nil {
				t.Fatal(err)
			}
			d.pass(t, 10*time.Second)
			got := slices.Sorted(slices.Values(d.shown.Lines()))
			want := []string{"card c1", "card c1 again", "note n1  x", "note n2  x"}
			if !slices.Equal(got, want) || board.cards != 2 {
				t.Errorf("the desk: %q, want %q", got, want)
			}
		})
	}
}
