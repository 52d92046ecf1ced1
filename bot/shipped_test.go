package main_test

import (
	"context"
	"debug/buildinfo"
	"debug/elf"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"
)

// unwanted are modules that only the sandbox or tests need, and those that are archived upstream.
// twilio-go requires the archived two: a mock of its own, and one error in a client of its own.
// They are in the build list, and so in the bill of materials; no code of theirs is linked.
var unwanted = struct{ modules, code []string }{
	modules: []string{
		"github.com/alicebob/miniredis/v2", "github.com/yuin/gopher-lua",
		"github.com/chromedp/chromedp", "github.com/chromedp/cdproto",
		"github.com/go-json-experiment/json", "pgregory.net/rapid",
	},
	code: []string{"github.com/golang/mock/", "github.com/pkg/errors."},
}

// What is shipped holds nothing of the sandbox, nothing of tests, and no code that is archived.
func TestShippedModules(t *testing.T) {
	bin, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	info, err := buildinfo.ReadFile(bin)
	if err != nil {
		t.Fatal(err)
	}
	has := map[string]bool{}
	for _, m := range info.Deps {
		has[m.Path] = true
	}
	if !has["github.com/redis/go-redis/v9"] {
		t.Fatalf("it has no modules: %v", has)
	}
	for _, m := range unwanted.modules {
		if has[m] {
			t.Errorf("%s is in it", m)
		}
	}
	if runtime.GOOS != "linux" {
		t.Skip("skipped: symbols are read from ELF, on Linux")
	}
	f, err := elf.Open(bin)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	symbols, err := f.Symbols()
	if err != nil || len(symbols) < 10000 {
		t.Fatalf("%d symbols: %v", len(symbols), err)
	}
	for _, s := range symbols {
		for _, code := range unwanted.code {
			if strings.Contains(s.Name, code) {
				t.Errorf("%s is linked", s.Name)
			}
		}
	}
}

// What is shipped is live or nothing: without an account it names all that is missing, and that the
// sandbox isn't built in.
func TestShippedHasNoSandbox(t *testing.T) {
	bin, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // a sandbox would never end
	defer cancel()
	for _, c := range []struct {
		name  string
		args  []string
		fails bool
		want  []string
	}{
		{name: "run", fails: true, want: []string{
			"TWILIO_ACCOUNT_SID: missing: without it Beacon is the sandbox, which isn't built in",
			"REDIS_URL: missing", "PUBLIC_URL: missing",
		}},
		{name: "doctor", args: []string{"doctor"}, fails: true, want: []string{
			"TWILIO_ACCOUNT_SID", "isn't built into this bot",
		}},
		{
			name: "replay", args: []string{"replay", "testdata/conversations/concern.txt"},
			fails: true, want: []string{"the sandbox isn't built in", "go run ./bot"},
		},
		{name: "version", args: []string{"--version"}, want: []string{", live only"}},
		{name: "ask", args: []string{"ask", "hello"}},
	} {
		cmd := exec.CommandContext(ctx, bin, c.args...)
		cmd.Env = []string{"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH"), "METRICS_ADDR=:0"}
		out, err := cmd.CombinedOutput()
		if (err != nil) != c.fails {
			t.Errorf("%s: ends with %v\n%s", c.name, err, out)
		}
		said := strings.Join(strings.Fields(string(out)), " ") // a table breaks its lines
		for _, w := range c.want {
			if !strings.Contains(said, w) {
				t.Errorf("%s: want %q\n%s", c.name, w, out)
			}
		}
	}
}
