package slack

import (
	"context"
	"fmt"

	"github.com/beacon-clinic/beacon/handlers"
)

// status says in words what became of a staff message: in a line that is posted when the text is
// sent, and changed when it is delivered. A failure gets a line of its own, since a change notifies
// nobody, and the line that says it was sent goes.
func (s *Slack) status(ctx context.Context, c handlers.Case, p handlers.Post) error {
	id := "status:" + p.Mark
	if p.State == handlers.Sent {
		p.ID = id
		return s.reply(ctx, c, p, s.view.Status(p))
	}
	at, ok := parsePlace(c.Thread)
	there := ""
	if ok {
		var err error
		if there, err = s.findNote(ctx, at, id); err != nil && Word(err) != errNoThread {
			return fmt.Errorf("look for the status: %w", refusal(err))
		}
	}
	if p.State != handlers.Delivered {
		if err := s.reply(ctx, c, p, s.view.Fault(p)); err != nil || there == "" {
			return err
		}
		if _, _, err := s.api.DeleteMessageContext(ctx, at.channel, there); err != nil {
			s.c.Log.Warn("slack: an earlier line of a thread stays", "case", c.ID, "err", err)
		}
		return nil // the line that says why is there: a retry would only double it
	}
	p.ID = id
	if there == "" {
		return s.reply(ctx, c, p, s.view.Status(p))
	}
	_, _, _, err := s.api.UpdateMessageContext(
		ctx, at.channel, there, options(s.view.Status(p))...,
	)
	if Word(err) == errNoMessage {
		return nil
	}
	return refusal(err)
}
