package slacktest

import (
	"cmp"
	"encoding/json"
	"io"
	"maps"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// reply is the JSON object that a method answers with. serve adds "ok".
type reply map[string]any

// serve is the Web API: POST /api/{method}, with a form or a JSON body. As at Slack, an error is
// status 200 with "ok": false, except for a rate limit and a fault with a status of its own.
func (f *Slack) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	c := Call{Method: r.PathValue("method")}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		c.JSON = body
	} else {
		c.Form, _ = url.ParseQuery(string(body))
	}
	token := cmp.Or(
		strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), c.Form.Get("token"),
	)
	// The lock is held for the whole call, so that calls are recorded in the order in which they
	// took effect.
	f.mu.Lock()
	fault, failing := f.fault(c.Method)
	var answer reply
	code, granted := fault.Code, strings.Join(f.scopes, ",")
	switch want := f.token(c.Method); {
	case failing && !fault.Lose: // the call has no effect, and isn't recorded
	case token == "":
		code = "not_authed"
	case token != want:
		code = "invalid_auth"
	default:
		f.calls = append(f.calls, c)
		answer, code = f.call(c)
		f.changed.Broadcast()
	}
	f.mu.Unlock()
	switch {
	case fault.Lose:
		panic(http.ErrAbortHandler) // the client sees a connection that was cut
	case fault.Status != 0:
		http.Error(w, http.StatusText(fault.Status), fault.Status)
	case fault.After != 0:
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(fault.After.Seconds()))))
		w.WriteHeader(http.StatusTooManyRequests)
	case code != "":
		if token == BotToken {
			w.Header().Set("X-Oauth-Scopes", granted)
		}
		refusal := reply{"ok": false, "error": code}
		maps.Copy(refusal, answer)
		writeJSON(w, refusal)
	default:
		w.Header().Set("X-Oauth-Scopes", granted)
		answer["ok"] = true
		writeJSON(w, answer)
	}
}

// writeJSON answers with status 200. A client that is gone is no concern of the fake's.
func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(v)
}

// token returns the one token that a method accepts: Socket Mode is opened with the app's.
func (f *Slack) token(method string) string {
	if method == "apps.connections.open" {
		return AppToken
	}
	return BotToken
}

// fault removes and returns the oldest fault that applies to the method; false if none does. The
// lock is held.
func (f *Slack) fault(method string) (Fault, bool) {
	for i, one := range f.faults {
		if one.Method == "" || one.Method == method {
			f.faults = slices.Delete(f.faults, i, i+1)
			return one, true
		}
	}
	return Fault{}, false
}

// call carries out a call. It returns the answer, and Slack's error code or "". The lock is held.
func (f *Slack) call(c Call) (reply, string) {
	switch c.Method {
	case "auth.test":
		return reply{
			"url": "https://clinic.example/", "team": "Clinic", "user": "beacon", "team_id": Team,
			"user_id": BotUser, "bot_id": BotID,
		}, ""
	case "bots.info":
		return f.botInfo(c.Form.Get("bot"))
	case "users.info":
		return f.userInfo(c.Form.Get("user"))
	case "usergroups.users.list":
		return f.members(c.Form.Get("usergroup"))
	case "chat.postMessage":
		return f.post(c.Form, false)
	case "chat.postEphemeral":
		return f.post(c.Form, true)
	case "chat.update":
		return f.update(c.Form)
	case "chat.delete":
		return f.remove(c.Form)
	case "conversations.info":
		return f.info(c.Form.Get("channel"))
	case "conversations.history", "conversations.replies":
		return f.history(c)
	case "reactions.add", "reactions.remove":
		return f.react(c)
	case "views.open":
		return f.openView(c.JSON)
	case "apps.connections.open":
		return reply{"url": "ws" + strings.TrimPrefix(f.server.URL, "http") + "/socket"}, ""
	default:
		return nil, "unknown_method"
	}
}

// post is chat.postMessage, or chat.postEphemeral. It refuses what Slack refuses of a text, a
// thread or blocks. The lock is held.
func (f *Slack) post(form url.Values, ephemeral bool) (reply, string) {
	m := Message{
		Channel: form.Get("channel"), ThreadTS: form.Get("thread_ts"), Text: form.Get("text"),
		User: BotUser, BotID: BotID,
		Blocks: raw(form.Get("blocks")), Metadata: raw(form.Get("metadata")),
	}
	if ephemeral {
		m.OnlyFor = form.Get("user")
	}
	if code := f.closed(m.Channel, true); code != "" {
		return nil, code
	}
	switch {
	case m.Text == "" && m.Blocks == nil:
		return nil, "no_text"
	case len(m.Text) > 40_000:
		return nil, "msg_too_long"
	case form.Has("thread_ts") && f.find(m.Channel, m.ThreadTS) == nil:
		return nil, "thread_not_found"
	case ephemeral && m.OnlyFor == "":
		return nil, "user_not_in_channel"
	}
	if code := checkBlocks(m.Blocks, 50); code != "" {
		return nil, code
	}
	posted := f.add(m)
	if ephemeral {
		return reply{"message_ts": posted.TS}, ""
	}
	return reply{"channel": m.Channel, "ts": posted.TS, "message": posted}, ""
}

// update is chat.update. As at Slack, only the author may change a message, and what the call
// leaves out, such as the metadata, is lost. The lock is held.
func (f *Slack) update(form url.Values) (reply, string) {
	m := f.find(form.Get("channel"), form.Get("ts"))
	switch {
	case m == nil:
		return nil, "message_not_found"
	case m.BotID != BotID:
		return nil, "cant_update_message"
	}
	blocks := raw(form.Get("blocks"))
	if code := checkBlocks(blocks, 50); code != "" {
		return nil, code
	}
	m.Text, m.Blocks, m.Metadata = form.Get("text"), blocks, raw(form.Get("metadata"))
	m.Updates++
	return reply{"channel": m.Channel, "ts": m.TS, "text": m.Text, "message": m}, ""
}

// remove is chat.delete. A bot may delete its own messages only. The lock is held.
func (f *Slack) remove(form url.Values) (reply, string) {
	m := f.find(form.Get("channel"), form.Get("ts"))
	switch {
	case m == nil:
		return nil, "message_not_found"
	case m.BotID != BotID:
		return nil, "cant_delete_message"
	}
	m.Deleted = true
	return reply{"channel": m.Channel, "ts": m.TS}, ""
}

// history is conversations.history, a page of a channel with the newest message first, and
// conversations.replies, a page of a thread with the oldest first. A page has 100 messages unless
// the call gives a limit; the cursor is the index at which the next page begins. The lock is held.
func (f *Slack) history(c Call) (reply, string) {
	channel, parent := c.Form.Get("channel"), c.Form.Get("ts")
	if code := f.closed(channel, false); code != "" {
		return nil, code
	}
	if parent != "" && f.find(channel, parent) == nil {
		return nil, "thread_not_found"
	}
	var found []Message
	for _, m := range f.copied() {
		here := m.Channel == channel && m.OnlyFor == "" && m.TS > c.Form.Get("oldest")
		if parent == "" {
			here = here && m.ThreadTS == ""
		} else {
			here = here && (m.TS == parent || m.ThreadTS == parent)
		}
		if !here {
			continue
		}
		// Slack leaves metadata out unless it is asked for.
		if c.Form.Get("include_all_metadata") != "1" {
			m.Metadata = nil
		}
		found = append(found, m)
	}
	if parent == "" {
		slices.Reverse(found)
	}
	from, _ := strconv.Atoi(c.Form.Get("cursor"))
	limit, _ := strconv.Atoi(cmp.Or(c.Form.Get("limit"), "100"))
	from = min(from, len(found))
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

// react is reactions.add and reactions.remove. The fake knows one user, so a message has each
// reaction once at most. The lock is held.
func (f *Slack) react(c Call) (reply, string) {
	m := f.find(c.Form.Get("channel"), c.Form.Get("timestamp"))
	if m == nil {
		return nil, "message_not_found"
	}
	name := c.Form.Get("name")
	i := slices.Index(m.Reactions, name)
	switch {
	case c.Method == "reactions.add" && i >= 0:
		return nil, "already_reacted"
	case c.Method == "reactions.add":
		m.Reactions = append(m.Reactions, name)
	case i < 0:
		return nil, "no_reaction"
	default:
		m.Reactions = slices.Delete(m.Reactions, i, i+1)
	}
	return reply{}, ""
}

// openView is views.open. A trigger id opens one modal; that it expires after three seconds isn't
// imitated: a test that wants it uses Fail. The lock is held.
func (f *Slack) openView(body json.RawMessage) (reply, string) {
	var ask struct {
		Trigger string          `json:"trigger_id"`
		View    json.RawMessage `json:"view"`
	}
	if err := json.Unmarshal(body, &ask); err != nil {
		return nil, "invalid_json"
	}
	user, ok := f.triggers[ask.Trigger]
	if !ok {
		return nil, "expired_trigger_id"
	}
	if code := checkView(ask.View); code != "" {
		return nil, code
	}
	delete(f.triggers, ask.Trigger)
	v := View{ID: "V" + strconv.FormatInt(f.next(), 10), User: user, JSON: ask.View}
	f.views = append(f.views, v)
	return reply{"view": reply{"id": v.ID, "type": "modal"}}, ""
}

// serveResponse is a response URL: POST /response/{id}. As at Slack it takes five messages, which
// only the user sees unless they say otherwise. Slack's half an hour isn't imitated. source:
// https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
func (f *Slack) serveResponse(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var m struct {
		Text   string          `json:"text"`
		Blocks json.RawMessage `json:"blocks"`
		Type   string          `json:"response_type"`
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	to := f.urls[r.URL.Path]
	fault, failing := f.fault("response")
	switch {
	case failing:
		http.Error(w, fault.Code, cmp.Or(fault.Status, http.StatusInternalServerError))
		return
	case to == nil || to.left == 0:
		http.Error(w, "used_url", http.StatusNotFound)
		return
	case json.Unmarshal(body, &m) != nil || (m.Text == "" && m.Blocks == nil):
		http.Error(w, "invalid_payload", http.StatusBadRequest)
		return
	}
	to.left--
	posted := Message{
		Channel: to.channel, User: BotUser, BotID: BotID, Text: m.Text, Blocks: m.Blocks,
	}
	if m.Type != "in_channel" {
		posted.OnlyFor = to.user
	}
	f.add(posted)
	_, _ = io.WriteString(w, "ok")
}

// raw returns a form's field as JSON; nil if it is empty or isn't JSON.
func raw(s string) json.RawMessage {
	if s == "" || !json.Valid([]byte(s)) {
		return nil
	}
	return json.RawMessage(s)
}

// pingEvery is how often a socket is pinged. The bot's client drops one without a ping for 30
// seconds.
const pingEvery = 10 * time.Second
