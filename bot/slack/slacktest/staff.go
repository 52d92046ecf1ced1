package slacktest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Command types "/clinic text" in a channel and returns the bot's acknowledgement. The command's
// own answer comes later, as a message. The error is that the bot couldn't be reached.
func (f *Slack) Command(ctx context.Context, channel, user, text string) (Answer, error) {
	f.mu.Lock()
	fields := map[string]string{
		"token": "legacy", "team_id": Team, "team_domain": "clinic", "channel_id": channel,
		"channel_name": "desk",
		"user_id":      user, "user_name": "somebody", "command": "/clinic", "text": escape(text),
		"api_app_id":            App,
		"is_enterprise_install": "false", "response_url": f.responseURL(channel, user, nil),
		"trigger_id": f.trigger(user, ""),
	}
	f.mu.Unlock()
	form := url.Values{}
	for k, v := range fields {
		form.Set(k, v)
	}
	payload, _ := json.Marshal(fields)
	return f.deliver(
		ctx,
		delivery{
			path: "/slack/command", kind: "slash_commands", body: []byte(form.Encode()),
			payload: payload,
		},
	)
}

// Reply writes a message in a thread and delivers its event. The id is that of the message, as
// [Message.ID] gives it. For the error see [Slack.Command].
func (f *Slack) Reply(
	ctx context.Context, thread, user, text string,
) (id string, a Answer, err error) {
	channel, ts, _ := strings.Cut(thread, ":")
	f.mu.Lock()
	m := *f.add(Message{Channel: channel, ThreadTS: ts, User: user, Text: escape(text)})
	event := f.shown(m)
	f.mu.Unlock()
	event["channel"], event["event_ts"] = channel, m.TS
	event["channel_type"] = channelType(channel)
	a, err = f.Event(ctx, event)
	return m.ID(), a, err
}

// Edit changes a message that a person wrote and delivers the event, message_changed. It is an
// error if there is no such message. source:
// https://docs.slack.dev/reference/events/message/message_changed
func (f *Slack) Edit(ctx context.Context, id, text string) (Answer, error) {
	return f.changing(ctx, id, "message_changed", func(m *Message) {
		m.Text = escape(text)
		m.Edited = &Edit{User: m.User, TS: f.stamp()}
	})
}

// Unfurl shows a preview of a link in a message, which Slack delivers as message_changed as well,
// though nobody has edited anything.
func (f *Slack) Unfurl(ctx context.Context, id string) (Answer, error) {
	return f.changing(ctx, id, "message_changed", func(*Message) {})
}

// Erase deletes a message as its writer may, and delivers the event, message_deleted. For the error
// see [Slack.Edit]. source: https://docs.slack.dev/reference/events/message/message_deleted
func (f *Slack) Erase(ctx context.Context, id string) (Answer, error) {
	return f.changing(ctx, id, "message_deleted", func(m *Message) { m.Deleted = true })
}

// changing lets how change a message, and delivers an event that tells how it was and is.
func (f *Slack) changing(
	ctx context.Context, id, subtype string, how func(*Message),
) (Answer, error) {
	channel, ts, _ := strings.Cut(id, ":")
	f.mu.Lock()
	m := f.find(channel, ts)
	if m == nil {
		f.mu.Unlock()
		return Answer{}, fmt.Errorf("slacktest: there is no message %s", id)
	}
	before := f.shown(*m)
	how(m)
	at := f.stamp()
	event := map[string]any{
		"type": "message", "subtype": subtype, "hidden": true, "channel": channel, "ts": at,
		"event_ts": at, "channel_type": channelType(channel), "previous_message": before,
	}
	if m.Deleted {
		event["deleted_ts"] = ts
	} else {
		event["message"] = f.shown(*m)
	}
	f.changed.Broadcast()
	f.mu.Unlock()
	return f.Event(ctx, event)
}

// shown returns a person's message as an event shows it. The lock is held.
func (f *Slack) shown(m Message) map[string]any {
	o := map[string]any{
		"type": "message", "user": m.User, "text": m.Text, "ts": m.TS, "team": Team,
		"client_msg_id": "2f4dcfa8-0000-4000-8000-" + fmt.Sprintf("%012d", len(m.TS)),
		"blocks": []any{
			map[string]any{"type": "rich_text", "block_id": "x", "elements": []any{}},
		},
	}
	if m.ThreadTS != "" {
		o["thread_ts"] = m.ThreadTS
		o["parent_user_id"] = BotUser // but for a thread that a colleague began, or that is gone
		if p := f.find(m.Channel, m.ThreadTS); p != nil {
			o["parent_user_id"] = p.User
		}
	}
	if m.Edited != nil {
		o["edited"] = map[string]any{"user": m.Edited.User, "ts": m.Edited.TS}
	}
	return o
}

// channelType returns what an event calls a channel's kind.
func channelType(channel string) string {
	if strings.HasPrefix(channel, "D") {
		return "im"
	}
	return "channel"
}

// OpenHome opens the app's Home and delivers the event, app_home_opened, with what Home shows as
// yet. source: https://docs.slack.dev/reference/events/app_home_opened
func (f *Slack) OpenHome(ctx context.Context, user string) (Answer, error) {
	f.mu.Lock()
	f.met(user)
	event := map[string]any{
		"type": "app_home_opened", "user": user, "channel": f.direct(user), "tab": "home",
		"event_ts": f.stamp(),
	}
	if v := f.homes[user]; v != nil {
		event["view"] = v.full(map[string]any{})
	}
	f.mu.Unlock()
	return f.Event(ctx, event)
}

// Event delivers any event of the Events API, wrapped in the envelope of an event_callback.
func (f *Slack) Event(ctx context.Context, event map[string]any) (Answer, error) {
	f.mu.Lock()
	id := fmt.Sprintf("Ev%08d", f.next())
	f.mu.Unlock()
	body, err := json.Marshal(map[string]any{
		"token": "legacy", "team_id": Team, "api_app_id": App, "type": "event_callback",
		"event_id":   id,
		"event_time": time.Now().Unix(), "event": event,
		"authorizations": []any{
			map[string]any{"team_id": Team, "user_id": BotUser, "is_bot": true},
		},
	})
	if err != nil {
		return Answer{}, err
	}
	return f.deliver(
		ctx, delivery{path: "/slack/event", kind: "events_api", body: body, payload: body},
	)
}

// escape escapes text as Slack does to what people type, before an app gets it.
func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}
