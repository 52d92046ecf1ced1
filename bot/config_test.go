package main

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/bot/redis/redistest"
)

// .env.example is the configuration's list: every variable once, with what it is before it, and
// none that nothing reads.
func TestEnvExampleIsTheConfig(t *testing.T) {
	data, err := os.ReadFile("../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{} // variable to default
	for f := range reflect.TypeFor[Config]().Fields() {
		if !f.IsExported() {
			continue
		}
		if f.Tag.Get("env") == "" || f.Tag.Get("help") == "" {
			t.Errorf("%s: every field has its variable and its help", f.Name)
		}
		want[f.Tag.Get("env")] = f.Tag.Get("default")
	}
	variable := regexp.MustCompile(`^#?([A-Z][A-Z0-9_]*)=(.*)$`)
	told := false
	for i, line := range strings.Split(string(data), "\n") {
		m := variable.FindStringSubmatch(line)
		if m == nil {
			told = strings.HasPrefix(line, "# ")
			if line != "" && line[0] != '#' {
				t.Errorf("line %d is neither a comment nor a variable: %q", i+1, line)
			}
			continue
		}
		fallback, known := want[m[1]]
		switch {
		case !known:
			t.Errorf("line %d: %s: nothing reads it, or it stands twice", i+1, m[1])
		case !told:
			t.Errorf("line %d: %s: no comment before it says what it is", i+1, m[1])
		case m[2] != "" && m[2] != fallback:
			t.Errorf("line %d: %s: has a value other than its default %q", i+1, m[1], fallback)
		}
		delete(want, m[1])
		told = false
	}
	for name := range want {
		t.Errorf("%s is missing", name)
	}
}

// noOnCall is a copy of the clinic's words without an on-call phone.
func noOnCall(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("../knowledge/clinic.yaml")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	own := regexp.MustCompile(`(?m)^  oncall_phone:.*\n`).ReplaceAllString(string(b), "")
	if err := os.WriteFile(filepath.Join(dir, "clinic.yaml"), []byte(own), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// liveConfig returns a configuration that a live bot would start on.
func liveConfig() Config {
	return Config{
		Port: "8080", MetricsAddr: "localhost:9090", SlackShowText: "false", LogLevel: "info",
		PublicURL: "https://beacon.example", RedisURL: "redis://localhost",
		TwilioAccountSID: "AC1", TwilioAuthToken: "t", TwilioFrom: "+12125550100",
		TwilioAPIURL:  "https://api.twilio.com",
		SlackBotToken: "xoxb-1", SlackSigningSecret: "s", SlackDeskChannel: "C1",
		SlackUrgentChannel: "C2", SlackAPIURL: "https://slack.com/api/", BeaconKeys: redistest.Key,
	}
}

// configChange is a change of liveConfig, and how each line of the error begins; nil is no error.
type configChange struct {
	change func(*Config)
	want   []string
}

// checkChanges makes each change and compares the error of check with what it should say.
func checkChanges(t *testing.T, changes map[string]configChange) {
	t.Helper()
	for name, c := range changes {
		t.Run(name, func(t *testing.T) {
			given := liveConfig()
			c.change(&given)
			err := given.check()
			if (err == nil) != (c.want == nil) {
				t.Fatal(err)
			}
			for _, w := range c.want {
				if !strings.Contains(err.Error(), "\n  "+w) {
					t.Errorf("%v\ndoesn't say %q", err, w)
				}
			}
			if err != nil && strings.Count(err.Error(), "\n  ") != len(c.want) {
				t.Errorf("%v\nsays more than %d things", err, len(c.want))
			}
		})
	}
}

// TestCheckNamesEveryFaultAtOnce names each variable that is wrong, and no other.
func TestCheckNamesEveryFaultAtOnce(t *testing.T) {
	checkChanges(t, map[string]configChange{
		"live": {change: func(*Config) {}},
		"sandbox": {change: func(c *Config) {
			*c = Config{Port: "0", MetricsAddr: ":0", SlackShowText: "false", LogLevel: "info"}
		}, want: nil},
		"live on nothing": {change: func(c *Config) {
			*c = Config{Port: "8080", MetricsAddr: ":0", SlackShowText: "false", LogLevel: "info"}
			c.TwilioAccountSID = "AC1"
		}, want: []string{
			"PUBLIC_URL: missing", "REDIS_URL: missing", "TWILIO_AUTH_TOKEN: missing",
			"SLACK_BOT_TOKEN: missing", "SLACK_DESK_CHANNEL: missing",
			"SLACK_URGENT_CHANNEL: missing", "TWILIO_MESSAGING_SERVICE_SID or TWILIO_FROM: missing",
			"SLACK_SIGNING_SECRET or SLACK_APP_TOKEN: missing",
			"BEACON_KEYS: missing: names, numbers and words would lie in clear",
			"TWILIO_FROM: missing: there is no number to call from, and desk.oncall_phone",
		}},
		"in clear, and said so": {change: func(c *Config) { c.BeaconKeys = "unsealed" }},
		"a key that is none": {change: func(c *Config) {
			c.BeaconKeys = "a:c2hvcnQ="
		}, want: []string{`BEACON_KEYS: key "a": want 32 bytes`}},
		"a password in the URL": {change: func(c *Config) {
			c.PublicURL = "https://user:secret@beacon.example"
		}, want: []string{"PUBLIC_URL: want no user and password"}},
		"one port for patients and operators": {change: func(c *Config) {
			c.Port = "9090"
		}, want: []string{"METRICS_ADDR: want another port than PORT's"}},
		"no such directory, all at once": {change: func(c *Config) {
			c.KnowledgeDir, c.TwilioAuthToken = filepath.Join(t.TempDir(), "none"), ""
		}, want: []string{"KNOWLEDGE_DIR: ", "TWILIO_AUTH_TOKEN: missing"}},
		"malformed": {change: func(c *Config) {
			c.Port, c.MetricsAddr, c.SlackShowText, c.LogLevel = "http", "9090", "maybe", "loud"
			c.PublicURL, c.RedisURL = "beacon.example", "localhost"
			c.TwilioAPIURL, c.TwilioAPIKey = "http://api.example", "SK1"
		}, want: []string{
			"PORT: want", "METRICS_ADDR: want", "SLACK_SHOW_TEXT: want", "LOG_LEVEL: want",
			"PUBLIC_URL: want", "REDIS_URL: want", "TWILIO_API_URL: want https",
			"TWILIO_API_KEY, TWILIO_API_SECRET: set both",
		}},
		"http on this machine": {
			change: func(c *Config) {
				c.TwilioAPIURL, c.PublicURL = "http://127.0.0.1:9", "http://localhost:8080"
			},
		},
	})
}

// TestCheckPhones compares TWILIO_FROM with what calls to the on-call phone need.
func TestCheckPhones(t *testing.T) {
	checkChanges(t, map[string]configChange{
		"a service alone, and a phone to ring": {change: func(c *Config) {
			c.TwilioFrom, c.TwilioMessagingServiceSID = "", "MG1"
		}, want: []string{
			"TWILIO_FROM: missing: there is no number to call from, and desk.oncall_phone of " +
				"clinic.yaml is rung about patients in danger. Set TWILIO_FROM to a number",
		}},
		"a service alone, nobody to ring": {change: func(c *Config) {
			c.TwilioFrom, c.TwilioMessagingServiceSID, c.KnowledgeDir = "", "MG1", noOnCall(t)
		}, want: nil},
		"a service and a number": {change: func(c *Config) { c.TwilioMessagingServiceSID = "MG1" }},
		"a short code can't ring": {change: func(c *Config) {
			c.TwilioFrom = "12345"
		}, want: []string{"TWILIO_FROM: a short code can't call, and desk.oncall_phone"}},
		"a short code, nobody to ring": {change: func(c *Config) {
			c.TwilioFrom, c.KnowledgeDir = "12345", noOnCall(t)
		}, want: nil},
		"a number as people write it": {change: func(c *Config) {
			c.TwilioFrom = "(212) 555-0100"
		}, want: []string{"TWILIO_FROM: want a number like +12125550100"}},
		"a number of another channel": {change: func(c *Config) {
			c.TwilioFrom = "whatsapp:+12125550100"
		}, want: []string{"TWILIO_FROM: want a number like +12125550100"}},
		"the on-call phone can't ring itself": {change: func(c *Config) {
			c.TwilioFrom = "+12125550112"
		}, want: []string{"TWILIO_FROM: it is desk.oncall_phone"}},
	})
}

// TestShowText accepts every spelling of true and false that the check of the variables accepts,
// and hides patients' words with anything else.
func TestShowText(t *testing.T) {
	for _, c := range []struct {
		value    string
		show, ok bool
	}{
		{value: "true", show: true, ok: true},
		{value: "True", show: true, ok: true},
		{value: "TRUE", show: true, ok: true},
		{value: "1", show: true, ok: true},
		{value: "false", ok: true},
		{value: "FALSE", ok: true},
		{value: "0", ok: true},
		{value: "yes"},
		{value: ""},
	} {
		config := Config{
			Port: "0", MetricsAddr: ":0", LogLevel: "info", SlackShowText: c.value,
		}
		if got := config.showText(); got != c.show {
			t.Errorf("%q: patients' words are shown: %v, want %v", c.value, got, c.show)
		}
		if err := config.check(); (err == nil) != c.ok {
			t.Errorf("%q: %v, want it accepted: %v", c.value, err, c.ok)
		}
	}
}
