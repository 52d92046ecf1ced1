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
)

// reply is the JSON object that a method answers with. serve adds "ok".
type reply map[string]any

// method is one method of the Web API.
type method struct {
	do func(*Slack, url.Values) (reply, string)
	// scope is what the token needs; "" is nothing. hidden is what it needs for a private channel,
	// where that is another.
	scope, hidden string
	// tier is how many calls a minute are let through; 0 is no limit that a test would meet.
	tier int
}

// The tiers of the Web API, in calls a minute. source:
// https://docs.slack.dev/apis/web-api/rate-limits
const (
	tier1 = 1
	tier2 = 20
	tier3 = 50
	tier4 = 100
)

// methods returns the methods that the fake knows, by name. Each method's scope and tier are those
// of its page. source: https://docs.slack.dev/reference/methods
func methods() map[string]method {
	return map[string]method{
		"auth.test":        {do: (*Slack).authTest},
		"bots.info":        {do: (*Slack).botInfo, scope: "users:read", tier: tier3},
		"users.info":       {do: (*Slack).userInfo, scope: "users:read", tier: tier4},
		"chat.postMessage": {do: (*Slack).post, scope: "chat:write"}, // see pace
		"chat.postEphemeral": {
			do: (*Slack).postEphemeral, scope: "chat:write", tier: tier4,
		},
		"chat.update":       {do: (*Slack).update, scope: "chat:write", tier: tier3},
		"chat.delete":       {do: (*Slack).remove, scope: "chat:write", tier: tier3},
		"chat.getPermalink": {do: (*Slack).permalink},
		"conversations.info": {
			do: (*Slack).info, scope: "channels:read", hidden: "groups:read", tier: tier3,
		},
		"conversations.members": {
			do: (*Slack).members, scope: "channels:read", hidden: "groups:read", tier: tier4,
		},
		"conversations.open": {do: (*Slack).openDirect, scope: "im:write", tier: tier3},
		"conversations.history": {
			do: (*Slack).history, scope: "channels:history", hidden: "groups:history", tier: tier3,
		},
		"conversations.replies": {
			do: (*Slack).replies, scope: "channels:history", hidden: "groups:history", tier: tier3,
		},
		"reactions.add":         {do: (*Slack).react, scope: "reactions:write", tier: tier3},
		"reactions.remove":      {do: (*Slack).unreact, scope: "reactions:write", tier: tier2},
		"views.open":            {do: (*Slack).openView, tier: tier4},
		"views.push":            {do: (*Slack).pushView, tier: tier4},
		"views.update":          {do: (*Slack).updateView, tier: tier4},
		"views.publish":         {do: (*Slack).publishView, tier: tier4},
		"apps.connections.open": {do: (*Slack).connect}, // a test reconnects more than once a minute
		"files.getUploadURLExternal": {
			do: (*Slack).uploadURL, scope: "files:write", tier: tier4,
		},
		"files.completeUploadExternal": {
			do: (*Slack).completeUpload, scope: "files:write", tier: tier4,
		},
		"files.info":            {do: (*Slack).fileInfo, scope: "files:read", tier: tier4},
		"files.delete":          {do: (*Slack).deleteFile, scope: "files:write", tier: tier3},
		"usergroups.list":       {do: (*Slack).groupList, scope: "usergroups:read", tier: tier2},
		"usergroups.users.list": {do: (*Slack).groupUsers, scope: "usergroups:read", tier: tier2},
	}
}

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
		if fault.After = f.limited(c); fault.After > 0 {
			break
		}
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
		_, _ = io.WriteString(w, `{"ok":false,"error":"ratelimited"}`)
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

// call carries out a call, if the token has the scope for it. It returns the answer, and Slack's
// error code or "". The lock is held.
func (f *Slack) call(c Call) (reply, string) {
	m, ok := f.methods[c.Method]
	if !ok {
		return nil, "unknown_method"
	}
	args, ok := c.args()
	if !ok {
		return nil, "invalid_json"
	}
	need := m.scope
	at, exists := f.channels[args.Get("channel")]
	// Of a channel that isn't there, either scope is told so.
	if m.hidden != "" && (at.Private || !exists && !slices.Contains(f.scopes, need)) {
		need = m.hidden
	}
	if need != "" && !slices.Contains(f.scopes, need) {
		return reply{"needed": need, "provided": strings.Join(f.scopes, ",")}, "missing_scope"
	}
	return m.do(f, args)
}

// args returns the arguments of a call, whichever way they came: Slack takes a JSON object's fields
// for what a form has, where a value that isn't text is JSON as well.
func (c Call) args() (url.Values, bool) {
	if len(c.JSON) == 0 {
		return c.Form, true
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(c.JSON, &fields) != nil {
		return nil, false
	}
	args := url.Values{}
	for name, value := range fields {
		var s string
		if json.Unmarshal(value, &s) != nil {
			s = string(value)
		}
		args.Set(name, s)
	}
	return args, true
}

// authTest is auth.test. The lock is held.
func (f *Slack) authTest(url.Values) (reply, string) {
	return reply{
		"url": "https://clinic.example/", "team": "Clinic", "user": "beacon", "team_id": Team,
		"user_id": BotUser, "bot_id": BotID,
	}, ""
}

// connect is apps.connections.open. The lock is held.
func (f *Slack) connect(url.Values) (reply, string) {
	return reply{"url": "ws" + strings.TrimPrefix(f.server.URL, "http") + "/socket"}, ""
}

// raw returns a form's field as JSON; nil if it is empty or isn't JSON.
func raw(s string) json.RawMessage {
	if s == "" || !json.Valid([]byte(s)) {
		return nil
	}
	return json.RawMessage(s)
}
