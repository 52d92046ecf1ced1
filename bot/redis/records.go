package redis

import (
	"context"
	"strconv"
	"strings"
	"time"

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
