package gate

import (
	"context"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/veil"
)

// shown shows a text that was sent in the thread of the number's open conversation, so that staff
// who read there know what the patient was told meanwhile. What staff wrote is shown where they
// wrote it.
func (t *Texter) shown(ctx context.Context, s handlers.State, o handlers.Outgoing) error {
	talk := s.Talk()
	if talk == nil || o.By != "" || o.Mark != "" || o.Alarm || o.Kind == KindReply {
		return nil
	}
	note := handlers.Post{
		ID: o.Event("shown"), Case: talk.ID, Do: desk.PostNote, From: handlers.FromBot,
		Text: veil.Veiled(o.Body, "(the text \""+o.Kind+"\" was sent)"), Due: t.Now(),
	}
	_, _, err := t.Store.Turn(ctx, note.ID, o.To, func(handlers.State) (handlers.Effects, error) {
		return handlers.Effects{Posts: []handlers.Post{note}}, nil
	})
	return err
}
