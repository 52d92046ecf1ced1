package match

// Entry is one entry of the base as the matcher sees it.
type Entry struct {
	ID   string
	Asks []string // phrasings of the question, all languages mixed
	Text string   // the answer, all languages: weak evidence
	// Outside marks an entry that shows what the base has no answer for: a text that ranks it first gets none.
	Outside bool
}

// none is no entry, or no phrasing.
const none = -1
