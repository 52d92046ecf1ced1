package staff

import (
	"context"
	"fmt"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
)

// say texts a patient what a member of staff writes, and gives them the conversation: on a card of
// its own, or in the number's open case. The text is asked for by a person, so neither the caps nor
// the window hold it back; an opt-out does, and so does a number that the clinic doesn't text.
func (h *Handler) say(ctx context.Context, c handlers.Command, args string) (string, error) {
	phone, text, err := h.phone(args)
	if err != nil {
		return "", err
	}
	if text == "" {
		return "", usage("Say what to text.")
	}
	if why := h.Gate.Untexted(phone); why != "" {
		return fmt.Sprintf("Not sent: %s is %s, which we don't text. Please call.", phone, why), nil
	}
	decide := func(s handlers.State) (handlers.Effects, error) {
		// Read within the turn, so an opt-out that comes at the same moment counts. The refusal is
		// kept as the event's reply: the same command again is told the same.
		if s.Consent.Out {
			return handlers.Effects{Reply: handlers.Reply{Kind: desk.Refused}}, nil
		}
		now, talk := h.Now(), s.Conversation
		// The card is taken from the start, so that nobody else answers what comes back.
		e := desk.OpenCase(s, handlers.Case{
			ID: "say:" + c.ID, Channel: handlers.DeskChannel, Kind: "staff",
			Title: "Texted by " + c.User + ".", At: now, Open: true, TakenBy: c.User,
		})
		talk.Taken, talk.By = now.Add(h.keep()), c.User
		e.Conversation = &talk
		// A command leaves no message to mark, so the row has no Mark: if the text fails, the desk
		// gets a card.
		e.Texts = []handlers.Outgoing{
			{
				ID: "say:" + c.ID, To: phone, Channel: talk.On(now), Kind: "say", Body: text,
				Due: now,
			},
		}
		return e, nil
	}
	did, _, err := h.Store.Turn(ctx, "say:"+c.ID, phone, decide)
	if err != nil {
		return "", err
	}
	if did.Kind == desk.Refused {
		return fmt.Sprintf("Not sent: %s has opted out of texts. Please call.", phone), nil
	}
	return fmt.Sprintf(
		"On its way to %s. The conversation is yours until you hand it back.", phone,
	), nil
}
