package staff

import (
	"context"
	"errors"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// ErrNoCase is the error of a reply or a press whose thread has no case in the store: its card was
// posted a moment ago and the thread isn't stored yet, or the case is so old that the store has
// dropped it. Slack repeats the event, by when a new case is there.
var ErrNoCase = errors.New("staff: no case of that thread is known")

// Reply texts a patient what a member of staff wrote in their case's thread, and gives that member
// the conversation. When it returns nil the text is stored in the ledger, or the message is marked
// as refused with the reason. What is written in a thread that is under no card of ours is ignored.
// The error is ErrNoCase, or of the store: the event should be repeated.
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
	asked := Asked{ID: r.ID, User: r.User, Thread: r.Thread}
	barred, err := h.barred(ctx, asked, settings.MayDesk)
	if err != nil {
		return err
	}
	do := "reply"
	if inside(r) {
		do = "note"
	}
	if err := h.recordCase(ctx, c, r.ID, r.User, do); err != nil {
		return err
	}
	switch {
	case inside(r) && c.Phone.IsZero(): // nothing of this thread is sent to anybody
		return nil
	case barred != "" && !inside(r):
		decide := func(handlers.State) (handlers.Effects, error) {
			return h.unsent(c, r, barred), nil
		}
		_, _, err := h.Store.Turn(ctx, r.ID+":refused", c.Phone, decide)
		return err
	case c.Kind == kinds.Away: // a line that tells of an outage; it belongs to no number
		id := r.ID + ":refused"
		decide := func(handlers.State) (handlers.Effects, error) {
			return h.unsent(c, r, nobodys), nil
		}
		_, _, err := h.Store.Turn(ctx, id, handlers.Phone{}, decide)
		return err
	case c.Slot():
		return h.Waitlist.Refuse(ctx, c.ID, r.ID, nobodys)
	}
	// Slack's id of the message is the event's id, so a message that Slack repeats is sent once.
	_, _, err = h.Store.Turn(ctx, r.ID, c.Phone, func(s handlers.State) (handlers.Effects, error) {
		if c.Phone.IsZero() {
			return h.unsent(c, r, "Not sent: this thread reaches nobody's phone."), nil
		}
		if inside(r) {
			return h.stays(c, r), nil
		}
		if e, waits := h.second(s, c, r); waits {
			return e, nil
		}
		return h.reply(s, c, r), nil
	})
	return err
}

// nobodys is the reason for refusing what staff write in a thread that is about no number.
const nobodys = "Not sent: this thread reaches no patient. Text one with /clinic say."

// unsent returns the effects of refusing what staff wrote: their message is marked with the reason,
// so that nobody takes it for sent.
func (h *Handler) unsent(c handlers.Case, r handlers.ThreadReply, why string) handlers.Effects {
	return handlers.Effects{Posts: []handlers.Post{{
		ID: r.ID + ":refused", Case: c.ID, Do: desk.PostMark, Mark: r.ID,
		State: desk.Refused, Why: why, Due: h.Now(),
	}}}
}

// reply returns the effects of a thread reply: the text to the patient on the channel that they
// last wrote on, or a mark that says why it isn't sent. The case becomes that of whoever wrote.
func (h *Handler) reply(
	s handlers.State, c handlers.Case, r handlers.ThreadReply,
) handlers.Effects {
	now := h.Now()
	if why := h.bars(s, c); why != "" {
		return h.unsent(c, r, why)
	}
	talk := s.Conversation
	// Choices end, since a number that the patient writes now answers the person, not the bot's
	// list.
	talk.Taken, talk.By, talk.Case = now.Add(h.keep()), r.User, c.ID
	talk.Choices, talk.Stood = nil, now
	talk.Wrote, talk.Writer = now, r.User
	// Mark is the message in the thread that shows what becomes of the text, up to its receipt.
	e := handlers.Effects{
		Conversation: &talk,
		Texts: []handlers.Outgoing{
			{
				ID: r.ID, To: c.Phone, Channel: talk.On(now), Kind: "staff",
				Body: knowledge.Plain(r.Text), Case: c.ID, Mark: r.ID, By: r.User, Due: now,
			},
		},
	}
	if talk.Asked != "" { // what is written next most likely answers it
		e.Questions = []handlers.Question{{
			ID: talk.Asked, Said: h.Base.BlankStaff(r.Text, s.Household()...),
		}}
	}
	for _, open := range s.Cases { // the card is posted again only if it shows somebody else
		if open.ID == c.ID && (open.TakenBy != r.User || !open.Since.IsZero()) {
			open = open.Answered()
			open.TakenBy = r.User
			e.Cases = append(e.Cases, open)
			e.Posts = append(e.Posts, handlers.Post{
				ID: r.ID + ":card", Case: c.ID, Do: desk.PostCard, Due: now,
			})
		}
	}
	return e
}

// bars returns why staff can't text the patient of a case; "" if they can.
func (h *Handler) bars(s handlers.State, c handlers.Case) string {
	if s.Consent.Out {
		return "Not sent: this number has opted out of texts. Please call."
	}
	if why := h.Gate.Untexted(c.Phone); why != "" {
		return "Not sent: this is " + why + ", which we don't text. Please call."
	}
	return ""
}
