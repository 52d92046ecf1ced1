package redis

import (
	"context"
	"errors"
	"time"
)

// holdCard has one caller alone post the first card of a case, until the lease ends.
//
// KEYS: held
// ARGV: by: the caller; now: µs; skew: µs, see clock; lease: ms, 0 gives it up; keep: lifetime, s
// Returns: {1 if the caller has it, else 0; 1 if somebody had it before, else 0}
var holdCard = newScript(declared{
	name: "holdCard",
	keys: "held",
	args: "by now skew lease keep",
	uses: []library{clock},
	lua: `
local now = tonumber(ms(clock(now, skew)))
local last, till = unpack(redis.call('HMGET', held, 'by', 'till'))
if last and last ~= by and tonumber(till) > now then return {0, 1} end
redis.call('HSET', held, 'by', by, 'till', whole(now + lease))
redis.call('EXPIRE', held, keep)
return {1, last and 1 or 0}`,
})

// HoldCard implements desk.Queue. Who asks again has it again.
func (r *Redis) HoldCard(
	ctx context.Context, id, by string, now time.Time, lease time.Duration,
) (held, before bool, err error) {
	got, err := holdCard.run(ctx, r.db, r.keys,
		arg{"held", r.keys.held(id)},
		arg{"by", by},
		arg{"now", now.UnixMicro()},
		arg{"skew", r.clock.skew.Microseconds()},
		arg{"lease", lease.Milliseconds()},
		arg{"keep", seconds(keepHeld)}).Int64Slice()
	if err == nil && len(got) < 2 {
		err = errors.New("short answer")
	}
	if err != nil {
		return false, false, wrap("hold card", err)
	}
	return got[0] == 1, got[1] == 1, nil
}
