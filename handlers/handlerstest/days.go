package handlerstest

import (
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers/gate"
)

// Days lets days pass for a texter in no time: its clock jumps from one due row to the next.
type Days struct {
	texter  *gate.Texter
	clock   *Clock
	store   *Store
	carrier *Carrier
}

// NewDays is of a texter that goes by the clock, takes its rows from the store and sends them to
// the carrier.
func NewDays(texter *gate.Texter, clock *Clock, store *Store, carrier *Carrier) *Days {
	return &Days{texter: texter, clock: clock, store: store, carrier: carrier}
}

// Through sends all that falls due till end, each row when it is due, and leaves the clock at end.
func (d *Days) Through(t testing.TB, end time.Time) {
	t.Helper()
	for {
		if _, err := d.texter.Deliver(t.Context()); err != nil {
			t.Fatal(err)
		}
		next, err := d.store.Next(t.Context(), gate.Pace{})
		if err != nil {
			t.Fatal(err)
		}
		if next.IsZero() || next.After(end) {
			d.clock.Set(end)
			return
		}
		d.clock.Set(next)
	}
}

// Until is Through for a time like "2026-12-01 10:00", as in At. It returns all that the carrier
// was sent by then, by kind and by when its first send began: "booked 12-01 10:00, nudge 12-04
// 11:00".
func (d *Days) Until(t testing.TB, at string) string {
	t.Helper()
	end := At(t, at)
	d.Through(t, end)
	var out []string
	for _, o := range d.carrier.Sent() {
		out = append(out, o.Kind+" "+o.First.In(end.Location()).Format("01-02 15:04"))
	}
	return strings.Join(out, ", ")
}
