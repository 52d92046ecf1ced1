package redis

import (
	"context"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/figures"
)

// Counter says what is counted of what is written, for the figures of the clinic's days.
type Counter interface {
	// Turn returns what an event counts for.
	Turn(s handlers.State, e handlers.Effects, now time.Time) []figures.Tally
	// Row returns what a row counts for that comes to a state. Of one that a receipt moves, only
	// the id is known.
	Row(o handlers.Outgoing, state string, now time.Time) []figures.Tally
}

// count(key, lifetime, name, n, …) adds to the figures of a day.
var count = library(`
local function count(key, lifetime, ...)
  local more = {...}
  for i = 1, #more, 2 do redis.call('HINCRBY', key, more[i], more[i+1]) end
  if #more > 0 then redis.call('EXPIRE', key, lifetime) end
end
`)

// tally counts an event, and notes that a visit or a case has changed.
func (w *writer) tally(s handlers.State, e handlers.Effects) {
	if len(e.Visits)+len(e.Gone)+len(e.Cases) > 0 {
		w.add("INCR", w.keys.changed())
	}
	if w.count == nil {
		return
	}
	of := map[string][]string{} // by day
	for _, t := range w.count.Turn(s, e, w.now) {
		of[t.Day] = append(of[t.Day], t.Name, strconv.Itoa(t.N))
	}
	for day, more := range of {
		w.add(append([]string{
			"COUNT", w.keys.figures(day), num(seconds(keepFigures)),
		}, more...)...)
	}
}

// tallied returns what a row counts for that comes to a state, and on which day.
func (r *Redis) tallied(o handlers.Outgoing, state string) (day string, out []string) {
	if r.count == nil {
		return "", nil
	}
	for _, t := range r.count.Row(o, state, r.now()) { // all are of today
		day, out = t.Day, append(out, t.Name, strconv.Itoa(t.N))
	}
	return day, out
}

// Figures returns what was counted on some days, in their order. One of which nothing is known is
// empty.
func (r *Redis) Figures(ctx context.Context, days []string) ([]figures.Day, error) {
	all := make([]*redis.MapStringStringCmd, len(days))
	_, err := r.db.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, day := range days {
			all[i] = p.HGetAll(ctx, r.keys.figures(day))
		}
		return nil
	})
	if err != nil {
		return nil, wrap("read figures", err)
	}
	out := make([]figures.Day, len(days))
	for i, one := range all {
		out[i] = figures.Day{Date: days[i], Of: map[string]int{}}
		for name, n := range one.Val() {
			out[i].Of[name] = int(number(n))
		}
	}
	return out, nil
}

// Changed returns a count that rises with every event that changes a visit or a case, for whoever
// shows them and would look again.
func (r *Redis) Changed(ctx context.Context) (int64, error) {
	n, err := r.db.Get(ctx, r.keys.changed()).Int64()
	if err == redis.Nil {
		err = nil // nothing has changed yet
	}
	return n, wrap("read what has changed", err)
}
