package slack

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"

	sdk "github.com/slack-go/slack"

	"github.com/beacon-clinic/beacon/bot/slack/plain"
	"github.com/beacon-clinic/beacon/handlers"
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

// command runs a command after the acknowledgement. Slack never repeats a command over HTTP, so
// holding back the acknowledgement until it has run would gain nothing.
func (s *Slack) command(ctx context.Context, c sdk.SlashCommand) {
	to := asker{
		url: c.ResponseURL, channel: c.ChannelID, user: c.UserID, trigger: c.TriggerID,
	}
	s.later(ctx, func(ctx context.Context) {
		because := s.admits(ctx, actor{app: c.APIAppID, team: c.TeamID, user: c.UserID})
		if because != "" {
			s.turnAway(ctx, to, because)
			return
		}
		a, err := s.c.Staff.Command(ctx, handlers.Command{
			ID: "command:" + c.TriggerID, User: c.UserID, FromDesk: s.desk(c.ChannelID),
			Text: commandText(c.Text, s.calling(ctx)),
		})
		s.result(ctx, to, "staff command", a, err)
	})
}

// mention matches a user whom a command names, as Slack writes one.
var mention = regexp.MustCompile(`<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>`)

// commandText is a command's text without Slack's escapes. Whom of the staff it names stands there
// as an @ and their id, but in what is said to a patient by their name.
func commandText(s string, name func(user string) string) string {
	if name, _, _ := strings.Cut(strings.TrimSpace(s), " "); !strings.EqualFold(name, "say") {
		s = mention.ReplaceAllString(s, "@$1")
	}
	return plain.Text(s, name)
}

// writeJSON acknowledges a request with a body.
func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(v) // the other side is gone: nothing to do about it
}
