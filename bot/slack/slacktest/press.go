package slacktest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Press presses a button, by its action id, on a message by its ID: a card, a line in a thread or
// an ephemeral answer. It is an error if the message is gone or has no such button.
func (f *Slack) Press(ctx context.Context, id, action, user string) (Answer, error) {
	return f.PressOn(ctx, id, user, func(e Element) bool {
		return e.Kind == "button" && e.Action == action
	}, "")
}

// Element is something that can be pressed or chosen from, as a person sees it.
type Element struct {
	Kind, Action string // "button" and the like; its action id
	Label        string // what stands on it
}

func (e element) seen() Element {
	return Element{Kind: e.kind(), Action: e.action(), Label: e.label()}
}

// PressOn presses the first element of a message that which accepts. chosen is what is chosen in a
// menu or of a date: an option's text or value, 2026-12-01 or 14:30; "" for a button. It is an error
// if the message is gone or has no such element or option.
func (f *Slack) PressOn(
	ctx context.Context, id, user string, which func(Element) bool, chosen string,
) (Answer, error) {
	channel, ts, _ := strings.Cut(id, ":")
	f.mu.Lock()
	m := f.any(channel, ts)
	if m == nil || m.OnlyFor != "" && m.OnlyFor != user {
		f.mu.Unlock()
		return Answer{}, fmt.Errorf("slacktest: %s sees no message %s", user, id)
	}
	act, err := pressed(m.Blocks, which, chosen)
	if err != nil {
		f.mu.Unlock()
		return Answer{}, fmt.Errorf("slacktest: message %s: %w", id, err)
	}
	act["action_ts"] = f.stamp()
	payload := f.acted("block_actions", user, "")
	container := map[string]any{
		"type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": m.OnlyFor != "",
	}
	if m.ThreadTS != "" {
		container["thread_ts"] = m.ThreadTS
	}
	payload["container"] = container
	payload["channel"] = map[string]any{"id": channel, "name": "desk"}
	payload["state"] = map[string]any{"values": map[string]any{}}
	payload["response_url"] = f.responseURL(channel, user, m)
	payload["actions"] = []any{act}
	if m.OnlyFor == "" { // Slack doesn't keep ephemeral messages
		payload["message"] = f.posted(*m)
	}
	f.mu.Unlock()
	return f.interact(ctx, payload)
}

// PressIn is PressOn in a view: a modal or Home.
func (f *Slack) PressIn(
	ctx context.Context, view string, which func(Element) bool, chosen string,
) (Answer, error) {
	f.mu.Lock()
	v := f.view(view)
	if v == nil || v.Closed {
		f.mu.Unlock()
		return Answer{}, fmt.Errorf("slacktest: there is no open view %s", view)
	}
	act, err := pressed(v.blocks(), which, chosen)
	if err != nil {
		f.mu.Unlock()
		return Answer{}, fmt.Errorf("slacktest: view %s: %w", view, err)
	}
	act["action_ts"] = f.stamp()
	payload := f.acted("block_actions", v.User, view)
	payload["container"] = map[string]any{"type": "view", "view_id": v.ID}
	payload["view"], payload["actions"] = v.full(map[string]any{}), []any{act}
	f.mu.Unlock()
	return f.interact(ctx, payload)
}

// pressed returns the action of a payload, for the first element that which accepts.
func pressed(
	blocks json.RawMessage, which func(Element) bool, chosen string,
) (map[string]any, error) {
	var there []string
	for _, e := range elements(blocks) {
		if !which(e.seen()) {
			there = append(there, e.label())
			continue
		}
		act := map[string]any{"type": e.kind(), "action_id": e.action(), "block_id": e.block}
		if e.kind() == "button" {
			act["text"] = e.object["text"]
			if v, ok := e.object["value"]; ok {
				act["value"] = v
			}
			return act, nil
		}
		value, err := e.state(chosen)
		if err != nil {
			return nil, err
		}
		for k, v := range value {
			act[k] = v
		}
		return act, nil
	}
	return nil, fmt.Errorf("there is no such button; there are %q", there)
}

// acted returns what every payload of an interaction has. view is the modal in which it happened,
// if it was in one. The lock is held. source:
// https://docs.slack.dev/reference/interaction-payloads
func (f *Slack) acted(kind, user, view string) map[string]any {
	return map[string]any{
		"type": kind, "api_app_id": App, "token": "legacy", "trigger_id": f.trigger(user, view),
		"user":                  map[string]any{"id": user, "username": "somebody", "team_id": Team},
		"team":                  map[string]any{"id": Team, "domain": "clinic"},
		"is_enterprise_install": false, "enterprise": nil,
	}
}

// posted returns a message as a payload shows it. The lock is held.
func (f *Slack) posted(m Message) map[string]any {
	if m.BotID == "" {
		return f.shown(m)
	}
	o := map[string]any{
		"type": "message", "user": m.User, "bot_id": m.BotID, "ts": m.TS, "text": m.Text,
		"blocks": m.Blocks, "team": Team, "app_id": App,
	}
	if m.ThreadTS != "" {
		o["thread_ts"] = m.ThreadTS
	}
	return o
}

// Shortcut uses a global shortcut, by its callback id. source:
// https://docs.slack.dev/interactivity/implementing-shortcuts
func (f *Slack) Shortcut(ctx context.Context, callback, user string) (Answer, error) {
	f.mu.Lock()
	payload := f.acted("shortcut", user, "")
	payload["callback_id"], payload["action_ts"] = callback, f.stamp()
	f.mu.Unlock()
	return f.interact(ctx, payload)
}

// ShortcutOn uses a shortcut of a message, by its callback id. It is an error if there is no such
// message.
func (f *Slack) ShortcutOn(ctx context.Context, id, callback, user string) (Answer, error) {
	channel, ts, _ := strings.Cut(id, ":")
	f.mu.Lock()
	m := f.find(channel, ts)
	if m == nil {
		f.mu.Unlock()
		return Answer{}, fmt.Errorf("slacktest: there is no message %s", id)
	}
	payload := f.acted("message_action", user, "")
	payload["callback_id"], payload["action_ts"] = callback, f.stamp()
	payload["channel"] = map[string]any{"id": channel, "name": "desk"}
	payload["message_ts"], payload["message"] = ts, f.posted(*m)
	payload["response_url"] = f.responseURL(channel, user, nil)
	f.mu.Unlock()
	return f.interact(ctx, payload)
}

// Submit submits a modal. fields gives each input's value by its block id: a text, the value of an
// option, a date (2026-12-01) or a time (14:30). Inputs without a value are empty, whatever Slack
// itself requires. The bot's answer takes effect: the modal closes, changes, is covered by another,
// or shows faults. It is an error if Slack would refuse that answer.
func (f *Slack) Submit(ctx context.Context, v View, fields map[string]string) (Answer, error) {
	values := map[string]any{}
	for _, e := range elements(v.blocks()) {
		if e.around["type"] != "input" {
			continue
		}
		state, err := e.state(fields[e.block])
		if err != nil {
			return Answer{}, fmt.Errorf("slacktest: view %s: %w", v.ID, err)
		}
		values[e.block] = map[string]any{e.action(): state}
	}
	f.mu.Lock()
	payload := f.acted("view_submission", v.User, v.ID)
	payload["view"], payload["response_urls"] = v.full(values), []any{}
	f.mu.Unlock()
	a, err := f.interact(ctx, payload)
	if err != nil || a.Status != http.StatusOK {
		return a, err
	}
	return a, f.answered(v, a.Body)
}

// CloseView closes a modal without submitting it. The bot is told if the modal asks for that.
func (f *Slack) CloseView(ctx context.Context, v View) (Answer, error) {
	f.mu.Lock()
	if open := f.view(v.ID); open != nil {
		open.Closed = true
	}
	payload := f.acted("view_closed", v.User, v.ID)
	delete(payload, "trigger_id")
	payload["view"], payload["is_cleared"] = v.full(map[string]any{}), false
	f.changed.Broadcast()
	f.mu.Unlock()
	if v.object()["notify_on_close"] != true {
		return Answer{Status: http.StatusOK}, nil
	}
	return f.interact(ctx, payload)
}

// answered carries out the bot's answer to a submission. source:
// https://docs.slack.dev/surfaces/modals#modifying
func (f *Slack) answered(v View, body []byte) error {
	var r struct {
		Action string            `json:"response_action"`
		View   json.RawMessage   `json:"view"`
		Errors map[string]string `json:"errors"`
	}
	if len(body) > 0 && json.Unmarshal(body, &r) != nil {
		return fmt.Errorf("slacktest: the answer to a submission isn't JSON: %s", body)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	defer f.changed.Broadcast()
	open := f.view(v.ID)
	if open == nil {
		open = &v // one that a test made up
	}
	switch r.Action {
	case "":
		open.Closed = true
		return nil
	case "clear":
		f.closeAll(v.User)
		return nil
	case "errors":
		return open.faulty(r.Errors)
	case "update", "push":
	default:
		return fmt.Errorf("slacktest: there is no response_action %q", r.Action)
	}
	if answer, code := f.checkView(r.View, modal, v.ID); code != "" {
		return fmt.Errorf("slacktest: %s %v", code, answer)
	}
	if r.Action == "push" {
		f.opened(v.User, v.ID, r.View)
		return nil
	}
	open.JSON, open.Hash = r.View, f.stamp()
	open.Updates++
	return nil
}

// faulty notes what is wrong with what was filled in. Each fault must stand at an input.
func (v *View) faulty(faults map[string]string) error {
	inputs := map[string]bool{}
	for _, e := range elements(v.blocks()) {
		inputs[e.block] = e.around["type"] == "input"
	}
	for id := range faults {
		if !inputs[id] {
			return fmt.Errorf("slacktest: a fault is of %q, which is no input", id)
		}
	}
	if len(faults) == 0 {
		return errors.New("slacktest: faults, but none is named")
	}
	v.Faults = faults
	return nil
}
