package view

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers/answer"
)

// The marks around what is written as it is into a text that is escaped: our own tags. No phone or
// keyboard writes them, and they are taken out of what comes in.
const (
	asIs = '\x01'
	over = '\x02'
)

// unmarked takes our marks out of a text, and those of a veil that is broken.
var unmarked = strings.NewReplacer(
	string(asIs), "", string(over), "", "\x0e", "", "\x0f", "", "\x1f", "",
)

// text renders a text of the handlers: its veiled parts are shown if words may be, its tokens become
// mentions and times, and all else is escaped. See escape for limit and newline.
func (r Renderer) text(s string, limit int, newline string) string {
	return fit(r.pieces(s, newline), limit)
}

// silent is text for notifications: what is veiled stays so.
func silent(s string, limit int, newline string) string {
	return Renderer{}.text(s, limit, newline)
}

// pieces is text in pieces.
func (r Renderer) pieces(s, newline string) []string {
	tag := func(s string) string { return string(asIs) + s + string(over) }
	return pieces(answer.Tokens(r.shown(s),
		func(user string) string { return tag(person(user)) },
		func(t time.Time) string { return tag(moment(t)) }), newline)
}

// bare renders a text of the handlers where Slack shows no tags, on one line: in a title or on a
// button.
func (r Renderer) bare(s string, limit int) string {
	s = answer.Tokens(r.shown(s), func(user string) string { return user },
		func(t time.Time) string { return t.UTC().Format(fallback) })
	return cut(strings.Join(strings.Fields(s), " "), limit)
}

// Bare renders a text where Slack shows no tags: what is wrong with a field, say.
func (r Renderer) Bare(s string) string { return cmp.Or(r.bare(s, maxHeader), "This isn't right.") }

// fallback is how a time is written for clients that can't say it in the reader's own zone.
const fallback = "2006-01-02 15:04 UTC"

// moment renders a time, which Slack shows in the reader's own zone and with how long ago it was.
// The part after the bar is for clients that can't. source:
// https://docs.slack.dev/messaging/formatting-message-text#date-formatting
func moment(t time.Time) string {
	return fmt.Sprintf("<!date^%d^{date_short_pretty} {time} ({ago})|%s>",
		t.Unix(), t.UTC().Format(fallback))
}
