package match

// Entry is an entry of the base as the matcher sees it.
type Entry struct {
	ID   string
	Asks []string // phrasings of the question, all languages mixed
	Text string   // the answer, all languages: weak evidence
	// Outside marks an entry that shows what the base doesn't answer: a text that ranks it first
	// gets no answer.
	Outside bool
}

// none stands for no entry, or no phrasing, where a number of one is expected.
const none = -1
