package screen

import "strings"

// Text is a text to learn from: a line of the corpus, or a phrasing of an entry. It is learnt from
// after clean has read it, as a patient's text is.
type Text struct {
	// Class is a kind, ClassEntry and an id, "outside", "chat", "concern", or "calm": harmless,
	// whatever it asks.
	Class   string
	Also    []string
	Lang    string // "en" or "es"
	Text    string
	Writer  string // named writers are held out in turn; "" is always learnt from
	Other   bool   // of a crisis: a relative or friend writes
	Curated bool   // a phrasing of an entry
	Hard    bool   // made to trip: written far more often than anybody texts so
}

// grave tells whether a harmless text must not be taken for the class.
func grave(class string) bool {
	return class == "crisis" || class == "emergency" || class == "clinical" || class == classConcern
}

// neighbourly classes have neighbours: the entries, and questions that none of them answers.
func neighbourly(class string) bool {
	return strings.HasPrefix(class, ClassEntry) || class == ClassOutside
}
