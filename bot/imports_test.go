package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// module is this program's own path.
const module = "github.com/beacon-clinic/beacon/"

// house says of every room what of the house it imports: one arrow, never up, never sideways. A new
// room fails until it stands here. After a bar, what its tests alone import besides.
var house = map[string]string{
	"bot": "bot/chart bot/console bot/feed bot/feed/fhir bot/feed/folder bot/feed/ics bot/paper " +
		"bot/redis bot/sandbox " +
		"bot/slack bot/twilio " +
		"handlers handlers/answer handlers/audit handlers/broadcast handlers/budget " +
		"handlers/desk handlers/figures handlers/gate handlers/guard handlers/learning " +
		"handlers/patient handlers/reminder handlers/staff handlers/staff/act handlers/staff/when " +
		"handlers/veil handlers/visits handlers/waitlist knowledge knowledge/kinds knowledge/language " +
		"knowledge/replies knowledge/settings",
	"bot/chart":       "",
	"bot/console":     "",
	"bot/feed":        "handlers handlers/budget handlers/visits knowledge/settings",
	"bot/feed/fhir":   "bot/feed handlers",
	"bot/feed/folder": "bot/feed handlers",
	"bot/feed/ics":    "bot/feed handlers",
	"bot/paper":       "knowledge knowledge/kinds knowledge/language knowledge/replies knowledge/settings",
	"bot/redis": "handlers handlers/audit handlers/budget handlers/desk handlers/figures " +
		"handlers/gate handlers/learning knowledge",
	"bot/redis/redistest": "",
	"bot/sandbox": "bot/slack/plain bot/slack/view handlers handlers/answer handlers/desk " +
		"handlers/gate handlers/veil knowledge | bot/paper",
	"bot/slack": "bot/slack/plain bot/slack/view handlers handlers/answer handlers/desk handlers/guard " +
		"handlers/veil | knowledge/kinds",
	"bot/slack/plain":       "",
	"bot/slack/slacktest":   "bot/stall",
	"bot/slack/view":        "handlers handlers/answer handlers/desk handlers/veil",
	"bot/stall":             "",
	"bot/twilio":            "handlers handlers/gate knowledge",
	"bot/twilio/twiliotest": "bot/stall",
	"handlers":              "handlers/answer handlers/budget handlers/veil knowledge knowledge/kinds knowledge/settings",
	"handlers/answer":       "handlers/veil",
	"handlers/audit":        "handlers",
	"handlers/budget":       "",
	"handlers/broadcast": "handlers handlers/desk handlers/gate handlers/reminder knowledge " +
		"knowledge/kinds knowledge/language knowledge/replies | handlers/visits handlers/waitlist",
	"handlers/desk": "handlers handlers/guard handlers/veil knowledge knowledge/kinds " +
		"knowledge/replies | " +
		"handlers/gate",
	"handlers/figures": "handlers handlers/gate knowledge knowledge/kinds knowledge/settings",
	"handlers/gate": "handlers handlers/budget handlers/desk handlers/guard handlers/veil handlers/waitlist " +
		"knowledge knowledge/kinds knowledge/settings",
	"handlers/guard": "",
	"handlers/handlerstest": "handlers handlers/audit handlers/budget handlers/desk " +
		"handlers/gate handlers/learning handlers/veil knowledge",
	"handlers/handlerstest/storetest": "handlers handlers/budget handlers/desk handlers/gate " +
		"handlers/waitlist knowledge/kinds",
	"handlers/learning": "handlers handlers/desk knowledge knowledge/kinds | knowledge/language",
	"handlers/patient": "handlers handlers/budget handlers/desk handlers/gate handlers/guard " +
		"handlers/patient/intent handlers/veil handlers/visits handlers/waitlist knowledge " +
		"knowledge/kinds knowledge/language knowledge/replies knowledge/screen | " +
		"knowledge/settings",
	"handlers/patient/intent": "handlers handlers/waitlist knowledge knowledge/clean " +
		"knowledge/kinds knowledge/language knowledge/replies knowledge/screen knowledge/settings",
	"handlers/reminder": "handlers handlers/desk handlers/gate handlers/veil knowledge " +
		"knowledge/kinds knowledge/language knowledge/replies knowledge/settings | " +
		"handlers/visits handlers/waitlist",
	"handlers/staff": "handlers handlers/answer handlers/audit handlers/desk handlers/staff/act " +
		"handlers/staff/cases handlers/staff/contact handlers/staff/home handlers/staff/schedule " +
		"handlers/staff/teaching handlers/staff/texts knowledge/kinds knowledge/replies " +
		"knowledge/settings | " +
		"handlers/broadcast handlers/figures handlers/gate handlers/learning handlers/reminder " +
		"handlers/veil handlers/visits handlers/waitlist knowledge",
	"handlers/staff/act": "handlers handlers/answer handlers/audit handlers/broadcast " +
		"handlers/figures handlers/gate handlers/learning handlers/reminder handlers/staff/when " +
		"handlers/veil handlers/visits handlers/waitlist knowledge",
	"handlers/staff/cases": "handlers handlers/answer handlers/desk handlers/staff/act " +
		"handlers/staff/schedule handlers/staff/texts handlers/staff/when handlers/veil knowledge " +
		"knowledge/kinds",
	"handlers/staff/contact": "handlers handlers/answer handlers/desk handlers/staff/act " +
		"handlers/veil knowledge knowledge/replies knowledge/settings",
	"handlers/staff/home": "handlers handlers/answer handlers/desk handlers/figures handlers/staff/act " +
		"handlers/staff/schedule handlers/staff/texts handlers/veil knowledge knowledge/settings",
	"handlers/staff/schedule": "handlers handlers/answer handlers/desk handlers/staff/act " +
		"handlers/staff/contact handlers/staff/when handlers/veil handlers/visits " +
		"handlers/waitlist knowledge knowledge/kinds knowledge/language knowledge/settings",
	"handlers/staff/teaching": "handlers handlers/answer handlers/learning handlers/staff/act " +
		"handlers/veil knowledge knowledge/language knowledge/settings",
	"handlers/staff/texts": "handlers handlers/answer handlers/broadcast handlers/desk " +
		"handlers/staff/act handlers/veil knowledge/language knowledge/replies knowledge/settings",
	"handlers/staff/when": "knowledge knowledge/settings",
	"handlers/veil":       "",
	"handlers/visits": "handlers handlers/desk handlers/guard handlers/reminder handlers/veil " +
		"handlers/waitlist knowledge knowledge/kinds | handlers/gate",
	"handlers/waitlist": "handlers handlers/desk handlers/guard handlers/veil knowledge " +
		"knowledge/kinds knowledge/language knowledge/replies knowledge/settings | " +
		"handlers/gate",
	"knowledge": "knowledge/clean knowledge/kinds knowledge/language knowledge/match " +
		"knowledge/meaning knowledge/replies knowledge/screen knowledge/settings",
	"knowledge/clean":           "",
	"knowledge/kinds":           "",
	"knowledge/language":        "",
	"knowledge/match":           "| knowledge/meaning",
	"knowledge/meaning":         "",
	"knowledge/meaning/convert": "",
	"knowledge/model":           "",
	"knowledge/replies":         "",
	"knowledge/screen":          "knowledge/model",
	"knowledge/settings":        "knowledge/kinds knowledge/language knowledge/replies",
}

// vendors says of every module from outside in which room it is imported, and, after a bar, in
// whose tests besides.
var vendors = map[string]string{
	"github.com/twilio/twilio-go":        "bot/twilio",
	"github.com/slack-go/slack":          "bot/slack bot/slack/view",
	"github.com/redis/go-redis/v9":       "bot/redis | bot",
	"github.com/alicebob/miniredis/v2":   "bot/sandbox | bot/redis bot",
	"github.com/nyaruka/phonenumbers":    "bot/feed",
	"github.com/golang-jwt/jwt/v5":       "bot/feed/fhir",
	"github.com/emersion/go-ical":        "bot/feed/ics",
	"github.com/teambition/rrule-go":     "bot/feed/ics",
	"github.com/alecthomas/kong":         "bot",
	"github.com/joho/godotenv":           "bot",
	"github.com/VictoriaMetrics/metrics": "bot",
	"go.yaml.in/yaml/v3": "bot knowledge knowledge/clean knowledge/language knowledge/settings | " +
		"knowledge/match knowledge/screen bot bot/feed",
	"github.com/go-analyze/charts": "bot/chart",
	"github.com/kljensen/snowball": "knowledge/match knowledge/screen",
	"github.com/viterin/vek":       "knowledge/meaning",
	"golang.org/x/net":             "| bot",
	"golang.org/x/text":            "bot/console bot/feed knowledge/meaning",
	"github.com/xuri/excelize/v2":  "bot/feed",
	"github.com/gorilla/websocket": "bot/slack/slacktest",
	"github.com/chromedp/chromedp": "| bot/sandbox bot",
	"github.com/chromedp/cdproto":  "| bot/sandbox bot",
	"github.com/ergochat/readline": "bot/console",
	"github.com/creack/pty":        "| bot",
	"pgregory.net/rapid": "| bot bot/console bot/slack/view handlers/reminder handlers/staff/when " +
		"knowledge knowledge/clean knowledge/match knowledge/screen",
}

// stands are the rooms that stand in for something outside; tests alone import them.
var stands = []string{
	"bot/redis/redistest", "bot/slack/slacktest", "bot/twilio/twiliotest", "handlers/handlerstest",
	"handlers/handlerstest/storetest",
}

// source is a file of this program.
type source struct {
	name string // from the top, with slashes
	room string
	test bool
	ast  *ast.File
	set  *token.FileSet
}

func sources(t *testing.T) []source {
	t.Helper()
	var out []source
	err := filepath.WalkDir("..", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if n := d.Name(); n != ".." && (n[0] == '.' || n == "testdata" || n == "node_modules") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(p, ".go") {
			return nil
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, p, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(strings.TrimPrefix(p, ".."+string(filepath.Separator)))
		out = append(out, source{
			name: name, room: path.Dir(name), test: strings.HasSuffix(name, "_test.go"),
			ast: f, set: set,
		})
		return nil
	})
	if err != nil || len(out) < 50 {
		t.Fatalf("%d files: %v", len(out), err)
	}
	return out
}

func TestWhoMayImportWhom(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range sources(t) {
		allowed, known := house[s.room]
		if !known && !seen[s.room] {
			t.Errorf("%s: a new room: write down in imports_test.go whom it may import", s.room)
		}
		seen[s.room] = true
		if !known {
			continue
		}
		for _, i := range s.ast.Imports {
			p, _ := strconv.Unquote(i.Path.Value)
			if own, ok := strings.CutPrefix(p, module); ok {
				s.checkOwn(t, own, allowed)
				continue
			}
			if strings.Contains(strings.SplitN(p, "/", 2)[0], ".") {
				s.checkVendor(t, p)
			}
		}
	}
	for room := range house {
		if !seen[room] {
			t.Errorf("%s: there is no such room any more", room)
		}
	}
}

func (s source) checkOwn(t *testing.T, own string, allowed string) {
	t.Helper()
	here, tests, _ := strings.Cut(allowed, "|")
	rooms := strings.Fields(here)
	if s.test {
		rooms = append(rooms, strings.Fields(tests)...)
	}
	switch {
	case slices.Contains(rooms, own) && !slices.Contains(stands, own):
	// A test comes to its own room through the public door.
	case s.test && (own == s.room || slices.Contains(stands, own)):
	default:
		t.Errorf(
			"%s imports %s: the arrow is bot, its rooms, handlers/…, handlers, knowledge", s.name,
			own,
		)
	}
}

func (s source) checkVendor(t *testing.T, p string) {
	t.Helper()
	for vendor, rooms := range vendors {
		if p != vendor && !strings.HasPrefix(p, vendor+"/") {
			continue
		}
		here, tests, _ := strings.Cut(rooms, "|")
		if slices.Contains(strings.Fields(here), s.room) || s.test &&
			slices.Contains(strings.Fields(tests), s.room) {
			return
		}
		t.Errorf("%s imports %s, which is %s's", s.name, p, strings.TrimSpace(here))
		return
	}
	t.Errorf(
		"%s imports %s: a module that no room owns; write down in imports_test.go whose it is",
		s.name, p,
	)
}

// root is the file that holds main: it alone touches the process.
const root = "bot/main.go"

func TestOnlyMainTouchesTheProcess(t *testing.T) {
	for _, s := range sources(t) {
		for call, at := range s.calls() {
			line := s.set.Position(at).Line
			switch call {
			case "os.Getenv", "os.LookupEnv", "os.Environ", "os.Exit", "signal.Notify",
				"signal.NotifyContext":
				if s.name != root && !s.test {
					t.Errorf("%s:%d: %s: only %s does that", s.name, line, call, root)
				}
			case "time.Sleep":
				t.Errorf("%s:%d: time.Sleep: wait for what you wait for", s.name, line)
			case "time.NewTicker", "time.Tick":
				if s.room != "bot" && !s.test && !slices.Contains(stands, s.room) {
					t.Errorf("%s:%d: %s: only package main has a ticker", s.name, line, call)
				}
			}
		}
		for _, d := range s.ast.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s: func init: make it and pass it", s.name)
			}
		}
	}
}

// calls are the functions of other packages that a file mentions, by where: "os.Exit".
func (s source) calls() map[string]token.Pos {
	out := map[string]token.Pos{}
	ast.Inspect(s.ast, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := sel.X.(*ast.Ident); ok {
				out[x.Name+"."+sel.Sel.Name] = sel.Pos()
			}
		}
		return true
	})
	return out
}

func TestFilesAndFunctionsAreShort(t *testing.T) {
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		if n := s.set.Position(s.ast.End()).Line; n > 400 {
			t.Errorf("%s has %d lines, 400 at most", s.name, n)
		}
		for _, d := range s.ast.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				if n := s.set.Position(f.End()).Line - s.set.Position(f.Pos()).Line + 1; n > 60 {
					t.Errorf("%s: %s has %d lines, 60 at most", s.name, f.Name.Name, n)
				}
			}
		}
	}
}
