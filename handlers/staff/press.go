package staff

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/replies"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// Press does what a button on a card says. A press that comes too late, on a card that has changed
// meanwhile, does nothing and is no error: the card shows the new state. A repeated press does
// nothing twice. The error is ErrNoCase if the thread's case isn't stored (yet).
//
// A button that carries an encoded act is answered with what came of it.
func (h *Handler) Press(ctx context.Context, p handlers.Press) (answer.Answer, error) {
	a, err := Decode(p.Action)
	if err != nil { // the name of a card's own button
		if a = onCard(p.Action); a == nil {
			return h.pressed(ctx, p)
		}
		p.FromDesk = true // only the desk has cards
	}
	return h.Do(ctx, Asked{
		ID: p.ID, User: p.User, FromDesk: p.FromDesk, Thread: p.Thread, Once: p.Once, Act: a,
	})
}

// onCard returns the act of a card's own button whose answer is for whoever pressed it; nil of one
// that changes the card.
func onCard(action string) Act {
	switch action {
	case desk.ActionReview:
		return Publish{}
	case desk.ActionPropose:
		return Propose{}
	case desk.ActionCall:
		return Call{}
	case desk.ActionNumber:
		return ShowNumber{}
	case desk.ActionWords:
		return ShowWords{}
	case desk.ActionSnooze:
		return Snooze{}
	}
	return nil
}

// pressed does what a card's own button says, if whoever pressed it may.
func (h *Handler) pressed(ctx context.Context, p handlers.Press) (none answer.Answer, err error) {
	c, ok, err := h.Cases.CaseIn(ctx, p.Thread)
	if err == nil && !ok {
		err = ErrNoCase
	}
	if err != nil {
		return none, err
	}
	if act := broadcastAct(c, p.Action); act != nil {
		return h.Do(ctx, Asked{
			ID: p.ID, User: p.User, FromDesk: true, Thread: p.Thread, Once: p.Once, Act: act,
		})
	}
	asked := Asked{ID: p.ID, User: p.User, Thread: p.Thread}
	switch why, err := h.barred(ctx, asked, settings.MayDesk); {
	case err != nil:
		return none, err
	case why != "":
		return answer.Say("%s", why), nil
	}
	if err := h.recordCase(ctx, c, p.ID, p.User, "press "+p.Action); err != nil {
		return none, err
	}
	if c.Slot() {
		return none, h.slotPress(ctx, c, p)
	}
	did, err := h.do(ctx, c, p)
	if did && c.Kind == kinds.Doubts && p.Action == desk.ActionAgree {
		return none, h.agreeAll(ctx, c, p)
	}
	return none, err
}

// slotPress does what a button of a slot's card says. A slot belongs to no number, so it isn't
// changed by a turn but by the waitlist, which checks that the slot is as it was read.
func (h *Handler) slotPress(ctx context.Context, c handlers.Case, p handlers.Press) (err error) {
	did := false
	switch p.Action {
	case desk.ActionStop:
		did, err = h.Waitlist.Stop(ctx, c.ID, p.User)
	case desk.ActionDone:
		did, err = h.Waitlist.Close(ctx, c.ID, p.User)
	}
	if did {
		h.Log.Info("pressed", "action", p.Action, "user", p.User, "case", c.ID)
	}
	return err
}

// OnCall handles a key that the clinic's on-call phone pressed during a call: 1 takes the case that
// the call is about, or, if caseID is "", every alarm that nobody had taken at the first press.
// call is the carrier's id of the call. It returns what to say back, "" if the key means nothing.
// After an error the carrier asks again, and the same call is told the same.
func (h *Handler) OnCall(ctx context.Context, call, caseID, digits string) (string, error) {
	// The call asks for one key. Silence, or another key, takes nothing: the alarm goes on ringing.
	if digits != "1" {
		return "", nil
	}
	cases, err := h.rung(ctx, call, caseID)
	if err != nil || caseID != "" && len(cases) == 0 {
		return "", err
	}
	say := replies.OnCallLate
	for _, c := range cases { // one that fails doesn't keep the others from being taken
		p := handlers.Press{
			ID: "call:" + call + ":" + c.ID, Action: desk.ActionTake, User: "on call",
			Once: true,
		}
		if err1 := h.recordCase(ctx, c, p.ID, p.User, "press "+p.Action+" by phone"); err1 != nil {
			err = errors.Join(err, err1)
			continue
		}
		taken, err1 := h.do(ctx, c, p)
		err = errors.Join(err, err1)
		if taken {
			say = replies.OnCallTaken
		}
	}
	if err != nil {
		return "", err
	}
	return h.Base.Reply(say, "en", nil)
}

// rung returns the cases that a call to the on-call phone is about; without those that the store
// has forgotten.
func (h *Handler) rung(ctx context.Context, call, caseID string) (out []handlers.Case, err error) {
	ids := []string{caseID}
	if caseID == "" {
		if ids, err = h.allRung(ctx, call); err != nil {
			return nil, err
		}
	}
	for _, id := range ids {
		c, ok, err := h.Cases.Case(ctx, id)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, c)
		}
	}
	return out, nil
}

// allRung returns the ids of the alarms that nobody had taken when a call's key was first pressed.
// They are kept as the reply of the call's own event: once they are taken they are no longer among
// the untaken ones, so a repeated request would find none and tell whoever has just taken them that
// somebody else has them.
func (h *Handler) allRung(ctx context.Context, call string) (ids []string, err error) {
	untaken, err := h.Cases.Untaken(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range untaken {
		ids = append(ids, c.ID)
	}
	// A key that is shown to us again after that reply is forgotten must not take the alarms of that
	// day, which nobody has.
	first := handlers.Effects{Reply: handlers.Reply{Note: strings.Join(ids, "\n")}, Once: true}
	decide := func(handlers.State) (handlers.Effects, error) { return first, nil }
	r, _, err := h.Store.Turn(ctx, "call:"+call, handlers.Phone{}, decide)
	if err != nil || r.Note == "" {
		return nil, err
	}
	return strings.Split(r.Note, "\n"), nil
}

// do presses a button of a case. did is false if there was nothing left to do: the case is closed,
// or somebody was quicker. That is kept as the event's reply, so that a repeated press is told what
// the first one was.
func (h *Handler) do(ctx context.Context, c handlers.Case, p handlers.Press) (did bool, err error) {
	// Read before the turn, whose state holds no rows of the ledger. The store retries a row only
	// if it is still failed.
	row, err := h.failedRow(ctx, c)
	if err != nil {
		return false, err
	}
	decide := func(s handlers.State) (e handlers.Effects, err error) {
		for _, open := range s.Cases { // as it is now; c may be older
			if open.ID == c.ID {
				e = h.press(s, open, row, p)
			}
		}
		if len(e.Cases) == 0 {
			e.Reply.Kind = desk.Refused
		}
		e.Once = p.Once
		return e, nil
	}
	r, again, err := h.Store.Turn(ctx, p.ID, c.Phone, decide)
	did = err == nil && r.Kind != desk.Refused
	if err != nil || again { // a repeat was counted and logged the first time
		return did, err
	}
	takes := []string{desk.ActionTake, desk.ActionRead, desk.ActionDanger}
	if did && slices.Contains(takes, p.Action) {
		h.Meter.Taken(c.Kind, h.Now().Sub(c.Began()))
	}
	h.Log.Info(
		"pressed", "action", p.Action, "user", p.User, "case", c.ID, "phone", c.Phone,
		"after", h.Now().Sub(c.Began()).String(),
	)
	return did, nil
}

// press returns the effects of a button on the open case c, none if the button doesn't apply to it.
// row is the failed text that the case is about, if it is about one.
//
// Taking a case gives its taker the conversation: the bot is silent until they hand it back, or
// have written nothing for a while (see keep). Handing back, clearing and closing end that at once.
func (h *Handler) press(
	s handlers.State, c handlers.Case, row handlers.Outgoing, p handlers.Press,
) handlers.Effects {
	now, talk, note := h.Now(), s.Conversation, ""
	// A failed text is seen to with its card, as by command.
	if c.Row != "" && (p.Action == desk.ActionRetry || p.Action == desk.ActionDone) {
		return h.seenTo(s, row, p.Action, p.User, p.ID)
	}
	switch p.Action {
	case desk.ActionRead, desk.ActionDanger: // of a concern
		return h.judge(s, c, p)
	case desk.ActionAgree:
		return h.agree(c, p)
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
			talk.Taken, talk.By, talk.Case = now.Add(h.keep()), p.User, c.ID
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
		if why := h.Gate.Untexted(c.Phone); why != "" {
			c.Wish = false
			note = "No offer would reach them: we don't text " + why + "."
			break
		}
		return h.Waitlist.AddPatient(s, c, p.User, p.ID)
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
func (h *Handler) judge(s handlers.State, c handlers.Case, p handlers.Press) handlers.Effects {
	now := h.Now()
	if !c.Concern() {
		return handlers.Effects{}
	}
	if p.Action == desk.ActionDanger {
		return desk.Raised(
			c, p.ID, kinds.Crisis, "Staff have read this: it is danger. Reach them now.", p.User,
			"says that this is danger.", now, h.Base.Clinic.PageEvery(),
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
