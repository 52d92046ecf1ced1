package staff

import (
	"context"
	"errors"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
	"github.com/beacon-clinic/beacon/handlers/staff/cases"
	"github.com/beacon-clinic/beacon/handlers/staff/contact"
	"github.com/beacon-clinic/beacon/handlers/staff/schedule"
	"github.com/beacon-clinic/beacon/handlers/staff/teaching"
	"github.com/beacon-clinic/beacon/handlers/staff/texts"
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
	return h.Do(ctx, act.Asked{
		ID: p.ID, User: p.User, FromDesk: p.FromDesk, Thread: p.Thread, Once: p.Once, Act: a,
	})
}

// onCard returns the act of a card's own button whose answer is for whoever pressed it; nil of one
// that changes the card.
func onCard(action string) act.Act {
	switch action {
	case desk.ActionReview:
		return teaching.Publish{}
	case desk.ActionPropose:
		return teaching.Propose{}
	case desk.ActionCall:
		return contact.Call{}
	case desk.ActionNumber:
		return contact.ShowNumber{}
	case desk.ActionWords:
		return contact.ShowWords{}
	case desk.ActionSnooze:
		return cases.Snooze{}
	}
	return nil
}

// pressed does what a card's own button says, if whoever pressed it may.
func (h *Handler) pressed(ctx context.Context, p handlers.Press) (none answer.Answer, err error) {
	c, ok, err := h.Cases.CaseIn(ctx, p.Thread)
	if err == nil && !ok {
		err = act.ErrNoCase
	}
	if err != nil {
		return none, err
	}
	if it := broadcastAct(c, p.Action); it != nil {
		return h.Do(ctx, act.Asked{
			ID: p.ID, User: p.User, FromDesk: true, Thread: p.Thread, Once: p.Once, Act: it,
		})
	}
	asked := act.Asked{ID: p.ID, User: p.User, Thread: p.Thread}
	switch why, err := h.barred(ctx, asked, settings.MayDesk); {
	case err != nil:
		return none, err
	case why != "":
		return answer.Say("%s", why),
			h.recordCase(ctx, c, p.ID+":refused", p.User, "refused press "+p.Action)
	}
	if err := h.recordCase(ctx, c, p.ID, p.User, "press "+p.Action); err != nil {
		return none, err
	}
	if c.Slot() {
		return none, cases.PressSlot(ctx, &h.Kit, c, p)
	}
	did, err := cases.Press(ctx, &h.Kit, c, p)
	if did && c.Kind == kinds.Doubts && p.Action == desk.ActionAgree {
		return none, schedule.AgreeAll(ctx, &h.Kit, c, p)
	}
	return none, err
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
	rung, err := h.rung(ctx, call, caseID)
	if err != nil || caseID != "" && len(rung) == 0 {
		return "", err
	}
	say := replies.OnCallLate
	for _, c := range rung { // one that fails doesn't keep the others from being taken
		p := handlers.Press{
			ID: "call:" + call + ":" + c.ID, Action: desk.ActionTake, User: "on call",
			Once: true,
		}
		if err1 := h.recordCase(ctx, c, p.ID, p.User, "press "+p.Action+" by phone"); err1 != nil {
			err = errors.Join(err, err1)
			continue
		}
		taken, err1 := cases.Press(ctx, &h.Kit, c, p)
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

// broadcastAct returns the act that a button on the card of a broadcast says; nil if it is one that
// every card may have.
func broadcastAct(c handlers.Case, action string) act.Act {
	switch {
	case c.Broadcast == nil:
		return nil
	case action == desk.ActionAgree:
		return texts.AgreeTo{Case: c.ID}
	case action == desk.ActionStop:
		return texts.Withdraw{Case: c.ID}
	case action == desk.ActionWho:
		return texts.Unreached{Case: c.ID}
	}
	return nil
}
