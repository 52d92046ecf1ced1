package slacktest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// How often and how long a response URL can be used. source:
// https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
const (
	responses    = 5
	responseTime = 30 * time.Minute
)

// answer is a response URL.
type answer struct {
	channel, user string
	from          *Message // the message whose button was pressed; nil for a command
	left          int      // how many messages it still takes
	until         time.Time
}

// responseURL returns a new response URL, good for five messages to the user in half an hour. from
// is the message whose button was pressed, if one was. The lock is held.
func (f *Slack) responseURL(channel, user string, from *Message) string {
	path := fmt.Sprintf("/response/%d", f.next())
	f.urls[path] = &answer{
		channel: channel, user: user, from: from, left: responses, until: f.now().Add(responseTime),
	}
	return f.server.URL + path
}

// said is what is sent to a response URL.
type said struct {
	Text     string          `json:"text"`
	Blocks   json.RawMessage `json:"blocks"`
	Type     string          `json:"response_type"`
	Replace  bool            `json:"replace_original"`
	Delete   bool            `json:"delete_original"`
	ThreadTS string          `json:"thread_ts"`
}

// serveResponse is a response URL: POST /response/{id}. As at Slack it takes five messages within
// half an hour, which only the user sees unless they say otherwise, and which can replace or delete
// the message whose button was pressed, ephemeral or not.
func (f *Slack) serveResponse(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	f.mu.Lock()
	defer f.mu.Unlock()
	if fault, failing := f.fault("response"); failing {
		http.Error(w, fault.Code, cmp.Or(fault.Status, http.StatusInternalServerError))
		return
	}
	var m said
	to := f.urls[r.URL.Path]
	switch {
	case to == nil, to.left == 0:
		http.Error(w, "used_url", http.StatusNotFound)
	case f.now().After(to.until):
		http.Error(w, "expired_url", http.StatusNotFound)
	case json.Unmarshal(body, &m) != nil:
		http.Error(w, "invalid_payload", http.StatusBadRequest)
	default:
		to.left--
		if code := f.respond(to, m); code != "" {
			http.Error(w, code, http.StatusBadRequest)
			return
		}
		_, _ = io.WriteString(w, "ok")
	}
}

// respond carries out what was sent to a response URL; it returns Slack's error code or "". The
// lock is held.
func (f *Slack) respond(to *answer, m said) string {
	defer f.changed.Broadcast()
	if m.Delete && to.from != nil {
		to.from.Deleted = true
		return ""
	}
	if m.Text == "" && m.Blocks == nil {
		return "no_text"
	}
	if _, code := f.checkBlocks(m.Blocks, message); code != "" {
		return code
	}
	if m.Replace && to.from != nil {
		if to.from.Deleted {
			return "message_not_found"
		}
		to.from.Text, to.from.Blocks = m.Text, m.Blocks
		to.from.Updates++
		return ""
	}
	posted := Message{
		Channel: to.channel, ThreadTS: m.ThreadTS, User: BotUser, BotID: BotID, Text: m.Text,
		Blocks: m.Blocks,
	}
	if m.ThreadTS != "" && f.find(to.channel, m.ThreadTS) == nil {
		return "thread_not_found"
	}
	if m.Type != "in_channel" {
		posted.OnlyFor = to.user
	}
	f.add(posted)
	return ""
}
