package redis_test

import (
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/handlerstest/storetest"
)

// damage makes what a hash stores as its noun unreadable, as a version of Beacon that stores it in
// another way would.
func damage(t *testing.T, c *goredis.Client, key, field, value string) {
	t.Helper()
	if err := c.HSet(t.Context(), key, field, value).Err(); err != nil {
		t.Fatal(err)
	}
}

// One post that can't be read holds up no other: not in the batch that it is claimed with, and not
// when its lease has ended and it is claimed again.
func TestOnePostThatCannotBeRead(t *testing.T) {
	for _, broken := range []string{"not JSON", `{"due":7}`, ""} {
		t.Run(broken, func(t *testing.T) {
			onBoth(t, func(t *testing.T, r *redis.Redis, c *goredis.Client) {
				storetest.Turn(t, r, "1", storetest.Phone(t, "0101"), handlers.Effects{
					Posts: []handlers.Post{
						{ID: "a", Case: "c", Do: desk.PostCard, Due: now.Add(-2 * time.Second)},
						{ID: "b", Case: "c", Do: desk.PostNote, Due: now.Add(-time.Second)},
						{ID: "z", Case: "c", Do: desk.PostNote, Due: now},
					},
				})
				damage(t, c, "{beacon}:post:a", "row", broken)
				for _, at := range []time.Time{now, now.Add(lease)} {
					posts, err := r.ClaimPosts(t.Context(), false, at, 8, lease)
					if err == nil || !strings.Contains(err.Error(), "stored post") &&
						!strings.Contains(err.Error(), "stored *handlers.Post") {
						t.Errorf("%v: want what can't be read", err)
					}
					if len(posts) != 2 || posts[0].ID != "b" || posts[1].ID != "z" {
						t.Fatalf("%+v: want the other two", posts)
					}
				}
			})
		})
	}
}

// One row that can't be read holds up no other text either.
func TestOneRowThatCannotBeRead(t *testing.T) {
	for _, broken := range []string{"{", `{"due":7}`, ""} {
		t.Run(broken, func(t *testing.T) {
			onBoth(t, func(t *testing.T, r *redis.Redis, c *goredis.Client) {
				storetest.Plan(t, r, "1", nil, storetest.Row(t, "a"), storetest.Row(t, "b"))
				damage(t, c, "{beacon}:text:a", "row", broken)
				rows, err := r.Claim(t.Context(), now, 8, unpaced, lease)
				if err == nil || len(rows) != 1 || rows[0].ID != "b" {
					t.Errorf("claimed %+v, %v; want the other one and an error", rows, err)
				}
			})
		})
	}
}

// One alarm that can't be read hides no other from those who page.
func TestOneAlarmThatCannotBeRead(t *testing.T) {
	onBoth(t, func(t *testing.T, r *redis.Redis, c *goredis.Client) {
		for _, last4 := range []string{"0101", "0102"} {
			p := storetest.Phone(t, last4)
			storetest.Turn(t, r, last4, p, handlers.Effects{Cases: []handlers.Case{{
				ID: "c" + last4, Channel: handlers.UrgentChannel, Kind: "crisis", Phone: p,
				At: now, Open: true,
			}}})
		}
		damage(t, c, "{beacon}:case:c0101", "case", "{")
		all, err := r.Untaken(t.Context())
		if len(all) != 1 || all[0].ID != "c0102" || err == nil {
			t.Errorf("%+v, %v; want the other one and an error", all, err)
		}
	})
}
