package cases

import (
	"context"
	"slices"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// Reply does what a reply in a case's thread asks for. barred is why whoever wrote it may text
// nobody; "" if they may.
func Reply(
	ctx context.Context, k *act.Kit, c handlers.Case, r handlers.ThreadReply, barred string,
) error {
	switch {
	case Inside(c, r) && c.Phone.IsZero(): // nothing of this thread is sent to anybody
		return nil
	case barred != "" && !Inside(c, r):
		decide := func(handlers.State) (handlers.Effects, error) {
			return unsent(k, c, r, barred), nil
		}
		_, _, err := k.Store.Turn(ctx, r.ID+":refused", c.Phone, decide)
		return err
	case c.Kind == kinds.Away: // a line that tells of an outage; it belongs to no number
		id := r.ID + ":refused"
		decide := func(handlers.State) (handlers.Effects, error) {
			return unsent(k, c, r, nobodys), nil
		}
		_, _, err := k.Store.Turn(ctx, id, handlers.Phone{}, decide)
		return err
	case c.Slot():
		return k.Waitlist.Refuse(ctx, c.ID, r.ID, nobodys)
	}
	// Slack's id of the message is the event's id, so a message that Slack repeats is sent once.
	_, _, err := k.Store.Turn(ctx, r.ID, c.Phone, func(s handlers.State) (handlers.Effects, error) {
		if c.Phone.IsZero() {
			return unsent(k, c, r, "Not sent: this thread reaches nobody's phone."), nil
		}
		if Inside(c, r) {
			return stays(k, c, r), nil
		}
		if e, waits := second(k, s, c, r); waits {
			return e, nil
		}
		return reply(k, s, c, r), nil
	})
	return err
}

// nobodys is the reason for refusing what staff write in a thread that is about no number.
const nobodys = "Not sent: this thread reaches no patient. Text one with /clinic say."

// unsent returns the effects of refusing what staff wrote: their message is marked with the reason,
// so that nobody takes it for sent.
func unsent(k *act.Kit, c handlers.Case, r handlers.ThreadReply, why string) handlers.Effects {
	return handlers.Effects{Posts: []handlers.Post{{
		ID: r.ID + ":refused", Case: c.ID, Do: desk.PostMark, Mark: r.ID,
		State: desk.Refused, Why: why, Due: k.Now(),
	}}}
}

// reply returns the effects of a thread reply: the text to the patient on the channel that they
// last wrote on, or a mark that says why it isn't sent. The case becomes that of whoever wrote.
func reply(
	k *act.Kit,
	s handlers.State, c handlers.Case, r handlers.ThreadReply,
) handlers.Effects {
	now := k.Now()
	if why := bars(k, s, c); why != "" {
		return unsent(k, c, r, why)
	}
	talk := s.Conversation
	// Choices end, since a number that the patient writes now answers the person, not the bot's
	// list.
	talk.Taken, talk.By, talk.Case = now.Add(k.Keep()), r.User, c.ID
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
			ID: talk.Asked, Said: k.Base.BlankStaff(r.Text, s.Household()...),
		}}
	}
	if !c.Open && c.Talk() && c.Channel == handlers.DeskChannel && s.Talk() == nil {
		// What the patient writes back belongs in this thread, not on a card of its own.
		c.Open, c.TakenBy, c.Since = true, "", time.Time{}
		s.Cases = append(slices.Clone(s.Cases), c)
	}
	for _, open := range s.Cases { // the card is posted again only if it shows somebody else
		if open.ID == c.ID && (open.TakenBy != r.User || !open.Since.IsZero()) {
			open = open.Answered()
			open.TakenBy = r.User
			if open.Talk() && open.Visit == "" && open.Channel == handlers.DeskChannel {
				open.Until = now.Add(quiet)
				e.Posts = append(e.Posts, desk.Look(open, r.ID, now))
			}
			e.Cases = append(e.Cases, open)
			e.Posts = append(e.Posts, handlers.Post{
				ID: r.ID + ":card", Case: c.ID, Do: desk.PostCard, Due: now,
			})
		}
	}
	return e
}

// quiet is how long a conversation that staff have answered stays open with nothing more asked: a
// weekend, after which somebody can still see that they said they would call.
const quiet = 3 * 24 * time.Hour

// bars returns why staff can't text the patient of a case; "" if they can.
func bars(k *act.Kit, s handlers.State, c handlers.Case) string {
	if s.Consent.Out {
		return "Not sent: this number has opted out of texts. Please call."
	}
	if why := k.Gate.Untexted(c.Phone); why != "" {
		return "Not sent: this is " + why + ", which we don't text. Please call."
	}
	return ""
}
