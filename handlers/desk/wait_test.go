package desk_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// waiting is a desk in the shipped clinic's hours (Tue Dec 1 at 10:00, open until 18:00), at which a
// case "k" of a kind has just come.
func waiting(t *testing.T, at, kind string, change func(*handlers.Case)) *room {
	t.Helper()
	d := newRoom(t)
	d.clock.Set(handlerstest.At(t, at).Add(1234567)) // no whole milliseconds, as clocks are
	own, err := knowledge.Read(nil)                  // not the shared one, since tests change it
	if err != nil {
		t.Fatal(err)
	}
	d.Base, d.Store = own, d.store
	c := handlers.Case{
		ID: "k", Channel: handlers.DeskChannel, Kind: kind, Title: "Asks.", At: d.clock.Now(),
		Open: true,
	}
	change(&c)
	d.store.Put(d.phone, desk.OpenCase(handlers.State{Phone: d.phone}, c))
	return d
}

// notes returns what was said in the thread, each line with when and whom it pings.
func (d *room) notes(t *testing.T, until string) string {
	t.Helper()
	p := &timed{Board: d.shown, d: d}
	d.Board = p
	d.pass(t, handlerstest.At(t, until).Sub(d.clock.Now()))
	return strings.Join(p.lines, "; ")
}

// timed is a desk that notes when which line was said.
type timed struct {
	desk.Board
	d     *room
	lines []string
}

func (p *timed) Note(ctx context.Context, c handlers.Case, post handlers.Post) error {
	at := p.d.clock.Now().Format("Mon 15:04")
	p.lines = append(p.lines, strings.TrimSpace(fmt.Sprint(at, " ", ping(post.Ping), post.Text)))
	return p.Board.Note(ctx, c, post)
}

func ping(s string) string {
	if s == "" {
		return ""
	}
	return "@" + s + " "
}

func TestWhatWaitsIsToldAgain(t *testing.T) {
	nothing := func(*handlers.Case) {}
	for _, c := range []struct {
		name   string
		at     string // when it comes; Tue Dec 1 at 10:00 if ""
		kind   string
		change func(*handlers.Case)
		group  string
		then   func(t *testing.T, d *room) // at 10:05
		want   string
	}{
		{
			name: "once, then the whole channel", kind: kinds.Handoff,
			want: "Tue 11:00 @here This waits since Tue Dec 1 at 10:00 AM.; " +
				"Tue 12:00 @channel This still waits, since Tue Dec 1 at 10:00 AM.",
		},
		{
			name: "once, then the on-call group", kind: kinds.Handoff, group: "S0ONCALL",
			want: "Tue 11:00 @here This waits since Tue Dec 1 at 10:00 AM.; " +
				"Tue 12:00 @S0ONCALL This still waits, since Tue Dec 1 at 10:00 AM.",
		},
		{
			name: "sooner of one that is late", kind: kinds.Late,
			want: "Tue 10:10 @here This waits since Tue Dec 1 at 10:00 AM.; " +
				"Tue 10:20 @channel This still waits, since Tue Dec 1 at 10:00 AM.",
		},
		{
			name: "in open hours only", kind: kinds.Handoff, at: "2026-12-01 17:40",
			want: "Wed 09:40 @here This waits since Tue Dec 1 at 5:40 PM.; " +
				"Wed 10:40 @channel This still waits, since Tue Dec 1 at 5:40 PM.",
		},
		{
			name: "whoever it was assigned to", kind: kinds.Handoff,
			change: func(c *handlers.Case) { c.For = "U2" },
			want: "Tue 11:00 @U2 This waits since Tue Dec 1 at 10:00 AM.; " +
				"Tue 12:00 @channel This still waits, since Tue Dec 1 at 10:00 AM.",
		},
		{
			name: "whoever took it, from then on", kind: kinds.Handoff,
			then: func(t *testing.T, d *room) {
				d.change(func(c *handlers.Case) { c.TakenBy, c.TakenAt = "U1", d.clock.Now() })
			},
			want: "Tue 11:05 @U1 This waits since Tue Dec 1 at 10:00 AM.; " +
				"Tue 12:05 @channel This still waits, since Tue Dec 1 at 10:00 AM.",
		},
		{
			name: "nobody, once it is answered", kind: kinds.Handoff,
			then: func(t *testing.T, d *room) {
				d.change(func(c *handlers.Case) { *c = c.Answered() })
			},
		},
		{
			name: "nobody, once it is closed", kind: kinds.Handoff,
			then: func(t *testing.T, d *room) { d.change(func(c *handlers.Case) { c.Open = false }) },
		},
		{
			name: "until it makes no sense any more", kind: kinds.Ride,
			change: func(c *handlers.Case) { c.Matter, c.Until = "ride:v", c.At.Add(150*time.Minute) },
			want: "Tue 12:00 @here This waits since Tue Dec 1 at 10:00 AM.; " +
				"Tue 12:30 Closed: it made sense until Tue Dec 1 at 12:30 PM.",
		},
		{
			name: "later, if it is snoozed", kind: kinds.Handoff,
			then: func(t *testing.T, d *room) {
				d.snooze(handlerstest.At(t, "2026-12-01 15:00"))
			},
			want: "Tue 15:00 @U3 Here is the reminder that you asked for.; " +
				"Tue 16:00 @here This waits since Tue Dec 1 at 10:00 AM.; " +
				"Tue 17:00 @channel This still waits, since Tue Dec 1 at 10:00 AM.",
		},
		{
			name: "days later, if it is snoozed so long", kind: kinds.Handoff,
			then: func(t *testing.T, d *room) {
				d.change(func(c *handlers.Case) { *c = c.Answered() })
				d.snooze(handlerstest.At(t, "2026-12-04 09:30"))
			},
			want: "Fri 09:30 @U3 Here is the reminder that you asked for.",
		},
		{
			name: "anew, if more is asked", kind: kinds.Handoff,
			then: func(t *testing.T, d *room) {
				d.pass(t, 2*time.Hour)
				d.opensMore(t)
			},
			want: "Tue 12:05 Can't come.; Tue 13:05 @here This waits since Tue Dec 1 at 10:00 AM.; " +
				"Tue 14:05 @channel This still waits, since Tue Dec 1 at 10:00 AM.",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.at == "" {
				c.at = "2026-12-01 10:00"
			}
			if c.change == nil {
				c.change = nothing
			}
			d := waiting(t, c.at, c.kind, c.change)
			d.Base.Clinic.Desk.OnCallGroup = c.group
			d.pass(t, 5*time.Minute)
			if c.then != nil {
				c.then(t, d)
			}
			got := d.notes(t, "2026-12-07 12:00")
			if got != c.want {
				t.Errorf("said %q, want %q", got, c.want)
			}
			if n := len(d.store.Queue()); n > 1 {
				t.Errorf("%d looks are left", n)
			}
		})
	}
}

// snooze has U3 put the case off until then.
func (d *room) snooze(until time.Time) {
	k := d.store.Open(d.phone)[0]
	k.Snoozed, k.SnoozedBy = until, "U3"
	d.store.Put(d.phone, handlers.Effects{
		Cases: []handlers.Case{k}, Posts: []handlers.Post{desk.Look(k, "snooze", d.clock.Now())},
	})
}

// opensMore has the patient ask for more.
func (d *room) opensMore(t *testing.T) {
	t.Helper()
	d.store.Put(d.phone, desk.OpenCase(d.state(t), handlers.Case{
		ID: "more", Channel: handlers.DeskChannel, Kind: kinds.Decline, Title: "Can't come.",
		At: d.clock.Now(), Open: true,
	}))
}

// Several bots look at the same case, and looks come more than once: each line is said once.
func TestALookTwiceSaysNothingTwice(t *testing.T) {
	d := waiting(t, "2026-12-01 10:00", kinds.Handoff, func(*handlers.Case) {})
	k := d.store.Open(d.phone)[0]
	for i := range 5 {
		d.store.Put(d.phone, handlers.Effects{
			Posts: []handlers.Post{desk.Look(k, fmt.Sprint("again", i), d.clock.Now())},
		})
	}
	if got := d.notes(t, "2026-12-01 13:00"); strings.Count(got, "This waits") != 1 ||
		strings.Count(got, "This still waits") != 1 {
		t.Errorf("said %q", got)
	}
}

// What may be danger has its own pages: it is never told again, put off, or closed by time.
func TestDangerNeverEndsByItself(t *testing.T) {
	d := waiting(t, "2026-12-01 10:00", kinds.Crisis, func(c *handlers.Case) {
		c.Channel, c.TakenBy, c.Until = handlers.UrgentChannel, "U1", c.At.Add(time.Hour)
		c.Snoozed = c.At.Add(time.Minute)
	})
	k := d.store.Open(d.phone)[0]
	d.store.Put(d.phone, handlers.Effects{Posts: []handlers.Post{desk.Look(k, "look", d.clock.Now())}})
	if got := d.notes(t, "2026-12-02 12:00"); got != "" || len(d.store.Open(d.phone)) != 1 {
		t.Errorf("said %q; open %+v", got, d.store.Open(d.phone))
	}
}

// A conversation that a person has isn't closed from under them by the time.
func TestATalkIsntClosedByTheTime(t *testing.T) {
	d := waiting(t, "2026-12-01 10:00", kinds.Late, func(c *handlers.Case) {
		c.Until = c.At.Add(time.Hour)
	})
	d.store.Put(d.phone, handlers.Effects{Conversation: &handlers.Conversation{
		By: "U1", Taken: d.clock.Now().Add(2 * time.Hour), Case: "k",
	}})
	d.change(func(c *handlers.Case) { *c = c.Answered() })
	if got := d.notes(t, "2026-12-01 11:59"); got != "" {
		t.Errorf("said %q while a person talks", got)
	}
	const want = "Tue 12:05 Closed: it made sense until Tue Dec 1 at 11:00 AM."
	if got := d.notes(t, "2026-12-01 13:00"); got != want {
		t.Errorf("said %q, want %q", got, want)
	}
}
