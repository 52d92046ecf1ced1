package staff

import (
	"context"
	"errors"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// ErrNoCase says that a card's case isn't known: it was posted this moment and is being written
// down, or is long over. Slack asks again.
var ErrNoCase = errors.New("staff: no case of that thread is known")

// Reply takes what a staff member wrote in a thread to the patient: it lies in the ledger when
// Reply returns. From then on a person has the conversation.
func (h *Handler) Reply(ctx context.Context, r handlers.ThreadReply) error {
	c, ok, err := h.Cases.CaseIn(ctx, r.Thread)
	if err != nil {
		return err
	}
	if !ok {
		if r.Case {
			return ErrNoCase
		}
		return nil // staff talking among themselves
	}
	switch {
	case c.Kind == kinds.Away: // a line that tells of an outage
		id := r.ID + ":refused"
		decide := func(handlers.State) (handlers.Effects, error) {
			return h.unsent(c, r, nobodys), nil
		}
		_, _, err := h.Store.Turn(ctx, id, handlers.Phone{}, decide)
		return err
	case c.Slot():
		return h.Waitlist.Refuse(ctx, c.ID, r.ID, nobodys)
	}
	_, _, err = h.Store.Turn(ctx, r.ID, c.Phone, func(s handlers.State) (handlers.Effects, error) {
		if c.Phone.IsZero() {
			return h.unsent(c, r, "Not sent: this thread reaches nobody's phone."), nil
		}
		return h.reply(s, c, r), nil
	})
	return err
}

// nobodys is why what staff write in a thread that is no number's isn't sent.
const nobodys = "Not sent: this thread reaches no patient. Text one with /clinic say."

// unsent marks what staff wrote as refused.
func (h *Handler) unsent(c handlers.Case, r handlers.ThreadReply, why string) handlers.Effects {
	return handlers.Effects{Posts: []handlers.Post{{
		ID: r.ID + ":refused", Case: c.ID, Do: desk.PostMark, Mark: r.ID,
		State: desk.Refused, Why: why, Due: h.Now(),
	}}}
}

// reply returns the effects of a thread reply: the text to the patient, or a mark that says why it
// isn't sent.
func (h *Handler) reply(
	s handlers.State, c handlers.Case, r handlers.ThreadReply,
) handlers.Effects {
	now := h.Now()
	if s.Consent.Out {
		return h.unsent(c, r, "Not sent: this number has opted out of texts. Please call.")
	}
	talk := s.Conversation
	talk.Taken, talk.By, talk.Choices, talk.Stood = now.Add(h.keep()), r.User, nil, now
	e := handlers.Effects{
		Conversation: &talk,
		Texts: []handlers.Outgoing{
			{
				ID: r.ID, To: c.Phone, Channel: talk.On(now), Kind: "staff", Body: r.Text,
				Case: c.ID, Mark: r.ID, Due: now,
			},
		},
	}
	for _, open := range s.Cases {
		if open.ID == c.ID && open.TakenBy != r.User {
			open.TakenBy = r.User
			e.Cases = append(e.Cases, open)
			e.Posts = append(e.Posts, handlers.Post{
				ID: r.ID + ":card", Case: c.ID, Do: desk.PostCard, Due: now,
			})
		}
	}
	return e
}
