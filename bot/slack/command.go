package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	sdk "github.com/slack-go/slack"

	"github.com/beacon-clinic/beacon/bot/slack/view"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
)

// sorry answers a command or a press that failed on our side. The cause is in the log only, since
// it may name hosts or numbers.
const sorry = "Something went wrong on our side. Please try again."

// Command serves POST /slack/command, the /clinic command. It answers 200 at once and runs the
// command afterwards: some commands take longer than the three seconds that Slack waits.
func (s *Slack) Command(w http.ResponseWriter, r *http.Request) {
	form, ok := s.signedForm(w, r)
	if !ok {
		return
	}
	if form.Get("ssl_check") == "1" {
		return // Slack checks the TLS certificate: 200, and nothing to do
	}
	// The SDK's own parser would read the request's body, which the signature check has used up.
	c := sdk.SlashCommand{
		ChannelID: form.Get("channel_id"), UserID: form.Get("user_id"), Text: form.Get("text"),
		ResponseURL: form.Get("response_url"), TriggerID: form.Get("trigger_id"),
		TeamID: form.Get("team_id"), APIAppID: form.Get("api_app_id"),
	}
	if c.UserID == "" || c.TriggerID == "" {
		http.Error(w, "not a command", http.StatusBadRequest)
		return
	}
	s.command(r.Context(), c)
}

// command runs a command after the acknowledgement and answers over its response URL. A bare "book"
// from one of the desk's channels opens the booking modal instead.
func (s *Slack) command(ctx context.Context, c sdk.SlashCommand) {
	text := plain(c.Text) // commands are escaped as messages are
	desk := s.desk(c.ChannelID)
	to := asker{url: c.ResponseURL, channel: c.ChannelID, user: c.UserID}
	// Slack never repeats a command over HTTP, so holding back the acknowledgement until it has run
	// would gain nothing.
	s.later(ctx, func(ctx context.Context) {
		because := s.admits(ctx, actor{app: c.APIAppID, team: c.TeamID, user: c.UserID})
		if because != "" {
			s.turnAway(ctx, to, because)
			return
		}
		// A trigger id opens a modal for three seconds only, so little else comes before it.
		if desk && strings.EqualFold(text, "book") && len(s.c.VisitTypes) > 0 {
			_, err := s.api.OpenViewContext(ctx, c.TriggerID, view.Book(s.c.VisitTypes, c.ChannelID))
			if err == nil {
				return
			}
			s.c.Log.ErrorContext(ctx, "slack modal not opened", "err", err)
			// Staff can still type the command: the answer to a bare "book" shows how.
		}
		s.answer(ctx, handlers.Command{
			ID: "command:" + c.TriggerID, User: c.UserID, FromDesk: desk, Text: text,
		}, to)
	})
}

// answer runs a command and sends the answer to whoever gave it.
func (s *Slack) answer(ctx context.Context, c handlers.Command, to asker) {
	said, err := s.c.Staff.Command(ctx, c)
	text := s.flat(said)
	if err != nil {
		s.c.Log.ErrorContext(ctx, "staff command failed", "err", err)
		text = sorry
	}
	s.tell(ctx, to, text)
}

// flat returns an answer as one text, its tables as code: only there does Slack keep columns.
func (s *Slack) flat(a answer.Answer) string {
	var out []string
	for _, p := range a.Parts {
		text := answer.Answer{Parts: []answer.Part{p}}.Text(s.c.ShowText, time.UTC)
		if p.Table != nil {
			text = "```\n" + text + "\n```"
		}
		out = append(out, text)
	}
	return strings.Join(out, "\n")
}

// asker is who gets an ephemeral answer: over the response URL if there is one, otherwise in the
// channel or thread.
type asker struct{ url, channel, thread, user string }

// tell sends an ephemeral answer. A failure is logged, not returned.
func (s *Slack) tell(ctx context.Context, to asker, text string) {
	if text == "" {
		return
	}
	text = s.view.Said(text)
	var err error
	if to.url != "" {
		err = s.respond(ctx, to.url, text)
	} else {
		options := []sdk.MsgOption{sdk.MsgOptionText(text, false)}
		if to.thread != "" {
			options = append(options, sdk.MsgOptionTS(to.thread))
		}
		_, err = s.api.PostEphemeralContext(ctx, to.channel, to.user, options...)
	}
	if err != nil {
		s.c.Log.ErrorContext(ctx, "slack answer not delivered", "err", err)
	}
}

// respond posts to a response URL, which needs no token: whoever knows the URL can post with it, so
// errors don't contain it and it doesn't reach the log.
func (s *Slack) respond(ctx context.Context, to, text string) error {
	err := sdk.PostWebhookCustomHTTPContext(
		ctx, to, s.http, &sdk.WebhookMessage{Text: text, ResponseType: sdk.ResponseTypeEphemeral},
	)
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	if err != nil {
		return fmt.Errorf("slack response url: %w", err)
	}
	return nil
}

// writeJSON acknowledges a request with a body.
func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(v) // the other side is gone: nothing to do about it
}
