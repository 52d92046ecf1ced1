package view

import (
	"regexp"
	"strings"
	"unicode/utf16"

	sdk "github.com/slack-go/slack"

	"github.com/beacon-clinic/beacon/handlers/veil"
)

// escape makes text safe for mrkdwn: it can contain no tags, mentions or pings. It writes newline
// for each line break and cuts the text at limit, counted in UTF-16 units after escaping, the
// strictest reading of Slack's "characters". What is still veiled by then stays so: all that is
// posted passes here or through cut, so only [Renderer] can show it. source:
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

// member matches a Slack user's id, such as U2147483697 or W012A3CDE.
var member = regexp.MustCompile(`^[UW][A-Z0-9]{2,20}$`)

// person renders a staff member as a mention, which Slack shows as the name. Anything that isn't a
// user's id is shown escaped, so that it can't ping.
func person(who string) string {
	if member.MatchString(who) {
		return "<@" + who + ">"
	}
	return escape(who, maxOption, " ")
}

// section returns a paragraph. Its text must be escaped already.
func section(text string) sdk.Block { return sdk.NewSectionBlock(mrkdwn(text), nil, nil) }

// mrkdwn returns a text object with Slack's verbatim set: Slack makes no links or mentions of names
// and numbers by itself.
func mrkdwn(text string) *sdk.TextBlockObject {
	return sdk.NewTextBlockObject(sdk.MarkdownType, text, false, true)
}

// label returns a plain_text object, in which Slack shows markup and emoji codes as they are.
func label(s string) *sdk.TextBlockObject {
	return sdk.NewTextBlockObject(sdk.PlainTextType, s, false, false)
}
