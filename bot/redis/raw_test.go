package redis_test

import (
	"slices"
	"strings"
	"testing"

	goredis "github.com/redis/go-redis/v9"
)

// raw returns a client that sees what is stored.
func raw(t testing.TB, url string) *goredis.Client {
	t.Helper()
	o, err := goredis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	c := goredis.NewClient(o)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// stored returns all keys of a server, sorted.
func stored(t testing.TB, c *goredis.Client) (out []string) {
	t.Helper()
	for scan := c.Scan(t.Context(), 0, "*", 1000).Iterator(); scan.Next(t.Context()); {
		out = append(out, scan.Val())
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// content returns all that a key of any type holds, its name included.
func content(t testing.TB, c *goredis.Client, key string) string {
	t.Helper()
	ctx, out := t.Context(), []string{key}
	kind, err := c.Type(ctx, key).Result()
	if err != nil {
		t.Fatal(err)
	}
	var more []string
	switch kind {
	case "string":
		one, err1 := c.Get(ctx, key).Result()
		more, err = []string{one}, err1
	case "hash":
		all, err1 := c.HGetAll(ctx, key).Result()
		for field, value := range all {
			more = append(more, field+" "+value)
		}
		slices.Sort(more)
		err = err1
	case "list":
		more, err = c.LRange(ctx, key, 0, -1).Result()
	case "set":
		more, err = c.SMembers(ctx, key).Result()
		slices.Sort(more)
	case "zset":
		more, err = c.ZRange(ctx, key, 0, -1).Result()
	}
	if err != nil {
		t.Fatalf("%s, a %s: %v", key, kind, err)
	}
	return strings.Join(append(out, more...), "\n")
}
