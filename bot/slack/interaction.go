package slack

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"sync"
	"time"

	sdk "github.com/slack-go/slack"

	"github.com/beacon-clinic/beacon/bot/slack/view"
	"github.com/beacon-clinic/beacon/handlers"
)

// Interaction serves POST /slack/interaction: a pressed button, a submitted form, a shortcut. It
// answers 200 to all that Slack signed and that can be read, even to what we don't handle: for any
// other status Slack shows staff an error.
func (s *Slack) Interaction(w http.ResponseWriter, r *http.Request) {
	form, ok := s.signedForm(w, r)
	if !ok {
		return
	}
	answer, err := s.interaction(r.Context(), []byte(form.Get("payload")))
	if err != nil {
		http.Error(w, "malformed payload", http.StatusBadRequest)
		return
	}
	if answer != nil {
		writeJSON(w, answer)
	}
}

// interaction handles an interaction. The result, if any, is sent with the acknowledgement; the
// error is errMalformed. source: https://docs.slack.dev/reference/interaction-payloads
func (s *Slack) interaction(ctx context.Context, payload []byte) (any, error) {
	var c sdk.InteractionCallback
	if err := json.Unmarshal(payload, &c); err != nil || c.User.ID == "" {
		return nil, errMalformed
	}
	switch c.Type {
	case sdk.InteractionTypeBlockActions:
		s.press(ctx, c)
	case sdk.InteractionTypeViewSubmission:
		if c.View.CallbackID != view.FormCallback {
			return nil, nil
		}
		return s.formSubmitted(ctx, c), nil
	case sdk.InteractionTypeShortcut, sdk.InteractionTypeMessageAction:
		if c.CallbackID == shortcutBook || c.CallbackID == shortcutLearn {
			s.shortcut(ctx, c)
		}
	}
	return nil, nil // closed views and what is to come: not ours
}

// formSubmitted carries out the form of somebody who is let in; others are told.
func (s *Slack) formSubmitted(ctx context.Context, c sdk.InteractionCallback) any {
	came := time.Now()
	asking, cancel := context.WithTimeout(ctx, whoTime)
	defer cancel()
	if because := s.admits(asking, of(c)); because != "" {
		w := whereOf(c.View)
		s.turnAway(ctx, asker{channel: w.Channel, user: c.User.ID, url: w.URL}, because)
		return nil
	}
	return s.submitted(ctx, c, came)
}

// ackTime is how long an acknowledgement of a press waits for the press to be kept. Slack doesn't
// repeat a press, so what a crash could lose is best kept before it; but a person waits for the
// acknowledgement.
const ackTime = 250 * time.Millisecond

// press carries out pressed buttons. If one can't be kept, who pressed it is told.
func (s *Slack) press(ctx context.Context, c sdk.InteractionCallback) {
	to, thread, ok := s.pressedAt(c)
	if !ok {
		return
	}
	kept := make(chan struct{})
	keep := sync.OnceFunc(func() { close(kept) })
	s.later(ctx, func(ctx context.Context) {
		defer keep()
		s.presses(ctx, c, to, thread, keep)
	})
	timer := time.NewTimer(ackTime)
	defer timer.Stop()
	select {
	case <-kept:
	case <-timer.C:
	}
}

// pressedAt returns where buttons were pressed: who is answered where, and the thread of the card.
// It is false where nothing of ours is pressed. Slack gives the place twice, and for some kinds of
// message in the container only.
func (s *Slack) pressedAt(c sdk.InteractionCallback) (to asker, thread string, ok bool) {
	to = asker{user: c.User.ID, url: c.ResponseURL, trigger: c.TriggerID}
	if v := c.View; v.ID != "" {
		w := whereOf(v)
		to.channel, to.thread, to.url = w.Channel, w.Thread, w.URL
		if v.Type == sdk.VTModal {
			to.view = v.ID
		}
		if w.Thread != "" {
			thread = place{w.Channel, w.Thread}.String()
		}
		return to, thread, true
	}
	to.channel = cmp.Or(c.Channel.ID, c.Container.ChannelID)
	ts := cmp.Or(c.Message.Timestamp, c.Container.MessageTs)
	root := cmp.Or(c.Message.ThreadTimestamp, c.Container.ThreadTs)
	to.replace = c.Container.IsEphemeral
	if !to.replace { // the answer to a press on a card stands in its thread
		root = cmp.Or(root, ts)
		to.url = ""
	}
	to.thread = root
	if root != "" {
		thread = place{to.channel, root}.String()
	}
	// An answer in another channel may have buttons as well: what isn't permitted there is refused.
	return to, thread, ts != "" && (s.desk(to.channel) || to.replace)
}

// act matches an encoded act, as the values of buttons hold it. Those of cards that an older build
// posted hold the id of the case, and their action is the name of what they do.
var act = regexp.MustCompile(`^[a-z_]+ \{`)

// presses hands buttons to Staff, and shows what comes of it. kept is called once they are done. The
// card may be out of date, or two people may press at once: Staff decides what a press means, from
// the case as it stands.
func (s *Slack) presses(
	ctx context.Context, c sdk.InteractionCallback, to asker, thread string, kept func(),
) {
	if because := s.admits(ctx, of(c)); because != "" {
		to.replace = false
		s.turnAway(ctx, to, because)
		return
	}
	desk := s.atDesk(ctx, to.channel, to.user)
	for _, a := range c.ActionCallback.BlockActions {
		action := a.ActionID
		if act.MatchString(a.Value) {
			action = a.Value
		}
		// The id holds the time of the press, since the same button may be pressed again later, as
		// another event.
		on := place{to.channel, cmp.Or(c.Message.Timestamp, c.Container.MessageTs)}
		at := cmp.Or(c.View.ID, on.String())
		out, err := s.c.Staff.Press(ctx, handlers.Press{
			ID:     "press:" + at + ":" + a.ActionID + ":" + a.ActionTs,
			Thread: thread, Action: action, User: to.user, FromDesk: desk,
		})
		kept()
		s.result(ctx, to, "press", out, err)
		if err != nil {
			break
		}
	}
	if c.View.Type == sdk.VTHomeTab {
		s.publish(ctx, to.user, s.opened(to.user), true)
	}
}

// The callback ids of our shortcuts: a line as staff type it, and, of a message, the name of an act.
const (
	shortcutBook  = "book"
	shortcutLearn = "propose"
)

// shortcut runs a shortcut: of a message in its thread, or from anywhere.
func (s *Slack) shortcut(ctx context.Context, c sdk.InteractionCallback) {
	to := asker{user: c.User.ID, trigger: c.TriggerID, url: c.ResponseURL, channel: c.Channel.ID}
	thread := ""
	if root := cmp.Or(c.Message.ThreadTimestamp, c.Message.Timestamp); root != "" {
		to.thread, to.url = root, ""
		thread = place{to.channel, root}.String()
	}
	s.later(ctx, func(ctx context.Context) {
		if because := s.admits(ctx, of(c)); because != "" {
			s.turnAway(ctx, to, because)
			return
		}
		desk, id := s.atDesk(ctx, to.channel, to.user), "shortcut:"+c.TriggerID
		if thread != "" {
			a, err := s.c.Staff.Press(ctx, handlers.Press{
				ID: id, Thread: thread, Action: c.CallbackID + " {}", User: to.user, FromDesk: desk,
			})
			s.result(ctx, to, "shortcut", a, err)
			return
		}
		a, err := s.c.Staff.Command(ctx, handlers.Command{
			ID: id, User: to.user, FromDesk: desk, Text: c.CallbackID,
		})
		s.result(ctx, to, "shortcut", a, err)
	})
}

// of returns who pressed or submitted something.
func of(c sdk.InteractionCallback) actor {
	return actor{app: c.APIAppID, team: c.Team.ID, home: c.User.TeamID, user: c.User.ID}
}
