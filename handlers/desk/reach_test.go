package desk_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// ringer tells the on-call phone without the store, as the test wants it.
type ringer func() error

func (r ringer) SendNow(context.Context, []handlers.Outgoing) error { return r() }

// due has the time come at which the on-call phone is told of c1. It returns the row of its text.
func (d *room) due(t *testing.T) (text string) {
	t.Helper()
	d.pass(t, d.Base.Clinic.OnCall()+2*time.Second)
	to, err := handlers.NewPhone(d.Base.Clinic.Desk.OnCallPhone)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := d.store.Records(t.Context(), to)
	if err != nil || len(rows) != 2 || rows[0].Kind != replies.OnCallText {
		t.Fatalf("%+v %v", rows, err)
	}
	return rows[0].ID
}

// A process has a list of alarms that is older than the round in which the on-call phone was told,
// and can't read another. If the store answers whether the phone was told of them, it isn't told
// again; of anybody else it is told at once.
func TestAProcessThatKnowsOfNoRound(t *testing.T) {
	for _, c := range []struct {
		name  string
		more  bool   // another patient is in danger, of whom the phone wasn't told
		state string // of the text; "": it hasn't been sent
		shut  bool   // the store answers nothing
		later time.Duration
		want  int // texts and calls
	}{
		{name: "told", state: handlers.Sent, later: 13 * time.Second},
		{name: "told, and delivered", state: handlers.Delivered, later: 13 * time.Second},
		{name: "being told", state: handlers.Planned, later: 11 * time.Second},
		{name: "it came to nothing", state: handlers.Planned, later: 13 * time.Second, want: 2},
		{name: "it failed", state: handlers.Failed, later: time.Second, want: 2},
		{name: "told of others", state: handlers.Sent, more: true, later: time.Second, want: 2},
		{
			name: "the store is away", state: handlers.Sent, shut: true, later: 13 * time.Second,
			want: 2,
		},
		{name: "told long ago", state: handlers.Sent, later: time.Minute, want: 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := badDay(t)
			d.Ring = &rings{}
			d.danger(t, "c1", 142)
			d.pass(t, 2*time.Second) // its card is posted
			late := d.another()
			if err := late.Watch(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := d.leaveRing(t, d.due(t), c.state); got.Body == "" {
				t.Fatalf("%+v", got)
			}
			if c.more { // its card isn't posted, so that the phone is told at once
				d.shown.OnPost = func(string) error { return errors.New("slack: 503") }
				late.Straight(d.alarm(t, 0))
				late.Wait()
			} else {
				late.tells(t, c.shut, c.later)
			}
			if n := d.Ring.(*rings).n; n != c.want {
				t.Errorf("told %d times, want %d", n, c.want)
			}
		})
	}
}

// Two processes lose the store when the on-call phone is due. One tells it. If that comes to
// nothing, so does the other, as soon as that is known.
func TestTwoProcessesWithoutTheStore(t *testing.T) {
	for name, c := range map[string]struct {
		fails error
		want  int // how often the second rings within ringTime and a look
	}{
		"the first tells": {},
		"the first fails": {fails: errors.New("twilio: 503"), want: 1},
	} {
		t.Run(name, func(t *testing.T) {
			a := badDay(t)
			a.danger(t, "c1", 142)
			a.pass(t, 2*time.Second)
			begun, end := make(chan struct{}), make(chan error)
			a.Ring = ringer(func() error { close(begun); return <-end })
			b := a.another()
			told := 0
			b.Ring = ringer(func() error { told++; return nil })
			for _, p := range []*room{a, b} {
				if err := p.Watch(t.Context()); err != nil {
					t.Fatal(err)
				}
				p.door.unread.Store(true)
			}
			a.clock.Add(a.Base.Clinic.OnCall())
			ended := make(chan error)
			go func() { ended <- a.Watch(t.Context()) }()
			<-begun
			_ = b.Watch(t.Context())
			if told != 0 {
				t.Fatalf("both tell it at the same time")
			}
			end <- c.fails
			if err := <-ended; !errors.Is(err, handlers.ErrAway) {
				t.Fatal(err)
			}
			for range 7 {
				a.clock.Add(2 * time.Second)
				_ = b.Watch(t.Context())
			}
			if told != c.want {
				t.Errorf("the second told it %d times, want %d", told, c.want)
			}
		})
	}
}

// The phone was told without the store, by this process or by another. A row that was planned for
// the same alarm has nothing new to tell, as long as a round lasts; one that also tells of another
// waits.
func TestARowAfterAnothersRound(t *testing.T) {
	for _, c := range []struct {
		name  string
		other bool          // the row is sent by another process
		more  bool          // somebody else is in danger by then
		fails bool          // the phone couldn't be told
		later time.Duration // than 13 s after
		want  string
	}{
		{name: "in one process", want: "skip"},
		{name: "in another", other: true, want: "skip"},
		{name: "somebody else, in one process", more: true, want: "wait"},
		{name: "somebody else, in another", other: true, more: true, want: "wait"},
		{
			name: "somebody else, a round later", other: true, more: true, later: time.Minute,
			want: "sent",
		},
		{name: "it failed, in another", other: true, fails: true, want: "sent"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := badDay(t)
			rung := &rings{}
			if c.fails {
				rung.err = errors.New("twilio: 503")
			}
			d.Ring = rung
			d.danger(t, "c1", 142)
			d.pass(t, 2*time.Second)
			if err := d.Watch(t.Context()); err != nil {
				t.Fatal(err)
			}
			row := d.due(t)
			sender := d
			if c.other {
				sender = d.another()
			}
			d.tells(t, false, 0)
			if rung.n != 2 {
				t.Fatalf("told %d times without the store", rung.n)
			}
			if c.more {
				d.danger(t, "c2", 143)
			}
			d.clock.Add(13*time.Second + c.later)
			got := sender.leaveRing(t, row, handlers.Sent)
			if is := map[string]bool{
				"skip": got.Skip != "", "wait": !got.Wait.IsZero(), "sent": got.Body != "",
			}; !is[c.want] {
				t.Errorf("%+v, want %s", got, c.want)
			}
		})
	}
}

var _ desk.Ringer = ringer(nil)
