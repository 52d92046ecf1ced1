package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/handlers"
)

// Config is the environment. Every field is a variable and a flag, and stands in .env.example. All
// are strings, so that check can report everything that is wrong at once, by variable, where kong
// would stop at the first. Tokens and secrets come from here only, and are never logged.
type Config struct {
	Port      string `env:"PORT" default:"8080" help:"Port to listen on."`
	PublicURL string `env:"PUBLIC_URL" name:"public-url" help:"The https base that Twilio and Slack call; part of every signature."`
	RedisURL  string `env:"REDIS_URL" name:"redis-url" help:"redis:// or rediss://; several, comma-separated, are a Cluster, or Sentinels with ?master_name=NAME."`

	TwilioAccountSID          string `env:"TWILIO_ACCOUNT_SID" name:"twilio-account-sid" help:"With it Beacon is live."`
	TwilioAuthToken           string `env:"TWILIO_AUTH_TOKEN" help:"Signs Twilio's calls; sends too, unless an API key does."`
	TwilioAuthTokenPrevious   string `env:"TWILIO_AUTH_TOKEN_PREVIOUS" help:"Accepted besides while the token is being rotated."`
	TwilioAPIKey              string `env:"TWILIO_API_KEY" name:"twilio-api-key" help:"Sends instead of the auth token."`
	TwilioAPISecret           string `env:"TWILIO_API_SECRET" name:"twilio-api-secret" help:"Of the API key."`
	TwilioMessagingServiceSID string `env:"TWILIO_MESSAGING_SERVICE_SID" name:"twilio-messaging-service-sid" help:"Sends from its numbers; this or TWILIO_FROM."`
	TwilioFrom                string `env:"TWILIO_FROM" help:"For calls; for texts, without a service."`
	TwilioAPIURL              string `env:"TWILIO_API_URL" name:"twilio-api-url" default:"https://api.twilio.com" help:"Base of Twilio's API."`

	SlackBotToken      string `env:"SLACK_BOT_TOKEN" help:"xoxb-…"`
	SlackSigningSecret string `env:"SLACK_SIGNING_SECRET" help:"For Slack over HTTP; this or SLACK_APP_TOKEN."`
	SlackAppToken      string `env:"SLACK_APP_TOKEN" help:"xapp-…, for Socket Mode; this or SLACK_SIGNING_SECRET."`
	SlackDeskChannel   string `env:"SLACK_DESK_CHANNEL" help:"Channel id of the front desk."`
	SlackUrgentChannel string `env:"SLACK_URGENT_CHANNEL" help:"Channel id for patients in danger."`
	SlackShowText      string `env:"SLACK_SHOW_TEXT" default:"false" help:"true only with a BAA: patients' words appear in cards."`
	SlackAPIURL        string `env:"SLACK_API_URL" name:"slack-api-url" default:"https://slack.com/api/" help:"Base of Slack's API."`

	KnowledgeDir string `env:"KNOWLEDGE_DIR" help:"The clinic's own copy of knowledge/; the shipped one is built in."`
	BeaconKeys   string `env:"BEACON_KEYS" name:"beacon-keys" help:"Keys that seal what is stored, newest first: id:base64,…"`
	MetricsAddr  string `env:"METRICS_ADDR" default:"localhost:9090" help:"Of /status and /metrics."`
	LogLevel     string `env:"LOG_LEVEL" default:"info" help:"debug, info, warn or error."`

	// getenv reads the variables that clinic.yaml names, such as a feed's address.
	getenv func(string) string
}

// variable returns a variable that clinic.yaml names, "" if it isn't set.
func (c *Config) variable(name string) string {
	if c.getenv == nil {
		return ""
	}
	return c.getenv(name)
}

// fromEnv reads the flags that name a variable from getenv alone, so that a test's environment is
// what the test says and not the machine's. An empty variable counts as unset, as in a .env file
// that was copied and filled in partly: the default stands.
func fromEnv(getenv func(string) string) kong.Resolver {
	return kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, f *kong.Flag) (any, error) {
		if f.Tag == nil || len(f.Tag.Envs) == 0 {
			return nil, nil
		}
		if v := getenv(f.Tag.Envs[0]); v != "" {
			return v, nil
		}
		return f.Default, nil
	})
}

// live reports whether Beacon texts real patients; otherwise the program is the sandbox. One
// variable decides, so that a forgotten one of the others is an error and not a sandbox that looks
// like the clinic.
func (c *Config) live() bool { return c.TwilioAccountSID != "" }

// mistake is a missing or malformed variable.
type mistake struct{ name, what string }

// check returns an error that names every missing or malformed variable, a line each; nil if there
// is none. It asks nobody: whether a token is accepted is for bot doctor.
func (c *Config) check() error {
	var lines []string
	for _, m := range c.mistakes() {
		lines = append(lines, m.name+": "+m.what)
	}
	if len(lines) == 0 {
		return nil
	}
	return errors.New("the configuration isn't right:\n  " + strings.Join(lines, "\n  ") +
		"\nSee .env.example for each.")
}

// mistakes returns what is wrong with the variables, for check and for the doctor's table. The
// sandbox uses few of them, so the others may then hold anything.
func (c *Config) mistakes() (out []mistake) {
	fault := func(name, what string) { out = append(out, mistake{name, what}) }
	if !isPort(c.Port) {
		fault("PORT", "want a number from 0 to 65535")
	}
	if _, port, err := net.SplitHostPort(c.MetricsAddr); err != nil || !isPort(port) {
		fault("METRICS_ADDR", "want a host and a port, like localhost:9090")
	} else if c.live() && port != "0" && port == c.Port {
		fault("METRICS_ADDR", "want another port than PORT's, which patients' texts come to")
	}
	if _, err := strconv.ParseBool(c.SlackShowText); err != nil {
		fault("SLACK_SHOW_TEXT", "want true or false")
	}
	if err := new(slog.Level).UnmarshalText([]byte(c.LogLevel)); err != nil {
		fault("LOG_LEVEL", "want debug, info, warn or error")
	}
	if !c.live() && !hasSandbox {
		fault("TWILIO_ACCOUNT_SID", "missing: without it Beacon is the sandbox, "+
			"which isn't built into this bot (-tags live)")
	}
	if c.live() || !hasSandbox {
		c.checkLive(fault)
	}
	c.checkKeys(fault)
	return out
}

// isPort reports whether s is a port to listen on; 0 is any that is free, as tests want it.
func isPort(s string) bool {
	p, err := strconv.Atoi(s)
	return err == nil && p >= 0 && p <= 65535
}

// checkLive checks what only a live Beacon needs. Where either of two variables will do, the pair
// is reported as one.
func (c *Config) checkLive(fault func(name, what string)) {
	for _, need := range []struct{ name, value string }{
		{"PUBLIC_URL", c.PublicURL},
		{"REDIS_URL", c.RedisURL},
		{"TWILIO_AUTH_TOKEN", c.TwilioAuthToken},
		{"SLACK_BOT_TOKEN", c.SlackBotToken},
		{"SLACK_DESK_CHANNEL", c.SlackDeskChannel},
		{"SLACK_URGENT_CHANNEL", c.SlackUrgentChannel},
		{"TWILIO_MESSAGING_SERVICE_SID or TWILIO_FROM", c.TwilioMessagingServiceSID + c.TwilioFrom},
		{"SLACK_SIGNING_SECRET or SLACK_APP_TOKEN", c.SlackSigningSecret + c.SlackAppToken},
	} {
		if need.value == "" {
			fault(need.name, "missing")
		}
	}
	if (c.TwilioAPIKey == "") != (c.TwilioAPISecret == "") {
		fault("TWILIO_API_KEY, TWILIO_API_SECRET", "set both or neither")
	}
	c.checkPhones(fault)
	// An empty one was reported above.
	if c.RedisURL != "" {
		if _, err := redis.Options(c.RedisURL); err != nil {
			fault("REDIS_URL", err.Error())
		}
	}
	for _, u := range []struct{ name, value string }{
		{"PUBLIC_URL", c.PublicURL},
		{"TWILIO_API_URL", c.TwilioAPIURL},
		{"SLACK_API_URL", c.SlackAPIURL},
	} {
		if err := checkURL(u.value); u.value != "" && err != nil {
			fault(u.name, err.Error())
		}
	}
}

// shortCode matches a short code, which can send texts but make no calls. They have five or six
// digits in the US, three to eight elsewhere.
var shortCode = regexp.MustCompile(`^\d{3,8}$`)

// checkPhones checks TWILIO_FROM against the clinic's words: with an on-call phone, calls need a
// number to come from, which a Messaging Service doesn't give. It reads the words for that, so a
// KNOWLEDGE_DIR that isn't there is reported here as well. At most one fault of TWILIO_FROM is
// reported, the worst.
func (c *Config) checkPhones(fault func(name, what string)) {
	const rung = "desk.oncall_phone of clinic.yaml is rung about patients in danger"
	base, err := readKnowledge(c.KnowledgeDir)
	if _, none := knowledgeDir(c.KnowledgeDir); none != nil {
		fault("KNOWLEDGE_DIR", strings.TrimPrefix(none.Error(), "KNOWLEDGE_DIR: "))
	}
	// Words that can't be read are reported in full by whoever loads them next.
	onCall := err == nil && base.Clinic.Desk.OnCallPhone != ""
	_, number := handlers.NewPhone(c.TwilioFrom)
	why, do := noCaller(c.TwilioFrom)
	if c.TwilioFrom == "" {
		why = "missing: " + why
	}
	switch {
	case onCall && c.TwilioFrom == base.Clinic.Desk.OnCallPhone:
		fault("TWILIO_FROM",
			"it is desk.oncall_phone of clinic.yaml as well, and no number can ring itself")
	case why != "" && onCall:
		fault("TWILIO_FROM", why+", and "+rung+". "+do)
	case c.TwilioFrom != "" && number != nil && !shortCode.MatchString(c.TwilioFrom):
		fault("TWILIO_FROM", "want a number like +12125550100, or a short code")
	}
}

// noCaller says why no call can come from TWILIO_FROM, and what to do about it; why is empty if one
// can, as far as its form tells. Whether Twilio lets the number call is for checkSender.
func noCaller(from string) (why, do string) {
	switch {
	case from == "":
		return "there is no number to call from", "Set TWILIO_FROM to a number of the account" +
			" that can call, beside TWILIO_MESSAGING_SERVICE_SID if that is set."
	case shortCode.MatchString(from):
		return "a short code can't call", "Set TWILIO_FROM to a number of the account that can" +
			" call, and put the short code in a messaging service."
	}
	return "", ""
}

// checkURL wants https, since signatures and patients' words travel on it, except to this machine
// itself, where tests and proxies are.
func checkURL(s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return errors.New("want a URL like https://beacon.example.com")
	}
	if u.User != nil {
		return errors.New("want no user and password in it: nobody calls it with them")
	}
	if h := u.Hostname(); u.Scheme == "http" && h != "localhost" && h != "127.0.0.1" && h != "::1" {
		return fmt.Errorf("want https, not http")
	}
	return nil
}

// level returns the log level; info for a name that is none, which check reports.
func (c *Config) level() slog.Level {
	var l slog.Level
	_ = l.UnmarshalText([]byte(c.LogLevel)) // it leaves info on an error
	return l
}

// showText reports whether patients' words may appear in Slack: only with a BAA. It accepts every
// spelling that check does; anything else hides them.
func (c *Config) showText() bool {
	show, err := strconv.ParseBool(c.SlackShowText)
	return err == nil && show
}

// wordsFlag lets a command read other words than those configured, to try an edit out before it is
// deployed. Embed it and call override first.
type wordsFlag struct {
	Knowledge string `name:"knowledge" placeholder:"DIR" help:"Another knowledge directory; for ask and eval one with only faq/ will do."`
}

// override puts the flag, if it is set, in the place of KNOWLEDGE_DIR.
func (f wordsFlag) override(c *Config) {
	if f.Knowledge != "" {
		c.KnowledgeDir = f.Knowledge
	}
}
