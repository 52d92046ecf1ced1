package slacktest

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
)

// maxText is how many characters a message's text may have. source:
// https://docs.slack.dev/reference/methods/chat.postMessage
const maxText = 40_000

// maxMetadata bounds a message's metadata, in bytes. Slack refuses what is too large but doesn't
// say what that is.
const maxMetadata = 16_000

// post is chat.postMessage. A user's id in place of a channel's is the direct message with them.
// The lock is held.
func (f *Slack) post(args url.Values) (reply, string) {
	if user := args.Get("channel"); strings.HasPrefix(user, "U") {
		args = clone(args, "channel", f.direct(user))
	}
	m, answer, code := f.drafted(args)
	if code != "" {
		return answer, code
	}
	posted := f.add(m)
	return reply{"channel": m.Channel, "ts": posted.TS, "message": *posted}, ""
}

// postEphemeral is chat.postEphemeral. The lock is held. source:
// https://docs.slack.dev/reference/methods/chat.postEphemeral
func (f *Slack) postEphemeral(args url.Values) (reply, string) {
	m, answer, code := f.drafted(args)
	if code != "" {
		return answer, code
	}
	m.OnlyFor = args.Get("user")
	if !f.in(m.Channel, m.OnlyFor) {
		return nil, "user_not_in_channel"
	}
	return reply{"message_ts": f.add(m).TS}, ""
}

// drafted returns a call's message. It refuses what Slack refuses of a channel, a text, a thread,
// blocks or metadata. The lock is held.
func (f *Slack) drafted(args url.Values) (Message, reply, string) {
	m := Message{
		Channel: args.Get("channel"), ThreadTS: args.Get("thread_ts"), Text: args.Get("text"),
		User: BotUser, BotID: BotID,
		Blocks: raw(args.Get("blocks")), Metadata: raw(args.Get("metadata")),
	}
	if code := f.closed(m.Channel, true); code != "" {
		return m, nil, code
	}
	parent := f.find(m.Channel, m.ThreadTS)
	switch {
	case args.Has("thread_ts") && parent == nil:
		return m, nil, "thread_not_found"
	case parent != nil && parent.ThreadTS != "":
		m.ThreadTS = parent.ThreadTS // a reply to a reply is one in the same thread
	}
	answer, code := f.content(args)
	return m, answer, code
}

// content checks the text, the blocks and the metadata of a call. The lock is held.
func (f *Slack) content(args url.Values) (reply, string) {
	switch {
	case args.Get("text") == "" && raw(args.Get("blocks")) == nil:
		return nil, "no_text"
	case len(args.Get("text")) > maxText:
		return nil, "msg_too_long"
	case args.Get("blocks") != "" && raw(args.Get("blocks")) == nil:
		return nil, "invalid_blocks_format"
	}
	if code := checkMetadata(args.Get("metadata")); code != "" {
		return nil, code
	}
	return f.checkBlocks(raw(args.Get("blocks")), message)
}

// checkMetadata returns Slack's error code for metadata that it refuses. source:
// https://docs.slack.dev/messaging/message-metadata
func checkMetadata(s string) string {
	if s == "" {
		return ""
	}
	var m struct {
		Event   string         `json:"event_type"`
		Payload map[string]any `json:"event_payload"`
	}
	switch {
	case json.Unmarshal([]byte(s), &m) != nil:
		return "invalid_metadata_format"
	case m.Event == "" || m.Payload == nil:
		return "invalid_metadata_schema"
	case len(s) > maxMetadata:
		return "metadata_too_large"
	}
	return ""
}

// update is chat.update. As at Slack, only the author may change a message, and what the call
// leaves out, such as the metadata, is lost. The lock is held.
func (f *Slack) update(args url.Values) (reply, string) {
	m, code := f.own(args, "cant_update_message")
	if code != "" {
		return nil, code
	}
	if answer, code := f.content(args); code != "" {
		return answer, code
	}
	m.Text, m.Blocks = args.Get("text"), raw(args.Get("blocks"))
	m.Metadata = raw(args.Get("metadata"))
	m.Updates++
	return reply{"channel": m.Channel, "ts": m.TS, "text": m.Text, "message": *m}, ""
}

// remove is chat.delete. A bot may delete its own messages only. The lock is held.
func (f *Slack) remove(args url.Values) (reply, string) {
	m, code := f.own(args, "cant_delete_message")
	if code != "" {
		return nil, code
	}
	m.Deleted = true
	return reply{"channel": m.Channel, "ts": m.TS}, ""
}

// own returns the bot's message that a call names, or Slack's error code, which is others for the
// message of another. The lock is held.
func (f *Slack) own(args url.Values, others string) (*Message, string) {
	if code := f.closed(args.Get("channel"), false); code == "channel_not_found" {
		return nil, code
	}
	m := f.find(args.Get("channel"), args.Get("ts"))
	switch {
	case m == nil:
		return nil, "message_not_found"
	case m.BotID != BotID:
		return nil, others
	}
	return m, ""
}

// permalink is chat.getPermalink. The lock is held.
func (f *Slack) permalink(args url.Values) (reply, string) {
	m := f.find(args.Get("channel"), args.Get("message_ts"))
	if m == nil {
		return nil, "message_not_found"
	}
	return reply{
		"channel":   m.Channel,
		"permalink": "https://clinic.example/archives/" + m.Channel + "/p" + strings.ReplaceAll(m.TS, ".", ""),
	}, ""
}

// react is reactions.add. The fake knows one user who reacts, the bot, so a message has each
// reaction once at most. The lock is held.
func (f *Slack) react(args url.Values) (reply, string) {
	m, name, code := f.reaction(args)
	switch {
	case code != "":
		return nil, code
	case slices.Contains(m.Reactions, name):
		return nil, "already_reacted"
	}
	m.Reactions = append(m.Reactions, name)
	return reply{}, ""
}

// unreact is reactions.remove. The lock is held.
func (f *Slack) unreact(args url.Values) (reply, string) {
	m, name, code := f.reaction(args)
	if code != "" {
		return nil, code
	}
	i := slices.Index(m.Reactions, name)
	if i < 0 {
		return nil, "no_reaction"
	}
	m.Reactions = slices.Delete(m.Reactions, i, i+1)
	return reply{}, ""
}

// reaction returns the message that a call names, and the name of the emoji, which has no colons.
// The lock is held.
func (f *Slack) reaction(args url.Values) (*Message, string, string) {
	name := args.Get("name")
	if name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_+-'") != "" {
		return nil, "", "invalid_name"
	}
	channel := args.Get("channel")
	if code := f.closed(channel, true); code != "" {
		return nil, "", code
	}
	m := f.find(channel, args.Get("timestamp"))
	if m == nil {
		return nil, "", "message_not_found"
	}
	return m, name, ""
}

// clone returns a copy of arguments in which one has another value.
func clone(args url.Values, name, value string) url.Values {
	out := url.Values{}
	for k, v := range args {
		out[k] = v
	}
	out.Set(name, value)
	return out
}
