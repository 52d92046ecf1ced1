package slack

import (
	"regexp"
	"strings"
	"unicode/utf16"

	"github.com/beacon-clinic/beacon/handlers/veil"
)

// Slack's limits, in characters unless the comment says otherwise. What is longer is refused as
// invalid_blocks. source: https://docs.slack.dev/reference/block-kit/blocks
const (
	maxMessage  = 39_000 // of a message's text; Slack itself cuts at 40,000
	maxSection  = 3_000
	maxHeader   = 150
	maxButton   = 75    // of a button's text
	maxValue    = 2_000 // of a button's value
	maxOptions  = 100   // options in a select
	maxOption   = 75    // of an option's text
	maxOptValue = 150
	maxPrivate  = 3_000 // of a modal's private metadata
)

// marked matches what Slack writes between angle brackets in a message, and splits it at the bar:
// <https://x|x>, <@U1|ann>, <#C1|desk>, <!here>. source:
// https://docs.slack.dev/messaging/formatting-message-text#retrieving-messages
var marked = regexp.MustCompile(`<([^<>|]*)(?:\|([^<>]*))?>`)

// gap matches the doubled spaces that a mention leaves behind when it is taken out.
var gap = regexp.MustCompile(` {2,}`)

// plain turns a message in Slack's markup into plain text for a patient's phone: links become their
// text and address, and mentions without a name are taken out.
func plain(s string) string {
	// Doubled spaces are closed up only where something was taken out. Elsewhere staff meant them.
	taken := false
	s = marked.ReplaceAllStringFunc(s, func(m string) string {
		parts := marked.FindStringSubmatch(m)
		t := unmark(parts[1], parts[2])
		taken = taken || t == ""
		return t
	})
	if taken {
		s = gap.ReplaceAllString(s, " ")
	}
	// Entities come last, so that a typed "<@U1>", which arrives as "&lt;@U1&gt;", isn't read as a
	// mention. The replacer makes one pass, so "&amp;lt;" becomes "&lt;", as it was typed.
	s = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(s)
	return strings.TrimSpace(s)
}

// unmark returns the plain form of one marked item. For a mention without a name that is "", since
// an id means nothing to a patient.
func unmark(what, label string) string {
	switch {
	case strings.HasPrefix(what, "#") && label != "":
		return "#" + label
	case strings.HasPrefix(what, "@"), strings.HasPrefix(what, "#"), strings.HasPrefix(what, "!"):
		return label
	case label == "":
		return what
	case strings.HasPrefix(what, "tel:"), strings.HasPrefix(what, "mailto:"):
		return label
	case strings.HasSuffix(strings.TrimSuffix(what, "/"), strings.TrimSuffix(label, "/")):
		return label // Slack made the link by itself from "x.com"
	default:
		return label + " (" + what + ")"
	}
}

// escape makes text safe for mrkdwn: it can contain no tags, mentions or pings. It writes newline
// for each line break and cuts the text at limit, counted in UTF-16 units after escaping, the
// strictest reading of Slack's "characters". What is still veiled by then stays so: all that is
// posted passes here or through cut, so only [Slack.shown] can show it. source:
// https://docs.slack.dev/messaging/formatting-message-text#escaping
func escape(s string, limit int, newline string) string {
	s = veil.Shown(s, false)
	var b strings.Builder
	length := 0
	for i, r := range s {
		form := string(r)
		switch r {
		case '&':
			form = "&amp;"
		case '<':
			form = "&lt;"
		case '>':
			form = "&gt;"
		case '\r':
			continue
		case '\n':
			form = newline
		}
		n := units(form)
		// The last unit is kept for the ellipsis, unless the text ends here.
		if length+n > limit || (length+n == limit && i+len(string(r)) < len(s)) {
			b.WriteString("…")
			break
		}
		b.WriteString(form)
		length += n
	}
	return b.String()
}

// cut shortens text for a plain_text object, which needs no escaping, to limit UTF-16 units. What is
// veiled stays so, as in escape.
func cut(s string, limit int) string {
	s = veil.Shown(s, false)
	length := 0
	for i, r := range s {
		n := utf16.RuneLen(r)
		if n < 1 {
			n = 1
		}
		if length+n > limit || (length+n == limit && i+len(string(r)) < len(s)) {
			return s[:i] + "…"
		}
		length += n
	}
	return s
}

// units returns the length of s in UTF-16 units.
func units(s string) int {
	n := 0
	for _, r := range s {
		n += max(1, utf16.RuneLen(r))
	}
	return n
}
