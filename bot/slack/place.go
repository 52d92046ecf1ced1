package slack

import "strings"

// place locates a message: its channel and its timestamp, which is its id there. A case's place is
// its card's, and thus its thread's.
type place struct{ channel, ts string }

// String is the form that the rest of Beacon keeps: "C0123:1700000000.000100".
func (p place) String() string { return p.channel + ":" + p.ts }

// parsePlace reads what String wrote.
func parsePlace(s string) (place, bool) {
	channel, ts, ok := strings.Cut(s, ":")
	return place{channel, ts}, ok && channel != "" && ts != ""
}

// messageID is a staff message's id, which is also its mark.
func messageID(p place) string { return markPrefix + p.String() }

// parseMessageID reads what messageID wrote.
func parseMessageID(s string) (place, bool) {
	rest, ok := strings.CutPrefix(s, markPrefix)
	if !ok {
		return place{}, false
	}
	return parsePlace(rest)
}

const markPrefix = "slack:"
