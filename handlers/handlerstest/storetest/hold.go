package storetest

import (
	"testing"
	"time"
)

// The first card of a case is posted by one at a time, and who comes later learns that somebody was
// before.
func holdCard(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		const lease = 5 * time.Second
		for _, step := range []struct {
			name         string
			id, by       string
			at, lease    time.Duration // at: after now
			held, before bool
		}{
			{name: "the first", id: "c1", by: "a", lease: lease, held: true},
			{
				name: "another at the same time",
				id:   "c1", by: "b", at: 1, lease: lease, before: true,
			},
			{name: "another case", id: "c2", by: "b", lease: lease, held: true},
			{
				name: "itself again",
				id:   "c1", by: "a", at: 1, lease: lease, held: true, before: true,
			},
			{name: "who hasn't got it gives it up", id: "c1", by: "b", at: 2, before: true},
			{name: "it is held still", id: "c1", by: "b", at: 3, lease: lease, before: true},
			{
				name: "its lease is over",
				id:   "c1", by: "b", at: 7, lease: lease, held: true, before: true,
			},
			{name: "given up", id: "c1", by: "b", at: 8, held: true, before: true},
			{
				name: "at once after",
				id:   "c1", by: "a", at: 8, lease: lease, held: true, before: true,
			},
		} {
			held, before, err := r.HoldCard(
				t.Context(), step.id, step.by, now.Add(step.at*time.Second), step.lease,
			)
			if err != nil || held != step.held || before != step.before {
				t.Fatalf("%s: held %v, before %v, %v", step.name, held, before, err)
			}
		}
	})
}
