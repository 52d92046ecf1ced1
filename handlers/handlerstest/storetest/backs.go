package storetest

import (
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// What is to be written to another system is claimed, tried again and ended like a post. What the
// patient says later takes the place of what they said before, even if that is just being written.
func writeBacks(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		p := Phone(t, "0101")
		say := func(event, state string, at time.Time) {
			t.Helper()
			Turn(t, r, event, p, handlers.Effects{WriteBacks: []handlers.WriteBack{{
				ID: "v1", Phone: p, Feed: "ehr", External: "a1", Start: now.Add(time.Hour),
				State: state, At: at, Due: at,
			}}})
		}
		claim := func(at time.Time, want string, tries int) (out handlers.WriteBack) {
			t.Helper()
			all, err := r.ClaimWriteBacks(t.Context(), at, 9, time.Minute)
			if err != nil || len(all) > 1 || len(all) == 1 != (want != "") {
				t.Fatal(all, err)
			}
			if len(all) == 1 {
				out = all[0]
			}
			if out.State != want || out.Tries != tries {
				t.Errorf("%+v, want %s for the time %d", out, want, tries)
			}
			return out
		}
		settle := func(b handlers.WriteBack, again time.Time) {
			t.Helper()
			if err := r.SettleWriteBack(t.Context(), b, again); err != nil {
				t.Fatal(err)
			}
		}
		if next, err := r.NextWriteBack(t.Context()); !next.IsZero() || err != nil {
			t.Errorf("nothing waits: %v %v", next, err)
		}
		say("1", handlers.Confirmed, now)
		first := claim(now, handlers.Confirmed, 0)
		if first.Feed != "ehr" || first.External != "a1" || first.Phone != p ||
			!first.At.Equal(now) {
			t.Errorf("%+v", first)
		}
		claim(now.Add(time.Second), "", 0) // somebody has it
		settle(first, now.Add(5*time.Second))
		if next, err := r.NextWriteBack(t.Context()); !next.Equal(now.Add(5*time.Second)) ||
			err != nil {
			t.Errorf("%v %v", next, err)
		}
		second := claim(now.Add(5*time.Second), handlers.Confirmed, 1)
		say("2", handlers.Declined, now.Add(6*time.Second))
		settle(second, time.Time{}) // is worth nothing any more
		third := claim(now.Add(6*time.Second), handlers.Declined, 0)
		settle(third, time.Time{})
		claim(now.Add(time.Hour), "", 0)
	})
}
