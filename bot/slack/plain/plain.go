// Package plain makes of what staff write in Slack the plain text that a patient's phone gets.
package plain

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

// Text turns a message in Slack's markup into plain text: links become their text and address, a
// colleague's mention their name, codes of emoji emoji, and marks go, and what is struck out with
// them. name returns what a member of staff is called, "" if that isn't known; nil knows nobody.
func Text(s string, name func(user string) string) string {
	w := writer{name: name}
	return w.markup(s)
}

// writer writes one message as plain text, from its beginning.
type writer struct {
	Written
	name  func(user string) string
	begun bool // there were words already
}

// markup writes a message in Slack's markup.
func (w *writer) markup(s string) string {
	for _, style := range styles {
		// Twice: of two that touch, the first has used up the space between them.
		s = style.is.ReplaceAllString(style.is.ReplaceAllString(s, style.as), style.as)
	}
	var b strings.Builder
	at := 0
	for _, m := range marked.FindAllStringSubmatchIndex(s, -1) {
		what, label := s[m[2]:m[3]], ""
		if m[4] >= 0 {
			label = s[m[4]:m[5]]
		}
		b.WriteString(w.words(s[at:m[0]]))
		b.WriteString(w.item(what, label))
		at = m[1]
	}
	s = b.String() + s[at:]
	// Entities come last, so that a typed "<@U1>", which arrives as "&lt;@U1&gt;", isn't read as a
	// mention. The replacer makes one pass, so "&amp;lt;" becomes "&lt;", as it was typed.
	s = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(withEmoji(closed(s)))
	return strings.TrimSpace(s)
}

// words notes that words were written, if they are.
func (w *writer) words(s string) string {
	w.begun = w.begun || strings.Trim(s, " \t\n"+taken) != ""
	return s
}

// mention writes the mention of a colleague by their name; whom a message begins with is whom it is
// for, and no part of it. An id means nothing to a patient: it is taken out.
func (w *writer) mention(user, label string) string {
	if !w.begun {
		w.Names = true
		return taken
	}
	w.Among = true
	if label == "" && user != "" && w.name != nil {
		label = w.name(user)
	}
	return cmp.Or(label, taken)
}

// group matches a mention of several at once.
var group = regexp.MustCompile(`^!(?:subteam\^|here|channel|everyone)`)

// item writes one marked item.
func (w *writer) item(what, label string) string {
	user, person := strings.CutPrefix(what, "@")
	if person || group.MatchString(what) {
		return w.mention(user, label)
	}
	return w.words(unmark(what, label))
}

// unmark returns the plain form of one marked item that mentions nobody.
func unmark(what, label string) string {
	switch {
	case strings.HasPrefix(what, "#") && label != "":
		return "#" + label
	case strings.HasPrefix(what, "#"), strings.HasPrefix(what, "!"):
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
