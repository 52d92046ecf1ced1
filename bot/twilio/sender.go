package twilio

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/beacon-clinic/beacon/handlers"
)

// The kinds of senders that are no patient's number, as [Meter] counts them.
const (
	ownSender        = "own"
	unreadableSender = "unreadable"
)

// The channels besides SMS that reach a number, as handlers.Address and Twilio name them.
const (
	whatsapp = "whatsapp"
	rcs      = "rcs"
)

// channel matches what stands before an address of another channel than SMS: "rcs:", "whatsapp:",
// "messenger:". source: https://www.twilio.com/docs/messaging/channels
var channel = regexp.MustCompile(`^\s*[A-Za-z][A-Za-z0-9_-]*:`)

// address parses a sender or a recipient as Twilio names it. A number is the same patient on every
// channel, whatever stands between its digits. What is no number (a short code, a name, a Messenger
// id) is an error. on reports whether a channel was named: if so, an answer in the webhook's
// response reaches the sender even if it is no number. a.Channel is set for the channels that we
// know.
func address(s string) (a handlers.Address, on bool, err error) {
	prefix := channel.FindString(s)
	digits := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Dash, r) || strings.ContainsRune("().", r) {
			return -1
		}
		return r
	}, s[len(prefix):])
	switch named := strings.ToLower(strings.Trim(prefix, " :")); named {
	case whatsapp, rcs:
		a.Channel = named
	}
	a.Phone, err = handlers.NewPhone(digits)
	return a, prefix != "", err
}

// on returns an address as Twilio names it on a channel: "whatsapp:+12125550101". The channel ""
// is SMS.
func on(channel, number string) string {
	if channel == "" {
		return number
	}
	return channel + ":" + number
}

// sends reports whether texts can be sent on a channel besides SMS, as far as the configuration
// tells. On WhatsApp our own number is the sender. On RCS it is an agent, which only a messaging
// service knows. source: https://www.twilio.com/docs/messaging/channels
func (t *Twilio) sends(channel string) bool {
	service := t.c.MessagingServiceSID != ""
	return channel == rcs && service ||
		channel == whatsapp && (service || strings.HasPrefix(t.c.From, "+"))
}

// heard passes a text on to the Patient and returns the bodies of its reply. A sender that is no
// number is logged and counted, and is answered only on a channel that can bring it an answer. A
// text from one of our own numbers is logged and counted and not passed on: a bot that answers
// itself never ends.
func (t *Twilio) heard(ctx context.Context, from, to string, text handlers.Text) ([]string, error) {
	switch own := t.sent(&text, from, to); {
	case own:
		t.c.Meter.Odd(ownSender)
		t.c.Log.Warn("text of a number of our own: no answer", "id", text.ID, "from", mask(from))
		return nil, nil
	case text.Sender != "":
		t.c.Meter.Odd(unreadableSender)
		t.c.Log.Warn("text of a sender that is no number", "id", text.ID, "sender", mask(from))
	}
	reply, err := t.c.Patient.Receive(ctx, text)
	// A text to a short code or a name fails, or answers an advertiser's bot.
	if text.Mute {
		reply.Bodies = nil
	}
	return reply.Bodies, err
}

// sent fills in who wrote a text: a number with its channel, or a sender that is no number. It
// reports whether the text is from one of our own numbers. Texts of webhooks and fetched texts both
// go through here, so that they are read alike.
func (t *Twilio) sent(text *handlers.Text, from, to string) (own bool) {
	a, on, err := address(from)
	if err != nil {
		text.Sender, text.Mute = from, !on
		return false
	}
	text.From = a.Phone
	// A channel that we can't send on is left out, and later texts go out as SMS.
	if t.sends(a.Channel) {
		text.Channel = a.Channel
	}
	return t.own(a.Phone, to)
}

// own reports whether a number is one of ours: the configuration names it, or the text came to it.
// The numbers of a messaging service aren't in the configuration.
func (t *Twilio) own(p handlers.Phone, to string) bool {
	called, _, err := address(to)
	return slices.Contains(t.ours, p) || err == nil && p == called.Phone
}

// mask shortens a sender for the log to its last four characters, as a number is shown, and a short
// one to no more than half.
func mask(sender string) string {
	r := []rune(sender)
	return "…" + string(r[len(r)-min(4, len(r)/2):])
}
