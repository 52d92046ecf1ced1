package storetest

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers/desk"
)

// Of several rows that would tell the on-call phone of the same alarms, one does.
func takeRing(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		for _, step := range []struct {
			name     string
			kind, id string
			due, at  time.Duration // after now
			over     string
			want     string        // the row that stays,
			since    time.Duration // and when it told
			sent     bool
			told     string // of whom it tells, as is known afterwards; "": its own
		}{
			{name: "the first", kind: "text", id: "a", at: 0, want: "a", since: 0},
			{
				name: "itself again, when it has left", kind: "text", id: "a", sent: true,
				at: 5 * time.Second, want: "a", since: 5 * time.Second,
			},
			{
				name: "another within the gap", kind: "text", id: "b",
				due: 30 * time.Second, at: 40 * time.Second, want: "a", since: 5 * time.Second,
				told: "a sent",
			},
			{
				name: "a call, which has rounds of its own", kind: "call", id: "c",
				at: 40 * time.Second, want: "c", since: 40 * time.Second,
			},
			{
				name: "one that was to leave before", kind: "text", id: "b",
				due: 5 * time.Second, at: time.Hour, want: "a", since: 5 * time.Second,
				told: "a sent",
			},
			{
				name: "the gap is over", kind: "text", id: "b",
				due: 30 * time.Second, at: 65 * time.Second, want: "b", since: 65 * time.Second,
			},
			{
				name: "the one before came to nothing", kind: "text", id: "d", over: "b",
				due: 66 * time.Second, at: 66 * time.Second, want: "d", since: 66 * time.Second,
			},
		} {
			got, err := r.TakeRing(t.Context(), desk.Ring{
				ID: step.id, Kind: step.kind, Due: now.Add(step.due), At: now.Add(step.at),
				Of: []string{"case of " + step.id, "another"}, Sent: step.sent,
			}, time.Minute, step.over)
			told := cmp.Or(strings.TrimSuffix(step.told, " sent"), step.id)
			if want := []string{"case of " + told, "another"}; !slices.Equal(got.Of, want) ||
				got.Sent != (step.sent || strings.HasSuffix(step.told, " sent")) {
				t.Fatalf("%s: it tells of %q, sent %v", step.name, got.Of, got.Sent)
			}
			if err != nil || got.ID != step.want || !got.At.Equal(now.Add(step.since)) {
				t.Fatalf("%s: %q at %v, %v; want %q at %v", step.name, got.ID, got.At.Sub(now), err,
					step.want, step.since)
			}
		}
	})
}
