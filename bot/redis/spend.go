package redis

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/budget"
)

// spend(asked) adds what an answer costs to what is used up, as budget.Spend has it: it returns
// the fields of ANSWERS as they then are, name and value in turn, or nil if a period doesn't hold
// it. asked is JSON, or "" for an answer that costs nothing.
var spend = library(`
local function spend(asked)
  local out = {}
  if asked == '' then return out end
  local s = cjson.decode(asked)
  for _, p in ipairs(s.periods) do
    local was = redis.call('HGET', ANSWERS, p.name) or ''
    local from, all, strangers = string.match(was, '^(%d+) (%d+) (%d+)$')
    if not from or tonumber(from) < p.from or tonumber(from) > p.ends then
      from, all, strangers = string.format('%.0f', p.from), 0, 0
    end
    all, strangers = all + s.segments, tonumber(strangers)
    if s.stranger then strangers = strangers + s.segments end
    local over = all > p.most or (s.stranger and strangers > p.strangers)
    if over and not s.unlimited then return nil end
    out[#out+1] = p.name
    out[#out+1] = string.format('%s %.0f %.0f', from, all, strangers)
  end
  return out
end
`)

// asked is a spend as the script reads it.
type asked struct {
	Segments  int           `json:"segments"`
	Stranger  bool          `json:"stranger"`
	Unlimited bool          `json:"unlimited"`
	Periods   []askedPeriod `json:"periods"`
}

type askedPeriod struct {
	Name      string `json:"name"`
	From      int64  `json:"from"` // ms
	Ends      int64  `json:"ends"` // ms
	Most      int    `json:"most"`
	Strangers int    `json:"strangers"`
}

// encodeSpend returns a spend as the script reads it.
func encodeSpend(s *budget.Spend) (string, error) {
	if s == nil {
		return "", nil
	}
	out := asked{
		Segments: s.Segments, Stranger: s.Stranger, Unlimited: s.Unlimited,
		Periods: []askedPeriod{}, // the script needs a list
	}
	for _, p := range s.Periods {
		out.Periods = append(out.Periods, askedPeriod{
			Name: p.Name, From: ms(p.From), Ends: ms(p.Ends), Most: p.Most, Strangers: p.Strangers,
		})
	}
	b, err := json.Marshal(out)
	return string(b), err
}

// decodeUsed reads what is used up, from the fields of a hash.
func decodeUsed(f map[string]string) map[string]budget.Used {
	if len(f) == 0 {
		return nil
	}
	out := map[string]budget.Used{}
	for name, value := range f {
		var from int64
		var u budget.Used
		if n, _ := fmt.Sscan(value, &from, &u.All, &u.Strangers); n == 3 {
			u.From = time.UnixMilli(from)
			out[name] = u
		}
	}
	return out
}

// refuse counts a text that isn't answered for what an answer would cost.
func (w *writer) refuse(r *budget.Refused) {
	if r == nil {
		return
	}
	w.add("REFUSE", w.keys.refused(), r.Why, string(w.whose),
		num(budget.StretchGap.Milliseconds()), num(budget.MostEnds), num(seconds(keepRefused)))
}

// Used returns how much of what answers may cost is used up, by the period's name.
func (r *Redis) Used(ctx context.Context) (map[string]budget.Used, error) {
	f, err := r.db.HGetAll(ctx, r.keys.answers()).Result()
	return decodeUsed(f), wrap("read what is used up", err)
}

// Refused returns the last stretch in which texts weren't answered for what an answer would cost;
// zero if there was none lately. A number that was forgotten since isn't named.
func (r *Redis) Refused(ctx context.Context) (out budget.Stretch, err error) {
	f, err := r.db.HGetAll(ctx, r.keys.refused()).Result()
	if err != nil || len(f) == 0 {
		return out, wrap("read what wasn't answered", err)
	}
	out.From, out.To, out.Count = moment(f["from"]), moment(f["to"]), map[string]int{}
	var phones []string
	for name, value := range f {
		if why, ok := strings.CutPrefix(name, "why:"); ok {
			out.Count[why] = int(number(value))
		}
		if n, ok := strings.CutPrefix(name, "of:"); ok {
			phones = append(phones, r.keys.phone(who(n)))
		}
	}
	if len(phones) == 0 {
		return out, nil
	}
	found, err := r.db.MGet(ctx, phones...).Result()
	for _, one := range found {
		plain, err := r.seals.open(inPhone, text(one))
		if err != nil {
			return out, wrap("read number", err)
		}
		if p, err := handlers.NewPhone(plain); err == nil { // "" has expired
			out.Ends = append(out.Ends, p.Last4())
		}
	}
	slices.Sort(out.Ends)
	return out, wrap("read numbers", err)
}
