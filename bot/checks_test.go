package main

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/bot/slack"
	"github.com/beacon-clinic/beacon/bot/twilio"
)

// judged is a judgement, and what it should be.
type judged struct {
	name  string
	got   finding
	level level
	says  string // what is wrong, or what to do
	fatal bool
}

func judge(t *testing.T, all []judged) {
	t.Helper()
	for _, j := range all {
		said := j.got.What + " → " + j.got.Do
		if j.got.Level != j.level || j.got.Fatal != j.fatal || !strings.Contains(said, j.says) {
			t.Errorf(
				"%s: %+v, want %s, fatal %v, and %q in it", j.name, j.got, j.level, j.fatal, j.says,
			)
		}
		if (j.level == faulty || j.level == warned) && j.got.Do == "" {
			t.Errorf("%s: nobody is told what to do", j.name)
		}
	}
}

func TestJudgeRedis(t *testing.T) {
	judge(t, []judged{
		{
			name: "the floor", got: judgeVersion(redis.Server{Version: "7.0.0", Major: 7}),
			level: fine,
		},
		{name: "newer", got: judgeVersion(redis.Server{Version: "8.2.1", Major: 8}), level: fine},
		{
			name: "too old", got: judgeVersion(redis.Server{Version: "6.2.14", Major: 6}),
			level: faulty,
			fatal: true, says: "6.2.14 is too old",
		},
		{name: "no version", got: judgeVersion(redis.Server{}), level: unasked},
		{
			name: "a replica", got: judgeRole(redis.Server{Replica: true}), level: faulty,
			fatal: true,
			says:  "replica",
		},
		{
			name:  "an evicting policy, no limit",
			got:   judgeEviction(redis.Server{Policy: "allkeys-lru"}),
			level: warned, says: "allkeys-lru",
		},
		{
			name:  "an evicting policy",
			got:   judgeEviction(redis.Server{Policy: "allkeys-lru", Max: 1}),
			level: faulty, says: "noeviction",
		},
		{name: "no policy told", got: judgeEviction(redis.Server{}), level: unasked},
		{
			name: "no file", got: judgePersistence(redis.Server{}), level: warned,
			says: "appendonly yes",
		},
		{
			name: "synced now and then",
			got:  judgePersistence(redis.Server{Appends: true, Fsync: "everysec"}), level: warned,
			says: "appendfsync always",
		},
		{
			name:  "it doesn't tell how it syncs",
			got:   judgePersistence(redis.Server{Appends: true}),
			level: fine,
		},
		{name: "room", got: judgeMemory(redis.Server{Used: 89, Max: 100}), level: fine},
		{
			name: "nearly full", got: judgeMemory(redis.Server{Used: 90 << 20, Max: 100 << 20}),
			level: warned, says: "90 % of 100 MB",
		},
	})
}

func TestJudgeClock(t *testing.T) {
	judge(t, []judged{
		{
			name: "clocks agree", got: clock("clock", "its clock", -2*time.Second, 2*time.Second),
			level: fine,
		},
		{
			name: "behind", got: clock("clock", "its clock", -3*time.Second, 2*time.Second),
			level: warned,
			says:  "3s behind",
		},
		{
			name: "far ahead", got: clock("clock", "its clock", 6*time.Minute, 2*time.Second),
			level: faulty,
			says:  "ahead of",
		},
	})
}

func TestJudgeSlackChannel(t *testing.T) {
	good := slack.Channel{Name: "desk", Member: true, Private: true}
	change := func(how func(*slack.Channel)) finding {
		c := good
		how(&c)
		return judgeChannel("desk", c)
	}
	judge(t, []judged{
		{name: "good", got: judgeChannel("desk", good), level: fine},
		{
			name:  "archived, which takes the bot out",
			got:   change(func(c *slack.Channel) { c.Archived, c.Member = true, false }),
			level: faulty,
			says:  "Unarchive",
		},
		{
			name:  "not in it",
			got:   change(func(c *slack.Channel) { c.Member, c.Private = false, false }),
			level: faulty, says: "/invite",
		},
		{
			name: "public", got: change(func(c *slack.Channel) { c.Private = false }),
			level: warned,
			says:  "public",
		},
		{
			name: "shared", got: change(func(c *slack.Channel) { c.Shared = true }), level: warned,
			says: "another organisation",
		},
	})
}

// senderTest is a sender that is changed, and what a check then says of it. Unchanged it is one
// number of the account that can text and call and whose webhook is ours; it is in a Messaging
// Service too, which isn't used unless s.inside is set.
type senderTest struct {
	name  string
	make  func(s *sender, n *twilio.Number)
	level level
	says  string
}

// twilioBase is where Twilio finds the bot of these tests, otherNumber a number that isn't theirs.
const (
	twilioBase  = "https://beacon.example.com"
	otherNumber = "+12125550199"
)

func unchanged(*sender, *twilio.Number) {}

// hooked sets the URL of the number's webhook.
func hooked(u string) func(*sender, *twilio.Number) {
	return func(_ *sender, n *twilio.Number) { n.Hook.URL = u }
}

// judgeSenders makes each change and compares what the check of senders says with the test.
func judgeSenders(t *testing.T, ask func(sender) finding, tests []senderTest) {
	t.Helper()
	const from = "+12125550100"
	hook := twilio.Hook{URL: twilioBase + "/twilio/text#rc=2&rp=all", Method: "POST"}
	var all []judged
	for _, test := range tests {
		s := sender{from: from, public: twilioBase + "/", oncall: true}
		s.service = twilio.Service{Hook: hook, Numbers: []string{from}}
		n := twilio.Number{Phone: from, SMS: true, Voice: true, Hook: hook}
		test.make(&s, &n)
		s.numbers = append(s.numbers, n)
		all = append(
			all, judged{name: test.name, got: ask(s), level: test.level, says: test.says},
		)
	}
	judge(t, all)
}

func TestJudgeTwilioSender(t *testing.T) {
	judgeSenders(t, sender.judgeSender, []senderTest{
		{name: "good", make: unchanged, level: fine},
		{
			name: "another's number", level: faulty, says: "…0100",
			make: func(_ *sender, n *twilio.Number) { n.Phone = otherNumber },
		},
		{
			name: "no texts", level: faulty, says: "SMS",
			make: func(_ *sender, n *twilio.Number) { n.SMS = false },
		},
		{
			name: "an empty service", level: faulty, says: "Sender Pool",
			make: func(s *sender, _ *twilio.Number) { s.inside, s.service.Numbers = true, nil },
		},
		{
			name: "not in the service", level: warned, says: "isn't in",
			make: func(s *sender, _ *twilio.Number) {
				s.inside, s.service.Numbers[0] = true, otherNumber
			},
		},
		{
			name: "a service alone", level: fine,
			make: func(s *sender, _ *twilio.Number) { s.inside, s.from = true, "" },
		},
	})
}

func TestJudgeTwilioWebhook(t *testing.T) {
	judgeSenders(t, sender.judgeWebhook, []senderTest{
		{name: "the URL", make: unchanged, level: fine},
		{
			name: "the URL with its port", level: fine,
			make: hooked("https://Beacon.Example.com:443/twilio/text#rc=2"),
		},
		{
			name: "no retries", level: warned, says: "doesn't ask again",
			make: hooked(twilioBase + "/twilio/text"),
		},
		{
			name: "no URL", make: hooked(""), level: faulty,
			says: "nobody is told",
		},
		{
			name: "http", level: faulty, says: "elsewhere",
			make: hooked("http://beacon.example.com/twilio/text#rc=2"),
		},
		{
			name: "another path", level: faulty,
			make: hooked(twilioBase + "/sms#rc=2"), says: "TWILIO_MESSAGING_SERVICE_SID",
		},
		{
			name: "by GET", level: faulty, says: "HTTP GET",
			make: func(_ *sender, n *twilio.Number) { n.Hook.Method = "GET" },
		},
		{
			name: "an app", level: warned, says: "TwiML app",
			make: func(_ *sender, n *twilio.Number) { n.Hook.Application = true },
		},
		{
			name: "the service's counts", level: fine,
			make: func(s *sender, n *twilio.Number) { s.inside, n.Hook.URL = true, "" },
		},
		{
			name: "the service has none", level: faulty,
			says: "the Messaging",
			make: func(s *sender, _ *twilio.Number) { s.inside, s.service.Hook.URL = true, "" },
		},
		{
			name: "the service leaves it to its numbers", level: faulty,
			make: func(s *sender, n *twilio.Number) {
				s.inside, s.service.OnNumbers, n.Hook.URL = true, true, ""
			}, says: "…0100",
		},
	})
}

func TestJudgeTwilioVoice(t *testing.T) {
	judgeSenders(t, sender.judgeVoice, []senderTest{
		{name: "calls", make: unchanged, level: fine},
		{
			name: "nobody to ring", level: warned,
			says: "desk.oncall_phone",
			make: func(s *sender, _ *twilio.Number) { s.oncall = false },
		},
		{
			name: "nothing to ring from", level: faulty,
			says: "TWILIO_FROM",
			make: func(s *sender, _ *twilio.Number) { s.from, s.inside = "", true },
		},
		{
			name: "a short code", level: faulty,
			says: "a short code can't call",
			make: func(s *sender, n *twilio.Number) { s.from, n.Phone = "12345", "12345" },
		},
		{
			name: "a number without voice", level: faulty, says: "Voice",
			make: func(_ *sender, n *twilio.Number) { n.Voice = false },
		},
		{
			name: "calls from another's number", level: warned,
			says: "caller ID",
			make: func(_ *sender, n *twilio.Number) { n.Phone = otherNumber },
		},
	})
}

// A terminal gets color, nothing else does; a line isn't longer than a terminal's.
func TestDoctorTable(t *testing.T) {
	well := finding{Name: "words", Level: fine, What: "good", Do: "nothing"}
	long := bad("slack desk channel", strings.Repeat("it can't be used ", 20), "Mend it.")
	colors := regexp.MustCompile(`\x1b\[\d+m`)
	for _, color := range []bool{true, false} {
		var b bytes.Buffer
		if err := doctorTable(&b, []finding{well, long}, color); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(b.String(), "\x1b["); got != color {
			t.Errorf("color %v, want %v: %q", got, color, b.String())
		}
		got := b.String()
		if strings.Contains(got, "nothing") || !strings.Contains(got, "→ Mend it.") {
			t.Errorf("what to do stands under what is wrong, and there alone:\n%s", got)
		}
		for line := range strings.Lines(b.String()) {
			if n := len([]rune(colors.ReplaceAllString(line, ""))); n > 115 {
				t.Errorf("%d characters: %q", n, line)
			}
		}
	}
}
