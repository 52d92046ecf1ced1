package slack

import (
	"regexp"
	"strings"
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
