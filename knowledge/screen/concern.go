package screen

import (
	"fmt"
	"slices"
)

// Whom a text in danger is about when it isn't the writer alone.
const (
	AboutOther = "other" // a relative or friend
	AboutNow   = "now"   // an overdose taken, violence, a weapon in hand: 911 comes first
)

// concernClass is the class of rules for texts that may be more than they seem.
const concernClass = classConcern

// aside is a pattern that raises no kind.
type aside struct {
	about  string
	unless *index
}

// onlyTells reports whether a pattern only says whom a danger is about, and raises and teaches
// nothing.
func onlyTells(p Pattern) bool { return p.About != "" && p.Hint }

// concernReader holds the rules for the second grade of danger, and those that say whom the first
// grade is about. They raise no kind and teach neither the classifier nor the speller, so they are
// kept apart.
type concernReader struct {
	lex    lexicon
	exact  map[string]bool
	watch  *index // owner: a rule
	abouts *index // owner: a rule
	rules  []aside
}

// compile reads the class concern, and the patterns of danger that say whom it is about.
func (c *concernReader) compile(r Rules, norm *normaliser) (faults []error) {
	c.lex, c.exact = norm.lexicon, map[string]bool{}
	c.watch, c.abouts = newIndex(c.lex), newIndex(c.lex)
	names := map[string]bool{}
	for _, p := range r.Classes[concernClass].Patterns {
		id := concernClass + "/" + p.Name
		if p.Name == "" || names[id] || len(p.Any) == 0 {
			faults = append(faults, fmt.Errorf("pattern %s needs a name of its own and phrases",
				id))
		}
		names[id] = true
		faults = append(faults, c.add(c.watch, id, p, r)...)
	}
	for _, e := range r.Classes[concernClass].Exact {
		key := joined(norm.words(nil, e))
		if key == "" {
			faults = append(faults, fmt.Errorf("%s: exact %q has no word in it", concernClass, e))
		}
		c.exact[key] = true
	}
	for _, kind := range sortedKeys(r.Classes) {
		for _, p := range r.Classes[kind].Patterns {
			id := kind + "/" + p.Name
			switch {
			case p.About == "":
			case kind != "crisis" && kind != "emergency":
				faults = append(faults,
					fmt.Errorf("%s: about: only a pattern of crisis or emergency says "+
						"of whom it is", id))
			case p.About != AboutOther && p.About != AboutNow:
				faults = append(faults,
					fmt.Errorf("%s: about: %q is unknown; it must be other or now", id, p.About))
			default:
				faults = append(faults, c.add(c.abouts, id, p, r)...)
			}
		}
	}
	return faults
}

// add files a pattern. Its words join no vocabulary.
func (c *concernReader) add(into *index, id string, p Pattern, r Rules) (faults []error) {
	t := aside{about: p.About}
	faults = addAll(into, p.Any, len(c.rules), r.Words.Lists, map[string]bool{}, id)
	if len(p.Unless) > 0 {
		t.unless = newIndex(c.lex)
		faults = append(faults, addAll(t.unless, p.Unless, 0, r.Words.Lists, map[string]bool{},
			id)...)
	}
	c.rules = append(c.rules, t)
	return faults
}

// tell completes a verdict: a danger gets whom it is about, any other text whether it is a concern.
// A danger "now" comes before one of another's, because the words with 911 come first then.
func (c *concernReader) tell(ws []word, whole string, v *Verdict) {
	if !v.found.danger() {
		v.Concern = v.Concern || c.exact[whole] || len(c.says(c.watch, ws)) > 0
		return
	}
	v.Concern = false
	switch found := c.says(c.abouts, ws); {
	case slices.Contains(found, AboutNow):
		v.About = AboutNow
	case slices.Contains(found, AboutOther):
		v.About = AboutOther
	}
}

// says returns what the patterns found in the words say, once a hit, without those that a guard
// takes back.
func (c *concernReader) says(x *index, ws []word) (abouts []string) {
	x.find(ws, func(h hit) {
		// Who speaks of himself anywhere in a text is told what is for himself.
		if t := &c.rules[h.owner]; t.unless == nil ||
			!t.unless.touches(ws, h, t.about == AboutOther) {
			abouts = append(abouts, t.about)
		}
	})
	return abouts
}
