package kinds

// What a patient's text is. The values stand in stored cases and in decisions.yaml, and some are
// labels of the corpus, so none may be renamed alone. The first four are danger or need, in the
// order of their rank. A concern has no words of danger but may be more than it seems: it is
// answered like any text, and a person reads it soon.
const (
	Crisis     = "crisis"
	Emergency  = "emergency"
	Concern    = "concern"
	Clinical   = "clinical"
	OptOut     = "optout" // in any words
	Stop       = "stop"   // the bare keyword, which the carrier answers itself
	Help       = "help"
	Start      = "start"
	Confirm    = "confirm"
	Decline    = "decline"
	Reschedule = "reschedule"
	Late       = "late"
	Answer     = "answer"
	Choices    = "choices"
	Courtesy   = "courtesy"
	Handoff    = "handoff"
	Machine    = "machine" // written by a phone, carrier or shop, or only a reaction: no reply
)

// What the screen finds besides. Each is handled as one of the kinds above.
const (
	Person   = "person"   // wants a human: Handoff
	Greeting = "greeting" // says hello and nothing else: Courtesy, with a word back
	Basic    = "basic"    // wants more discreet reminders
	Detail   = "detail"   // wants full ones again
	Repeat   = "repeat"   // wants the last answer again
	Lost     = "lost"     // doesn't understand us
	Waiting  = "waiting"  // asks whether anybody is there
	Glad     = "glad"     // is better, is grateful for it: Courtesy, with a word back
	Chat     = "chat"     // asks nothing, and nothing is wrong: Courtesy
	Angry    = "angry"    // complains: Handoff, with a word for it
)
