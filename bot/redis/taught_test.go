package redis_test

import (
	"testing"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/knowledge"
)

// What staff teach is kept until they take it back. The same wording again replaces the entry.
func TestTaught(t *testing.T) {
	on(t, func(t *testing.T, r *redis.Redis) {
		open := knowledge.Taught{Entry: "hours", Ask: "¿abren?", By: "U1", At: "2026-12-01"}
		for _, w := range []knowledge.Taught{
			open, {Entry: "hours", Ask: "how much"}, {Entry: "cost", Ask: "how much"},
		} {
			if err := r.Teach(t.Context(), w); err != nil {
				t.Fatal(err)
			}
		}
		all, err := r.Taught(t.Context())
		if err != nil || len(all) != 2 || all[0].Entry != "cost" || all[1] != open {
			t.Errorf("%+v %v: want the last of each wording, sorted", all, err)
		}
		for i, want := range []bool{true, false} {
			if ok, err := r.Forget(t.Context(), "how much"); ok != want || err != nil {
				t.Errorf("forget %d: %v %v", i+1, ok, err)
			}
		}
	})
}
