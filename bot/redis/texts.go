package redis

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers/gate"

	"github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

// Claim implements gate.Ledger.
func (r *Redis) Claim(ctx context.Context, now time.Time, n int, p gate.Pace, lease time.Duration) ([]gate.Claim, error) {
	keys := []string{
		keyTextsAlarm, keyTextsFirst, keyTextsDue, keyPace, keySegments(p.Day), keyServer,
	}
	list, doubt, err := claimed(claimTexts.Run(ctx, r.once, keys,
		now.UnixMicro(), r.skew.Microseconds(), n, lease.Milliseconds(), rand.Text(),
		doubtStep.Milliseconds(), keepDoubt.Milliseconds(), r.visitsFrom(),
		p.Every.Microseconds(), p.Ahead.Microseconds(), most(p).Microseconds(), p.PerDay))
	if err != nil {
		return nil, err
	}
	out := make([]gate.Claim, 0, len(list)/3)
	var faults []error
	for i := 0; i+2 < len(list); i += 3 {
		var c gate.Claim
		if c.Outgoing, err = outgoing(fields(list[i+1])); err == nil && !c.Alarm {
			c.Known, err = state(c.To, list[i+2])
		}
		if err != nil {
			faults = append(faults, err)
			continue
		}
		c.Doubt = doubt.of(c.Outgoing, now, lease)
		out = append(out, c)
	}
	return out, errors.Join(faults...)
}

// claimed is what a claim of either ledger took, and the doubt about it.
func claimed(reply *redis.Cmd) ([]any, doubt, error) {
	list, err := reply.Slice()
	if err == nil && len(list) < 3 {
		err = errors.New("short answer")
	}
	if err != nil {
		return nil, doubt{}, fmt.Errorf("redis: claim: %w", err)
	}
	from, _ := list[0].(int64)
	to, _ := list[1].(int64)
	return slice(list[2]), doubt{time.UnixMilli(from), time.UnixMilli(to)}, nil
}

// fields are those of a hash that a script returned.
func fields(from any) map[string]string {
	list, row := slice(from), map[string]string{}
	for j := 0; j+1 < len(list); j += 2 {
		k, _ := list[j].(string)
		row[k], _ = list[j+1].(string)
	}
	return row
}

// doubt is when texts may have left that the server has forgotten.
type doubt struct{ from, to time.Time }

// of is the doubt about a row. One that was due by then may have left. So may an unasked one that has been planned anew since: its visit,
// forgotten too, was imported again. Of other texts a later one of the same words is another text.
func (d doubt) of(o handlers.Outgoing, now time.Time, lease time.Duration) handlers.Doubt {
	until := d.to.Add(lease)
	if now.Sub(d.to) > keepDoubt || !o.Unasked && o.Due.After(d.to) && ms(o.Due) != ms(until) { // due just then: it was put off for its doubt
		return handlers.Doubt{}
	}
	return handlers.Doubt{From: d.from, Until: until}
}

// outgoing joins a row's parts: what was planned, and what became of it.
func outgoing(f map[string]string) (o handlers.Outgoing, err error) {
	if err = json.Unmarshal([]byte(f["row"]), &o); err != nil {
		return o, fmt.Errorf("redis: stored text: %w", err)
	}
	o.Token, o.State, o.SID, o.Why, o.Body, o.With, o.Says, o.Was = f["token"], f["state"], f["sid"], f["why"], f["body"], f["with"], f["says"], f["was"]
	o.Tries, _ = strconv.Atoi(f["tries"])
	o.Errors, _ = strconv.Atoi(f["errors"])
	o.Round, _ = strconv.Atoi(f["round"])
	o.First = parse(f["first"])
	o.At = parse(f["at"])
	return o, nil
}

// parse reads a time as stamp writes it, or its ms, as scripts do.
func parse(s string) time.Time {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return time.UnixMilli(n)
	}
	t, _ := time.Parse(time.RFC3339Nano, s)
	return t
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339Nano)
}

// rowOf is a row as the field row holds it: what has a field of its own is left out.
func (w *writer) rowOf(o handlers.Outgoing) string {
	o.Body, o.With, o.Says, o.State, o.SID, o.Why = "", "", "", "", "", ""
	o.Tries, o.Errors, o.First, o.At = 0, 0, time.Time{}, time.Time{}
	return w.json(o)
}

// Begin implements gate.Ledger.
func (r *Redis) Begin(ctx context.Context, o handlers.Outgoing, s handlers.State, c gate.Caps, p gate.Pace, lease time.Duration) (gate.Begun, error) {
	unasked, texted, first, segments, ahead := "0", "0", "", 0, num(p.Ahead.Microseconds())
	if o.Unasked {
		unasked = "1"
	}
	if s.Texted {
		texted = "1"
	}
	if !o.First.IsZero() {
		first = num(ms(o.First))
	}
	if !o.Voice {
		segments, _ = knowledge.Segments(o.Body)
	}
	if o.Alarm {
		ahead = "" // it is counted, and doesn't wait
	}
	n := o.To.E164()
	keys := []string{keyText(o.ID), keyUnasked(n), keyTurn(n), keyPace, keySegments(p.Day)}
	reply, err := r.line.run(ctx, begin, keys,
		o.Token, o.ID, o.Says, o.Body, o.Tries, first,
		c.Now.UnixMicro(), r.skew.Microseconds(), lease.Milliseconds(),
		unasked, ms(c.Day), c.PerDay, ms(c.Week), c.PerWeek, seconds(keepUnasked),
		c.KeepDay, c.KeepWeek,
		segments, p.Every.Microseconds(), ahead, most(p).Microseconds(),
		p.PerDay, ms(p.Ends), seconds(keepPace),
		o.With, s.Version, texted).Slice()
	if err != nil {
		return gate.Begun{}, fmt.Errorf("redis: begin: %w", err)
	}
	return begun(reply)
}

func begun(reply []any) (b gate.Begun, err error) {
	if len(reply) == 0 {
		return b, errors.New("redis: begin: empty answer")
	}
	n, _ := reply[0].(int64)
	b.Answer = gate.Answer(n)
	if len(reply) < 2 {
		return b, nil
	}
	s, _ := reply[1].(string)
	switch b.Answer {
	case gate.Apart:
		b.With = s
		return b, nil
	case gate.Capped:
		b.Cap = s
		return b, nil
	}
	us, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return b, fmt.Errorf("redis: begin: %w", err)
	}
	b.At = time.UnixMicro(us)
	return b, nil
}

// Settle implements gate.Ledger.
func (r *Redis) Settle(ctx context.Context, o handlers.Outgoing) (bool, error) {
	again, line, keep, row := "", plain(o.Why), "", ""
	if o.State == handlers.Planned {
		w := writer{}
		if again, row = num(ms(o.Due)), w.rowOf(o); w.err != nil {
			return false, w.err
		}
	} else if (o.State == handlers.Sent || o.State == handlers.Failed) && !o.Unasked {
		keep = o.Body // what a patient was told isn't kept for longer than it may have to be told again
	}
	ok, err := r.line.run(ctx, settle, []string{keyText(o.ID), keyUnasked(o.To.E164()), keyFailed, keyWords(o.ID)},
		o.Token, o.ID, row, o.State, o.SID, line, stamp(o.At), ms(o.At), again, seconds(keepText), o.Tries, o.Errors, line,
		keep, seconds(keepWords)).Int()
	if err != nil {
		return false, fmt.Errorf("redis: settle: %w", err)
	}
	return ok == 1, nil
}

// plain is a text on one line.
func plain(s string) string { return strings.Join(strings.Fields(s), " ") }

// Advance moves a row forward on a receipt and returns it as it then is; with a time to try again, a failed one waits until then. moved is
// false when it was that far already, and the row is zero when there is none of that id.
func (r *Redis) Advance(ctx context.Context, id, state, sid, why string, at, again time.Time) (o handlers.Outgoing, moved bool, err error) {
	due, line := "", ""
	if !again.IsZero() {
		due, line = num(ms(again)), "to be tried again"
	}
	n, err := advance.Run(ctx, r.db, []string{keyText(id), keyFailed, keyWords(id)}, state, sid, plain(why), stamp(at), ms(at), id, due, line).Int()
	if err != nil || n < 0 {
		return o, false, wrap("advance", err)
	}
	o, err = r.Row(ctx, id)
	return o, n > 0, err
}

// Row reads a row of the ledger; the zero row if there is none.
func (r *Redis) Row(ctx context.Context, id string) (handlers.Outgoing, error) {
	f, err := r.db.HGetAll(ctx, keyText(id)).Result()
	if err != nil || len(f) == 0 {
		return handlers.Outgoing{}, wrap("read text", err)
	}
	return outgoing(f)
}

// Next implements gate.Ledger.
func (r *Redis) Next(ctx context.Context, p gate.Pace) (time.Time, error) {
	alarm, err1 := r.next(ctx, keyTextsAlarm)
	first, err2 := r.next(ctx, keyTextsFirst)
	due, err3 := r.next(ctx, keyTextsDue)
	second, day, err4 := r.held(ctx, r.now(), p)
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return time.Time{}, err
	}
	next := alarm
	for _, q := range []struct{ at, held time.Time }{{first, second}, {due, later(second, day)}} {
		if at := later(q.at, q.held); !q.at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return next, nil
}

// mostSegments is how many segments can be promised beyond the pace's own look ahead: those of the
// longest text, and of some alarms, which don't wait.
const mostSegments = 30

// most is how far ahead of now the next free segment can lie.
func most(p gate.Pace) time.Duration { return p.Ahead + mostSegments*p.Every }

// held is until when the pace lets nothing but alarms out, and until when nothing unasked; zero if
// it does.
func (r *Redis) held(
	ctx context.Context, now time.Time, p gate.Pace,
) (second, day time.Time, err error) {
	pace, err := r.db.MGet(ctx, keyPace, keySegments(p.Day)).Result()
	if err != nil {
		return second, day, wrap("read pace", err)
	}
	number := func(i int) int64 {
		s, _ := pace[i].(string)
		n, _ := strconv.ParseInt(s, 10, 64)
		return n
	}
	if us := number(0); us > 0 && us <= now.Add(most(p)).UnixMicro() && p.Every > 0 {
		// Rows fall due by the millisecond.
		second = time.UnixMicro(us).Add(-p.Ahead + time.Millisecond - 1).Truncate(time.Millisecond)
	}
	if p.PerDay > 0 && number(1) >= int64(p.PerDay) {
		day = p.Ends
	}
	return second, day, nil
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func (r *Redis) next(ctx context.Context, due string) (time.Time, error) {
	z, err := r.db.ZRangeWithScores(ctx, due, 0, 0).Result()
	if err != nil || len(z) == 0 {
		return time.Time{}, wrap("next", err)
	}
	return time.UnixMilli(int64(z[0].Score)), nil
}

// Waiting counts the rows that wait or are on their way.
func (r *Redis) Waiting(ctx context.Context) (n int64, err error) {
	for _, queue := range []string{keyTextsAlarm, keyTextsFirst, keyTextsDue} {
		one, err := r.db.ZCard(ctx, queue).Result()
		if err != nil {
			return 0, wrap("count", err)
		}
		n += one
	}
	return n, nil
}

func wrap(what string, err error) error {
	if err != nil {
		return fmt.Errorf("redis: %s: %w", what, err)
	}
	return nil
}
