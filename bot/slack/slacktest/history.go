package slacktest

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
)

// maxPage is the most messages of one page. source:
// https://docs.slack.dev/reference/methods/conversations.replies
const maxPage = 1000

// history is conversations.history: a page of a channel, the newest message first. The lock is
// held.
func (f *Slack) history(args url.Values) (reply, string) {
	channel := args.Get("channel")
	if code := f.closed(channel, false); code != "" {
		return nil, code
	}
	found := f.listed(args, func(m Message) bool { return m.ThreadTS == "" })
	slices.Reverse(found)
	return page(args, found)
}

// replies is conversations.replies: a page of a thread, the message that began it first. The lock
// is held.
func (f *Slack) replies(args url.Values) (reply, string) {
	channel, parent := args.Get("channel"), args.Get("ts")
	if code := f.closed(channel, false); code != "" {
		return nil, code
	}
	if f.find(channel, parent) == nil {
		return nil, "thread_not_found"
	}
	return page(args, f.listed(args, func(m Message) bool {
		return m.TS == parent || m.ThreadTS == parent
	}))
}

// listed returns the messages of a channel that the call's times let in and keep accepts, oldest
// first. The lock is held.
func (f *Slack) listed(args url.Values, keep func(Message) bool) (found []Message) {
	oldest, latest := args.Get("oldest"), args.Get("latest")
	edge := args.Get("inclusive") == "true" || args.Get("inclusive") == "1"
	for _, m := range f.copied() {
		in := m.TS > oldest && (latest == "" || m.TS < latest) ||
			edge && (m.TS == oldest || m.TS == latest)
		if m.Channel != args.Get("channel") || m.OnlyFor != "" || !in || !keep(m) {
			continue
		}
		// Slack leaves metadata out unless it is asked for.
		if all := args.Get("include_all_metadata"); all != "1" && all != "true" {
			m.Metadata = nil
		}
		found = append(found, m)
	}
	return found
}

// page returns a page of messages: 100, unless the call gives another limit. The cursor is the
// index at which the next page begins.
func page(args url.Values, found []Message) (reply, string) {
	limit, err := strconv.Atoi(cmp.Or(args.Get("limit"), "100"))
	if err != nil || limit < 1 || limit > maxPage {
		return nil, "invalid_limit"
	}
	from, err := strconv.Atoi(cmp.Or(args.Get("cursor"), "0"))
	if err != nil || from < 0 || from > len(found) {
		return nil, "invalid_cursor"
	}
	to := min(from+limit, len(found))
	next := ""
	if to < len(found) {
		next = strconv.Itoa(to)
	}
	return reply{
		"messages": found[from:to], "has_more": next != "",
		"response_metadata": reply{"next_cursor": next},
	}, ""
}
