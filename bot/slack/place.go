package slack

import "strings"

// place locates a message by its channel and its timestamp, which is its id within the channel. A
// case's place is that of its card, which begins its thread.
type place struct{ channel, ts string }

// String returns the form that the rest of Beacon stores and compares, such as
// "C0123:1700000000.000100".
func (p place) String() string { return p.channel + ":" + p.ts }

// parsePlace reads what String wrote. It returns false for anything else, such as the thread of a
// case that was posted by the sandbox, or by nothing yet.
func parsePlace(s string) (place, bool) {
	channel, ts, ok := strings.Cut(s, ":")
	return place{channel, ts}, ok && channel != "" && ts != ""
}

// messageID returns a staff message's id. It names the event for dedupe, and later the message to
// mark.
func messageID(p place) string { return markPrefix + p.String() }

// parseMessageID reads what messageID wrote.
func parseMessageID(s string) (place, bool) {
	rest, ok := strings.CutPrefix(s, markPrefix)
	if !ok {
		return place{}, false
	}
	return parsePlace(rest)
}

// markPrefix tells staff messages in Slack from those of other desks, such as the sandbox's.
const markPrefix = "slack:"
