package main_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
)

// Redis may be there and take no writes. The bot then says that it answers danger only, does so,
// and stays in service.
func TestReadyWhileRedisTakesNoWrites(t *testing.T) {
	t.Parallel()
	p := start(t, twiliotest.Config{}, clinic(t))
	for i, test := range []struct {
		name         string
		begin, end   func()
		passes       bool   // it ends by itself
		says, remedy string // on /status
	}{
		{
			name: "its memory is full", says: "OOM", remedy: "maxmemory",
			begin: func() { p.cli("CONFIG", "SET", "maxmemory", "1") },
			end:   func() { p.cli("CONFIG", "SET", "maxmemory", "0") },
		},
		{
			name: "it has become a replica", says: "READONLY", remedy: "primary",
			begin: func() { p.cli("REPLICAOF", "127.0.0.1", "1") },
			end:   func() { p.cli("REPLICAOF", "NO", "ONE") },
		},
		{
			name: "its replicas are away", says: "NOREPLICAS", remedy: "min-replicas-to-write",
			begin: func() { p.cli("CONFIG", "SET", "min-replicas-to-write", "1") },
			end:   func() { p.cli("CONFIG", "SET", "min-replicas-to-write", "0") },
		},
		{
			name: "it stands still", passes: true, says: "no answer in time", remedy: "REDIS_URL",
			begin: func() { p.cli("CLIENT", "PAUSE", "12000", "ALL") }, end: func() {},
		},
		{
			name: "it is away", says: "refused", remedy: "REDIS_URL", begin: p.redis.Kill,
			end: p.redis.Run,
		},
	} {
		p.await(test.name+": all to be well", p.full)
		test.begin()
		p.await(test.name+": to be known", func() bool {
			began := time.Now()
			code, mode := p.ready()
			if took := time.Since(began); code != http.StatusOK || took > 2*time.Second {
				t.Fatalf("%s: /readyz %d after %v, want 200 at once", test.name, code, took)
			}
			return mode == "danger only"
		})
		p.await(test.name+": to be on /status", func() bool {
			c := p.status("redis write")
			return c.State == "fault" &&
				strings.Contains(c.What, test.says) && strings.Contains(c.Do, test.remedy)
		})
		if !p.down("redis write") {
			t.Errorf("%s: no metric says so", test.name)
		}
		number := "+1212555017" + string(rune('0'+i))
		got := strings.Join(p.text(number, "i dont want to be alive anymore"), " ")
		if !strings.Contains(got, "988") {
			t.Errorf("%s: danger is answered %q", test.name, got)
		}
		p.card(slacktest.Urgent, "…017"+string(rune('0'+i)))
		form := url.Values{"From": {number}, "Body": {"how much does it cost"}}
		a, err := p.twilio.PostText(p.ctx, p.url+"/twilio/text", form)
		if err != nil || !test.passes && a.Status != http.StatusServiceUnavailable {
			t.Errorf(
				"%s: an ordinary text gets %d %v, want 503: it comes again", test.name, a.Status,
				err,
			)
		}
		test.end()
	}
	p.await("all to be well again", p.full)
	if c := p.status("redis write"); !c.OK || c.LastError == "" {
		t.Errorf("/status forgot what was wrong: %+v", c)
	}
	if !strings.Contains(p.log.String(), "redis write is well again") {
		t.Error("the log doesn't say that all is well again")
	}
}

// Slack and Twilio may be away or broken: the operator sees it, and the bot stays in service.
func TestStatusOfVendors(t *testing.T) {
	t.Parallel()
	p := start(t, twiliotest.Config{}, clinic(t))
	archive := func(on bool) {
		p.slack.Change(slacktest.Desk, func(c *slacktest.Channel) { c.Archived = on })
	}
	join := func(in bool) {
		p.slack.Change(slacktest.Urgent, func(c *slacktest.Channel) { c.Member = in })
	}
	for _, test := range []struct {
		name       string
		begin, end func()
		says       map[string]string // by check
	}{
		{
			name:  "something was changed",
			begin: func() { archive(true); join(false); p.twilio.Account("suspended") },
			end:   func() { archive(false); join(true); p.twilio.Account("active") },
			says: map[string]string{
				"slack desk channel": "archived", "slack urgent channel": slacktest.Urgent,
				"twilio account": "suspended",
			},
		},
		{
			name:  "the desk's channel is gone, Twilio hangs",
			begin: func() { p.slack.Remove(slacktest.Desk); p.twilio.Hang(true) },
			end:   func() { p.slack.Off(true); p.twilio.Hang(false) },
			says: map[string]string{
				"slack desk channel": "no channel", "twilio account": "no answer in time",
			},
		},
		{
			name: "Slack is away", begin: func() {}, end: func() {},
			says: map[string]string{
				"slack auth": "can't be used", "slack desk channel": "can't be used",
			},
		},
	} {
		test.begin()
		for check, says := range test.says {
			p.await(test.name+": "+check+" to be known", func() bool {
				c := p.status(check)
				return c.State == "fault" && strings.Contains(c.What, says) &&
					c.Do != "" && !c.Since.IsZero() && c.TookMS < 2500
			})
			if !p.down(check) {
				t.Errorf("%s: no metric tells of %s", test.name, check)
			}
			if !strings.Contains(p.log.String(), `"check: `+check+`"`) {
				t.Errorf("%s: the log doesn't tell of %s", test.name, check)
			}
		}
		if code, mode := p.ready(); code != http.StatusOK || mode != "full" {
			t.Errorf("%s: /readyz %d %q, want it in service", test.name, code, mode)
		}
		test.end()
	}
	p.await("Twilio to be well again", func() bool { return p.status("twilio account").OK })
}

// Buttons, replies and commands that can't come in are seen, though cards are posted all the same.
func TestStatusOfSocketMode(t *testing.T) {
	t.Parallel()
	p := startBehind(t, twiliotest.Config{}, clinic(t), func(*program) []string {
		return []string{"SLACK_SIGNING_SECRET=", "SLACK_APP_TOKEN=" + slacktest.AppToken}
	})
	p.slack.Point("")
	const check = "slack socket"
	p.await("the connection to be known", func() bool { return p.status(check).OK })
	p.slack.Off(true)
	p.await("its end to be known", func() bool {
		c := p.status(check)
		return c.State == "fault" && c.Do != "" && p.down(check)
	})
	p.slack.Off(false)
	p.await("it to be well again", func() bool { return p.status(check).OK })

	// What staff do would fail here, and another bot can do it.
	p.cli("SET", "{beacon}:layout", "99")
	p.await("it to hang up where a later version has written", func() bool {
		return strings.Contains(p.status(check).What, "hung up") && p.slack.Sockets() == 0
	})
	p.cli("SET", "{beacon}:layout", "2")
	p.await("it to be there again", func() bool {
		return p.status(check).OK && p.slack.Sockets() == 1
	})
}

// Whoever asks how the bot is doesn't wait for a vendor that hangs, nor for others who ask.
func TestStatusNeverWaits(t *testing.T) {
	t.Parallel()
	p := start(t, twiliotest.Config{}, clinic(t))
	p.twilio.Hang(true)
	p.slack.Hang(true)
	all := []string{p.url + "/readyz", p.url + "/healthz"}
	all = append(all, p.private()+"/status", p.private()+"/metrics")
	began := time.Now()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, url := range all {
				if code, body := p.read(url); code != http.StatusOK {
					t.Errorf("%s: %d %s", url, code, body)
				}
			}
		})
	}
	wg.Wait()
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("eight who ask at once took %v", took)
	}
}

func TestPrivateListener(t *testing.T) {
	t.Parallel()
	p := start(t, twiliotest.Config{}, clinic(t))
	for _, path := range []string{"/metrics", "/status"} {
		if got := p.get(path); got != http.StatusNotFound {
			t.Errorf("%s: %d where all the world asks, want 404", path, got)
		}
	}
	for _, test := range []struct{ name, url, accept, kind string }{
		{name: "a machine", url: "/status", kind: "application/json"},
		{name: "curl", url: "/status", accept: "*/*", kind: "application/json"},
		{name: "a browser", url: "/status", accept: "text/html,*/*", kind: "text/plain"},
		{name: "a person", url: "/status?format=text", kind: "text/plain"},
		{
			name: "a browser that wants JSON", url: "/status?format=json", accept: "text/html",
			kind: "application/json",
		},
	} {
		r, err := http.NewRequestWithContext(p.ctx, http.MethodGet, p.private()+test.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept", test.accept)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		kind := resp.Header.Get("Content-Type")
		if !strings.HasPrefix(kind, test.kind) || !strings.Contains(string(body), "redis write") {
			t.Errorf("%s gets %s: %s", test.name, kind, body)
		}
	}
	if err := p.stop(); err != nil {
		t.Errorf("SIGTERM: %v", err)
	}
}

// A live bot says at its start what may go wrong, refuses what can't work, and waits for no vendor.
func TestStart(t *testing.T) {
	t.Parallel()
	p := start(t, twiliotest.Config{}, clinic(t))
	for _, test := range []struct {
		name       string
		begin, end []string
		refuses    string // how it ends
		says       []string
	}{
		{
			name:  "Redis throws away what it has no room for",
			says:  []string{"allkeys-lru", "noeviction"},
			begin: []string{"CONFIG", "SET", "maxmemory-policy", "allkeys-lru"},
			end:   []string{"CONFIG", "SET", "maxmemory-policy", "noeviction"},
		},
		{
			name: "Redis keeps no file", says: []string{"appendonly yes"},
			begin: []string{"CONFIG", "SET", "appendonly", "no"},
			end:   []string{"CONFIG", "SET", "appendonly", "yes"},
		},
		{
			name: "Redis is a replica", refuses: "replica", says: []string{"REDIS_URL", "primary"},
			begin: []string{"REPLICAOF", "127.0.0.1", "1"}, end: []string{"REPLICAOF", "NO", "ONE"},
		},
	} {
		p.kill()
		p.cli(test.begin...)
		before := len(p.log.String())
		p.run()
		said := func() string { return p.log.String()[before:] }
		if test.refuses != "" {
			if err := p.wait(); err == nil || !strings.Contains(said(), test.refuses) {
				t.Errorf("%s: ended %v: %s", test.name, err, said())
			}
		} else {
			p.await(test.name+": the bot to be ready", p.full)
		}
		for _, what := range test.says {
			if !strings.Contains(said(), what) {
				t.Errorf("%s: %q isn't in the log: %s", test.name, what, said())
			}
		}
		p.cli(test.end...)
	}
	p.kill()
	p.twilio.Hang(true)
	p.slack.Hang(true)
	began := time.Now()
	p.run()
	p.await("the bot to be ready", p.full)
	if took := time.Since(began); took > 10*time.Second { // it loads its words in that time
		t.Errorf("ready after %v while vendors hang", took)
	}
}
