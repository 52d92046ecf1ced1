package desk_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
)

// leaveRing has the row with this id worded as if it were about to be sent, and settles it in a
// state. It returns what the desk says of it.
func (d *room) leaveRing(t *testing.T, id, state string) handlers.Composed {
	t.Helper()
	claims, err := d.store.Claim(t.Context(), d.clock.Now(), 100, gate.Pace{}, gate.Lease)
	if err != nil {
		t.Fatal(err)
	}
	var got handlers.Composed
	found := false
	for _, c := range claims {
		o := c.Outgoing
		o.State, o.Due = handlers.Planned, c.Due
		if o.ID == id {
			found = true
			if _, got, err = d.Alarm(t.Context(), o); err != nil {
				t.Fatal(err)
			}
			switch {
			case got.Skip != "":
				o.State = handlers.Skipped
			case !got.Wait.IsZero():
				o.Due = got.Wait
			default:
				// so is a begun send stored
				o.State, o.First, o.Body = state, d.clock.Now(), got.Body
			}
		}
		if _, err := d.store.Settle(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	if !found {
		t.Fatalf("%s isn't due", id)
	}
	return got
}

// Rows to the on-call phone that were held up don't ring one right after another. The next of a
// kind waits a minute after the one that left, or is skipped if that one told of all who waited.
func TestARoundThatIsHeldUp(t *testing.T) {
	d := badDay(t)
	d.danger(t, "c1", 142)
	d.pass(t, 16*time.Minute) // rung at 10 and at 15 minutes; nothing has left
	to, err := handlers.NewPhone(d.Base.Clinic.Desk.OnCallPhone)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := d.store.Records(t.Context(), to)
	if err != nil || len(rows) != 4 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	first, second := rows[0].ID, rows[2].ID
	if c := d.leaveRing(t, first, handlers.Planned); c.Body == "" {
		t.Fatalf("the first: %+v", c)
	}
	left := d.clock.Now()
	if c := d.leaveRing(t, second, handlers.Sent); !c.Wait.Equal(left.Add(12 * time.Second)) {
		t.Errorf("the second, while the first may be on its way: %+v", c)
	}
	d.clock.Add(12 * time.Second)
	if c := d.leaveRing(t, second, handlers.Sent); c.Body == "" {
		t.Errorf("the second, when the first came to nothing: %+v", c)
	}
	d.clock.Add(2 * time.Minute)
	if c := d.leaveRing(t, first, handlers.Sent); c.Skip == "" {
		t.Errorf("the first, after the second: %+v", c)
	}
	if c := d.leaveRing(t, rows[1].ID, handlers.Sent); c.Body == "" {
		t.Errorf("the first call: %+v", c)
	}
	if c := d.leaveRing(t, rows[3].ID, handlers.Sent); c.Skip == "" {
		t.Errorf("the call that was due before: %+v", c)
	}
}

// A row that is sent late puts off the next round.
func TestARoundThatIsLatePushesTheNext(t *testing.T) {
	d := badDay(t)
	d.danger(t, "c1", 142)
	d.pass(t, 14*time.Minute+40*time.Second)
	to, err := handlers.NewPhone(d.Base.Clinic.Desk.OnCallPhone)
	if err != nil {
		t.Fatal(err)
	}
	rows, _ := d.store.Records(t.Context(), to)
	if c := d.leaveRing(t, rows[0].ID, handlers.Sent); c.Body == "" {
		t.Fatalf("%+v", c)
	}
	left := d.clock.Now()
	d.pass(t, 40*time.Second)
	rows, _ = d.store.Records(t.Context(), to)
	if len(rows) != 4 {
		t.Fatalf("%d rows", len(rows))
	}
	if c := d.leaveRing(t, rows[2].ID, handlers.Sent); !c.Wait.Equal(left.Add(time.Minute)) {
		t.Errorf("it waits until %v, want %v", c.Wait, left.Add(time.Minute))
	}
}

// Rows that were planned before the phone was told without the store keep a minute from that
// round: a text waits for the text, and a call for the call.
func TestARowAfterARoundWithoutTheStore(t *testing.T) {
	d := badDay(t)
	d.Ring = &rings{}
	d.danger(t, "c1", 142)
	d.pass(t, 10*time.Minute+time.Second)
	to, err := handlers.NewPhone(d.Base.Clinic.Desk.OnCallPhone)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := d.store.Records(t.Context(), to)
	if err != nil || len(rows) != 2 {
		t.Fatalf("%d rows: %v", len(rows), err)
	}
	d.shown.OnPost = func(string) error { return errors.New("slack: 503") }
	d.Straight(d.alarm(t, 0))
	d.Wait()
	told := d.clock.Now()
	d.clock.Add(40 * time.Second)
	for i, wait := range []time.Duration{time.Minute, 90 * time.Second} {
		c := d.leaveRing(t, rows[i].ID, handlers.Sent)
		if !c.Wait.Equal(told.Add(wait)) {
			t.Errorf("%s waits until %v, want %v", rows[i].Kind, c.Wait, told.Add(wait))
		}
	}
}

// A clinic without an on-call phone still has its desk paged, and nothing fails for it.
func TestPagingWithoutAnOnCallPhone(t *testing.T) {
	d := badDay(t)
	d.Base.Clinic.Desk.OnCallPhone = ""
	d.danger(t, "c1", 142)
	d.pass(t, 40*time.Minute)
	rounds := 0
	for _, l := range d.shown.Lines() {
		if strings.Contains(l, "Nobody has this yet") {
			rounds++
		}
	}
	if n := len(d.store.Texts()); rounds != 3 || n != 0 {
		t.Errorf("%d rounds, %d rows; want 3, none: %q", rounds, n, d.shown.Lines())
	}
}

// unpaged is a store that fails the first rounds of paging.
type unpaged struct {
	handlers.Store
	left int
}

func (u *unpaged) Turn(
	ctx context.Context, id string, p handlers.Phone,
	decide func(handlers.State) (handlers.Effects, error),
) (handlers.Reply, bool, error) {
	if strings.HasPrefix(id, "page:") && u.left > 0 {
		u.left--
		return handlers.Reply{}, false, handlers.ErrConflict
	}
	return u.Store.Turn(ctx, id, p, decide)
}

// A round of paging that can't be stored is tried again within seconds, not at the next round.
func TestARoundThatFails(t *testing.T) {
	d := badDay(t)
	d.Store = &unpaged{Store: d.store, left: 3}
	d.danger(t, "c1", 142)
	d.pass(t, 5*time.Minute+15*time.Second)
	if c, _, err := d.store.Case(t.Context(), "c1"); err != nil || c.Pages != 1 {
		t.Errorf("%d rounds: %v", c.Pages, err)
	}
}
