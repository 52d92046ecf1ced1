package settings

import (
	"strings"
	"unicode/utf8"
)

// Texts sets how unasked texts are worded, whatever they say.
type Texts struct {
	// From is who writes, at the beginning of every text; left out: the clinic's name; "": nobody.
	// source: 47 CFR 64.1200(a)(9)(iv)(B), which asks for the name and a way to reach it.
	From *string `yaml:"from"`
}

// From returns how the clinic names itself in unasked texts; "" if it doesn't. Discreet texts
// (BASIC) leave it out.
func (c *Clinic) From() string {
	if c.Texts.From != nil {
		return *c.Texts.From
	}
	return c.Name
}

// mostFrom is the longest name that leaves room for what the text is about.
const mostFrom = 40

// printed are signs of print that aren't in GSM-7, the alphabet of a text.
const printed = "“”„–—…•"

// checkTexts refuses a name that would say what is treated, or leave no room.
func (c *Clinic) checkTexts(fault report) {
	path := []string{"name"}
	if c.Texts.From != nil {
		path = []string{"texts", "from"}
	}
	from := c.From()
	if word := c.Indiscreet(from); word != "" {
		fault(path, "texts.from: %q would begin every text, and holds %q of never_unasked: "+
			"set texts.from to a name that doesn't say what is treated, or to \"\" for none",
			from, word)
	}
	if n := utf8.RuneCountInString(from); n > mostFrom {
		fault(path, "texts.from: %q has %d letters, %d at most: set it to a shorter name", from, n,
			mostFrom)
	}
	if i := strings.IndexAny(from, printed); i >= 0 {
		fault(path, "texts.from: %q holds a sign that makes each text cost twice as much: write it "+
			"without %s", from, string([]rune(from[i:])[:1]))
	}
}
