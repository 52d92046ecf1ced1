package redis

import (
	"context"

	"github.com/redis/go-redis/v9"
)

// once is a client for scripts that must not run twice: those that claim or count. If a connection
// breaks, nobody knows whether the server has run the script, so the caller gets the error and
// nothing is retried. Its other commands are retried as ever.
type once struct{ redis.UniversalClient }

// EvalSha implements redis.Scripter.
func (o once) EvalSha(ctx context.Context, hash string, keys []string, args ...any) *redis.Cmd {
	c := eval(ctx, "evalsha", hash, keys, args)
	_ = o.Process(ctx, c) // c holds the error
	return c.Cmd
}

// Eval implements redis.Scripter.
func (o once) Eval(ctx context.Context, script string, keys []string, args ...any) *redis.Cmd {
	c := eval(ctx, "eval", script, keys, args)
	_ = o.Process(ctx, c) // c holds the error
	return c.Cmd
}

// unrepeated is a command that go-redis never sends a second time. Setting MaxRetries to 0 wouldn't
// do: a Cluster's client retries after a broken connection as often as it follows redirects. Those
// are still followed: a server that sends one has run nothing.
type unrepeated struct{ *redis.Cmd }

// NoRetry implements redis.Cmder.
func (unrepeated) NoRetry() bool { return true }

// eval makes a call of a script, by its hash ("evalsha") or its source ("eval").
func eval(ctx context.Context, verb, script string, keys []string, args []any) unrepeated {
	words := make([]any, 0, 3+len(keys)+len(args))
	words = append(words, verb, script, len(keys))
	for _, k := range keys {
		words = append(words, k)
	}
	c := redis.NewCmd(ctx, append(words, args...)...)
	c.SetFirstKeyPos(3) // a Cluster goes by it; it comes after verb, script and the number of keys
	return unrepeated{c}
}
