package redis

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// ChangeTime is how long a change from one set of words to another may take, from the newest start
// on the current ones: as long bots on other words go on. Bots that are replaced one by one, each
// once the one before is ready, need minutes; a platform that builds or fetches an image for each
// and lets connections drain, up to ten. If it were longer, patients' answers would be a matter of
// chance for longer where nobody is changing anything.
const ChangeTime = 15 * time.Minute

// ErrWords is why a bot does no ordinary work: others run on the current words, and it doesn't.
var ErrWords = errors.New("this bot runs on other words than the current ones, and others run on" +
	" those")

// Bot is a process of Beacon that serves on this Redis. A command is none.
type Bot struct {
	ID     string
	Words  string    // the fingerprint of what it says and reads by
	Build  string    // its version, for people
	Layout int       // see layout
	Start  time.Time // when it was first announced; no two bots have the same
}

// member is the bot as a member of the sorted set of bots.
func (b Bot) member() string {
	return strings.Join([]string{
		b.ID, num(int64(b.Layout)), num(ms(b.Start)), b.Words, b.Build,
	}, "\t")
}

// botOf reads a member. Builds without layouts listed "bot<tab>words".
func botOf(member string) Bot {
	f := strings.SplitN(member, "\t", 5)
	if len(f) < 5 {
		return Bot{ID: f[0], Words: f[len(f)-1], Layout: oldest}
	}
	return Bot{
		ID: f[0], Layout: int(number(f[1])), Start: moment(f[2]), Words: f[3], Build: f[4],
	}
}

// Fleet is the bots on this Redis and the words that are current: those of the newest start. Its
// times are the server's, so no bot's clock matters.
type Fleet struct {
	Now    time.Time
	Layout int   // of what is stored; this build's if nothing is
	Bots   []Bot // those that live, in the order in which they were started

	Words  string    // the current ones; "" if no bot was ever announced
	Since  time.Time // since when they are current
	Newest time.Time // the newest start on them
	Build  string    // of that
}

// On returns the ids of the bots that live, run on the current words and do all work.
func (f Fleet) On() (ids []string) {
	for _, b := range f.Bots {
		if b.Words == f.Words && b.Layout >= f.Layout {
			ids = append(ids, b.ID)
		}
	}
	return ids
}

// Until returns until when bots on other words than the current ones go on.
func (f Fleet) Until() time.Time { return f.Newest.Add(ChangeTime) }

// Refuses reports whether a bot on these words leaves all ordinary work to others: another set is
// current, the change to it is over, and a bot on it lives.
func (f Fleet) Refuses(words string) bool {
	return words != f.Words && len(f.On()) > 0 && !f.Now.Before(f.Until())
}

// fleet(now) returns all that a Fleet is made of: {now ms, layout or ”, words, since ms, newest ms,
// build, {member, …}}. Its caller has the keys. Where no layout is stored it is 1 if the names have
// a secret, else 0; see keys.go.
//
// present(now, turned) returns the ms that bots go by: the server's, or the caller's if its clock
// is turned by hand.
var fleet = library(`
local function present(now, turned)
  if turned == '1' then return ms(tonumber(now)) end
  local t = redis.call('TIME')
  return ms(t[1] * 1000000 + t[2])
end
local function fleet(now)
  local is = redis.call('GET', layout)
  if not is and redis.call('EXISTS', names) == 1 then is = '1' end
  if not is and redis.call('EXISTS', visits, cases, waitlist) > 0 then is = '0' end
  local c = redis.call('HMGET', current, 'words', 'since', 'newest', 'build')
  return {now, is or '', c[1] or '', c[2] or '0', c[3] or '0', c[4] or '',
    redis.call('ZRANGEBYSCORE', bots, '(' .. now, '+inf')}
end
`)

// fleetKeys are the KEYS of the scripts that use fleet.
const fleetKeys = "bots current layout names visits cases waitlist"

// readFleet returns the bots as they are.
//
// KEYS: fleetKeys
// ARGV: now: µs; turned: flag, see present
// Returns: what fleet returns
var readFleet = newScript(declared{
	name: "readFleet",
	keys: fleetKeys,
	args: "now turned",
	uses: []library{clock, fleet},
	lua:  `return fleet(present(now, turned))`,
})

// announce lists a bot until its lease ends, and drops those whose lease has. The first time is its
// start: its words are current from then on, and the layout is raised to its own. Two starts never
// have the same time. A bot that was announced before tells its start, so a server that comes back
// empty soon knows the newest again; so does one whose answer was lost, by its id.
//
// A bot that can't read what is stored is listed and changes nothing else.
//
// KEYS: fleetKeys
// ARGV:
//   - now: µs; turned: flag, see present; lease: ms
//   - id, words, build: of the bot; start: ms, 0 the first time
//   - own, oldest: the layout of its build, and the oldest that this can go on with
//
// Returns: {start ms, what fleet returns}
var announce = newScript(declared{
	name: "announce",
	keys: fleetKeys,
	args: "now turned lease id words build start own oldest",
	uses: []library{clock, fleet},
	lua: `
local now = present(now, turned)
local was = fleet(now)
local is, newest, listed = was[2], tonumber(was[5]), was[7]
for _, member in ipairs(listed) do
  if start == '0' and string.sub(member, 1, #id + 1) == id .. '\t' then
    start = string.match(member, '^[^\t]*\t[^\t]*\t(%d+)') or '0'
  end
end
if start == '0' then start = whole(math.max(now, newest + 1)) end
if is == '' or tonumber(is) >= tonumber(oldest) and tonumber(is) <= tonumber(own) then
  if is ~= own then redis.call('SET', layout, own) end
  if tonumber(start) > newest then
    if was[3] ~= words then redis.call('HSET', current, 'words', words, 'since', start) end
    redis.call('HSET', current, 'newest', start, 'build', build)
  end
end
redis.call('ZREMRANGEBYSCORE', bots, '-inf', now)
redis.call('ZADD', bots, whole(now + lease),
  id .. '\t' .. own .. '\t' .. start .. '\t' .. words .. '\t' .. build)
return {start, fleet(now)}`,
})

// fleetOf gives a script that uses fleet its keys and the time, and more arguments.
func (r *Redis) fleetOf(more ...arg) []arg {
	return append([]arg{
		{"bots", r.keys.bots()},
		{"current", r.keys.current()},
		{"layout", r.keys.layout()},
		{"names", r.keys.names()},
		{"visits", r.keys.visits()},
		{"cases", r.keys.cases()},
		{"waitlist", r.keys.waitlist()},
		{"now", r.now().UnixMicro()},
		{"turned", flag(r.clock.skew == 0)},
	}, more...)
}

// decodeFleet reads what fleet returns.
func decodeFleet(reply []any) (f Fleet, err error) {
	if len(reply) < 7 {
		return f, errors.New("short answer")
	}
	f = Fleet{
		Now: moment(reply[0]), Layout: layout, Words: text(reply[2]), Since: moment(reply[3]),
		Newest: moment(reply[4]), Build: text(reply[5]),
	}
	if is := text(reply[1]); is != "" {
		f.Layout = int(number(is))
	}
	for _, member := range list(reply[6]) {
		f.Bots = append(f.Bots, botOf(text(member)))
	}
	slices.SortFunc(f.Bots, func(a, b Bot) int { return a.Start.Compare(b.Start) })
	return f, nil
}

// Bots returns the bots on this Redis, and the words that are current. It isn't retried: the first
// command of a process waits for it, and whoever refuses this would refuse that too.
func (r *Redis) Bots(ctx context.Context) (Fleet, error) {
	reply, err := readFleet.run(passing(ctx), r.once, r.keys, r.fleetOf()...).Slice()
	if err != nil {
		return Fleet{}, fmt.Errorf("redis: list bots: %w", err)
	}
	return decodeFleet(reply)
}

// Announce lists this process as a bot for a lease, so that a killed one vanishes by itself, and
// returns all bots. Call it at the bot's start and well within the lease from then on: the first
// call makes its words the current ones. From what it finds [Redis.Serves] and [Redis.Relieved]
// answer until the next call. It also looks after the names' secret, as every bot must now and
// then: see keepNames.
func (r *Redis) Announce(ctx context.Context, b Bot, lease time.Duration) (Fleet, error) {
	asked := r.now()
	reply, err := announce.run(passing(ctx), r.db, r.keys, r.fleetOf(
		arg{"lease", lease.Milliseconds()},
		arg{"id", b.ID},
		arg{"words", b.Words},
		arg{"build", b.Build},
		arg{"start", r.started.Load()},
		arg{"own", layout},
		arg{"oldest", oldest})...).Slice()
	if err == nil && len(reply) < 2 {
		err = errors.New("short answer")
	}
	if err != nil {
		return Fleet{}, fmt.Errorf("redis: announce bot: %w", err)
	}
	f, err := decodeFleet(list(reply[1]))
	if err != nil {
		return Fleet{}, fmt.Errorf("redis: announce bot: %w", err)
	}
	r.started.Store(number(reply[0]))
	why := f.Fits()
	r.fence.verdict.Store(&fenced{why})
	s := &standing{until: r.now().Add(lease), aside: f.Refuses(b.Words), fitted: asked}
	if why != nil {
		s.fitted = r.Fitted()
	}
	s.relieved = s.aside
	for _, other := range f.Bots {
		s.relieved = s.relieved || why != nil && other.Layout > layout
	}
	r.standing.Store(s)
	if why != nil {
		return f, nil
	}
	return f, r.keepNames(ctx)
}

// standing is how this bot stands among the others, as of its last announcement.
type standing struct {
	aside    bool      // it leaves ordinary work to others
	relieved bool      // others do what it doesn't
	until    time.Time // it counts on them
	fitted   time.Time // see Fitted
}

// Fitted returns when this bot last asked and heard that the stored layout is its own: what it
// stored before that a build of a later layout can take over. It is zero if it never was.
func (r *Redis) Fitted() (at time.Time) {
	if s := r.standing.Load(); s != nil {
		at = s.fitted
	}
	return at
}

// Serves returns why this process does no ordinary work: [ErrWords], [ErrLater] or [ErrEarlier];
// nil if it does. Only a bot that was announced can have to stand aside for its words.
func (r *Redis) Serves() error {
	if err := r.fence.why(); err != nil {
		return err
	}
	if s := r.standing.Load(); s != nil && s.aside {
		return ErrWords
	}
	return nil
}

// Relieved reports whether other bots do what this one doesn't (see [Redis.Serves]), so that it
// needn't be sent anything. A bot that hasn't heard of the others for as long as its lease can't
// know whether they live, and isn't relieved.
func (r *Redis) Relieved() bool {
	s := r.standing.Load()
	return s != nil && s.relieved && r.now().Before(s.until)
}

// Withdraw takes a bot off the list, as it does when it stops in order.
func (r *Redis) Withdraw(ctx context.Context, b Bot) error {
	b.Layout, b.Start = layout, time.UnixMilli(r.started.Load())
	if err := r.db.ZRem(passing(ctx), r.keys.bots(), b.member()).Err(); err != nil {
		return fmt.Errorf("redis: withdraw bot: %w", err)
	}
	return nil
}
