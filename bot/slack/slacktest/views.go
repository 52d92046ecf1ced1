package slacktest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"time"
)

// triggerTime is how long a trigger id opens a modal. source:
// https://docs.slack.dev/interactivity/handling-user-interaction#modal_responses
const triggerTime = 3 * time.Second

// maxStack is how many views a modal has at most, one over the other, and maxView how large one may
// be, in bytes. source: https://docs.slack.dev/surfaces/modals, …/reference/methods/views.push
const (
	maxStack = 3
	maxView  = 250 << 10
)

// View is a modal that was opened, or somebody's Home.
type View struct {
	ID     string
	User   string            // who sees it
	JSON   json.RawMessage   // as the bot sent it last
	Hash   string            // changes with each change of the view
	Closed bool              // submitted, or closed by the user
	Faults map[string]string // what the bot found wrong with the last submission, by block id
	Under  string            // the id of the view that it was pushed over
	// Updates is how often the bot changed it since it was opened or first published.
	Updates int
}

// Title returns a modal's title.
func (v View) Title() string { return textOf(v.object()["title"]) }

// Callback returns the view's callback id.
func (v View) Callback() string { return text(v.object()["callback_id"]) }

// Words returns every text in the view's blocks, a line each, as a reader sees them.
func (v View) Words() string { return words(v.blocks()) }

// Labels returns what stands on the buttons in the view's blocks, in their order.
func (v View) Labels() []string { return labels(v.blocks()) }

func (v View) blocks() json.RawMessage {
	var o struct{ Blocks json.RawMessage }
	_ = json.Unmarshal(v.JSON, &o) // it was checked when it came
	return o.Blocks
}

func (v View) object() map[string]any {
	o := map[string]any{}
	_ = json.Unmarshal(v.JSON, &o)
	return o
}

// full returns the view as Slack shows it to the bot, with what was filled in.
func (v View) full(state map[string]any) map[string]any {
	o := v.object()
	o["id"], o["team_id"], o["app_id"], o["bot_id"] = v.ID, Team, App, BotID
	o["hash"], o["app_installed_team_id"] = v.Hash, Team
	o["root_view_id"], o["previous_view_id"] = v.ID, nil
	if v.Under != "" {
		o["root_view_id"], o["previous_view_id"] = v.Under, v.Under
	}
	o["state"] = map[string]any{"values": state}
	for _, name := range []string{"private_metadata", "callback_id", "external_id"} {
		o[name] = text(o[name])
	}
	for _, name := range []string{"clear_on_close", "notify_on_close"} {
		o[name] = o[name] == true
	}
	for _, name := range []string{"title", "submit", "close"} {
		if o[name] == nil {
			o[name] = nil // there, but null
		}
	}
	return o
}

// trigger is a trigger id: what a user did, with which a modal can be opened once, for a moment.
type trigger struct {
	user string
	view string // the modal in which they did it
	at   time.Time
	used bool
}

// trigger returns a new trigger id of a user, who did something in a modal or, with "", elsewhere.
// The lock is held.
func (f *Slack) trigger(user, view string) string {
	f.met(user)
	id := fmt.Sprintf("%d.%d.%016x", f.now().Unix(), f.next(), f.next())
	f.triggers[id] = &trigger{user: user, view: view, at: f.now()}
	return id
}

// exchange uses a trigger id up. It returns Slack's error code for one that can't be used. The lock
// is held.
func (f *Slack) exchange(id string) (*trigger, string) {
	t := f.triggers[id]
	switch {
	case id == "":
		return nil, "invalid_arguments"
	case t == nil:
		return nil, "invalid_trigger_id"
	case t.used:
		return nil, "exchanged_trigger_id"
	case f.now().Sub(t.at) > triggerTime:
		return nil, "expired_trigger_id"
	}
	return t, ""
}

// openView is views.open. The lock is held.
func (f *Slack) openView(args url.Values) (reply, string) { return f.show(args, false) }

// pushView is views.push: a view over the modal in which the user did something. The lock is held.
func (f *Slack) pushView(args url.Values) (reply, string) { return f.show(args, true) }

func (f *Slack) show(args url.Values, push bool) (reply, string) {
	t, code := f.exchange(args.Get("trigger_id"))
	if code != "" {
		return nil, code
	}
	view := raw(args.Get("view"))
	if answer, code := f.checkView(view, modal, ""); code != "" {
		return answer, code
	}
	over := ""
	if push {
		over = t.view
		if n := f.depth(over); n == 0 {
			return nil, "not_found"
		} else if n >= maxStack {
			return nil, "push_limit_reached"
		}
	}
	t.used = true
	return reply{"view": f.opened(t.user, over, view).full(map[string]any{})}, ""
}

// opened adds a modal. One that isn't over another takes the place of what the user had open. The
// lock is held.
func (f *Slack) opened(user, over string, view json.RawMessage) *View {
	if over == "" {
		f.closeAll(user)
	}
	v := &View{
		ID: fmt.Sprintf("V%d", f.next()), User: user, JSON: view, Hash: f.stamp(), Under: over,
	}
	f.views = append(f.views, v)
	f.changed.Broadcast()
	return v
}

// closeAll closes what a user has open. The lock is held.
func (f *Slack) closeAll(user string) {
	for _, v := range f.views {
		if v.User == user {
			v.Closed = true
		}
	}
}

// depth counts the open views from one down; 0 if it isn't open. The lock is held.
func (f *Slack) depth(id string) int {
	v := f.view(id)
	if v == nil || v.Closed {
		return 0
	}
	return 1 + f.depth(v.Under)
}

// view returns a modal or a Home by its id; nil if there is none. The lock is held.
func (f *Slack) view(id string) *View {
	for _, v := range f.views {
		if v.ID == id {
			return v
		}
	}
	for _, v := range f.homes {
		if v.ID == id {
			return v
		}
	}
	return nil
}

// updateView is views.update. A hash, if the call gives one, must be the view's own. The lock is
// held. source: https://docs.slack.dev/reference/methods/views.update
func (f *Slack) updateView(args url.Values) (reply, string) {
	v := f.view(args.Get("view_id"))
	if id := args.Get("external_id"); id != "" {
		i := slices.IndexFunc(f.views, func(v *View) bool {
			return !v.Closed && text(v.object()["external_id"]) == id
		})
		if i >= 0 {
			v = f.views[i]
		}
	}
	if v == nil || v.Closed {
		return nil, "not_found"
	}
	return f.change(v, args)
}

// publishView is views.publish: what a user's Home shows. The lock is held. source:
// https://docs.slack.dev/reference/methods/views.publish
func (f *Slack) publishView(args url.Values) (reply, string) {
	user := args.Get("user_id")
	if user == "" || f.people[user].Unknown {
		return nil, "invalid_arguments"
	}
	if v := f.homes[user]; v != nil {
		return f.change(v, args)
	}
	view := raw(args.Get("view"))
	if answer, code := f.checkView(view, home, ""); code != "" {
		return answer, code
	}
	v := &View{ID: fmt.Sprintf("V%d", f.next()), User: user, JSON: view, Hash: f.stamp()}
	f.homes[user] = v
	return reply{"view": v.full(map[string]any{})}, ""
}

// change gives a view another content. The lock is held.
func (f *Slack) change(v *View, args url.Values) (reply, string) {
	if hash := args.Get("hash"); hash != "" && hash != v.Hash {
		return nil, "hash_conflict"
	}
	view := raw(args.Get("view"))
	if answer, code := f.checkView(view, text(v.object()["type"]), v.ID); code != "" {
		return answer, code
	}
	v.JSON, v.Hash = view, f.stamp()
	v.Updates++
	return reply{"view": v.full(map[string]any{})}, ""
}

// Views returns every modal that was opened, oldest first.
func (f *Slack) Views() []View {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []View
	for _, v := range f.views {
		all = append(all, *v)
	}
	return all
}

// Home returns what a user's Home shows; false if nothing was published for them yet.
func (f *Slack) Home(user string) (View, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if v := f.homes[user]; v != nil {
		return *v, true
	}
	return View{}, false
}

// AwaitView waits for the n-th modal, counted from 1, and returns it. Its error is that ctx ended
// first.
func (f *Slack) AwaitView(ctx context.Context, n int) (View, error) {
	var v View
	err := f.until(ctx, func() bool {
		if len(f.views) < n {
			return false
		}
		v = *f.views[n-1]
		return true
	})
	return v, err
}
