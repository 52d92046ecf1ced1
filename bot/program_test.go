package main_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
)

// program is the built bot with all that it stands on: a real redis-server, a stateful Twilio and a Slack over HTTP.
type program struct {
	t      *testing.T
	ctx    context.Context
	twilio *twiliotest.Fake
	slack  *slacktest.Slack
	redis  *redisServer
	url    string
	env    []string
	log    *lockedLog

	mu  sync.Mutex // a test may kill the bot while another goroutine starts it
	cmd *exec.Cmd
}

// built is the program, built once for all tests.
var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "beacon")
	if err != nil {
		return "", err
	}
	bin := filepath.Join(dir, "bot")
	out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return bin, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if bin, err := built(); err == nil && code == 0 {
		_ = os.RemoveAll(filepath.Dir(bin))
	}
	os.Exit(code)
}

// start brings everything up and waits until the bot is ready.
func start(t *testing.T, c twiliotest.Config) *program {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	t.Cleanup(cancel)
	p := &program{t: t, ctx: ctx, redis: startRedis(t), slack: slacktest.New(), log: &lockedLog{}}
	t.Cleanup(p.slack.Close)
	p.twilio = twiliotest.Start(t, c)
	port := freePort(t)
	p.url = "http://127.0.0.1:" + port
	p.slack.Point(p.url)
	p.env = append(os.Environ(),
		"PORT="+port, "PUBLIC_URL="+p.url, "REDIS_URL="+p.redis.url(), "KNOWLEDGE_DIR="+clinic(t),
		"TWILIO_ACCOUNT_SID="+twiliotest.AccountSID, "TWILIO_AUTH_TOKEN="+twiliotest.AuthToken, "TWILIO_FROM="+twiliotest.From, "TWILIO_API_URL="+p.twilio.URL(),
		"SLACK_BOT_TOKEN="+slacktest.BotToken, "SLACK_SIGNING_SECRET="+slacktest.SigningSecret, "SLACK_API_URL="+p.slack.URL(),
		"SLACK_DESK_CHANNEL="+slacktest.Desk, "SLACK_URGENT_CHANNEL="+slacktest.Urgent, "SLACK_SHOW_TEXT=true",
	)
	p.run()
	p.await("the bot to be ready", func() bool { return p.get("/readyz") == http.StatusOK })
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Log(p.log.String())
		}
	})
	return p
}

// clinic is a clinic's own copy of the words: no placeholder, answering what awaits review, reminding at any hour.
func clinic(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("../knowledge/clinic.yaml")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	own := strings.NewReplacer(
		"placeholder: true\n", "", "answer_unreviewed: false", "answer_unreviewed: true", `window: "9:00-20:00"`, `window: "0:00-24:00"`,
		"segments_per_second: 3", "segments_per_second: 0",
	).Replace(string(b))
	from, to := strings.Index(own, "holidays:"), strings.Index(own, "# National lines")
	own = own[:from] + own[to:]
	if err := os.WriteFile(filepath.Join(dir, "clinic.yaml"), []byte(own), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// run starts the bot.
func (p *program) run() {
	p.t.Helper()
	bin, err := built()
	if err != nil {
		p.t.Fatal(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cmd = exec.Command(bin)
	p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr = p.env, p.log, p.log
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
}

// kill is kill -9; it returns when the bot is gone.
func (p *program) kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = p.cmd.Process.Kill() // it may be gone
	_ = p.cmd.Wait()
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

// text is a patient who texts; it returns what the bot answered at once.
func (p *program) text(from, body string) []string {
	p.t.Helper()
	a, err := p.twilio.PostText(p.ctx, p.url+"/twilio/text", url.Values{"From": {from}, "Body": {body}})
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

// reply is staff writing in a thread. One that comes before the bot has written the card's thread down is refused, and Slack asks again.
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

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// redisServer is a real redis-server that appends every write to disk.
type redisServer struct {
	t    *testing.T
	dir  string
	port string
	cmd  *exec.Cmd
}

func startRedis(t *testing.T) *redisServer {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Skip("skipped: no redis-server on this machine; the whole program needs a real one")
	}
	r := &redisServer{t: t, dir: t.TempDir(), port: freePort(t)}
	r.run()
	t.Cleanup(r.kill)
	return r
}

func (r *redisServer) run() {
	r.t.Helper()
	r.cmd = exec.Command("redis-server", "--port", r.port, "--bind", "127.0.0.1", "--dir", r.dir, "--appendonly", "yes", "--appendfsync", "always", "--save", "")
	if err := r.cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
}

func (r *redisServer) kill() {
	_ = r.cmd.Process.Kill()
	_ = r.cmd.Wait()
}

func (r *redisServer) url() string { return "redis://127.0.0.1:" + r.port + "/0" }

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

// stop is SIGTERM; it returns how the bot ended.
func (p *program) stop() error {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	return p.cmd.Wait()
}

// cli asks the server by redis-cli.
func (r *redisServer) cli(args ...string) (string, error) {
	out, err := exec.Command("redis-cli", append([]string{"-p", r.port}, args...)...).CombinedOutput()
	return string(out), err
}
