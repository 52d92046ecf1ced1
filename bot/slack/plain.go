package slack

import (
	"regexp"
	"strings"
	"unicode/utf16"
)

// Slack's limits.
const (
	maxMessage  = 39_000 // a message's text is cut at 40,000
	maxSection  = 3_000
	maxHeader   = 150
	maxButton   = 75
	maxValue    = 2_000
	maxOptions  = 100 // of a select
	maxOption   = 75
	maxOptValue = 150
	maxPrivate  = 3_000
)

// marked is what Slack writes between angle brackets in a message: <https://x|x>, <@U1|ann>,
// <#C1|desk>, <!here>.
var marked = regexp.MustCompile(`<([^<>|]*)(?:\|([^<>]*))?>`)

// gap is what a mention that was taken out leaves behind.
var gap = regexp.MustCompile(` {2,}`)

// plain turns a message in Slack's markup into plain text for a patient's phone.
func plain(s string) string {
	// Doubled spaces are closed up only where something was taken out: what staff typed is theirs.
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
	// Only now, so that "&lt;@U1&gt;", which somebody typed, isn't read as a mention. &amp; comes
	// last: "&amp;lt;" is a typed "&lt;".
	s = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(s)
	return strings.TrimSpace(s)
}

// unmark is the plain form of one marked item. A mention without a name is dropped: an id means
// nothing to a patient.
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

// escape makes text safe for mrkdwn, so that it contains no tags, mentions or pings. It writes
// newline for each line break and cuts the text at limit, counted in UTF-16 units, the strictest
// reading of Slack's "characters".
func escape(s string, limit int, newline string) string {
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
		// Room is kept for the mark of the cut, unless this is the end.
		if length+n > limit || (length+n == limit && i+len(string(r)) < len(s)) {
			b.WriteString("…")
			break
		}
		b.WriteString(form)
		length += n
	}
	return b.String()
}

// cut shortens a plain_text, which Slack shows as it is, to limit UTF-16 units.
func cut(s string, limit int) string {
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
