package main_test

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis/redistest"
	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
)

// program is the built bot with everything it needs: a real redis-server, and a Twilio and a Slack
// over HTTP that keep state.
type program struct {
	t      testing.TB
	ctx    context.Context
	twilio *twiliotest.Fake
	slack  *slacktest.Slack
	redis  *redistest.Server
	url    string
	words  string // the directory of its own words
	env    []string
	bin    string // the program; "": as it is built from this tree
	log    *lockedLog
	out    io.Writer // what the bot says

	mu  sync.Mutex // a test may kill the bot while another goroutine starts it
	cmd *exec.Cmd
	// gone is closed when the process has ended, with how.
	gone  chan struct{}
	ended error
}

// built is the program with the sandbox, shipped the one without that releases are made of, each
// built once for all tests.
var (
	built   = sync.OnceValues(func() (string, error) { return buildBot() })
	shipped = sync.OnceValues(func() (string, error) { return buildBot("-tags", "live") })
)

func buildBot(flags ...string) (string, error) {
	dir, err := os.MkdirTemp("", "beacon")
	if err != nil {
		return "", err
	}
	bin := filepath.Join(dir, "bot")
	args := slices.Concat([]string{"build"}, flags, []string{"-o", bin, "."})
	out, err := exec.Command("go", args...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return bin, nil
}

// atOnce is how many of these tests run at a time: most of them wait for a program that waits.
const atOnce = "4"

// situations is how many situations a property is tried in: each is a whole program's day.
const situations = "25"

func TestMain(m *testing.M) {
	flag.Parse()
	set := map[string]bool{}
	flag.Visit(func(f *flag.Flag) { set[f.Name] = true })
	for name, value := range map[string]string{
		"test.parallel": atOnce, "rapid.checks": situations,
	} {
		if !set[name] {
			_ = flag.Set(name, value) // each is a number
		}
	}
	code := m.Run()
	for _, program := range []func() (string, error){built, shipped} {
		if bin, err := program(); err == nil && code == 0 {
			_ = os.RemoveAll(filepath.Dir(bin))
		}
	}
	os.Exit(code)
}

// start brings everything up, with the clinic's words of that directory, and waits until the bot is
// ready.
func start(t testing.TB, c twiliotest.Config, words string) *program {
	t.Helper()
	return startBehind(t, c, words, nil)
}

// startBehind is start with something between the bot and the services that it uses. between
// returns variables that override the program's own.
func startBehind(
	t testing.TB, c twiliotest.Config, words string, between func(*program) []string,
) *program {
	t.Helper()
	// A slow machine trains for a minute.
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
	t.Cleanup(cancel)
	p := &program{
		t: t, ctx: ctx, redis: redistest.Start(t, "always"), slack: slacktest.New(),
		twilio: twiliotest.Start(t, c), log: &lockedLog{},
	}
	t.Cleanup(p.slack.Close)
	p.url, p.out = "http://127.0.0.1:"+redistest.FreePort(t), p.log
	p.slack.Point(p.url)
	hook := p.url + "/twilio/text#rc=2&rp=all"
	p.twilio.Own(twiliotest.Number{Phone: twiliotest.From, TextURL: hook})
	p.configure(p.url, p.redis.URL(), words)
	if between != nil {
		p.env = append(p.env, between(p)...)
	}
	p.run()
	p.serves()
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Log(p.log.String())
		}
	})
	return p
}

// configure sets the environment of a bot that is reached at public, perhaps through something in
// between, and runs on that Redis and those words.
func (p *program) configure(public, redis, words string) {
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(p.url, "http://"))
	p.words = words
	p.env = append(os.Environ(),
		"PORT="+port, "METRICS_ADDR=127.0.0.1:0", "PUBLIC_URL="+public, "REDIS_URL="+redis,
		"KNOWLEDGE_DIR="+words, "BEACON_KEYS="+redistest.Key,
		"TWILIO_ACCOUNT_SID="+twiliotest.AccountSID, "TWILIO_AUTH_TOKEN="+twiliotest.AuthToken,
		"TWILIO_FROM="+twiliotest.From, "TWILIO_API_URL="+p.twilio.URL(),
		"SLACK_BOT_TOKEN="+slacktest.BotToken, "SLACK_SIGNING_SECRET="+slacktest.SigningSecret,
		"SLACK_API_URL="+p.slack.URL(),
		"SLACK_DESK_CHANNEL="+slacktest.Desk, "SLACK_URGENT_CHANNEL="+slacktest.Urgent,
		"SLACK_SHOW_TEXT=true",
	)
}

// clinic returns the directory of a clinic's own words: no placeholder, answering what awaits
// review, reminding at any hour, with changes besides, each an old text and a new one.
func clinic(t testing.TB, changes ...string) string {
	t.Helper()
	return clinicOf(t, "..", changes...)
}

// clinicOf is clinic from another tree of the source.
func clinicOf(t testing.TB, tree string, changes ...string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(tree, "knowledge", "clinic.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	own := strings.NewReplacer(slices.Concat(changes, []string{
		"placeholder: true\n", "", "answer_unreviewed: false", "answer_unreviewed: true",
		`window: "9:00-20:00"`, `window: "0:00-24:00"`,
		// Else a booking text of a visit tomorrow would be left out in the morning, for the
		// reminder that says more.
		`at: "11:00"`, `at: "0:00"`,
		// A text of a booking would wait for others of its series.
		"series: { gap_days", "# { gap_days",
		"segments_per_second: 3 ", "segments_per_second: 0 ", "segments_per_day: 2000 ",
		"segments_per_day: 0 ", "reserve: 200 ", "reserve: 0 ",
		"per_minute: 300 ", "per_minute: 1000001 ", "per_hour: 2000", "per_hour: 1000001",
		"per_day: 5000 ", "per_day: 1000001 ", "{ per_minute: 120, per_hour: 600, per_day: 2000 }",
		"{ per_minute: 1000000, per_hour: 1000000, per_day: 1000000 }",
	})...).Replace(string(b))
	from, to := strings.Index(own, "holidays:"), strings.Index(own, "# National lines")
	own = own[:from] + own[to:]
	if err := os.WriteFile(filepath.Join(dir, "clinic.yaml"), []byte(own), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// run starts the bot that is shipped.
func (p *program) run() {
	p.t.Helper()
	bin, err := shipped()
	if err != nil {
		p.t.Fatal(err)
	}
	bin = cmp.Or(p.bin, bin)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cmd = exec.Command(bin)
	p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr = p.env, p.out, p.out
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	cmd, gone := p.cmd, make(chan struct{})
	p.gone = gone
	go func() {
		defer close(gone)
		p.ended = cmd.Wait()
	}()
}

// wait waits until the bot has ended and returns how.
func (p *program) wait() error {
	<-p.gone
	return p.ended
}

// kill sends SIGKILL and returns when the bot is gone.
func (p *program) kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = p.cmd.Process.Kill() // it may be gone
	_ = p.wait()
}

// serves waits until the bot serves; one that ends instead fails the test.
func (p *program) serves() {
	p.t.Helper()
	p.await("the bot to be ready", func() bool {
		select {
		case <-p.gone:
			p.t.Fatalf("the bot ended: %v\n%s", p.ended, p.log)
		default:
		}
		return p.get("/readyz") == http.StatusOK
	})
}

func (p *program) get(path string) int {
	resp, err := http.Get(p.url + path)
	if err != nil {
		return 0
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	return resp.StatusCode
}

// text sends a patient's text to the webhook and returns the answers in its response.
func (p *program) text(from, body string) []string {
	p.t.Helper()
	a, err := p.twilio.PostText(
		p.ctx, p.url+"/twilio/text", url.Values{"From": {from}, "Body": {body}},
	)
	if err != nil || a.Status != http.StatusOK {
		p.t.Fatalf("text %q: status %d, %v", body, a.Status, err)
	}
	return a.Bodies
}

// command runs the bot's command line with the program's environment.
func (p *program) command(args ...string) (string, error) {
	p.t.Helper()
	bin, err := built()
	if err != nil {
		p.t.Fatal(err)
	}
	cmd := exec.CommandContext(p.ctx, bin, args...)
	cmd.Env = p.env
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// await polls for something that another process does; it fails when the test's time is up.
func (p *program) await(what string, ok func() bool) {
	p.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-p.ctx.Done():
			p.t.Fatalf("waited in vain for %s", what)
		case <-tick.C:
		}
	}
}

// card waits for a message in a channel that says something, and returns it.
func (p *program) card(channel, says string) (found slacktest.Message) {
	p.t.Helper()
	err := p.slack.Await(p.ctx, func(ms []slacktest.Message) bool {
		for _, m := range ms {
			if m.Channel == channel && strings.Contains(m.Words(), says) {
				found = m
				return true
			}
		}
		return false
	})
	if err != nil {
		p.t.Fatalf("nothing in %s says %q: %v", channel, says, err)
	}
	return found
}

// reply has staff write in a thread. If the bot hasn't stored the card's thread yet it refuses, and
// Slack asks again.
func (p *program) reply(thread, text string) (id string) {
	p.t.Helper()
	id, a, err := p.slack.Reply(p.ctx, thread, "UNURSE", text)
	p.await("the reply to be taken", func() bool {
		if err == nil && a.Status != http.StatusOK {
			a, err = p.slack.Again(p.ctx, a)
		}
		return err == nil && a.Status == http.StatusOK
	})
	return id
}

// sent waits until a text to a number holds some words, and returns it.
func (p *program) sent(to, says string) (found twiliotest.Message) {
	p.t.Helper()
	p.await(fmt.Sprintf("a text that says %q", says), func() bool {
		for _, m := range p.twilio.Messages() {
			if m.To == to && strings.Contains(m.Body, says) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

// lockedLog keeps what the bot logs.
type lockedLog struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lockedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// stop sends SIGTERM and returns how the bot ended.
func (p *program) stop() error {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	return p.wait()
}
