package screen

import "strings"

// Text is a text to learn from.
type Text struct {
	Class   string // a kind, ClassEntry and an id, "outside", "chat", "concern", or "calm": harmless, whatever it asks
	Also    []string
	Lang    string // "en" or "es"
	Text    string
	Writer  string // "" for texts that are always learnt from; writers with a name are held out in turn
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
