package slack

import (
	"context"
	"encoding/json"
	"net/http"

	sdk "github.com/slack-go/slack"

	"github.com/beacon-clinic/beacon/bot/slack/view"
	"github.com/beacon-clinic/beacon/handlers"
)

// Interaction serves POST /slack/interaction: a button on a card, or the booking modal. It answers
// 200 to all that Slack signed and that can be read, even to what we don't handle: for any other
// status Slack shows staff an error.
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

// interaction handles a pressed button or a submitted modal. The result, if any, is sent with the
// acknowledgement; the error is errMalformed.
func (s *Slack) interaction(ctx context.Context, payload []byte) (any, error) {
	var c sdk.InteractionCallback
	if err := json.Unmarshal(payload, &c); err != nil || c.User.ID == "" {
		return nil, errMalformed
	}
	switch c.Type {
	case sdk.InteractionTypeBlockActions:
		// What comes of a press is shown by the card itself, once the desk's queue updates it.
		s.press(ctx, c)
	case sdk.InteractionTypeViewSubmission:
		if c.View.CallbackID != view.BookForm {
			return nil, nil
		}
		asking, cancel := context.WithTimeout(ctx, keepTime)
		defer cancel()
		if because := s.admits(asking, of(c)); because != "" {
			s.turnAway(ctx, asker{channel: c.View.PrivateMetadata, user: c.User.ID}, because)
			return nil, nil
		}
		return s.submit(ctx, c), nil
	}
	return nil, nil // shortcuts, closed views: not ours
}

// press hands the pressed button to Staff, durably, before it is acknowledged. Slack doesn't repeat
// a press, so when it can't be kept the one who pressed is told.
func (s *Slack) press(ctx context.Context, c sdk.InteractionCallback) {
	// Slack gives the place twice, and for some kinds of message in the container only.
	at := place{c.Channel.ID, c.Message.Timestamp}
	if at.channel == "" {
		at.channel = c.Container.ChannelID
	}
	if at.ts == "" {
		at.ts = c.Container.MessageTs
	}
	if !s.desk(at.channel) || at.ts == "" {
		return
	}
	to := asker{url: c.ResponseURL, channel: at.channel, user: c.User.ID}
	// The card may be out of date, or two people may press at once. Staff decides what a press
	// means, from the case as it stands.
	keep, cancel := context.WithTimeout(ctx, keepTime)
	defer cancel()
	because := s.admits(keep, of(c))
	for _, a := range c.ActionCallback.BlockActions {
		if because != "" {
			s.turnAway(ctx, to, because)
			return
		}
		// The id holds the time of the press, since the same button may be pressed again later, as
		// another event.
		_, err := s.c.Staff.Press(keep, handlers.Press{
			ID:     "press:" + at.String() + ":" + a.ActionID + ":" + a.ActionTs,
			Thread: at.String(), Action: a.ActionID, User: c.User.ID, FromDesk: true,
		})
		if err != nil {
			s.c.Log.ErrorContext(ctx, "press not taken", "action", a.ActionID, "err", err)
			s.later(ctx, func(ctx context.Context) { s.tell(ctx, to, sorry) })
			return
		}
	}
}

// of returns who pressed or submitted something.
func of(c sdk.InteractionCallback) actor {
	return actor{app: c.APIAppID, team: c.Team.ID, home: c.User.TeamID, user: c.User.ID}
}
