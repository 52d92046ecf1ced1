package redis

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"
)

// A script gets its values by name, in any order, and none too few or too many. The names are seen
// inside the package only, so this test is in it.
func TestScriptTakesItsArgumentsByName(t *testing.T) {
	s := newScript(declared{name: "test", keys: "one more...", args: "a b"})
	k, err := newKeys("")
	if err != nil {
		t.Fatal(err)
	}
	one, more := arg{"one", "k1"}, arg{"more", []string{"k2", "k3"}}
	a, b := arg{"a", 1}, arg{"b", ""}
	for _, c := range []struct {
		name  string
		given []arg
		fault string
	}{
		{name: "as declared", given: []arg{one, more, a, b}},
		{name: "in another order", given: []arg{b, more, a, one}},
		{name: "one is missing", given: []arg{one, more, a}, fault: "no value for b"},
		{name: "a key is missing", given: []arg{one, a, b}, fault: "no value for more"},
		{name: "unknown", given: []arg{one, more, a, b, {"c", 1}}, fault: "has no c"},
		{
			name: "the prefix isn't the caller's", given: []arg{one, more, a, b, {"PREFIX", 1}},
			fault: "has no PREFIX",
		},
		{name: "no key", given: []arg{{"one", 1}, more, a, b}, fault: "one is no key"},
	} {
		keys, args, err := s.bind(k, c.given)
		switch {
		case c.fault != "":
			if err == nil || !strings.Contains(err.Error(), c.fault) {
				t.Errorf("%s: %v, want %q", c.name, err, c.fault)
			}
		case err != nil || strings.Join(keys, " ") != "k1 k2 k3" ||
			len(args) != 3 || args[0] != 1 || args[1] != "" || args[2] != "{beacon}:":
			t.Errorf("%s: keys %v, arguments %v, %v", c.name, keys, args, err)
		}
	}
}

// The rest of the arguments, a list, comes after the prefix, and Lua knows where.
func TestScriptTakesAListLast(t *testing.T) {
	s := newScript(declared{name: "test", keys: "one", args: "a list..."})
	k, err := newKeys("")
	if err != nil {
		t.Fatal(err)
	}
	one, a := arg{"one", "k1"}, arg{"a", 1}
	_, args, err := s.bind(k, []arg{one, a, {"list", []string{"x", "y"}}})
	if err != nil || len(args) != 4 || args[1] != "{beacon}:" {
		t.Fatalf("arguments %v, %v", args, err)
	}
	if x, y := args[2].(*string), args[3].(*string); *x != "x" || *y != "y" {
		t.Errorf("the list is %s, %s", *x, *y)
	}
	if !strings.Contains(s.source, "local list = 3\nlocal a, PREFIX = unpack(ARGV, 1, 2)\n") {
		t.Error(s.source)
	}
	if _, _, err := s.bind(k, []arg{one, a, {"list", "x"}}); err == nil ||
		!strings.Contains(err.Error(), "list is no list") {
		t.Errorf("a list that is none: %v", err)
	}
}

// A name that is declared twice is found when the program starts.
func TestScriptDeclaresANameOnce(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a name may be declared twice")
		}
	}()
	newScript(declared{keys: "row", args: "id row"})
}

// Lua builds no key by itself but from the stems of keys.go, and every script reads all that it
// declares.
func TestLuaHoldsNoKeyName(t *testing.T) {
	k, err := newKeys("")
	if err != nil {
		t.Fatal(err)
	}
	scripts := []*script{
		claim, begin, settle, advance, readTurn, writeTurn, readSlots, settlePost, nextRing,
		takeRing, countCaught, appendAct, trimAudit, reseal,
	}
	for _, lua := range luaSources(t) {
		for name, stem := range stems {
			if strings.Contains(lua, "'"+stem) || strings.Contains(lua, k.prefix) {
				t.Errorf("Lua holds the key name of %s: %.60q…", name, lua)
			}
		}
	}
	for _, s := range scripts {
		for _, name := range s.names {
			if n := strings.Count(s.source, name); n < 2 && name != "PREFIX" {
				t.Errorf("script %s doesn't read %s", s.name, name)
			}
		}
	}
}

// luaSources returns the raw strings of the package's files: all Lua, and little else.
func luaSources(t *testing.T) (out []string) {
	t.Helper()
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil,
			parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if l, ok := n.(*ast.BasicLit); ok && strings.HasPrefix(l.Value, "`") {
				out = append(out, l.Value)
			}
			return true
		})
	}
	return out
}
