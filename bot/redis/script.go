package redis

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/redis/go-redis/v9"
)

// declared is what a script is made of. Its keys and arguments are named once, here: Lua reads
// each from a local of that name, and Go passes each by that name.
type declared struct {
	name string
	keys string    // KEYS, a space between; a last one that ends in "..." is an array of keys
	args string    // ARGV, a space between
	uses []library // in the order in which they need each other
	// lua may name the stems of keys.go, in capitals: "VISIT .. id" is the key of a visit.
	lua string
}

// library is Lua that several scripts share.
type library string

// capitals are the names of stems in Lua.
var capitals = regexp.MustCompile(`\b[A-Z][A-Z0-9_]+\b`)

// expand puts for each stem what it stands for. The clinic's prefix is an argument of every script,
// so one script serves all clinics. Lua fails on a stem that keys.go doesn't have.
func expand(lua string) string {
	return capitals.ReplaceAllStringFunc(lua, func(name string) string {
		if stem, ok := stems[name]; ok {
			return "PREFIX .. '" + stem + "'"
		}
		return name
	})
}

// script is a script that can be called.
type script struct {
	name   string
	source string
	lua    *redis.Script
	names  []string       // of KEYS, then of ARGV
	at     map[string]int // where a name stands among them
	keys   int            // how many are KEYS
}

// arg is a value for the key or the argument of that name.
type arg struct {
	name  string
	value any
}

// newScript joins a script to the libraries that it uses. It panics on a name that is declared
// twice: that would hide a value from Lua.
func newScript(d declared) *script {
	s := &script{name: d.name, at: map[string]int{}}
	keys, many := strings.CutSuffix(d.keys, "...")
	locals := strings.Fields(keys)
	s.keys = len(locals)
	s.names = append(append(locals, strings.Fields(d.args)...), "PREFIX")
	for i, name := range s.names {
		if _, twice := s.at[name]; twice {
			panic("redis: script " + d.name + " declares " + name + " twice")
		}
		s.at[name] = i
	}
	var b strings.Builder
	unpack := func(names []string, from string) {
		if len(names) > 0 {
			fmt.Fprintf(&b, "local %s = unpack(%s)\n", strings.Join(names, ", "), from)
		}
	}
	single := s.keys
	if many {
		single--
		fmt.Fprintf(&b, "local %s = {unpack(KEYS, %d)}\n", s.names[single], s.keys)
	}
	unpack(s.names[:single], "KEYS")
	unpack(s.names[s.keys:], "ARGV")
	for _, l := range d.uses {
		b.WriteString(expand(string(l)))
	}
	b.WriteString(expand(d.lua))
	s.source = b.String()
	s.lua = redis.NewScript(s.source)
	return s
}

// bind puts values in the order in which the script takes them. A value that is missing, or that
// the script doesn't know, is an error.
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
	return keys, all[s.keys:], nil
}

// run calls the script.
func (s *script) run(ctx context.Context, db redis.Scripter, k keys, given ...arg) *redis.Cmd {
	keys, args, err := s.bind(k, given)
	if err != nil {
		return failed(ctx, err)
	}
	return s.lua.Run(ctx, db, keys, args...)
}

// failed is a command that came to nothing.
func failed(ctx context.Context, err error) *redis.Cmd {
	c := redis.NewCmd(ctx)
	c.SetErr(err)
	return c
}
