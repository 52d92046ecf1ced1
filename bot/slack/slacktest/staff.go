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

// Answer is the bot's acknowledgement of a delivery. Over Socket Mode the status is 200, and the
// body is the payload of the acknowledgement.
type Answer struct {
	Status int
	Body   []byte
	sent   delivery // for Again
}

// delivery is a command, an event or an interaction on its way to the bot, in the forms of both
// ways.
type delivery struct {
	path    string          // over HTTP: the URL's path
	kind    string          // over Socket Mode: the envelope's type
	body    []byte          // over HTTP: a form, or JSON for an event
	payload json.RawMessage // over Socket Mode
	retry   int             // how often it was delivered before
}

// Sign signs a request with that body as Slack does, as of now.
func Sign(r *http.Request, body []byte) { SignAt(r, body, time.Now()) }

// SignAt is Sign as of some other time. source:
// https://docs.slack.dev/authentication/verifying-requests-from-slack/
func SignAt(r *http.Request, body []byte, at time.Time) {
	ts := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(SigningSecret))
	_, _ = fmt.Fprintf(mac, "v0:%s:%s", ts, body)
	r.Header.Set("X-Slack-Request-Timestamp", ts)
	r.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
}

// Command types "/clinic text" in a channel and returns the bot's acknowledgement. The command's
// own answer comes later, as a message. The error is that the bot couldn't be reached.
func (f *Slack) Command(ctx context.Context, channel, user, text string) (Answer, error) {
	f.mu.Lock()
	fields := map[string]string{
		"token": "legacy", "team_id": Team, "team_domain": "clinic", "channel_id": channel,
		"channel_name": "desk",
		"user_id":      user, "user_name": "somebody", "command": "/clinic", "text": escape(text),
		"api_app_id":            App,
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

// Reply writes a message in a thread and delivers its event. The id is that of the message, as
// [Message.ID] gives it. For the error see [Slack.Command].
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
		"thread_ts": ts, "parent_user_id": BotUser, "team": Team,
		"client_msg_id": "2f4dcfa8-0000-4000-8000-" + fmt.Sprintf("%012d", len(m.TS)),
		"blocks": []any{
			map[string]any{"type": "rich_text", "block_id": "x", "elements": []any{}},
		},
	})
	return m.ID(), a, err
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

// Press presses a button, by its action id, on the card that began a thread. It is an error if the
// card is gone or has no such button.
func (f *Slack) Press(ctx context.Context, thread, action, user string) (Answer, error) {
	channel, ts, _ := strings.Cut(thread, ":")
	f.mu.Lock()
	m := f.find(channel, ts)
	if m == nil || !slices.Contains(m.Buttons(), action) {
		f.mu.Unlock()
		return Answer{}, fmt.Errorf("slacktest: %s has no button %q", thread, action)
	}
	payload := map[string]any{
		"type": "block_actions", "api_app_id": App, "token": "legacy",
		"trigger_id": f.trigger(user),
		"user":       map[string]any{"id": user, "username": "somebody", "team_id": Team},
		"team":       map[string]any{"id": Team, "domain": "clinic"},
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

// Submit submits a modal. fields gives each input's value by its block id: a text, the value of an
// option, a date (2026-12-01) or a time (14:30). Inputs without a value are empty.
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
		"type": "view_submission", "api_app_id": App, "token": "legacy", "view": view,
		"response_urls": []any{},
		"user":          map[string]any{"id": v.User, "username": "somebody", "team_id": Team},
		"team":          map[string]any{"id": Team, "domain": "clinic"},
	})
}

// state returns the object in which a view's state holds the value of an element of a kind.
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

// interact delivers an interaction, which over HTTP is a form with the JSON in its field payload.
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

// Again delivers the same thing once more, with the header or field of a retry, as Slack does when
// it wasn't acknowledged in time.
func (f *Slack) Again(ctx context.Context, a Answer) (Answer, error) {
	a.sent.retry++
	return f.deliver(ctx, a.sent)
}

// deliver sends a delivery over HTTP if the bot's URL is known, and over Socket Mode otherwise.
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

// trigger returns a new trigger id, with which the bot can open one modal for the user. The lock is
// held.
func (f *Slack) trigger(user string) string {
	id := fmt.Sprintf("%d.trigger", f.next())
	f.triggers[id] = user
	return id
}

// responseURL returns a new response URL, good for five messages to the user. The lock is held.
func (f *Slack) responseURL(channel, user string) string {
	path := fmt.Sprintf("/response/%d", f.next())
	f.urls[path] = &answer{channel: channel, user: user, left: 5}
	return f.server.URL + path
}

// escape escapes text as Slack does to what people type, before an app gets it.
func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}
