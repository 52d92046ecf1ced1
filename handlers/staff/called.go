package staff

import (
	"context"
	"fmt"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// CallKey takes the keys that a member of staff pressed when their phone was rung, by the call's row.
// It returns what to say to them, and the patient to connect them with; the zero Phone is nobody.
// After an error the carrier ends the call.
func (h *Handler) CallKey(
	ctx context.Context, row, call, digits string,
) (say string, dial handlers.Phone, err error) {
	o, err := h.Calls.Row(ctx, row)
	switch {
	case err != nil:
		return "", dial, err
	case o.Kind == replies.OwnPhone:
		say, err = h.proved(ctx, o, digits)
		return say, dial, err
	case digits != "1": // silence, another key, or a voicemail: nobody is connected
		return "", dial, nil
	}
	c, ok, err := h.Cases.Case(ctx, o.Case)
	if err != nil {
		return "", dial, err
	}
	pressed := false
	if ok && !c.Phone.IsZero() {
		if pressed, err = h.keyed(ctx, o, c, keyOne); err != nil {
			return "", dial, err
		}
	}
	if !pressed {
		say, err = h.Base.Reply(replies.CallOver, "en", nil)
		return say, dial, err
	}
	err = h.recordCase(ctx, c, "call:"+call, o.User, "call connected")
	if err != nil {
		return "", dial, err
	}
	return "", c.Phone, nil
}

// What a call to a member of staff came to first.
const (
	keyOne = "1"    // they pressed 1
	noKey  = "none" // it ended, and they hadn't
)

// keyed notes what a call came to, if nothing was noted before, and reports whether it is that. A
// request that is shown to us again long after connects nobody.
func (h *Handler) keyed(
	ctx context.Context, o handlers.Outgoing, c handlers.Case, key string,
) (bool, error) {
	first := handlers.Effects{Reply: handlers.Reply{Note: key}, Once: true}
	decide := func(handlers.State) (handlers.Effects, error) { return first, nil }
	r, _, err := h.Store.Turn(ctx, o.ID+":key", c.Phone, decide)
	return r.Note == key, err
}

// CallEnded tells in the thread what became of a call: of the part to the patient, or, if nobody
// was connected, of the call to the member of staff. It is told once, whichever comes first. It
// returns what to say to the member of staff, if they still listen.
func (h *Handler) CallEnded(ctx context.Context, e handlers.CallEnd) (say string, err error) {
	o, err := h.Calls.Row(ctx, e.Row)
	if err != nil || o.Kind != replies.CallStaff {
		return "", err
	}
	c, ok, err := h.Cases.Case(ctx, o.Case)
	if err != nil || !ok {
		return "", err
	}
	if !e.Patient {
		// With a key the part to the patient tells more.
		if none, err := h.keyed(ctx, o, c, noKey); err != nil || !none {
			return "", err
		}
	}
	id := o.ID + ":over"
	note := h.callNote(id, c.ID, o.User, ended(e))
	decide := func(handlers.State) (handlers.Effects, error) {
		return handlers.Effects{Posts: []handlers.Post{note}, Once: true}, nil
	}
	if _, _, err := h.Store.Turn(ctx, id, c.Phone, decide); err != nil {
		return "", err
	}
	h.Log.Info("call over", "user", o.User, "case", c.ID, "patient", e.Patient, "state", e.State)
	if e.Patient && !e.Answered() {
		return h.Base.Reply(replies.CallUnreached, "en", nil)
	}
	return "", nil
}

// ended words what became of a call, after the name of who called.
func ended(e handlers.CallEnd) string {
	switch {
	case !e.Patient && e.Answered():
		return "picked up but didn't press 1: the patient wasn't called."
	case !e.Patient:
		return "didn't pick up their own phone: the patient wasn't called."
	case e.Answered():
		return fmt.Sprintf("called them: somebody, or a voicemail, picked up, for %s.",
			lasted(e.For))
	case e.State == "busy":
		return "called them: the line was busy."
	case e.State == "failed":
		return "called them, but the call failed: is it the right number?"
	}
	return "called them: nobody picked up."
}

// lasted words how long a call was: seconds of a short one, else whole minutes.
func lasted(d time.Duration) string {
	switch {
	case d == time.Second:
		return "a second"
	case d < time.Minute:
		return fmt.Sprintf("%d seconds", int(d.Seconds()))
	case d < 90*time.Second:
		return "a minute"
	}
	return fmt.Sprintf("%d minutes", int(d.Round(time.Minute).Minutes()))
}
