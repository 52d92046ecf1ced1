package main_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis/redistest"
	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
)

const (
	publicURL   = "https://beacon.example.com"
	messagingID = "MG0123456789abcdef0123456789abcdef"
	textHook    = publicURL + "/twilio/text#rc=2&rp=all"
)

// setUp is all that a bot stands on, and the environment of one that doesn't run: all is well with
// it until a test changes that.
func setUp(t *testing.T) *program {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	p := &program{t: t, ctx: ctx, redis: redistest.Start(t, "always"), slack: slacktest.New()}
	p.twilio = twiliotest.Start(t, twiliotest.Config{})
	t.Cleanup(p.slack.Close)
	p.twilio.Own(twiliotest.Number{Phone: twiliotest.From, TextURL: textHook})
	p.configure(publicURL, p.redis.URL(), clinic(t))
	return p
}

// row is what the table says of a check, in one line; "" if it has none.
func row(table, name string) string {
	var found []string
	in := false
	for line := range strings.Lines(table) {
		begins := regexp.MustCompile(
			`^(ok|warning|fault|not checked) +(.*)`,
		).FindStringSubmatch(line)
		if begins != nil {
			in = strings.HasPrefix(begins[2], name+"  ")
		}
		if in {
			found = append(found, strings.Fields(line)...)
		}
	}
	return strings.Join(found, " ")
}

// want says what the rows of a table must hold, each part of them.
type want map[string][]string

func (w want) check(t *testing.T, table string) {
	t.Helper()
	for name, parts := range w {
		got := row(table, name)
		for _, part := range parts {
			if !strings.Contains(got, part) {
				t.Errorf("%s: %q, want %q in it", name, got, part)
			}
		}
	}
	if t.Failed() {
		t.Log(table)
	}
}

func TestDoctorFindsNothing(t *testing.T) {
	t.Parallel()
	p := setUp(t)
	table, err := p.command("doctor")
	if err != nil {
		t.Error(err)
	}
	w := want{"published": {"ok", "nothing beside"}, "reviews": {"warning"}, "slack secret": {"not checked", "/clinic status"}}
	for _, name := range []string{
		"variables", "words", "screen", "clinic.yaml", "other bots", "redis layout",
		"redis write", "redis read", "redis version", "redis role", "redis eviction",
		"redis persistence",
		"redis memory", "redis clock",
		"slack auth", "slack scopes", "slack desk channel", "slack urgent channel",
		"twilio account", "twilio clock", "twilio sender", "twilio webhook", "twilio voice",
	} {
		w[name] = []string{"ok " + name}
	}
	w.check(t, table)
	for what, is := range map[string]string{
		"color in a pipe": "\x1b", "a number whole": "5550100", "a secret": twiliotest.AuthToken,
	} {
		if strings.Contains(table, is) {
			t.Errorf("%s:\n%s", what, table)
		}
	}
	if keys, err := p.redis.CLI("KEYS", "*bots*"); err != nil || strings.Contains(keys, "bots") {
		t.Errorf("a doctor counts as a bot: %q %v", keys, err)
	}
}

func TestDoctorFindsFaults(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		make  func(*program)
		fails bool
		want  want
	}{
		{
			name: "what may go wrong",
			make: func(p *program) {
				p.cli("CONFIG", "SET", "appendfsync", "everysec")
				p.cli("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
				p.slack.Change(slacktest.Desk, func(c *slacktest.Channel) { c.Private = false })
				p.slack.Change(slacktest.Urgent, func(c *slacktest.Channel) { c.Shared = true })
				p.twilio.Own(
					twiliotest.Number{Phone: twiliotest.From, TextURL: publicURL + "/twilio/text"},
				)
				_, err1 := p.redis.CLI("ZADD", "{beacon}:bots", "99999999999999",
					"host-1\t4\t1796137200000\tother\tv9")
				_, err2 := p.redis.CLI("HSET", "{beacon}:current", "words", "other",
					"since", "1796137200000", "newest", "1796137200000")
				if err := errors.Join(err1, err2); err != nil {
					p.t.Fatal(err)
				}
			},
			want: want{
				"redis persistence":    {"warning", "two seconds", "appendfsync always"},
				"redis eviction":       {"warning", "allkeys-lru", "noeviction"},
				"slack desk channel":   {"warning", "public"},
				"slack urgent channel": {"warning", "another organisation"},
				"twilio webhook":       {"warning", "#rc=2&rp=all"},
				"other bots":           {"warning", "other, since 2026-12-01T15:00:00Z", "host-1"},
			},
		},
		{
			name: "what can't work", fails: true,
			make: func(p *program) {
				p.cli("CONFIG", "SET", "maxmemory-policy", "volatile-ttl")
				p.cli("CONFIG", "SET", "maxmemory", "1")
				p.slack.Change(slacktest.Desk, func(c *slacktest.Channel) { c.Archived = true })
				p.slack.Remove(slacktest.Urgent)
				p.slack.Revoke("chat:write")
				p.twilio.Account("suspended")
				const old = "https://user:secret@old.example.com/sms?key=secret"
				p.twilio.Own(twiliotest.Number{Phone: twiliotest.From, TextURL: old})
			},
			want: want{
				"redis write": {"fault", "OOM", "maxmemory"}, "redis memory": {"warning"},
				"redis eviction":       {"fault", "volatile-ttl", "noeviction"},
				"slack desk channel":   {"fault", "archived"},
				"slack urgent channel": {"fault", "/invite @Beacon", "SLACK_URGENT_CHANNEL"},
				"slack scopes":         {"fault", "chat:write", "bot slack-manifest"},
				"twilio account":       {"fault", "suspended"},
				"twilio webhook":       {"fault", "https://old.example.com/sms", textHook},
			},
		},
		{
			name: "credentials of others", fails: true,
			make: func(p *program) {
				p.env = append(p.env, "TWILIO_AUTH_TOKEN=another", "SLACK_BOT_TOKEN=xoxb-another")
				p.env = append(p.env, "KNOWLEDGE_DIR=")
				p.cli("REPLICAOF", "127.0.0.1", "1")
			},
			want: want{
				"twilio account": {"fault", "credentials", "TWILIO_AUTH_TOKEN"},
				"slack auth":     {"fault", "invalid_auth", "xoxb-"},
				"redis role":     {"fault", "replica", "primary"},
				"redis write":    {"fault", "READONLY"},
				"clinic.yaml":    {"fault", "placeholder", "KNOWLEDGE_DIR"},
			},
		},
		{
			name: "Socket Mode with a token that was revoked", fails: true,
			make: func(p *program) {
				p.env = append(p.env, "SLACK_SIGNING_SECRET=", "SLACK_APP_TOKEN=xapp-another")
			},
			want: want{
				"slack auth":   {"ok"},
				"slack socket": {"fault", "invalid_auth", "connections:write", "SLACK_APP_TOKEN"},
			},
		},
		{
			name: "Socket Mode",
			make: func(p *program) {
				p.env = append(
					p.env, "SLACK_SIGNING_SECRET=", "SLACK_APP_TOKEN="+slacktest.AppToken,
				)
			},
			want: want{"slack socket": {"ok", "SLACK_APP_TOKEN"}},
		},
		{
			name: "nobody answers", fails: true,
			make: func(p *program) {
				p.redis.Kill()
				p.slack.Off(true)
				p.twilio.Close()
			},
			want: want{
				"redis write": {"fault", "REDIS_URL"}, "redis server": {"not checked"},
				"slack auth":         {"fault", "slack-status.com"},
				"slack desk channel": {"fault"}, "twilio account": {"fault", "status.twilio.com"},
				"twilio sender": {"not checked"},
			},
		},
		{
			name: "a Messaging Service that isn't there", fails: true,
			make: func(p *program) {
				p.env = append(
					p.env, "TWILIO_MESSAGING_SERVICE_SID="+messagingID,
				)
			},
			want: want{"twilio sender": {"fault", "TWILIO_MESSAGING_SERVICE_SID"}},
		},
		{
			name: "a Messaging Service whose number isn't ours", fails: true,
			make: func(p *program) {
				p.env = append(p.env, "TWILIO_MESSAGING_SERVICE_SID="+messagingID)
				p.twilio.Own(twiliotest.Number{Phone: "+12125550199"})
				p.twilio.Serve(twiliotest.Service{
					SID: messagingID, Method: "GET", TextURL: textHook,
					Numbers: []string{"+12125550199"},
				})
			},
			want: want{
				"twilio sender":  {"warning", "…0100", "Sender Pool"},
				"twilio webhook": {"fault", "HTTP GET", "Messaging Service"},
			},
		},
		{
			name: "roles of user groups", fails: true,
			make: func(p *program) {
				file := filepath.Join(p.words, "clinic.yaml")
				b, err := os.ReadFile(file)
				roles := "\nroles:\n  desk: {groups: [S0DESK]}\n  owner: {groups: [S0NONE]}\n" +
					"  clinician: {groups: [S0EMPTY]}\n"
				b = bytes.Replace(b, []byte("# oncall_group: S0123ABCD"), []byte("oncall_group: S0GONE"), 1)
				err = errors.Join(err, os.WriteFile(file, append(b, roles...), 0o600))
				if err != nil {
					p.t.Fatal(err)
				}
				p.slack.Group("S0DESK", "U1")
				p.slack.Group("S0EMPTY")
			},
			want: want{
				"slack group S0DESK":  {"ok"},
				"slack group S0NONE":  {"fault", "no such user group", "clinic.yaml"},
				"slack group S0EMPTY": {"warning", "nobody is in it"},
				"slack on-call group S0GONE": {
					"fault", "no such user group", "nobody of it is told", "desk.oncall_group",
				},
			},
		},
		{
			name: "words that can't be read, a variable that is malformed", fails: true,
			make: func(p *program) {
				file := filepath.Join(p.words, "clinic.yaml")
				if err := os.WriteFile(file, []byte("nonsense: 1\n"), 0o600); err != nil {
					p.t.Fatal(err)
				}
				p.env = append(p.env, "PORT=http", "SLACK_SIGNING_SECRET=")
			},
			want: want{
				"words": {"fault", "clinic.yaml", "nonsense"}, "PORT": {"fault", "number"},
				"redis write": {"ok"},
				"SLACK_SIGNING_SECRET or SLACK_APP_TOKEN": {"fault", "missing"},
				"slack": {"not checked"},
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := setUp(t)
			test.make(p)
			table, err := p.command("doctor")
			if (err != nil) != test.fails {
				t.Errorf("ends with %v, want a failure: %v", err, test.fails)
			}
			test.want.check(t, table)
			if strings.Contains(table, "secret@") || strings.Contains(table, "key=") {
				t.Error("a secret is told")
			}
		})
	}
}

// Without an account there is the sandbox: the doctor looks at the words, and says what it didn't
// look at.
func TestDoctorOfTheSandbox(t *testing.T) {
	t.Parallel()
	p := &program{t: t, ctx: t.Context(), env: []string{"HOME=" + t.TempDir()}}
	table, err := p.command("doctor")
	if err != nil {
		t.Error(err)
	}
	want{
		"screen": {"ok"}, "clinic.yaml": {"ok", "placeholder"}, "reviews": {"warning"},
		"redis": {"not checked", "sandbox"}, "slack": {"not checked"}, "twilio": {"not checked"},
	}.check(t, table)
}
