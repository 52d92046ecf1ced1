package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/bot/redis/redistest"
)

// typed runs the program as main does with an environment and standard input, and returns standard
// output and the error.
func typed(
	ctx context.Context, env map[string]string, in string, args ...string,
) (string, error) {
	var out strings.Builder
	w := world{ctx: ctx, in: strings.NewReader(in), out: &out, err: io.Discard}
	err := run(w, func(name string) string { return env[name] }, args)
	return out.String(), err
}

// fileOf writes a file and returns its name.
func fileOf(t *testing.T, content string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// liveEnv is the environment of a live bot on the shipped words. Nothing answers at its URLs.
func liveEnv() map[string]string {
	return map[string]string{
		"PUBLIC_URL": "https://beacon.example", "REDIS_URL": "redis://127.0.0.1:1",
		"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "5ecret",
		"TWILIO_FROM":     "+12125550100",
		"SLACK_BOT_TOKEN": "xoxb-5ecret", "SLACK_SIGNING_SECRET": "5ecret",
		"SLACK_DESK_CHANNEL": "C1", "SLACK_URGENT_CHANNEL": "C2", "BEACON_KEYS": redistest.Key,
	}
}

// wrongLine is a command line that a command can't work with.
type wrongLine struct {
	env  map[string]string
	args string // after: bot
	err  string // the error, or how it begins if it ends in …
}

// wrongVisits are those of serve and of the commands on visits. none is a path of nothing.
func wrongVisits(none string) []wrongLine {
	return []wrongLine{
		{args: "serve extra", err: "unexpected argument extra: see bot serve --help"},
		{
			args: "--port",
			err:  `--port: expected string value but got "EOL" (<EOL>): see bot --help`,
		},
		{
			args: "appointments",
			err:  `expected one of "import", "map", "list", "why": see bot appointments --help`,
		},
		{
			args: "serve", env: map[string]string{"PORT": "http", "LOG_LEVEL": "loud"},
			err: "the configuration isn't right:\n  PORT: want a number from 0 to 65535\n" +
				"  LOG_LEVEL: want debug, info, warn or error\nSee .env.example for each.",
		},
		{
			args: "serve", env: map[string]string{"TWILIO_ACCOUNT_SID": "AC1"},
			err: "the configuration isn't right:\n  PUBLIC_URL: missing\n  REDIS_URL: missing\n…",
		},
		{args: "serve", env: liveEnv(), err: "clinic.yaml is the shipped placeholder: put in…"},
		{
			args: "appointments list", env: map[string]string{"REDIS_URL": "localhost"},
			err: "REDIS_URL: want redis://user:password@host:port/0…",
		},
		{
			args: "appointments why 0101",
			env:  map[string]string{"REDIS_URL": "redis://localhost", "KNOWLEDGE_DIR": none},
			err:  "KNOWLEDGE_DIR: stat " + none + ": no such file or directory",
		},
	}
}

// wrongWords are those of the commands on words, and the rest.
func wrongWords(none, questions string) []wrongLine {
	return []wrongLine{
		{
			args: "ask --knowledge " + none + " hello",
			err:  "KNOWLEDGE_DIR: stat " + none + ": no such file or directory",
		},
		{args: "ask --why=7 hello", err: "--why: bool value must be true, 1, yes, false, 0 or…"},
		{args: "knowledge eval " + none, err: "open " + none + ": no such file or directory"},
		{
			args: "knowledge eval " + questions,
			err:  questions + `:3: want {"text":…,"id":…}: json: cannot unmarshal number…`,
		},
		{
			args: "knowledge compile",
			err: "no knowledge/model.bin here: name the words with --knowledge DIR, " +
				"or the file with --out",
		},
		{
			args: "knowledge decisions --write",
			err:  "no knowledge/decisions.yaml here: name the words with --knowledge DIR",
		},
		{
			args: "slack-manifest",
			err: "PUBLIC_URL: missing; the app's URLs are made of it " +
				"(with SLACK_APP_TOKEN set, Socket Mode needs none)",
		},
		{
			args: "slack-manifest", env: map[string]string{"PUBLIC_URL": "http://beacon.example"},
			err: "PUBLIC_URL: want https, not http",
		},
		{args: "replay", err: `expected "<files> ...": see bot replay --help`},
		{args: "replay " + none, err: "open " + none + ": no such file or directory"},
	}
}

// TestCommandsRefuse gives each command what it can't work with: it prints no result, and its error
// names what is wrong and holds no secret.
func TestCommandsRefuse(t *testing.T) {
	none := filepath.Join(t.TempDir(), "none")
	ended, end := context.WithCancel(t.Context())
	end() // a bot that starts all the same shuts down at once
	questions := fileOf(t, `{"text":"hours","id":"hours"}`+"\n\n"+`{"text":"hours","id":7}`)
	for _, c := range slices.Concat(wrongVisits(none), wrongWords(none, questions)) {
		out, err := typed(ended, c.env, "", strings.Fields(c.args)...)
		if out != "" {
			t.Errorf("bot %s prints %q", c.args, out)
		}
		want, begins := strings.CutSuffix(c.err, "…")
		if err == nil || !strings.HasPrefix(err.Error(), want) || !begins && err.Error() != want {
			t.Errorf("bot %s: %v\nwant %s", c.args, err, c.err)
		} else if strings.Contains(err.Error(), "5ecret") {
			t.Errorf("bot %s tells a secret: %v", c.args, err)
		}
	}
}

// TestManifestOfSocketMode prints a manifest without a URL, which Slack would try to reach.
func TestManifestOfSocketMode(t *testing.T) {
	env := map[string]string{"SLACK_APP_TOKEN": "xapp-1"}
	out, err := typed(t.Context(), env, "", "slack-manifest")
	if err != nil || !json.Valid([]byte(out)) {
		t.Fatal(err, out)
	}
	if !strings.Contains(out, `"socket_mode_enabled": true`) || strings.Contains(out, `"url"`) {
		t.Error(out)
	}
}

// TestAskReadsLines answers each line of standard input on a line of its own, as JSON that scripts
// can rely on: no list is null, and what one text says doesn't carry over to the next.
func TestAskReadsLines(t *testing.T) {
	const in = "How much does it cost?\nYES\n\ni want to die"
	for _, c := range []struct {
		args []string
		want []string // the kind, entry and rule of each line
	}{
		{
			args: []string{"ask", "--json"},
			want: []string{"answer cost -", "courtesy - -", "courtesy - -", "crisis - -"},
		},
		{
			args: []string{"ask", "--json", "--visit", "--why"},
			want: []string{
				"answer cost -", "confirm - confirm/exact", "courtesy - -", "crisis - crisis/",
			},
		},
	} {
		out, err := typed(t.Context(), nil, in, c.args...)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
		if len(lines) != len(c.want) {
			t.Fatalf("%d lines, want %d:\n%s", len(lines), len(c.want), out)
		}
		for i, line := range lines {
			var a asked
			if err := json.Unmarshal([]byte(line), &a); err != nil {
				t.Fatal(line, err)
			}
			if a.Why == nil {
				a.Why = &why{}
			}
			got := a.Kind + " " + orDash(a.Entry) + " " + orDash(a.Why.Rule)
			if !strings.HasPrefix(got, c.want[i]) || strings.Contains(line, "null") {
				t.Errorf("%q: %s, want %s: %s", a.Text, got, c.want[i], line)
			}
		}
	}
	if _, err := typed(t.Context(), nil, strings.Repeat("a", 1<<20), "ask"); err == nil {
		t.Error("a line of a megabyte is answered")
	}
}

// TestEval prints how a base does on questions: one that is answered right, one that is answered
// although another entry was wanted, and one from outside that goes to a person.
func TestEval(t *testing.T) {
	file := fileOf(t, `{"text":"How much does it cost?","id":"cost"}
{"text":"How much does it cost?","id":"hours"}

{"text":"i left my umbrella at your place","id":null}
`)
	out, err := typed(t.Context(), nil, "", "knowledge", "eval", "--json", file)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]float64
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(out, err)
	}
	maps.DeleteFunc(got, func(name string, _ float64) bool { // what depends on the machine
		return strings.HasSuffix(name, "_us") || strings.HasSuffix(name, "_ms")
	})
	want := map[string]float64{
		"questions": 3, "answerable": 2, "acc": 0.5, "answered": 2, "right": 1, "wrong": 1,
		"handed_over": 1, "wrong_rate": 0.5, "c_at_5": 0,
	}
	if !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	out, err = typed(t.Context(), nil, "", "knowledge", "eval", file)
	for _, line := range []string{
		"questions                 3, of them 2 answerable\n",
		"right entry ranked first  0.500\n",
		"answered                  2: 1 right, 1 wrong (0.500)\n",
		"handed over               1\n",
		"WANTED  GOT   TIMES  ANSWERED  EXAMPLE\n" +
			"hours   cost  1      1         How much does it cost?\n",
	} {
		if err != nil || !strings.Contains(out, line) {
			t.Errorf("%v\n%s\nwant %s", err, out, line)
		}
	}
}

// network answers a request to the sandbox in place of one.
type network func(r *http.Request) (*http.Response, error)

func (n network) RoundTrip(r *http.Request) (*http.Response, error) { return n(r) }

// sandboxAnswer is what a request to the sandbox meets with.
type sandboxAnswer struct {
	name   string
	status int
	body   string
	err    error  // of the network
	want   string // the error that is told
}

// sandboxAnswers are all that a request on port 8081 can meet with.
func sandboxAnswers() []sandboxAnswer {
	const may = ": it may be at it still. Look at its page, http://localhost:8081, and give the " +
		"command again: what is done stays as it is"
	return []sandboxAnswer{
		{name: "taken", status: http.StatusOK, body: "done"},
		{
			name: "refused", status: http.StatusBadRequest, body: `{"error":"no header"}`,
			want: "no header",
		},
		{
			name: "another program", status: http.StatusBadRequest, body: `{"error":""}`,
			want: "what answers on port 8081 is no sandbox (Bad Request): set PORT to the " +
				"sandbox's, or REDIS_URL",
		},
		{
			name: "nobody", err: &net.OpError{Op: "dial", Err: errors.New("refused")},
			want: "REDIS_URL is not set and no sandbox answers on this machine (port 8081): " +
				"set REDIS_URL, or start the sandbox (go run ./bot) first",
		},
		{
			name: "out of time", err: context.DeadlineExceeded,
			want: "the sandbox on port 8081 hasn't answered in time" + may,
		},
		{
			name: "Ctrl-C", err: context.Canceled,
			want: "the sandbox on port 8081 wasn't waited for" + may,
		},
		{
			name: "hung up", err: io.ErrUnexpectedEOF,
			want: "the sandbox on port 8081 broke off" + may,
		},
	}
}

// TestAskSandbox tells whoever asked the sandbox what has become of it: refused, perhaps done, or
// never asked.
func TestAskSandbox(t *testing.T) {
	for _, c := range sandboxAnswers() {
		t.Run(c.name, func(t *testing.T) {
			w := world{transport: network(func(r *http.Request) (*http.Response, error) {
				asked, err := io.ReadAll(r.Body)
				if got := r.Method + " " + r.URL.String() + " " + r.Header.Get("Content-Type") +
					" " + string(asked); err != nil ||
					got != "POST http://localhost:8081/sandbox/import text/csv id" {
					t.Error(got, err)
				}
				if c.err != nil {
					return nil, c.err
				}
				return &http.Response{
					StatusCode: c.status, Status: http.StatusText(c.status),
					Body: io.NopCloser(strings.NewReader(c.body)),
				}, nil
			})}
			config := &Config{Port: "8081"}
			got, err := askSandbox(t.Context(), w, config, "import", "text/csv", []byte("id"))
			if c.want == "" && (err != nil || string(got) != c.body) ||
				c.want != "" && (err == nil || err.Error() != c.want) {
				t.Errorf("%q %v\nwant %s", got, err, c.want)
			}
		})
	}
}
