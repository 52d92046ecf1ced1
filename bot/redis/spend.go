package redis

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/budget"
)

// spend(asked, was) adds what an answer costs to what is used up, SPENT as it was, as budget.Spend
// has it: it returns SPENT as it then is, or nil if a period doesn't hold it. asked is "segments
// stranger unlimited", and of each period "name from ends most strangers", always in the same
// order; or "" for an answer that costs nothing, of which it returns "". Times in ms have 13 digits
// until the year 2286, and are compared as strings: to make numbers of all was half of its time.
var spend = library(`
local function spend(asked, was)
  if asked == '' then return '' end
  local at, out = 1, ''
  local segments, stranger, unlimited, periods = string.match(asked, '^(%d+) (%d) (%d)(.*)$')
  for name, from, ends, most, few in
    string.gmatch(periods, '(%a+) (%d+) (%d+) (%d+) (%d+)') do
    local _, last, known, began, all, strangers =
      string.find(was, '(%a+) (%d+) (%d+) (%d+)', at)
    at = (last or 0) + 1
    if known ~= name or began < from or began > ends then
      began, all, strangers = from, 0, 0
    end
    all, strangers = all + segments, strangers + segments * stranger
    local over = all > most + 0 or (stranger == '1' and strangers > few + 0)
    if over and unlimited == '0' then return nil end
    out = out .. name .. ' ' .. began .. ' ' .. all .. ' ' .. strangers .. ' '
  end
  return out
end
`)

// encodeSpend returns a spend as the script reads it.
func encodeSpend(s *budget.Spend) string {
	if s == nil {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d %d %d", s.Segments, bit(s.Stranger), bit(s.Unlimited))
	for _, p := range s.Periods {
		fmt.Fprintf(&b, " %s %d %d %d %d", p.Name, ms(p.From), ms(p.Ends), p.Most, p.Strangers)
	}
	return b.String()
}

// bit is 1 or 0, with which Lua can count.
func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// decodeUsed reads what is used up: of each period its name, when it began (ms), and how many
// segments of it answers took, all and those to strangers, a space between. What it can't read
// counts as unused.
func decodeUsed(spent string) map[string]budget.Used {
	f := strings.Fields(spent)
	if len(f) == 0 {
		return nil
	}
	out := map[string]budget.Used{}
	for ; len(f) >= 4; f = f[4:] {
		out[f[0]] = budget.Used{
			From: moment(f[1]), All: int(number(f[2])), Strangers: int(number(f[3])),
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
	spent, err := r.db.Get(ctx, r.keys.spent()).Result()
	if errors.Is(err, redis.Nil) { // nothing was answered lately
		err = nil
	}
	return decodeUsed(spent), wrap("read what is used up", err)
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
