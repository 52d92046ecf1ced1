package contact

import (
	"context"
	"fmt"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// Key takes the keys that a member of staff pressed when their phone was rung. It returns what to
// say to them, and the case of the patient to connect them with, if they are to be.
func Key(
	ctx context.Context, k *act.Kit, o handlers.Outgoing, digits string,
) (say string, c handlers.Case, connect bool, err error) {
	switch {
	case o.Kind == replies.OwnPhone:
		say, err = proved(ctx, k, o, digits)
		return say, c, false, err
	case digits != "1": // silence, another key, or a voicemail: nobody is connected
		return "", c, false, nil
	}
	c, ok, err := k.Cases.Case(ctx, o.Case)
	if err != nil {
		return "", c, false, err
	}
	if ok && !c.Phone.IsZero() {
		if connect, err = keyed(ctx, k, o, c, keyOne); err != nil {
			return "", c, false, err
		}
	}
	if !connect {
		say, err = k.Base.Reply(replies.CallOver, "en", nil)
	}
	return say, c, connect, err
}

// What a call to a member of staff came to first.
const (
	keyOne = "1"    // they pressed 1
	noKey  = "none" // it ended, and they hadn't
)

// keyed notes what a call came to, if nothing was noted before, and reports whether it is that. A
// request that is shown to us again long after connects nobody.
func keyed(
	ctx context.Context, k *act.Kit, o handlers.Outgoing, c handlers.Case, key string,
) (bool, error) {
	first := handlers.Effects{Reply: handlers.Reply{Note: key}, Once: true}
	decide := func(handlers.State) (handlers.Effects, error) { return first, nil }
	r, _, err := k.Store.Turn(ctx, o.ID+":key", c.Phone, decide)
	return r.Note == key, err
}

// Ended tells in the thread what became of a call: of the part to the patient, or, if nobody
// was connected, of the call to the member of staff. It is told once, whichever comes first. It
// returns what to say to the member of staff, if they still listen.
func Ended(ctx context.Context, k *act.Kit, e handlers.CallEnd) (say string, err error) {
	o, err := k.Texts.Row(ctx, e.Row)
	if err != nil || o.Kind != replies.CallStaff {
		return "", err
	}
	c, ok, err := k.Cases.Case(ctx, o.Case)
	if err != nil || !ok {
		return "", err
	}
	if !e.Patient {
		// With a key the part to the patient tells more.
		if none, err := keyed(ctx, k, o, c, noKey); err != nil || !none {
			return "", err
		}
	}
	id := o.ID + ":over"
	note := callNote(k, id, c.ID, o.User, ended(e))
	decide := func(handlers.State) (handlers.Effects, error) {
		return handlers.Effects{Posts: []handlers.Post{note}, Once: true}, nil
	}
	if _, _, err := k.Store.Turn(ctx, id, c.Phone, decide); err != nil {
		return "", err
	}
	k.Log.Info("call over", "user", o.User, "case", c.ID, "patient", e.Patient, "state", e.State)
	if e.Patient && !e.Answered() {
		return k.Base.Reply(replies.CallUnreached, "en", nil)
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
