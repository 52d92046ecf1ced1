package desk_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// newConcern is a desk at which a concern "k" has just come.
func newConcern(t *testing.T) *room {
	t.Helper()
	d := newRoom(t)
	words := handlerstest.Words(t)
	d.Base, d.Store = words, d.store
	d.opens(
		t, "k", kinds.Concern, "May be more than it seems: please read.",
		d.Base.Clinic.ReadWithin(),
	)
	return d
}

// opens brings a text of the patient to the urgent channel. It pages, or becomes an alarm, after
// within.
func (d *room) opens(t *testing.T, id, kind, title string, within time.Duration) {
	t.Helper()
	s, err := d.store.Peek(t.Context(), d.phone)
	if err != nil {
		t.Fatal(err)
	}
	now := d.clock.Now()
	d.store.Put(d.phone, desk.OpenCase(s, handlers.Case{
		ID: id, Channel: handlers.UrgentChannel, Kind: kind, Title: title, Text: "words",
		At: now, Open: true, Page: now.Add(within),
	}))
}

// pass lets time pass and carries what falls due in it.
func (d *room) pass(t *testing.T, in time.Duration) {
	t.Helper()
	for end := d.clock.Now().Add(in); ; {
		if err := d.Deliver(t.Context()); err != nil {
			t.Fatal(err)
		}
		next, _ := d.store.NextPost(t.Context())
		if next.IsZero() || next.After(end) {
			d.clock.Set(end)
			return
		}
		if next.After(d.clock.Now()) {
			d.clock.Set(next)
		}
	}
}

// change changes the number's open case, as staff do.
func (d *room) change(what func(*handlers.Case)) {
	k := d.store.Open(d.phone)[0]
	what(&k)
	d.store.Put(d.phone, handlers.Effects{Cases: []handlers.Case{k}})
}

func (d *room) state(t *testing.T) handlers.State {
	t.Helper()
	s, err := d.store.Peek(t.Context(), d.phone)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// pings is a desk that collects the notes that ping, with the minutes since the concern came.
type pings struct {
	desk.Board
	d     *room
	began time.Time
	lines []string
}

func (p *pings) Note(ctx context.Context, c handlers.Case, post handlers.Post) error {
	if post.Ping != "" {
		p.lines = append(
			p.lines,
			fmt.Sprintf(
				"%dm @%s %s", int(p.d.clock.Now().Sub(p.began).Minutes()), post.Ping, post.Text,
			),
		)
	}
	return p.Board.Note(ctx, c, post)
}

// concerns are what can happen to a concern, and what pings then.
var concerns = []struct {
	name string
	do   func(t *testing.T, d *room) // after ten minutes
	want string                      // what has pinged an hour on, at first
	kind string                      // of the case then; "" it is closed
}{
	{
		name: "nobody reads it", do: func(*testing.T, *room) {},
		want: "15m @channel Nobody has read this in time: it counts as danger now.; " +
			"20m @here Nobody has this yet, 5 minutes on.; " +
			"30m @channel Nobody has this yet, 15 minutes on.; " +
			"50m @channel Nobody has this yet, 35 minutes on.",
		kind: kinds.Crisis,
	},
	{
		name: "it is read",
		do: func(_ *testing.T, d *room) {
			d.change(func(k *handlers.Case) { k.Open = false })
		},
	},
	{
		name: "somebody writes to them",
		do: func(_ *testing.T, d *room) {
			d.change(func(k *handlers.Case) { k.TakenBy = "U1" })
		},
		kind: kinds.Concern,
	},
	{
		name: "a second concern doesn't reset the time",
		do: func(t *testing.T, d *room) {
			d.opens(
				t, "k2", kinds.Concern, "May be more than it seems: please read.",
				d.Base.Clinic.ReadWithin(),
			)
		},
		want: "15m @channel Nobody has read this in time", kind: kinds.Crisis,
	},
	{
		name: "an alarm comes",
		do: func(t *testing.T, d *room) {
			d.opens(t, "a", kinds.Emergency, "Medical emergency.", d.Base.Clinic.PageEvery())
		},
		want: "10m @channel Medical emergency.; 15m @here Nobody has this yet, 5 minutes on.",
		kind: kinds.Emergency,
	},
}

func TestAConcernThatNobodyReadsIsAnAlarm(t *testing.T) {
	for _, c := range concerns {
		t.Run(c.name, func(t *testing.T) {
			d := newConcern(t)
			p := &pings{Board: d.shown, d: d, began: d.clock.Now()}
			d.Board = p
			d.pass(t, 10*time.Minute)
			if s := d.state(t); s.Urgent() != nil || s.Concern() == nil || len(p.lines) != 0 {
				t.Fatalf("it locks or pings at once: %+v, %q", s.Cases, p.lines)
			}
			c.do(t, d)
			d.pass(t, 50*time.Minute)
			if got := strings.Join(p.lines, "; "); !strings.HasPrefix(got, c.want) ||
				c.want == "" && got != "" {
				t.Errorf("pinged %q, want %q", got, c.want)
			}
			s := d.state(t)
			switch {
			case c.kind == "" && len(s.Cases) != 0,
				c.kind != "" && (len(s.Cases) != 1 || s.Cases[0].Kind != c.kind):
				t.Errorf("%+v, want %s", s.Cases, c.kind)
			case (s.Urgent() != nil) != (c.kind == kinds.Crisis || c.kind == kinds.Emergency):
				t.Errorf("locked: %+v", s.Urgent())
			}
			calls := len(d.store.Texts())
			if (calls > 0) != (s.Urgent() != nil) {
				t.Errorf("the on-call phone was told %d times", calls)
			}
		})
	}
}

// If the desk can't be shown a concern, the on-call phone is told, but only once it counts as
// danger.
func TestAConcernThatTheDeskCantBeShown(t *testing.T) {
	d := newConcern(t)
	d.shown.OnPost = func(string) error { return errors.New("away") }
	d.pass(t, 14*time.Minute)
	if n := len(d.store.Texts()); n != 0 {
		t.Errorf("the on-call phone was told %d times of what is no alarm", n)
	}
	d.pass(t, 3*time.Minute)
	if n := len(d.store.Texts()); n == 0 {
		t.Error("nobody was told")
	}
}

// Once somebody takes the alarm that a concern became, it no longer pages.
func TestTheAlarmOfAConcernIsTaken(t *testing.T) {
	d := newConcern(t)
	d.pass(t, 16*time.Minute)
	if k := d.state(t).Urgent(); k == nil || k.Seen() || desk.Actions(*k)[1].ID != desk.ActionTake {
		t.Fatalf("%+v", k)
	}
	d.change(func(k *handlers.Case) { k.TakenBy = "U1" })
	before := len(d.shown.Lines())
	d.pass(t, time.Hour)
	if got := d.shown.Lines()[before:]; len(got) != 0 || !d.state(t).Urgent().Seen() {
		t.Errorf("it goes on: %q", got)
	}
}
