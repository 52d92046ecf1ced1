package desk

import (
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// The buttons a case can have, as the desk's vendor sends them back when one is pressed.
const (
	ActionTake     = "take"      // "I have this"
	ActionRead     = "read"      // a concern is no danger
	ActionDanger   = "danger"    // a concern is danger
	ActionClear    = "clear"     // the danger is over: answers and reminders go on
	ActionHandBack = "hand_back" // the bot answers again
	ActionDone     = "done"      // nothing is left to do
	ActionStop     = "stop"      // a freed slot is no longer offered, a broadcast not sent
	ActionWaitlist = "waitlist"  // the patient waits for an earlier time
	ActionRetry    = "retry"     // send the text again
	ActionAgree    = "agree"     // what the card asks is so
	ActionSnooze   = "snooze"    // be reminded of the case later
	ActionCall     = "call"      // ring whoever presses it, then the patient
	ActionNumber   = "number"    // show the patient's number to whoever presses it
	ActionWords    = "words"     // show the patient's words likewise
	ActionWho      = "who"       // whom a broadcast didn't reach
	ActionReview   = "review"    // see what the bot would learn, and decide
	ActionPropose  = "propose"   // have the bot learn what was asked
)

// Action is a button of a card.
type Action struct {
	ID   string `json:"id"`   // ActionTake and so on
	Text string `json:"text"` // what staff read on it
}

// Actions returns the buttons of a case as it stands; once it is closed, those that teach the bot.
// Those that reach its patient come last, but in an alarm Call comes first.
func Actions(c handlers.Case) []Action {
	switch {
	case !c.Open && answered(c):
		return []Action{{ActionPropose, "Add to knowledge"}}
	case c.Kind == kinds.Proposal: // once settled it can be undone there
		return []Action{{ActionReview, "Review"}}
	}
	out := changes(c)
	if len(out) == 0 || c.Phone.IsZero() {
		return out
	}
	call := Action{ActionCall, "Call"}
	if c.Channel == handlers.UrgentChannel && !c.Concern() {
		out = append([]Action{call}, out...)
	} else {
		out = append(out, call)
	}
	out = append(out, Action{ActionNumber, "Show number"})
	if c.Text != "" {
		out = append(out, Action{ActionWords, "Show words"})
	}
	return out
}

// changes returns the buttons that change a case. An alarm has only one at a time: it must be taken
// before it can be cleared, so that nobody ends the paging unseen.
func changes(c handlers.Case) []Action {
	switch {
	case !c.Open:
		return nil
	case c.Concern():
		return []Action{{ActionRead, "I have read it"}, {ActionDanger, "This is danger"}}
	case c.Channel == handlers.UrgentChannel && c.TakenBy == "":
		return []Action{{ActionTake, "I have this"}}
	case c.Channel == handlers.UrgentChannel:
		return []Action{{ActionClear, "Clear: the danger is over"}}
	case c.Row != "":
		return []Action{{ActionRetry, "Send it again"}, {ActionDone, "Dismiss"}}
	case c.Broadcast != nil:
		return ofBroadcast(c.Broadcast.State)
	case c.Kind == kinds.Slot:
		return []Action{{ActionStop, "Stop the offers"}}
	case c.Kind == kinds.FeedShrunk:
		return []Action{{ActionAgree, "Agree: they are off"}}
	case c.Kind == kinds.Doubts:
		return []Action{
			{ActionAgree, "Agree: text about them"}, {ActionDone, "Leave them: text nothing"},
		}
	case c.Kind == kinds.SlotTaken, c.Kind == kinds.SlotOver, c.Kind == kinds.Outage,
		c.Kind == kinds.Refused, c.Kind == kinds.Feed, c.Kind == kinds.FeedUnlinked:
		return []Action{{ActionDone, "Done"}}
	}
	out := []Action{{ActionTake, "I have this"}}
	switch {
	case c.TakenBy != "" && c.Talk():
		out = []Action{{ActionHandBack, "Hand back to the bot"}}
	case c.TakenBy != "": // a task has nothing that the bot could go on with
		out = nil
	}
	if c.Wish {
		out = append(out, Action{ActionWaitlist, "Put on the waitlist"})
	}
	return append(out, Action{ActionDone, "Done"}, Action{ActionSnooze, "Remind me…"})
}

// ofBroadcast returns the buttons of a broadcast in a state. What has left can't be taken back.
func ofBroadcast(state string) []Action {
	switch state {
	case handlers.BroadcastAsked:
		return []Action{{ActionAgree, "Agree: send it"}, {ActionStop, "Don't send it"}}
	case handlers.BroadcastAgreed:
		return []Action{{ActionStop, "Take it back"}}
	case handlers.BroadcastDone:
		return []Action{{ActionWho, "Who wasn't reached"}, {ActionDone, "Done"}}
	}
	return nil
}

// answered reports whether a person answered what a patient asked: it may be worth knowing. Who
// hands the patient back has the case no more, but then nothing waits in it.
func answered(c handlers.Case) bool {
	return c.Kind == kinds.Handoff && c.Channel == handlers.DeskChannel &&
		(c.TakenBy != "" || c.Since.IsZero())
}
