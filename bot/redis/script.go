package redis

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"
)

// declared is what a script is made of. Its keys and arguments are named once, here: Lua reads each
// from a local of that name, and Go passes each by that name (see arg). Counting positions by hand,
// in two languages, is how a script comes to read the wrong argument.
//
// The comment above each script says what its KEYS and ARGV are, in which unit, and what it
// returns.
type declared struct {
	name string // for errors
	keys string // KEYS, a space between; a last one that ends in "..." is an array of keys
	// ARGV, a space between. A last one that ends in "..." is all the rest: Lua has in its local
	// where in ARGV the rest begins, since unpacking thousands of words overflows its stack.
	args string
	uses []library // in the order in which they need each other
	// lua may name the stems of keys.go, in capitals: "VISIT .. id" is the key of a visit.
	lua string
}

// library is Lua that several scripts share: local functions, put before the script's own code.
type library string

// capitals matches what may be the name of a stem in Lua. KEYS, ARGV, and words in strings like
// 'HGET' match too; no stem has their names.
var capitals = regexp.MustCompile(`\b[A-Z][A-Z0-9_]+\b`)

// expand replaces each stem by the Lua that builds its key. The clinic's prefix is an argument of
// every script, so one script serves all clinics. A stem that keys.go doesn't have stays as it is,
// and fails when Lua reads it as a global.
func expand(lua string) string {
	return capitals.ReplaceAllStringFunc(lua, func(name string) string {
		if stem, ok := stems[name]; ok {
			return "PREFIX .. '" + stem + "'"
		}
		return name
	})
}

// script is a script that can be called. It never changes, so all stores share it.
type script struct {
	name   string
	source string         // with its locals and libraries, as Redis gets it
	lua    *redis.Script  // source and its SHA-1
	names  []string       // of KEYS, then of ARGV; the last is PREFIX
	at     map[string]int // where a name stands among them
	keys   int            // how many are KEYS
	rest   bool           // the last argument is a list: it is sent after PREFIX
}

// arg is a value for the key or the argument of that name: a string, or a []string for an array of
// keys or the rest of the arguments; for any other argument whatever go-redis can send.
type arg struct {
	name  string
	value any
}

// newScript joins a script to the libraries that it uses. It panics on a name that is declared
// twice, since one local would hide the other's value. Scripts are package variables, so that shows
// as soon as the program starts.
func newScript(d declared) *script {
	s := &script{name: d.name, at: map[string]int{}}
	keys, many := strings.CutSuffix(d.keys, "...")
	locals := strings.Fields(keys)
	s.keys = len(locals)
	args, rest := strings.CutSuffix(d.args, "...")
	s.rest = rest
	s.names = append(append(locals, strings.Fields(args)...), "PREFIX")
	for i, name := range s.names {
		if _, twice := s.at[name]; twice {
			panic("redis: script " + d.name + " declares " + name + " twice")
		}
		s.at[name] = i
	}
	var b strings.Builder
	unpack := func(names []string, from string) {
		if len(names) > 0 {
			fmt.Fprintf(
				&b, "local %s = unpack(%s, 1, %d)\n", strings.Join(names, ", "), from, len(names),
			)
		}
	}
	single := s.keys
	if many {
		single--
		fmt.Fprintf(&b, "local %s = {unpack(KEYS, %d)}\n", s.names[single], s.keys)
	}
	unpack(s.names[:single], "KEYS")
	own := slices.Clone(s.names[s.keys:])
	if n := len(own); rest {
		fmt.Fprintf(&b, "local %s = %d\n", own[n-2], n)
		own = append(own[:n-2], "PREFIX")
	}
	unpack(own, "ARGV")
	for _, l := range d.uses {
		b.WriteString(expand(string(l)))
	}
	b.WriteString(expand(d.lua))
	s.source = b.String()
	s.lua = redis.NewScript(s.source)
	return s
}

// bind puts values in the order in which the script takes them, and adds the clinic's prefix. A
// value that is missing, or that the script doesn't know, is an error. Callers give them in the
// declared order, which saves looking each up; any other order works too.
func (s *script) bind(k keys, given []arg) (keys []string, args []any, err error) {
	all := make([]any, len(s.names))
	last := len(all) - 1
	for i, a := range given {
		if i >= last || s.names[i] != a.name { // not in the declared order
			at, known := s.at[a.name]
			if !known || at == last {
				return nil, nil, fmt.Errorf("redis: script %s has no %s", s.name, a.name)
			}
			i = at
		}
		all[i] = a.value
	}
	all[last] = k.prefix
	for i, v := range all {
		if v == nil {
			return nil, nil, fmt.Errorf("redis: script %s: no value for %s", s.name, s.names[i])
		}
	}
	keys = make([]string, 0, s.keys)
	for i, v := range all[:s.keys] {
		switch v := v.(type) {
		case string:
			keys = append(keys, v)
		case []string:
			keys = append(keys, v...)
		default:
			return nil, nil, fmt.Errorf("redis: script %s: %s is no key", s.name, s.names[i])
		}
	}
	if !s.rest {
		return keys, all[s.keys:], nil
	}
	list, ok := all[last-1].([]string)
	if !ok {
		return nil, nil, fmt.Errorf("redis: script %s: %s is no list", s.name, s.names[last-1])
	}
	args = make([]any, 0, last-s.keys+len(list))
	args = append(append(args, all[s.keys:last-1]...), k.prefix)
	for i := range list {
		args = append(args, &list[i]) // an any that holds a string would be a copy of each
	}
	return keys, args, nil
}

// run calls the script by its hash, and by its source if the server doesn't know it yet. db decides
// whether the call is retried when its answer is lost: Redis.db does that, Redis.once doesn't.
func (s *script) run(ctx context.Context, db redis.Scripter, k keys, given ...arg) *redis.Cmd {
	keys, args, err := s.bind(k, given)
	if err != nil {
		return failed(ctx, err)
	}
	return s.lua.Run(ctx, db, keys, args...)
}

// failed returns a command that wasn't sent, with an error.
func failed(ctx context.Context, err error) *redis.Cmd {
	c := redis.NewCmd(ctx)
	c.SetErr(err)
	return c
}
