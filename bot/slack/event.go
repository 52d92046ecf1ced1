package slack

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/beacon-clinic/beacon/bot/slack/plain"
	"github.com/beacon-clinic/beacon/handlers"
)

// errMalformed means that a payload isn't what Slack sends. Trying it again won't help.
var errMalformed = errors.New("slack: malformed payload")

// onlyWords answers a thread reply that has an attachment, or nothing but mentions. Its writer
// would otherwise believe that the patient got it.
const onlyWords = "Only words go to the patient. Attachments and mentions are not sent."

// envelope is what the Events API sends. It declares only the fields we need, so that an unknown
// one does no harm. source: https://docs.slack.dev/apis/events-api/#callback-field
type envelope struct {
	Type      string          `json:"type"`      // event_callback or url_verification
	Challenge string          `json:"challenge"` // of a url_verification; it is echoed
	Event     json.RawMessage `json:"event"`     // of an event_callback
	Team      string          `json:"team_id"`
	App       string          `json:"api_app_id"`
	// Authorizations name the bot users that the event is delivered for.
	Authorizations []struct {
		UserID string `json:"user_id"`
	} `json:"authorizations"`
}

// mine reports whether a user is the bot itself, which makes a thread that it began a case's.
func (e envelope) mine(user string) bool {
	for _, a := range e.Authorizations {
		if user != "" && a.UserID == user {
			return true
		}
	}
	return false
}

// message is a message event. source: https://docs.slack.dev/reference/events/message
type message struct {
	Subtype  string            `json:"subtype"` // "" is an ordinary message
	Channel  string            `json:"channel"`
	User     string            `json:"user"`   // "" for some posts of bots, and for edits
	BotID    string            `json:"bot_id"` // "" unless a bot wrote it
	Text     string            `json:"text"`   // in Slack's markup
	Blocks   json.RawMessage   `json:"blocks"` // the same as rich text; other kinds don't matter
	TS       string            `json:"ts"`     // the message's id within its channel
	ThreadTS string            `json:"thread_ts"`
	Parent   string            `json:"parent_user_id"` // who began the thread
	Files    []json.RawMessage `json:"files"`          // only their number counts
	// What became of a message, and what it was before; see revised.
	Message  *message `json:"message"`
	Previous *message `json:"previous_message"`
	Edited   *struct {
		User string `json:"user"`
	} `json:"edited"`
	// The workspace of the user, and, where the channel is shared, that of their home.
	Team     string `json:"team"`
	UserTeam string `json:"user_team"`
}

// Event serves POST /slack/event: Slack's check of the URL, and messages. It answers 200 once a
// reply is stored, 403 to what Slack didn't sign, 400 to what isn't an event, and 500 to a reply
// that couldn't be stored, which Slack then sends again.
func (s *Slack) Event(w http.ResponseWriter, r *http.Request) {
	body, ok := s.signed(w, r)
	if !ok {
		return
	}
	var e envelope
	if err := json.Unmarshal(body, &e); err != nil {
		http.Error(w, "malformed JSON", http.StatusBadRequest)
		return
	}
	if e.Type == "url_verification" {
		writeJSON(w, map[string]string{"challenge": e.Challenge})
		return
	}
	first := r.Header.Get("X-Slack-Retry-Num") == ""
	switch err := s.event(r.Context(), e, first); {
	case errors.Is(err, errMalformed):
		http.Error(w, "malformed event", http.StatusBadRequest)
	case err != nil:
		s.c.Log.ErrorContext(r.Context(), "slack event not taken", "err", err)
		http.Error(w, "not taken", http.StatusInternalServerError) // so Slack sends it again
	}
}

// notYet tells the writer of a thread reply that it isn't stored yet. Slack delivers an event three
// more times, over some five minutes. source: https://docs.slack.dev/apis/events-api/#retries
const notYet = "This isn't sent to the patient yet: our store can't be reached. It is tried " +
	"again for five minutes. If your message has no mark by then, send it again; if it is " +
	"urgent, call."

// notTaken tells the writer of a thread reply that can't be stored for another reason: the thread's
// case is no longer known, say.
const notTaken = "This isn't sent to the patient: something went wrong on our side. If your " +
	"message has no mark in five minutes, use `/clinic say`, or call."

// event has Staff store a thread reply before the event is acknowledged. A repeated event is handed
// over again, since Staff knows its id. If the first delivery fails, the writer is told. Edits and
// deletions come as subtypes; our own posts, which come with a bot's id, are ignored.
func (s *Slack) event(ctx context.Context, e envelope, first bool) error {
	// Other events give the same field names other types, so decoding one as a message would fail.
	var inner struct {
		Type string `json:"type"`
	}
	if e.Type != "event_callback" {
		return nil
	}
	if err := json.Unmarshal(e.Event, &inner); err != nil {
		return fmt.Errorf("%w: event", errMalformed)
	}
	if inner.Type == "app_home_opened" {
		return s.homeEvent(ctx, e)
	}
	if inner.Type != "message" {
		return nil
	}
	var m message
	if err := json.Unmarshal(e.Event, &m); err != nil {
		return fmt.Errorf("%w: message event", errMalformed)
	}
	if m.Subtype == messageChanged || m.Subtype == messageDeleted {
		return s.revised(ctx, e, m)
	}
	if !s.ours(m) {
		return nil
	}
	return s.written(ctx, e, m, first)
}

// written has Staff store a thread reply of somebody who is let in; others are told.
func (s *Slack) written(ctx context.Context, e envelope, m message, first bool) error {
	thread := place{m.Channel, m.ThreadTS}
	to := asker{channel: m.Channel, thread: m.ThreadTS, user: m.User}
	keeping, cancel := context.WithTimeout(ctx, keepTime)
	defer cancel()
	because := s.admits(keeping, actor{
		app: e.App, team: e.Team, home: cmp.Or(m.UserTeam, m.Team), user: m.User,
	})
	if because != "" {
		if first {
			s.turnAway(ctx, to, because)
		}
		return nil
	}
	wrote := plain.Read(m.Text, m.Blocks, s.calling(keeping))
	if wrote.Text != "" {
		err := s.c.Staff.Reply(keeping, handlers.ThreadReply{
			ID: messageID(place{m.Channel, m.TS}), Thread: thread.String(), User: m.User,
			Text: wrote.Text, Names: wrote.Names, Mentions: wrote.Among,
			Case: e.mine(m.Parent),
		})
		if err != nil && first {
			s.later(ctx, func(ctx context.Context) {
				say := notTaken
				if errors.Is(err, handlers.ErrAway) || errors.Is(err, context.DeadlineExceeded) {
					say = notYet
				}
				s.tell(ctx, to, say)
			})
		}
		if err != nil {
			return fmt.Errorf("take reply: %w", err)
		}
	}
	if len(m.Files) > 0 || wrote.Text == "" {
		s.later(ctx, func(ctx context.Context) {
			s.tell(ctx, to, onlyWords)
		})
	}
	return nil
}

// ours reports whether a person wrote the message in a thread of the desk's channels. What we post
// ourselves comes back as an event too: taken for a reply, it would be texted to the patient.
func (s *Slack) ours(m message) bool {
	if !s.desk(m.Channel) || m.BotID != "" || m.User == "" || m.TS == "" || m.ThreadTS == "" ||
		m.ThreadTS == m.TS {
		return false
	}
	switch m.Subtype {
	case "", "file_share", "thread_broadcast":
		return true
	}
	return false
}
