package redis

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers/gate"

	"github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/handlers"
)

// mostRecords bounds how many rows one look-up reads.
const mostRecords = 200

// Records are the rows of a number with their history, the latest planned ones, soonest due first.
func (r *Redis) Records(ctx context.Context, p handlers.Phone) ([]handlers.Record, error) {
	ids, err := r.db.ZRevRange(ctx, keyTextsOf(p.E164()), 0, mostRecords-1).Result()
	if err != nil {
		return nil, wrap("list texts", err)
	}
	for i, j := 0, len(ids)-1; i < j; i, j = i+1, j-1 {
		ids[i], ids[j] = ids[j], ids[i]
	}
	return r.records(ctx, ids)
}

// Failed are the failed rows that staff haven't seen to, the newest first.
func (r *Redis) Failed(ctx context.Context) ([]handlers.Record, error) {
	old := num(ms(r.now().Add(-keepText)))
	if err := r.db.ZRemRangeByScore(ctx, keyFailed, "-inf", old).Err(); err != nil {
		return nil, wrap("list failed", err)
	}
	ids, err := r.db.ZRevRange(ctx, keyFailed, 0, mostRecords-1).Result()
	if err != nil {
		return nil, wrap("list failed", err)
	}
	return r.records(ctx, ids)
}

// FailedTexts counts the failed rows that staff haven't seen to.
func (r *Redis) FailedTexts(ctx context.Context) (int64, error) {
	n, err := r.db.ZCard(ctx, keyFailed).Result()
	return n, wrap("count failed", err)
}

func (r *Redis) records(ctx context.Context, ids []string) ([]handlers.Record, error) {
	rows := make([]*redis.MapStringStringCmd, len(ids))
	_, err := r.db.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, id := range ids {
			rows[i] = p.HGetAll(ctx, keyText(id))
		}
		return nil
	})
	if err != nil {
		return nil, wrap("read texts", err)
	}
	var out []handlers.Record
	for _, row := range rows {
		f := row.Val()
		if len(f) == 0 {
			continue // its time is over
		}
		o, err := outgoing(f)
		if err != nil {
			return nil, err
		}
		out = append(out, handlers.Record{Outgoing: o, History: history(f["log"])})
	}
	return out, nil
}

// history reads a row's log. Of a long one the oldest lines are gone, and the first that is left may be half a line.
func history(log string) (out []handlers.Moved) {
	for line := range strings.Lines(log) {
		f := strings.SplitN(strings.TrimSuffix(line, "\n"), "\t", 3)
		at, err := strconv.ParseInt(f[0], 10, 64)
		if len(f) < 3 || err != nil || at < 1e12 {
			continue
		}
		out = append(out, handlers.Moved{State: f[1], At: time.UnixMilli(at), Why: f[2]})
	}
	return out
}

// UnaskedAt are the times at which a number got its unasked texts, oldest first.
func (r *Redis) UnaskedAt(ctx context.Context, p handlers.Phone) ([]time.Time, error) {
	z, err := r.db.ZRangeWithScores(ctx, keyUnasked(p.E164()), 0, -1).Result()
	if err != nil {
		return nil, wrap("read unasked", err)
	}
	out := make([]time.Time, len(z))
	for i, one := range z {
		out[i] = time.UnixMilli(int64(one.Score))
	}
	return out, nil
}

// Held is until when the pace holds a row back that is due, as far as can be told now, and how many are due before it. Zero: it may leave, it is
// being carried, or it isn't due yet.
func (r *Redis) Held(ctx context.Context, o handlers.Outgoing, now time.Time, p gate.Pace) (until time.Time, before int64, err error) {
	at, err := r.db.ZScore(ctx, queue(o), o.ID).Result()
	if errors.Is(err, redis.Nil) || err == nil && int64(at) > ms(now) {
		return until, 0, nil
	}
	second, day, err1 := r.held(ctx, now, p)
	counts := []struct{ queue, to string }{{queue(o), "(" + num(int64(at))}}
	if o.Unasked {
		counts = append(counts, struct{ queue, to string }{keyTextsFirst, num(ms(now))})
	}
	for _, c := range counts {
		n, err2 := r.db.ZCount(ctx, c.queue, "-inf", c.to).Result()
		before, err1 = before+n, errors.Join(err1, err2)
	}
	if err = errors.Join(err, err1); err != nil {
		return until, 0, wrap("read pace", err)
	}
	if p.Every > 0 {
		until = later(second, now).Add(time.Duration(before) * p.Every)
	}
	if o.Unasked {
		until = later(until, day)
	}
	if !until.After(now) {
		return time.Time{}, 0, nil
	}
	return until, before, nil
}
