package slack

import (
	"cmp"
	"regexp"
	"strings"
)

// marked matches what Slack writes between angle brackets in a message, and splits it at the bar:
// <https://x|x>, <@U1|ann>, <#C1|desk>, <!here>. source:
// https://docs.slack.dev/messaging/formatting-message-text#retrieving-messages
var marked = regexp.MustCompile(`<([^<>|]*)(?:\|([^<>]*))?>`)

// taken stands for a while where something is taken out. No phone or keyboard writes it.
const taken = "\x00"

// gap matches the doubled spaces that what was taken out leaves behind.
var gap = regexp.MustCompile(` {2,}`)

// closed closes up the doubled spaces of a text, but only where something was taken out of it:
// elsewhere staff meant them.
func closed(s string) string {
	if !strings.Contains(s, taken) {
		return s
	}
	return gap.ReplaceAllString(strings.ReplaceAll(s, taken, ""), " ")
}

// styles match text between marks, and what stands around it, since a mark counts only at the
// beginning and the end of words. What is struck out isn't meant: it goes with its marks. source:
// https://docs.slack.dev/messaging/formatting-message-text#basic-formatting
var styles = []struct {
	is *regexp.Regexp
	as string
}{
	{regexp.MustCompile("```\n?((?s:.*?))\n?```"), "$1"},
	{regexp.MustCompile("(^|[^\\pL\\pN`])`([^`\n]+)`"), "$1$2"},
	{regexp.MustCompile(`(?m)(^|[\s(>"'*_])~([^\s~](?:[^~\n]*[^\s~])?)~($|[^\pL\pN~])`), "$1" + taken + "$3"},
	{regexp.MustCompile(`(?m)(^|[\s(>"'_~])\*([^\s*](?:[^*\n]*[^\s*])?)\*($|[^\pL\pN*])`), "$1$2$3"},
	{regexp.MustCompile(`(?m)(^|[\s(>"'*~])_([^\s_](?:[^_\n]*[^\s_])?)_($|[^\pL\pN_])`), "$1$2$3"},
	{regexp.MustCompile(`(?m)^&gt;[ \t]?(\S.*)$`), `"$1"`},
}

// plain turns a message in Slack's markup into plain text for a patient's phone: links become their
// text and address, mentions without a name and what is struck out are taken out, codes of emoji
// become emoji, and marks go.
func plain(s string) string {
	for _, style := range styles {
		// Twice: of two that touch, the first has used up the space between them.
		s = style.is.ReplaceAllString(style.is.ReplaceAllString(s, style.as), style.as)
	}
	s = marked.ReplaceAllStringFunc(s, func(m string) string {
		parts := marked.FindStringSubmatch(m)
		return unmark(parts[1], parts[2])
	})
	// Entities come last, so that a typed "<@U1>", which arrives as "&lt;@U1&gt;", isn't read as a
	// mention. The replacer makes one pass, so "&amp;lt;" becomes "&lt;", as it was typed.
	s = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(withEmoji(closed(s)))
	return strings.TrimSpace(s)
}

// unmark returns the plain form of one marked item. A mention without a name is taken out, since an
// id means nothing to a patient.
func unmark(what, label string) string {
	switch {
	case strings.HasPrefix(what, "#") && label != "":
		return "#" + label
	case strings.HasPrefix(what, "@"), strings.HasPrefix(what, "#"), strings.HasPrefix(what, "!"):
		return cmp.Or(label, taken)
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
