package slack

import (
	"cmp"
	"context"
	"fmt"

	"github.com/beacon-clinic/beacon/bot/slack/plain"
	"github.com/beacon-clinic/beacon/handlers"
)

// The subtypes of what becomes of a message. source:
// https://docs.slack.dev/reference/events/message/message_changed, …/message_deleted
const (
	messageChanged = "message_changed"
	messageDeleted = "message_deleted"
)

// revised has Staff act on a message in a thread that its writer changed or deleted. Slack tells of
// other changes in the same way, such as a preview of a link: those change no words.
func (s *Slack) revised(ctx context.Context, e envelope, m message) error {
	was := m.Previous
	if was == nil || m.Subtype == messageChanged && (m.Message == nil || m.Message.Edited == nil) {
		return nil
	}
	before, r := *was, handlers.Revision{User: was.User, Gone: m.Subtype == messageDeleted}
	before.Channel = m.Channel
	if !s.ours(before) {
		return nil
	}
	at := place{m.Channel, was.TS}
	r.Message, r.Thread = messageID(at), place{m.Channel, was.ThreadTS}.String()
	r.ID = "revised:" + r.Message + ":" + m.TS
	if !r.Gone {
		call := s.calling(ctx)
		r.Text = plain.Read(m.Message.Text, m.Message.Blocks, call).Text
		r.User = cmp.Or(m.Message.Edited.User, was.User)
		if r.Text == plain.Read(was.Text, was.Blocks, call).Text {
			return nil
		}
		r.Gone = r.Text == "" // nothing of it is words any more
	}
	keeping, cancel := context.WithTimeout(ctx, keepTime)
	defer cancel()
	if because := s.admits(keeping, actor{
		app: e.App, team: e.Team, home: cmp.Or(was.UserTeam, was.Team), user: r.User,
	}); because != "" {
		return nil // they were told when they wrote it
	}
	if err := s.c.Staff.Revise(keeping, r); err != nil {
		return fmt.Errorf("take a changed reply: %w", err)
	}
	return nil
}
