package redis

import (
	"context"

	"github.com/redis/go-redis/v9"
)

// once is a client for scripts that must not run twice: those that claim or count. If a connection
// breaks, it isn't known whether the server has run the script; the caller gets the error, and
// nothing is retried.
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

// unrepeated is a command that the vendor's client never sends a second time. Its MaxRetries can't
// say so, for a Cluster's client retries after a broken connection as often as it follows
// redirects. Redirects themselves are followed: a server that sends one has run nothing.
type unrepeated struct{ *redis.Cmd }

// NoRetry implements redis.Cmder.
func (unrepeated) NoRetry() bool { return true }

func eval(ctx context.Context, verb, script string, keys []string, args []any) unrepeated {
	words := make([]any, 0, 3+len(keys)+len(args))
	words = append(words, verb, script, len(keys))
	for _, k := range keys {
		words = append(words, k)
	}
	c := redis.NewCmd(ctx, append(words, args...)...)
	c.SetFirstKeyPos(3)
	return unrepeated{c}
}
