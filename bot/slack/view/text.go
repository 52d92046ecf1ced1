package view

import (
	"regexp"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	sdk "github.com/slack-go/slack"

	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/veil"
)

// escape makes text safe for mrkdwn: it can contain no tags, mentions or pings. It writes newline
// for each line break and cuts the text at limit, counted in UTF-16 units after escaping, the
// strictest reading of Slack's "characters". What is still veiled by then stays so: all that is
// posted passes here, through marked or through cut, so only [Renderer] can show it. source:
// https://docs.slack.dev/messaging/formatting-message-text#escaping
func escape(s string, limit int, newline string) string {
	none := answer.Tokens(veil.Shown(s, false), func(string) string { return "" },
		func(time.Time) string { return "" }) // a patient's words have none
	return fit(pieces(unmarked.Replace(none), newline), limit)
}

// pieces returns an escaped text as the pieces that can't be cut: characters, and what stands
// between our marks as it is.
func pieces(s, newline string) (out []string) {
	for s != "" {
		if s[0] == asIs {
			tag, rest, _ := strings.Cut(s[1:], string(over))
			out, s = append(out, tag), rest
			continue
		}
		r, size := utf8.DecodeRuneInString(s)
		s = s[size:]
		switch r {
		case '&':
			out = append(out, "&amp;")
		case '<':
			out = append(out, "&lt;")
		case '>':
			out = append(out, "&gt;")
		case '\r':
		case '\n':
			out = append(out, newline)
		default:
			out = append(out, string(r))
		}
	}
	return out
}

// fit joins pieces up to a limit. The last unit is kept for the ellipsis, unless all of them fit.
func fit(all []string, limit int) string {
	var b strings.Builder
	length := 0
	for i, piece := range all {
		n := units(piece)
		if length+n > limit || length+n == limit && i < len(all)-1 {
			b.WriteString("…")
			break
		}
		b.WriteString(piece)
		length += n
	}
	return b.String()
}

// paragraphs joins pieces into texts of a limit, and ends each at the end of a line if there is one
// in its second half.
func paragraphs(all []string, limit int) (out []string) {
	for len(all) > 0 {
		n, length, line := 0, 0, 0
		for n < len(all) && length+units(all[n]) <= limit {
			length += units(all[n])
			if n++; all[n-1] == "\n" && length > limit/2 {
				line = n
			}
		}
		if n < len(all) && line > 0 {
			n = line
		}
		out = append(out, strings.Join(all[:max(n, 1)], ""))
		all = all[max(n, 1):]
	}
	return out
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

// group matches the id of a Slack user group, such as S0614TZR7.
var group = regexp.MustCompile(`^S[A-Z0-9]{2,20}$`)

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
