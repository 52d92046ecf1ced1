package redis

import (
	"context"
	"fmt"
	"strings"

	"github.com/redis/go-redis/v9"
)

// vault says where in a key sealed values lie.
type vault struct {
	in     place
	fields []string // of a hash; none: all of them
	kind   string   // string, hash, list or (sorted) set
}

// vaults are all places in which sealed values lie, by the first part of their keys. What isn't
// here holds ids, times, states and reasons, and nobody's name, number or words.
var vaults = map[string]vault{
	"act":          {in: inAct, kind: "hash", fields: []string{"row"}},
	"audit":        {in: inAudit, kind: "list"},
	"audit-anchor": {in: inAudit, kind: "string"},
	"audit-head":   {in: inAudit, kind: "string"},
	"back":         {in: inBack, kind: "hash", fields: []string{"row"}},
	"case":         {in: inCase, kind: "hash", fields: []string{"case"}},
	"consent":      {in: inConsent, kind: "string"},
	"consents":     {in: inConsents, kind: "list"},
	"done":         {in: inDone, kind: "string"},
	"draft":        {in: inDraft, kind: "string"},
	"feed":         {in: inFeed, kind: "hash", fields: []string{"record"}},
	"links":        {in: inLinks, kind: "hash"},
	"names":        {in: inNames, kind: "string"},
	"own":          {in: inOwn, kind: "string"},
	"phone":        {in: inPhone, kind: "string"},
	"post":         {in: inPost, kind: "hash", fields: []string{"row"}},
	"proposals":    {in: inProposal, kind: "hash"},
	"question":     {in: inQuestion, kind: "hash"},
	"reach":        {in: inReach, kind: "string"},
	"said":         {in: inSaid, kind: "set"},
	"slot":         {in: inSlot, kind: "string"},
	"talk":         {in: inTalk, kind: "string"},
	"taught":       {in: inTaught, kind: "hash"},
	"text":         {in: inText, kind: "hash", fields: []string{"row", "body"}},
	"visit":        {in: inVisit, kind: "string"},
	"waitlist":     {in: inWaitlist, kind: "hash"},
	"words":        {in: inText, kind: "string"}, // it becomes the body of a row again: see requeue
}

// reseal puts a newly sealed value in the place of an old one, if that is still there: the bots go
// on writing meanwhile.
//
// KEYS: key
// ARGV: kind, field (of a hash its name, of a list its index, of a set its score), was, is
// Returns: 1, or 0 if another value is there by now
var reseal = newScript(declared{
	name: "reseal",
	keys: "key",
	args: "kind field was is",
	lua: `
if kind == 'hash' then
  if redis.call('HGET', key, field) ~= was then return 0 end
  redis.call('HSET', key, field, is)
elseif kind == 'set' then
  if redis.call('ZREM', key, was) == 0 then return 0 end
  redis.call('ZADD', key, field, is)
elseif kind == 'list' then
  if redis.call('LINDEX', key, field) ~= was then return 0 end
  redis.call('LSET', key, field, is)
else
  if redis.call('GET', key) ~= was then return 0 end
  redis.call('SET', key, is, 'KEEPTTL')
end
return 1`,
})

// Rotation is what a rotation of the keys did.
type Rotation struct {
	Resealed int // values that the newest key has sealed now
	// Left counts what other keys sealed, by their ids; "" is what lies in clear. Those keys are
	// needed still.
	Left map[string]int
}

// Rotate seals with the newest key what another sealed, or none. The bots may run meanwhile, if
// they all know the newest key. What one of them writes just then is looked at again. progress is
// told of every step: how many keys were looked at, of how many.
func (r *Redis) Rotate(ctx context.Context, progress func(done, of int)) (Rotation, error) {
	var out Rotation
	for {
		did, left, err := r.pass(ctx, progress)
		out.Resealed += did
		out.Left = left
		if err != nil || did == 0 {
			return out, wrap("rotate", err)
		}
	}
}

// pass looks at every key once.
func (r *Redis) pass(
	ctx context.Context, progress func(done, of int),
) (did int, left map[string]int, err error) {
	node, err := r.home(ctx)
	if err != nil {
		return 0, nil, err
	}
	all, err := node.DBSize(ctx).Result()
	if err != nil {
		return 0, nil, err
	}
	left = map[string]int{}
	done := 0
	for cursor := uint64(0); ; {
		var found []string
		found, cursor, err = node.Scan(ctx, cursor, r.keys.prefix+"*", scanBatch).Result()
		if err != nil {
			return did, left, err
		}
		n, err := r.resealAll(ctx, found, left)
		if did += n; err != nil {
			return did, left, err
		}
		done += len(found)
		progress(done, max(int(all), done))
		if cursor == 0 {
			return did, left, nil
		}
	}
}

// value is one that may be sealed.
type value struct {
	key, field, was string
	vault
}

// resealAll seals the values of some keys anew and counts in left those that it couldn't.
func (r *Redis) resealAll(ctx context.Context, keys []string, left map[string]int) (int, error) {
	values, err := r.valuesOf(ctx, keys)
	if err != nil {
		return 0, err
	}
	did := 0
	for _, v := range values {
		id, _, is := unpackSeal(v.was)
		if is && id == r.seals.newest || v.was == "" {
			continue
		}
		if r.seals.newest == "" {
			left[id]++
			continue
		}
		plain, err := r.seals.open(v.in, v.was)
		if err != nil {
			return did, fmt.Errorf("%s: %w", v.key, err)
		}
		n, err := reseal.run(ctx, r.db, r.keys,
			arg{"key", v.key},
			arg{"kind", v.kind},
			arg{"field", v.field},
			arg{"was", v.was},
			arg{"is", r.seals.seal(v.in, plain)}).Int()
		if err != nil {
			return did, err
		}
		if did += n; n == 0 {
			left[id]++
		}
	}
	return did, nil
}

// valuesOf reads what may be sealed in some keys.
func (r *Redis) valuesOf(ctx context.Context, keys []string) (out []value, err error) {
	pipe := r.db.Pipeline()
	read := make([]func() []value, 0, len(keys))
	for _, key := range keys {
		stem, _, _ := strings.Cut(strings.TrimPrefix(key, r.keys.prefix), ":")
		v, holds := vaults[stem]
		if !holds {
			continue
		}
		at := func(field, was string) value { return value{key, field, was, v} }
		switch {
		case v.kind == "string":
			one := pipe.Get(ctx, key)
			read = append(read, func() []value { return []value{at("", one.Val())} })
		case v.kind == "list":
			all := pipe.LRange(ctx, key, 0, -1)
			read = append(read, func() (out []value) {
				for i, was := range all.Val() {
					out = append(out, at(num(int64(i)), was))
				}
				return out
			})
		case v.kind == "set":
			all := pipe.ZRangeWithScores(ctx, key, 0, -1)
			read = append(read, func() (out []value) {
				for _, one := range all.Val() {
					out = append(out, at(num(int64(one.Score)), text(one.Member)))
				}
				return out
			})
		case v.fields == nil:
			all := pipe.HGetAll(ctx, key)
			read = append(read, func() (out []value) {
				for field, was := range all.Val() {
					out = append(out, at(field, was))
				}
				return out
			})
		default:
			some := pipe.HMGet(ctx, key, v.fields...)
			read = append(read, func() (out []value) {
				for i, was := range some.Val() {
					out = append(out, at(v.fields[i], text(was)))
				}
				return out
			})
		}
	}
	if len(read) == 0 {
		return nil, nil
	}
	if _, err := pipe.Exec(ctx); err != nil && err != redis.Nil {
		return nil, err
	}
	for _, one := range read {
		out = append(out, one()...)
	}
	return out, nil
}
