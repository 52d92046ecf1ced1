package slacktest

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Answer is how the bot acknowledged something. Through Socket Mode the status is 200 and the body
// is the payload.
type Answer struct {
	Status int
	Body   []byte
	sent   delivery
}

// delivery is something on its way to the bot.
type delivery struct {
	path    string          // where over HTTP
	kind    string          // what in Socket Mode
	body    []byte          // over HTTP, as it is signed
	payload json.RawMessage // in Socket Mode
	retry   int
}

// Sign puts Slack's signature of the body, made now, on a request.
func Sign(r *http.Request, body []byte) { SignAt(r, body, time.Now()) }

// SignAt signs as of some other time.
func SignAt(r *http.Request, body []byte, at time.Time) {
	ts := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(SigningSecret))
	_, _ = fmt.Fprintf(mac, "v0:%s:%s", ts, body)
	r.Header.Set("X-Slack-Request-Timestamp", ts)
	r.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
}

// Command is "/clinic text", typed in a channel.
func (f *Slack) Command(ctx context.Context, channel, user, text string) (Answer, error) {
	f.mu.Lock()
	fields := map[string]string{
		"token": "legacy", "team_id": "T1", "team_domain": "clinic", "channel_id": channel,
		"channel_name": "desk",
		"user_id":      user, "user_name": "somebody", "command": "/clinic", "text": escape(text),
		"api_app_id":            "A1",
		"is_enterprise_install": "false", "response_url": f.responseURL(channel, user),
		"trigger_id": f.trigger(user),
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

// Reply writes in a thread. The id is that of what was written, as Message.ID gives it.
func (f *Slack) Reply(
	ctx context.Context, thread, user, text string,
) (id string, a Answer, err error) {
	channel, ts, _ := strings.Cut(thread, ":")
	f.mu.Lock()
	m := *f.add(Message{Channel: channel, ThreadTS: ts, User: user, Text: escape(text)})
	f.mu.Unlock()
	a, err = f.Event(ctx, map[string]any{
		"type": "message", "channel": channel, "channel_type": "channel", "user": user,
		"text": m.Text, "ts": m.TS, "event_ts": m.TS,
		"thread_ts": ts, "parent_user_id": BotUser, "team": "T1",
		"client_msg_id": "2f4dcfa8-0000-4000-8000-" + fmt.Sprintf("%012d", len(m.TS)),
		"blocks": []any{
			map[string]any{"type": "rich_text", "block_id": "x", "elements": []any{}},
		},
	})
	return m.ID(), a, err
}

// Event is any event of the Events API, wrapped as Slack wraps it.
func (f *Slack) Event(ctx context.Context, event map[string]any) (Answer, error) {
	f.mu.Lock()
	id := fmt.Sprintf("Ev%08d", f.next())
	f.mu.Unlock()
	body, err := json.Marshal(map[string]any{
		"token": "legacy", "team_id": "T1", "api_app_id": "A1", "type": "event_callback",
		"event_id":   id,
		"event_time": time.Now().Unix(), "event": event,
		"authorizations": []any{
			map[string]any{"team_id": "T1", "user_id": BotUser, "is_bot": true},
		},
	})
	if err != nil {
		return Answer{}, err
	}
	return f.deliver(
		ctx, delivery{path: "/slack/event", kind: "events_api", body: body, payload: body},
	)
}

// Press presses a button of a card; what has no such button can't be pressed.
func (f *Slack) Press(ctx context.Context, thread, action, user string) (Answer, error) {
	channel, ts, _ := strings.Cut(thread, ":")
	f.mu.Lock()
	m := f.find(channel, ts)
	if m == nil || !slices.Contains(m.Buttons(), action) {
		f.mu.Unlock()
		return Answer{}, fmt.Errorf("slacktest: %s has no button %q", thread, action)
	}
	payload := map[string]any{
		"type": "block_actions", "api_app_id": "A1", "token": "legacy",
		"trigger_id": f.trigger(user),
		"user":       map[string]any{"id": user, "username": "somebody", "team_id": "T1"},
		"team":       map[string]any{"id": "T1", "domain": "clinic"},
		"container": map[string]any{
			"type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": false,
		},
		"channel": map[string]any{"id": channel, "name": "desk"},
		"message": map[string]any{
			"type": "message", "user": BotUser, "bot_id": BotID, "ts": ts, "text": m.Text,
			"blocks": m.Blocks,
		},
		"state":        map[string]any{"values": map[string]any{}},
		"response_url": f.responseURL(channel, user),
		"actions": []any{map[string]any{
			"action_id": action, "block_id": "b1", "type": "button", "value": "x",
			"action_ts": fmt.Sprintf("%d.%06d", time.Now().Unix(), f.next()),
			"text":      map[string]any{"type": "plain_text", "text": "x", "emoji": true},
		}},
	}
	f.mu.Unlock()
	return f.interact(ctx, payload)
}

// Submit sends a modal with its fields: block and action id → the value of an input, a select, a
// date or a time.
func (f *Slack) Submit(ctx context.Context, v View, fields map[string]string) (Answer, error) {
	var view map[string]any
	if err := json.Unmarshal(v.JSON, &view); err != nil {
		return Answer{}, err
	}
	values := map[string]any{}
	walk(v.JSON, func(o map[string]any) {
		element, ok := o["element"].(map[string]any)
		if !ok {
			return
		}
		id := fmt.Sprint(o["block_id"])
		values[id] = map[string]any{
			fmt.Sprint(element["action_id"]): state(element["type"], fields[id]),
		}
	})
	view["id"], view["state"], view["hash"] = v.ID, map[string]any{"values": values}, "1.x"
	return f.interact(ctx, map[string]any{
		"type": "view_submission", "api_app_id": "A1", "token": "legacy", "view": view,
		"response_urls": []any{},
		"user":          map[string]any{"id": v.User, "username": "somebody", "team_id": "T1"},
		"team":          map[string]any{"id": "T1", "domain": "clinic"},
	})
}

// state is how a view's state holds the value of an element.
func state(kind any, value string) map[string]any {
	s := map[string]any{"type": kind}
	switch {
	case kind == "datepicker":
		s["selected_date"] = value
	case kind == "timepicker":
		s["selected_time"] = value
	case kind == "static_select" && value != "":
		s["selected_option"] = map[string]any{
			"value": value, "text": map[string]any{"type": "plain_text", "text": value},
		}
	case kind == "static_select":
		s["selected_option"] = nil
	case value == "":
		s["value"] = nil
	default:
		s["value"] = value
	}
	return s
}

// interact delivers an interaction.
func (f *Slack) interact(ctx context.Context, payload map[string]any) (Answer, error) {
	body, err := json.Marshal(payload)
	if err != nil {
		return Answer{}, err
	}
	form := url.Values{"payload": {string(body)}}
	return f.deliver(
		ctx,
		delivery{
			path: "/slack/interaction", kind: "interactive", body: []byte(form.Encode()),
			payload: body,
		},
	)
}

// Again delivers the same thing once more, as Slack does when it wasn't acknowledged in time.
func (f *Slack) Again(ctx context.Context, a Answer) (Answer, error) {
	a.sent.retry++
	return f.deliver(ctx, a.sent)
}

// deliver goes over HTTP if the bot's address is known, else through Socket Mode.
func (f *Slack) deliver(ctx context.Context, d delivery) (Answer, error) {
	f.mu.Lock()
	bot := f.bot
	f.mu.Unlock()
	if bot == "" {
		return f.envelope(ctx, d)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, bot+d.path, bytes.NewReader(d.body))
	if err != nil {
		return Answer{}, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if d.kind == "events_api" {
		r.Header.Set("Content-Type", "application/json")
	}
	if d.retry > 0 {
		r.Header.Set("X-Slack-Retry-Num", strconv.Itoa(d.retry))
		r.Header.Set("X-Slack-Retry-Reason", "http_timeout")
	}
	Sign(r, d.body)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return Answer{sent: d}, err
	}
	body, err := io.ReadAll(resp.Body)
	return Answer{Status: resp.StatusCode, Body: body, sent: d}, errors.Join(err, resp.Body.Close())
}

// trigger is a new trigger id; the lock is held.
func (f *Slack) trigger(user string) string {
	id := fmt.Sprintf("%d.trigger", f.next())
	f.triggers[id] = user
	return id
}

// responseURL is a new response URL; the lock is held.
func (f *Slack) responseURL(channel, user string) string {
	path := fmt.Sprintf("/response/%d", f.next())
	f.urls[path] = &answer{channel: channel, user: user, left: 5}
	return f.server.URL + path
}

// escape is what Slack does to what people type.
func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}
