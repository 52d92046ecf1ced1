package main

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/bot/twilio"
	"github.com/beacon-clinic/beacon/handlers"
)

// twilioSkew is how far Twilio's clock may be off before that is reported. It is more than for
// Redis because Twilio's Date header tells whole seconds.
const twilioSkew = 5 * time.Second

// The names of the checks of what texts and calls come from.
const (
	checkFrom  = "twilio sender"
	checkHook  = "twilio webhook"
	checkVoice = "twilio voice"
)

// checkAccount returns the check whether texts can be sent at all: the credentials, the account's
// state, its clock, and, if one is configured, the API key. The account is asked for with the auth
// token, which may be right while the key that sends is wrong, and the other way round.
func (a *app) checkAccount(c *Config) func(context.Context) []finding {
	const account, clocks, key = "twilio account", "twilio clock", "twilio key"
	return func(ctx context.Context) (out []finding) {
		switch got, err := a.twilio.Account(ctx); {
		case err != nil:
			out = append(out,
				twilioFault(account, "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN", err),
				skip(clocks, "Twilio didn't say"))
		case got.Status != "active":
			out = append(out, bad(account, "it is "+orDash(got.Status)+": nothing is sent",
				"See the first page of Twilio's console: it is about money, or a rule that was "+
					"broken."))
		default:
			out = append(out, good(account, "it is active"),
				clock(clocks, "Twilio's clock", got.Skew, twilioSkew))
		}
		if c.TwilioAPIKey == "" {
			return out
		}
		if err := a.twilio.Key(ctx); err != nil {
			return append(out, twilioFault(key, "TWILIO_API_KEY and TWILIO_API_SECRET", err))
		}
		return append(out, good(key, "it may see texts"))
	}
}

// twilioFault says what to do about an error of Twilio. An answer with an error code blames the
// credentials, named by variables; anything else is a Twilio that wasn't reached or is ill.
func twilioFault(name, variables string, err error) finding {
	if no, ok := errors.AsType[*handlers.Refusal](err); ok && no.Code != 0 {
		return bad(name, no.Why, "See that "+variables+" are those of Twilio's console.")
	}
	return bad(name, "Twilio can't be used: "+plain(err),
		"See https://status.twilio.com, and that this machine may reach api.twilio.com.")
}

// sender is what texts and calls come from: the configuration beside what Twilio says of it. The
// judge methods compare the two and ask nobody, so each is tested with a table.
type sender struct {
	from    string // TWILIO_FROM
	inside  bool   // a Messaging Service is configured; service describes it
	service twilio.Service
	numbers []twilio.Number // the account's
	public  string          // PUBLIC_URL
	oncall  bool            // the clinic has an on-call phone to ring
}

// checkSender returns the check whether the number or Messaging Service exists, can text and call,
// and brings us what patients text. Where Twilio doesn't answer it is "not checked", since
// checkAccount reports that fault; a service that doesn't exist is a fault of the configuration.
func (a *app) checkSender(c *Config) func(context.Context) []finding {
	return func(ctx context.Context) []finding {
		s := sender{
			from: c.TwilioFrom, inside: c.TwilioMessagingServiceSID != "",
			public: c.PublicURL, oncall: a.base.Clinic.Desk.OnCallPhone != "",
		}
		var err, err2 error
		s.numbers, err = a.twilio.Numbers(ctx)
		if s.inside {
			s.service, err2 = a.twilio.Service(ctx)
		}
		if twilio.Unknown(err2) {
			return []finding{bad(checkFrom, "the account has no such Messaging Service",
				"Put its SID (MG…) into TWILIO_MESSAGING_SERVICE_SID, from Messaging, Services.")}
		}
		if err = errors.Join(err, err2); err != nil {
			return []finding{skip(checkFrom, plain(err))}
		}
		return []finding{s.judgeSender(), s.judgeWebhook(), s.judgeVoice()}
	}
}

// masked returns a number as logs and tables may show it: the last four digits. A short code, or
// whatever else is no phone number, isn't shown at all.
func masked(number string) string {
	p, err := handlers.NewPhone(number)
	if err != nil {
		return "that"
	}
	return p.String()
}

// number finds a number among the account's; false if it isn't one of them.
func (s sender) number(phone string) (twilio.Number, bool) {
	i := slices.IndexFunc(s.numbers, func(n twilio.Number) bool { return n.Phone == phone })
	if i < 0 {
		return twilio.Number{}, false
	}
	return s.numbers[i], true
}

// texting returns the account's numbers that texts may come from: those of the Messaging Service,
// else TWILIO_FROM. A sender of the service that isn't a number of the account, a short code say,
// is left out, because nothing is known of it.
func (s sender) texting() (out []twilio.Number) {
	from := []string{s.from}
	if s.inside {
		from = s.service.Numbers
	}
	for _, phone := range from {
		if n, ok := s.number(phone); ok {
			out = append(out, n)
		}
	}
	return out
}

// judgeSender says whether texts can be sent from the number or the Messaging Service. A service
// picks a sender itself, so one number that can text is enough.
func (s sender) judgeSender() finding {
	texting := s.texting()
	able := slices.ContainsFunc(texting, func(n twilio.Number) bool { return n.SMS })
	switch {
	case s.inside && len(s.service.Numbers) == 0:
		return bad(checkFrom, "the Messaging Service has no number",
			"Add one to its Sender Pool, in Twilio's console.")
	case !s.inside && len(texting) == 0:
		return bad(checkFrom, "the account has no number "+masked(s.from),
			"Put one of its own into TWILIO_FROM, from Phone Numbers, Active numbers.")
	case len(texting) > 0 && !able:
		return bad(checkFrom, "the number can't send texts", "Get one with the capability SMS.")
	case s.inside && s.from != "" && !slices.Contains(s.service.Numbers, s.from):
		return warn(checkFrom, "TWILIO_FROM, "+masked(s.from)+
			", isn't in the Messaging Service: calls come from another number than texts",
			"Add it to the service's Sender Pool.")
	}
	return good(checkFrom, "it is there and can send texts")
}

// judgeWebhook says whether what patients text comes to us. In a Messaging Service its own webhook
// counts, unless it defers to each number's; then the first number that is wrong is reported.
func (s sender) judgeWebhook() finding {
	if s.inside && !s.service.OnNumbers {
		return s.judgeHook("the Messaging Service", s.service.Hook)
	}
	f := skip(checkHook, "no number to look at")
	for _, n := range s.texting() {
		if f = s.judgeHook(masked(n.Phone), n.Hook); f.Level != fine {
			return f
		}
	}
	return f
}

// judgeHook says whether incoming texts reach this bot. whose names the number or the service.
//
// The fragment of the URL that it wants tells Twilio to ask again twice (rc=2) after any failure
// (rp=all); without it a text that comes during a restart waits for the catch-up. source:
// https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
func (s sender) judgeHook(whose string, h twilio.Hook) finding {
	want := strings.TrimRight(s.public, "/") + twilio.TextPath
	do := "Set A message comes in of " + whose + " to " + want + "#rc=2&rp=all, by HTTP POST."
	switch {
	case h.Application:
		return warn(checkHook, "a TwiML app takes the texts to "+whose+": it isn't looked at",
			"See that its Messaging Request URL is "+want+", or take the app off the number.")
	case h.URL == "":
		return bad(checkHook, "nobody is told of texts to "+whose, do)
	case !strings.EqualFold(h.Method, "POST"):
		return bad(checkHook, "texts to "+whose+" come by HTTP "+h.Method, do)
	case !sameURL(h.URL, want):
		if !s.inside {
			do += " If a Messaging Service has the number, set TWILIO_MESSAGING_SERVICE_SID," +
				" for then its settings count."
		}
		return bad(checkHook, "texts to "+whose+" go elsewhere: to "+bareURL(h.URL), do)
	case !retried(h.URL):
		return warn(checkHook,
			"Twilio doesn't ask again when the bot is away for a moment: the text is lost", do)
	}
	return good(checkHook, "texts come to "+want)
}

// retried reports whether a webhook's URL asks Twilio to try again, however often.
func retried(hook string) bool {
	_, how, _ := strings.Cut(hook, "#")
	return strings.Contains(how, "rc=")
}

// sameURL reports whether two URLs name the same place. What stands after # is for Twilio alone,
// and a query doesn't change where a request goes.
func sameURL(a, b string) bool {
	x, err1 := url.Parse(a)
	y, err2 := url.Parse(b)
	if err1 != nil || err2 != nil {
		return false
	}
	return x.Scheme == y.Scheme && host(x) == host(y) && x.EscapedPath() == y.EscapedPath()
}

// host returns a URL's host in lower case, without its scheme's default port.
func host(u *url.URL) string {
	h := strings.ToLower(u.Host)
	if u.Scheme == "https" {
		return strings.TrimSuffix(h, ":443")
	}
	return strings.TrimSuffix(h, ":80")
}

// bareURL returns a URL without what may be secret: user, query and fragment. It is shown in tables
// and logs, and the webhook of whatever the number served before may hold a key.
func bareURL(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return "what is no URL"
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// judgeVoice says whether the on-call phone can be rung from TWILIO_FROM. A Messaging Service makes
// no calls. A number of another account may work, verified as a caller ID, which can't be seen
// from here: hence only a warning.
func (s sender) judgeVoice() finding {
	n, own := s.number(s.from)
	why, do := noCaller(s.from)
	switch {
	case !s.oncall:
		return warn(checkVoice, "nobody is rung about danger: desk.oncall_phone is empty",
			"Put the on-call phone's number into clinic.yaml.")
	case why != "":
		return bad(checkVoice, "the on-call phone can't be rung: "+why, do)
	case !own:
		return warn(checkVoice, masked(s.from)+" isn't a number of the account:"+
			" calls from it work only if Twilio has verified it as a caller ID",
			"Set TWILIO_FROM to a number of the account.")
	case !n.Voice:
		return bad(checkVoice, masked(s.from)+" can't call, so the on-call phone can't be rung",
			"Get a number with the capability Voice, and put it into TWILIO_FROM.")
	}
	return good(checkVoice, "the on-call phone can be rung")
}
