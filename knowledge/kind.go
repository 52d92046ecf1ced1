package knowledge

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
)

// What the screen finds besides, which comes out as one of the above.
const (
	Person   = "person"   // wants a human: Handoff
	Greeting = "greeting" // says hello and nothing else: Courtesy, with a word back
	Basic    = "basic"    // wants more discreet reminders
	Detail   = "detail"   // wants full ones again
)

// Languages are those that every word comes in; the first is spoken to whom we don't know.
var languages = [...]string{"en", "es"}

// Languages are those that every word comes in.
func Languages() []string { return languages[:] }

// Language is lang if it is spoken here, else the first.
func Language(lang string) string {
	for _, l := range languages {
		if l == lang {
			return l
		}
	}
	return languages[0]
}
