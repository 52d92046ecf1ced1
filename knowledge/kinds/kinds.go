package kinds

// What a patient's text is. The first ones are danger or need and rank in this order; the rest follow. A concern is no danger by its words,
// but may be more than it seems: it is answered as any text is, and a person reads it soon.
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
	Machine    = "machine" // a phone, a carrier or a shop wrote it, or it only reacts to a text of ours: silence
)

// What the screen finds besides, which comes out as one of the above.
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
