package cases

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
	"github.com/beacon-clinic/beacon/handlers/staff/schedule"
	"github.com/beacon-clinic/beacon/handlers/staff/texts"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// Press presses a button of a case. did is false if there was nothing left to do: the case is closed,
// or somebody was quicker. That is kept as the event's reply, so that a repeated press is told what
// the first one was.
func Press(ctx context.Context, k *act.Kit, c handlers.Case, p handlers.Press) (did bool, err error) {
	// Read before the turn, whose state holds no rows of the ledger. The store retries a row only
	// if it is still failed.
	row, err := texts.FailedRow(ctx, k, c)
	if err != nil {
		return false, err
	}
	decide := func(s handlers.State) (e handlers.Effects, err error) {
		for _, open := range s.Cases { // as it is now; c may be older
			if open.ID == c.ID {
				e = press(k, s, open, row, p)
			}
		}
		if len(e.Cases) == 0 {
			e.Reply.Kind = desk.Refused
		}
		e.Once = p.Once
		return e, nil
	}
	r, again, err := k.Store.Turn(ctx, p.ID, c.Phone, decide)
	did = err == nil && r.Kind != desk.Refused
	if err != nil || again { // a repeat was counted and logged the first time
		return did, err
	}
	takes := []string{desk.ActionTake, desk.ActionRead, desk.ActionDanger}
	if did && slices.Contains(takes, p.Action) {
		k.Meter.Taken(c.Kind, k.Now().Sub(c.Began()))
	}
	k.Log.Info(
		"pressed", "action", p.Action, "user", p.User, "case", c.ID, "phone", c.Phone,
		"after", k.Now().Sub(c.Began()).String(),
	)
	return did, nil
}

// press returns the effects of a button on the open case c, none if the button doesn't apply to it.
// row is the failed text that the case is about, if it is about one.
//
// Taking a case gives its taker the conversation: the bot is silent until they hand it back, or
// have written nothing for a while (see keep). Handing back, clearing and closing end that at once.
func press(
	k *act.Kit,
	s handlers.State, c handlers.Case, row handlers.Outgoing, p handlers.Press,
) handlers.Effects {
	now, talk, note := k.Now(), s.Conversation, ""
	// A failed text is seen to with its card, as by command.
	if c.Row != "" && (p.Action == desk.ActionRetry || p.Action == desk.ActionDone) {
		return texts.SeenTo(k, s, row, p.Action, p.User, p.ID)
	}
	switch p.Action {
	case desk.ActionRead, desk.ActionDanger: // of a concern
		return judge(k, s, c, p)
	case desk.ActionAgree:
		return schedule.Agree(k, c, p)
	case desk.ActionTake:
		if c.TakenBy != "" && c.Channel == handlers.UrgentChannel {
			return handlers.Effects{} // somebody was quicker
		}
		// An ordinary case can be taken over from a colleague. An alarm can't: two people would
		// each think that the other has it. Whole minutes: how long a patient waited is for people
		// to read. The meter has it exactly.
		after := now.Sub(c.Began()).Round(time.Minute)
		c.TakenBy, c.TakenAt = p.User, now
		note = fmt.Sprintf("has this, %d minutes after it came.", int(after.Minutes()))
		if c.Talk() { // whoever does a task doesn't talk with the patient by that
			talk.Taken, talk.By, talk.Case = now.Add(k.Keep()), p.User, c.ID
		}
	case desk.ActionHandBack:
		c.TakenBy, c.Open, note = "", false, "handed back to the bot."
		talk = released(s, c)
	case desk.ActionClear:
		// Anybody may clear an alarm: whoever took it may have gone home.
		c.Open, note = false, "cleared this: answers and reminders go on."
		talk = released(s, c)
	case desk.ActionDone:
		c.Open, note = false, "closed this."
		talk = released(s, c)
	case desk.ActionWaitlist:
		// The case stays open: a place on the list answers no question.
		if why := k.Gate.Untexted(c.Phone); why != "" {
			c.Wish = false
			note = "No offer would reach them: we don't text " + why + "."
			break
		}
		return k.Waitlist.AddPatient(s, c, p.User, p.ID)
	default: // a button that this version doesn't know
		return handlers.Effects{}
	}
	e := handlers.Effects{
		Cases: []handlers.Case{c},
		Posts: []handlers.Post{
			{ID: p.ID + ":card", Case: c.ID, Do: desk.PostCard, Due: now},
			{ID: p.ID + ":note", Case: c.ID, Do: desk.PostNote, From: p.User, Text: note, Due: now},
		},
	}
	if !c.Phone.IsZero() { // a case about no number has no conversation
		e.Conversation = &talk
	}
	return e
}

// released returns the conversation of a number as one of its cases is closed: nobody has it any
// more, unless another case in which somebody talks with the patient is open.
func released(s handlers.State, c handlers.Case) handlers.Conversation {
	talk := s.Conversation
	if !c.Talk() && talk.Case != c.ID {
		return talk // a task in whose thread nobody wrote to them
	}
	for _, other := range s.Cases {
		if other.ID != c.ID && other.Open && other.Talk() && other.TakenBy != "" {
			talk.By, talk.Case = other.TakenBy, other.ID
			return talk
		}
	}
	talk.Taken, talk.By, talk.Case = time.Time{}, "", ""
	return talk
}

// judge returns the effects of a concern's two buttons. "I have read it" closes the case and pings
// nobody. "This is danger" makes an alarm of it, which pages. If the concern has become an alarm
// meanwhile, neither does anything: an alarm is taken and cleared, not read.
func judge(k *act.Kit, s handlers.State, c handlers.Case, p handlers.Press) handlers.Effects {
	now := k.Now()
	if !c.Concern() {
		return handlers.Effects{}
	}
	if p.Action == desk.ActionDanger {
		return desk.Raised(
			c, p.ID, kinds.Crisis, "Staff have read this: it is danger. Reach them now.", p.User,
			"says that this is danger.", now, k.Base.Clinic.PageEvery(),
		)
	}
	e := handlers.Effects{}
	// Whoever wrote to the patient from this thread has the conversation. With the case closed
	// there is no button left to hand it back with, so it ends here.
	if c.TakenBy != "" && c.TakenBy == s.Conversation.By {
		talk := released(s, c)
		e.Conversation = &talk
	}
	c.TakenBy, c.TakenAt, c.Open = p.User, now, false
	e.Cases = []handlers.Case{c}
	e.Posts = []handlers.Post{
		{ID: p.ID + ":card", Case: c.ID, Do: desk.PostCard, Due: now},
		{
			ID: p.ID + ":note", Case: c.ID, Do: desk.PostNote, From: p.User, Text: "has read this.",
			Due: now,
		},
	}
	return e
}

// PressSlot does what a button of a slot's card says. A slot belongs to no number, so it isn't
// changed by a turn but by the waitlist, which checks that the slot is as it was read.
func PressSlot(ctx context.Context, k *act.Kit, c handlers.Case, p handlers.Press) (err error) {
	did := false
	switch p.Action {
	case desk.ActionStop:
		did, err = k.Waitlist.Stop(ctx, c.ID, p.User)
	case desk.ActionDone:
		did, err = k.Waitlist.Close(ctx, c.ID, p.User)
	}
	if did {
		k.Log.Info("pressed", "action", p.Action, "user", p.User, "case", c.ID)
	}
	return err
}
