package slacktest

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// nurseTime is how long a Nurse waits for what should come, in real time: longer than a busy machine
// takes to learn an answer and to ask what it would change.
const nurseTime = 2 * time.Minute

// Nurse is somebody who works in Slack. Their methods are what people do there, by what they read
// on the screen; what can't be done ends the test.
type Nurse struct {
	User    string
	Channel string // where they type
	f       *Slack
	t       testing.TB
}

// Nurse returns somebody who sits at the desk's channel.
func (f *Slack) Nurse(t testing.TB, user string) Nurse {
	return Nurse{User: user, Channel: Desk, f: f, t: t}
}

// In returns the same person in another channel.
func (n Nurse) In(channel string) Nurse {
	n.Channel = channel
	return n
}

// Type types "/clinic line" in the channel.
func (n Nurse) Type(line string) {
	n.t.Helper()
	n.done("/clinic "+line, func(ctx context.Context) (Answer, error) {
		return n.f.Command(ctx, n.Channel, n.User, line)
	})
}

// Sees waits for a message that the nurse can see with all of those words, and returns the newest.
func (n Nurse) Sees(words ...string) Message {
	n.t.Helper()
	var m Message
	n.waits(fmt.Sprintf("a message with %q", words), func() bool {
		all := n.visible()
		for _, one := range slices.Backward(all) {
			if holds(one.Words(), words) {
				m = one
				return true
			}
		}
		return false
	})
	return m
}

// Misses checks that no message that the nurse can see has those words now.
func (n Nurse) Misses(words string) {
	n.t.Helper()
	n.f.mu.Lock()
	defer n.f.mu.Unlock()
	for _, m := range n.visible() {
		if holds(m.Words(), []string{words}) {
			n.t.Errorf("%s sees %q: %s", n.User, words, m.Words())
		}
	}
}

// Press presses the button with those words on a message.
func (n Nurse) Press(m Message, button string) {
	n.t.Helper()
	n.done("press "+button, func(ctx context.Context) (Answer, error) {
		return n.f.PressOn(ctx, m.ID(), n.User, labelled(button), "")
	})
}

// Choose chooses from the menu with that label on a message.
func (n Nurse) Choose(m Message, menu, option string) {
	n.t.Helper()
	n.done("choose "+option, func(ctx context.Context) (Answer, error) {
		return n.f.PressOn(ctx, m.ID(), n.User, labelled(menu), option)
	})
}

// PressIn presses a button in a form or on Home.
func (n Nurse) PressIn(v View, button string) {
	n.t.Helper()
	n.done("press "+button, func(ctx context.Context) (Answer, error) {
		return n.f.PressIn(ctx, v.ID, labelled(button), "")
	})
}

// ChooseIn chooses from a menu in a form or on Home.
func (n Nurse) ChooseIn(v View, menu, option string) {
	n.t.Helper()
	n.done("choose "+option, func(ctx context.Context) (Answer, error) {
		return n.f.PressIn(ctx, v.ID, labelled(menu), option)
	})
}

// Write writes in the thread of a message, and returns what was written.
func (n Nurse) Write(thread Message, words string) Message {
	n.t.Helper()
	root := thread.ID()
	if thread.ThreadTS != "" {
		root = thread.Thread()
	}
	var id string
	n.done("write "+words, func(ctx context.Context) (a Answer, err error) {
		id, a, err = n.f.Reply(ctx, root, n.User, words)
		return a, err
	})
	return n.f.message(id)
}

// Edit changes what the nurse wrote.
func (n Nurse) Edit(m Message, words string) {
	n.t.Helper()
	n.done("edit", func(ctx context.Context) (Answer, error) {
		return n.f.Edit(ctx, m.ID(), words)
	})
}

// Erase deletes what the nurse wrote.
func (n Nurse) Erase(m Message) {
	n.t.Helper()
	n.done("erase", func(ctx context.Context) (Answer, error) { return n.f.Erase(ctx, m.ID()) })
}

// Form waits for a form that is open before the nurse and has those words in its title.
func (n Nurse) Form(title string) View {
	n.t.Helper()
	var found View
	n.waits("a form "+title, func() bool {
		for _, v := range slices.Backward(n.f.views) {
			if v.User == n.User && !v.Closed && strings.Contains(v.Title(), title) {
				found = *v
				return true
			}
		}
		return false
	})
	return found
}

// Submit fills a form in, by its labels, and submits it. What isn't given stays as the form has it.
// As at Slack, a form that lacks something can't be submitted.
func (n Nurse) Submit(v View, values map[string]string) {
	n.t.Helper()
	fields, unused := map[string]string{}, len(values)
	for _, e := range elements(v.blocks()) {
		if e.around["type"] != "input" {
			continue
		}
		value, given := values[textOf(e.around["label"])]
		if given {
			unused--
		} else {
			value = e.initial()
		}
		if value == "" && e.around["optional"] != true {
			n.t.Fatalf("%s: the form needs %q", n.User, textOf(e.around["label"]))
		}
		fields[e.block] = value
	}
	if unused > 0 {
		n.t.Fatalf("%s: the form has not all of %v: %s", n.User, values, v.JSON)
	}
	n.done("submit "+v.Title(), func(ctx context.Context) (Answer, error) {
		return n.f.Submit(ctx, v, fields)
	})
}

// Faults returns what the bot found wrong with a form's last submission, by the inputs' labels;
// none if it took it.
func (n Nurse) Faults(v View) map[string]string {
	n.f.mu.Lock()
	defer n.f.mu.Unlock()
	now := n.f.view(v.ID)
	if now == nil || now.Closed {
		return nil
	}
	out := map[string]string{}
	for _, e := range elements(now.blocks()) {
		if why := now.Faults[e.block]; why != "" {
			out[textOf(e.around["label"])] = why
		}
	}
	return out
}

// OpenHome opens the app's Home and waits until it shows those words.
func (n Nurse) OpenHome(words ...string) View {
	n.t.Helper()
	n.done("open Home", func(ctx context.Context) (Answer, error) {
		return n.f.OpenHome(ctx, n.User)
	})
	return n.Home(words...)
}

// Home waits until Home, which is open, shows those words.
func (n Nurse) Home(words ...string) View {
	n.t.Helper()
	var found View
	n.waits(fmt.Sprintf("Home with %q", words), func() bool {
		v := n.f.homes[n.User]
		if v == nil || !holds(v.Words(), words) {
			return false
		}
		found = *v
		return true
	})
	return found
}

// Shortcut uses a global shortcut by its callback id.
func (n Nurse) Shortcut(callback string) {
	n.t.Helper()
	n.done("shortcut "+callback, func(ctx context.Context) (Answer, error) {
		return n.f.Shortcut(ctx, callback, n.User)
	})
}

// ShortcutOn uses a shortcut of a message by its callback id.
func (n Nurse) ShortcutOn(m Message, callback string) {
	n.t.Helper()
	n.done("shortcut "+callback, func(ctx context.Context) (Answer, error) {
		return n.f.ShortcutOn(ctx, m.ID(), callback, n.User)
	})
}

// done does something, which the bot must acknowledge.
func (n Nurse) done(what string, do func(context.Context) (Answer, error)) {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(n.t.Context(), nurseTime)
	defer cancel()
	if a, err := do(ctx); err != nil || a.Status != http.StatusOK {
		n.t.Fatalf("%s: %s: status %d, %v", n.User, what, a.Status, err)
	}
}

// waits waits until done returns true, which is called with the lock held.
func (n Nurse) waits(what string, done func() bool) {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(n.t.Context(), nurseTime)
	defer cancel()
	if err := n.f.until(ctx, done); err != nil {
		n.f.mu.Lock()
		defer n.f.mu.Unlock()
		var all []string
		for _, m := range n.visible() {
			all = append(all, m.Words())
		}
		n.t.Fatalf("%s waits in vain for %s; there is:\n%s", n.User, what, strings.Join(all, "\n\n"))
	}
}

// visible returns the messages that the nurse can see, oldest first. The lock is held.
func (n Nurse) visible() []Message {
	return slices.DeleteFunc(n.f.copied(), func(m Message) bool {
		return m.OnlyFor != "" && m.OnlyFor != n.User || !n.f.in(m.Channel, n.User)
	})
}

// message returns a message by its ID; an empty one if there is none.
func (f *Slack) message(id string) Message {
	for _, m := range f.Messages() {
		if m.ID() == id {
			return m
		}
	}
	return Message{}
}

// labelled returns a test for what has those words on it.
func labelled(label string) func(Element) bool {
	return func(e Element) bool { return e.Label == label }
}

// holds reports whether a text has all of those words.
func holds(s string, words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(s, w) })
}
