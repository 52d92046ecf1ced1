package redis

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/audit"
)

// The audit is a chain of entries, of which each holds the hash of the one before. Hashes are over
// the plain entries, so that the chain outlives a rotation of the keys. Since each entry is sealed
// with its number and that hash, whoever has no key can neither make an entry nor change one, nor
// take one out or put it elsewhere. They can bring back an older end of the chain: that shows
// against a head that was written down elsewhere. Without keys the chain shows accidents alone.
//
// A day's entries are a list of their own, so that none gets long.

// Head is an end of the audit's chain: how many entries there were, and the hash of the last.
type Head struct {
	N    int64  `json:"n"`
	Hash string `json:"hash"` // SHA-256, in hex; "" of no entry
	Day  string `json:"day"`  // of that entry, as its key has it
}

// String returns a head as it is written down: "12:9f86d0…".
func (h Head) String() string { return fmt.Sprintf("%d:%s", h.N, h.Hash) }

// ParseHead reads what String wrote.
func ParseHead(s string) (h Head, err error) {
	n, hash, ok := strings.Cut(strings.TrimSpace(s), ":")
	raw, bad := hex.DecodeString(hash)
	if _, err := fmt.Sscanf(n, "%d", &h.N); err != nil || fmt.Sprint(h.N) != n || !ok || bad != nil ||
		h.N < 1 || len(raw) != sha256.Size {
		return Head{}, fmt.Errorf("%q: want N:HASH, as /status and the log show it", s)
	}
	h.Hash = strings.ToLower(hash)
	return h, nil
}

// appendAct adds an entry to the audit if its end is as it was read, and begins the chain if there
// is none.
//
// KEYS: head, anchor, day, acted
// ARGV: was: the head as it was read, is: the new one, start: an anchor for a chain that begins,
// entry, keep: how long the event is known s
// Returns: {1} if it was added, {2} if the event was written down before, {0, head} if the end is
// another
var appendAct = newScript(declared{
	name: "appendAct",
	keys: "head anchor day acted",
	args: "was is start entry keep",
	lua: `
if redis.call('EXISTS', acted) == 1 then return {2} end
local now = redis.call('GET', head) or ''
if now ~= was then return {0, now} end
if was == '' then redis.call('SET', anchor, start) end
redis.call('RPUSH', day, entry)
redis.call('SET', head, is)
redis.call('SET', acted, '1', 'EX', keep)
return {1}`,
})

// trimAudit removes the first day of the audit, if the chain still begins where it was read.
//
// KEYS: anchor, day
// ARGV: was: the anchor as it was read, is: the new one
// Returns: 1, or 0 if another process has trimmed the audit
var trimAudit = newScript(declared{
	name: "trimAudit",
	keys: "anchor day",
	args: "was is",
	lua: `
if redis.call('GET', anchor) ~= was then return 0 end
redis.call('SET', anchor, is)
redis.call('UNLINK', day)
return 1`,
})

// actTries is how often an entry is begun anew because others are written at the same time: far
// more than a clinic has staff.
const actTries = 500

// auditDay is the form of a day in a key.
const auditDay = time.DateOnly

// Record writes an act down, once for its event. The error is the store's: then the act must not
// be done.
func (r *Redis) Record(ctx context.Context, a audit.Act) error {
	if a.Event == "" { // all such acts would count as one
		return errors.New("redis: write the audit: the act has no event")
	}
	e := audit.Acted{Event: a.Event, User: a.User, Do: a.Do, About: a.About}
	if !a.Phone.IsZero() {
		known, err := r.names(ctx)
		if err != nil {
			return err
		}
		e.Number = string(known.who(a.Phone))
		e.About = strings.TrimSpace(a.Phone.String() + " " + a.About)
	}
	was, err := r.db.Get(ctx, r.keys.auditHead()).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return wrap("read the audit's head", err)
	}
	for range actTries {
		out, err := r.addAct(ctx, was, e)
		if err != nil {
			return wrap("write the audit", err)
		}
		if number(out[0]) != 0 {
			return nil
		}
		if len(out) > 1 {
			was = text(out[1])
		}
	}
	return wrap("write the audit", handlers.ErrConflict)
}

// addAct tries to add an entry to a chain that ends in a stored head.
func (r *Redis) addAct(ctx context.Context, was string, e audit.Acted) ([]any, error) {
	var end Head
	if err := r.seals.decode(inAudit, was, &end); err != nil {
		return nil, err
	}
	// Clocks differ: an entry stands on the day of the one before it, if not on a later one.
	e.N, e.Prev, e.At = end.N+1, end.Hash, r.now().UTC()
	day := max(end.Day, e.At.Format(auditDay))
	plain, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	is, err1 := r.seals.encode(inAudit, Head{N: e.N, Hash: hashOf(string(plain)), Day: day})
	start, err2 := r.seals.encode(inAudit, Head{Day: dayBefore(day)})
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	out, err := appendAct.run(ctx, r.db, r.keys,
		arg{"head", r.keys.auditHead()},
		arg{"anchor", r.keys.auditAnchor()},
		arg{"day", r.keys.audit(day)},
		arg{"acted", r.keys.acted(e.Event)},
		arg{"was", was},
		arg{"is", is},
		arg{"start", start},
		arg{"entry", r.seals.seal(inAudit, string(plain))},
		arg{"keep", seconds(r.keep.Reply)}).Slice()
	if err == nil && len(out) == 0 {
		err = errors.New("short answer")
	}
	return out, err
}

// hashOf is the hash of a plain entry.
func hashOf(plain string) string {
	sum := sha256.Sum256([]byte(plain))
	return hex.EncodeToString(sum[:])
}

func dayBefore(day string) string { return shift(day, -1) }

// shift is a day so many days on.
func shift(day string, days int) string {
	t, _ := time.Parse(auditDay, day) // we wrote it
	return t.AddDate(0, 0, days).Format(auditDay)
}

// AuditHead reads where the audit ends; the zero Head if nothing was ever written down.
func (r *Redis) AuditHead(ctx context.Context) (Head, error) {
	h, _, err := r.auditEnd(ctx, r.keys.auditHead())
	return h, err
}

// auditEnd reads the head or the anchor, and the same as it is stored.
func (r *Redis) auditEnd(ctx context.Context, key string) (h Head, stored string, err error) {
	stored, err = r.db.Get(ctx, key).Result()
	if errors.Is(err, redis.Nil) {
		return h, "", nil
	}
	if err == nil {
		err = r.seals.decode(inAudit, stored, &h)
	}
	return h, stored, wrap("read an end of the audit", err)
}

// auditBatch is how many days are read at a time.
const auditBatch = 20

// auditDays calls see with the stored entries of the days in [from, to], in order, until it says
// that it has seen enough.
func (r *Redis) auditDays(
	ctx context.Context, from, to string, see func(day, stored string) (more bool),
) error {
	for ; from <= to; from = shift(from, auditBatch) {
		var days []string
		var lists []*redis.StringSliceCmd
		pipe := r.db.Pipeline()
		for i := range auditBatch {
			if day := shift(from, i); day <= to {
				days = append(days, day)
				lists = append(lists, pipe.LRange(ctx, r.keys.audit(day), 0, -1))
			}
		}
		if _, err := pipe.Exec(ctx); err != nil {
			return wrap("read the audit", err)
		}
		for i, day := range days {
			for _, stored := range lists[i].Val() {
				if !see(day, stored) {
					return nil
				}
			}
		}
	}
	return nil
}

// Audit returns what was written down since a time, oldest first.
func (r *Redis) Audit(ctx context.Context, since time.Time) (out []audit.Acted, err error) {
	head, err1 := r.AuditHead(ctx)
	anchor, _, err2 := r.auditEnd(ctx, r.keys.auditAnchor())
	if err := errors.Join(err1, err2); err != nil || head.N == 0 {
		return nil, err
	}
	from := max(since.UTC().Format(auditDay), shift(anchor.Day, 1))
	var bad error
	err = r.auditDays(ctx, from, head.Day, func(_, stored string) bool {
		var e audit.Acted
		if bad = r.seals.decode(inAudit, stored, &e); bad == nil && !e.At.Before(since) {
			out = append(out, e)
		}
		return bad == nil
	})
	return out, errors.Join(err, bad)
}

// sweepAudit removes the days of the audit that have outlived their time. The anchor says where the
// chain then begins.
func (r *Redis) sweepAudit(ctx context.Context, now time.Time) error {
	anchor, was, err := r.auditEnd(ctx, r.keys.auditAnchor())
	if err != nil || was == "" {
		return err
	}
	keeps := now.Add(-r.keep.Audit).UTC().Format(auditDay) // the first day that stays whole
	for day := shift(anchor.Day, 1); day < keeps; day = shift(day, 1) {
		last, err := r.db.LIndex(ctx, r.keys.audit(day), -1).Result()
		if err != nil && !errors.Is(err, redis.Nil) {
			return wrap("read the audit", err)
		}
		anchor.Day = day
		if err == nil {
			plain, err := r.seals.open(inAudit, last)
			if err != nil {
				return wrap("trim the audit", err)
			}
			var e audit.Acted
			if err := json.Unmarshal([]byte(plain), &e); err != nil {
				return wrap("trim the audit", err)
			}
			anchor.N, anchor.Hash = e.N, hashOf(plain)
		}
		is, err := r.seals.encode(inAudit, anchor)
		if err != nil {
			return err
		}
		n, err := trimAudit.run(ctx, r.db, r.keys,
			arg{"anchor", r.keys.auditAnchor()},
			arg{"day", r.keys.audit(day)},
			arg{"was", was},
			arg{"is", is}).Int()
		if err != nil || n == 0 {
			return wrap("trim the audit", err)
		}
		was = is
	}
	return nil
}
