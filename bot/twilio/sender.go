package twilio

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/beacon-clinic/beacon/handlers"
)

// The kinds of senders that are no patient's number, by which they are counted.
const (
	ownSender        = "own"
	unreadableSender = "unreadable"
)

// The channels besides SMS that reach a number, as handlers.Address and Twilio name them.
const (
	whatsapp = "whatsapp"
	rcs      = "rcs"
)

// channel is what stands before an address of another channel than SMS: "rcs:", "whatsapp:",
// "messenger:". source: twilio.com/docs/messaging/channels
var channel = regexp.MustCompile(`^\s*[A-Za-z][A-Za-z0-9_-]*:`)

// address reads a sender or a recipient as Twilio names it. A number is that number on every
// channel, whatever stands between its digits; what is none (a short code, a name, a Messenger id)
// is an error. on says whether a channel was named, on which an answer reaches whoever it is.
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

// on is a number or another address as Twilio names it on a channel: "whatsapp:+12125550101".
func on(channel, number string) string {
	if channel == "" {
		return number
	}
	return channel + ":" + number
}

// sends says whether texts can be sent on a channel besides SMS. On WhatsApp our own number is
// the sender. On RCS it is an agent, which only a messaging service knows. source:
// twilio.com/docs/messaging/channels
func (t *Twilio) sends(channel string) bool {
	service := t.c.MessagingServiceSID != ""
	return channel == rcs && service ||
		channel == whatsapp && (service || strings.HasPrefix(t.c.From, "+"))
}

// heard brings a text to whoever answers patients, and returns what it is answered. A sender that
// is no number is written down and counted, and gets an answer only on a channel that can bring it
// one; one of our own numbers is, too, and gets nothing: a bot that answers itself never ends.
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
	if text.Mute {
		reply.Bodies = nil
	}
	return reply.Bodies, err
}

// sent writes into a text whose it is: a number's, or a sender's that is none. It is true of one
// of our own numbers. Every text that comes in goes through here, by whichever way it came.
func (t *Twilio) sent(text *handlers.Text, from, to string) (own bool) {
	a, on, err := address(from)
	if err != nil {
		text.Sender, text.Mute = from, !on
		return false
	}
	text.From = a.Phone
	if t.sends(a.Channel) {
		text.Channel = a.Channel
	}
	return t.own(a.Phone, to)
}

// own says whether a number is one of ours: it was named so, or the text came to it.
func (t *Twilio) own(p handlers.Phone, to string) bool {
	called, _, err := address(to)
	return slices.Contains(t.ours, p) || err == nil && p == called.Phone
}

// mask shows the end of a sender, as a number's is shown, and of a short one no more than half.
func mask(sender string) string {
	r := []rune(sender)
	return "…" + string(r[len(r)-min(4, len(r)/2):])
}
