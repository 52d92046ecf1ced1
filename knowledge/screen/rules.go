package screen

import (
	"errors"
	"fmt"
	"slices"
	"sort"
)

// Rules is the content of the files in knowledge/screen. A file holds one or a few classes; Merge
// combines the files.
type Rules struct {
	// Classes holds, by kind, what raises it. Besides the kinds of a Verdict
	// there are four that never come out: "mask" (idioms, taken out of the
	// text before anything else looks at it), "resource" (answer normally, add
	// the line with 988), "concern" (what may be more than it seems: exact and
	// patterns alone) and "other" (examples of what is none of this).
	Classes map[string]Class `yaml:"classes"`
	Words   Words            `yaml:"words"`
	// Offer holds, under "take" and "leave", the answers to an offer of a free slot. They are read
	// only while an offer is open.
	Offer map[string]Answer `yaml:"offer"`
	// Meant maps an entry to the act that it is about: a text that asks for the entry but isn't a
	// question means the act.
	Meant map[string]string `yaml:"meant"`
	// Bare holds, under "yes" and "no" and by language, the texts that are nothing but that.
	Bare map[string]map[string][]string `yaml:"bare"`
}

// Answer is everything that gives one answer to an offer: take, leave or perhaps.
type Answer struct {
	// Exact holds whole texts, Any phrases that may stand anywhere, Unless what takes one back.
	Exact  []string `yaml:"exact"`
	Any    []string `yaml:"any"`
	Unless []string `yaml:"unless"`
}

// Class is everything that raises one kind. A reviewer finds all of it in one file.
type Class struct {
	// Exact holds whole texts, compared after normalisation.
	Exact []string `yaml:"exact"`
	// Patterns raise the kind wherever they stand in the text.
	Patterns []Pattern `yaml:"patterns"`
}

// Pattern is a named list of phrases with the phrases that take it back.
type Pattern struct {
	Name string   `yaml:"name"`
	Any  []string `yaml:"any"`
	// Exact holds whole texts that mean what the pattern does, compared after normalisation.
	Exact []string `yaml:"exact" json:",omitempty"`
	// Unless takes a match back when it stands in the same sentence.
	Unless []string `yaml:"unless"`
	// Hint says that a match is not enough by itself: the classifier weighs it
	// with all else that the text says.
	Hint bool `yaml:"hint"`
	// Always says that a match needs no other evidence: a figure, or words that can mean nothing
	// else.
	Always bool `yaml:"always"`
	// Topic also asks for the line with 988 when Unless took a match back, or,
	// in a mask, when it hides something.
	Topic bool `yaml:"topic"`
	// About says whom the crisis or emergency is about: "other" is a relative or friend, "now" a
	// danger in which 911 comes first. With Hint the pattern does nothing else.
	About string `yaml:"about"`
}

// Words says how patients' spelling becomes words.
type Words struct {
	// Speak turns text-speak, slang and common misspellings into words.
	Speak map[string]string `yaml:"speak"`
	// Emoji turns a picture into a word.
	Emoji map[string]string `yaml:"emoji"`
	// Guarded words are found again when misspelt, censored or spaced out.
	Guarded []string `yaml:"guarded"`
	// Lists are named groups of words for use in phrases as <name>.
	Lists map[string][]string `yaml:"lists"`
	// Concepts are groups of words that mean much the same to the classifier:
	// what it learns of one medicine holds for all. word or stem*.
	Concepts map[string][]string `yaml:"concepts"`
	// Known words are never taken for a misspelling of a guarded one.
	Known []string `yaml:"known"`
}

// Taught returns the rules as far as a model is learnt from them: of a whole text its class counts,
// not which pattern of the class it means.
func (r Rules) Taught() Rules {
	classes := map[string]Class{}
	for kind, c := range r.Classes {
		c.Patterns = slices.Clone(c.Patterns)
		for i, p := range c.Patterns {
			c.Exact = slices.Concat(p.Exact, c.Exact)
			c.Patterns[i].Exact = nil
		}
		classes[kind] = c
	}
	r.Classes = classes
	return r
}

// Merge combines the rules of several files. A class that stands in two files is a fault: a
// reviewer must find all of it in one place. The same holds for words, offers, meant and bare.
func Merge(parts ...Rules) (Rules, error) {
	out := Rules{Classes: map[string]Class{}}
	var faults []error
	words := 0
	for _, p := range parts {
		for _, kind := range sortedKeys(p.Classes) {
			if _, twice := out.Classes[kind]; twice {
				faults = append(faults, fmt.Errorf("class %q stands in two files", kind))
			}
			out.Classes[kind] = p.Classes[kind]
		}
		// Words stand in one file as a whole.
		if len(p.Words.Speak)+len(p.Words.Lists)+len(p.Words.Guarded) > 0 {
			words++
			out.Words = p.Words
		}
		if len(p.Offer) > 0 {
			if out.Offer != nil {
				faults = append(faults, errors.New("offer stands in two files"))
			}
			out.Offer = p.Offer
		}
		if len(p.Meant) > 0 {
			if out.Meant != nil {
				faults = append(faults, errors.New("meant stands in two files"))
			}
			out.Meant = p.Meant
		}
		if len(p.Bare) > 0 {
			if out.Bare != nil {
				faults = append(faults, errors.New("bare stands in two files"))
			}
			out.Bare = p.Bare
		}
	}
	if words > 1 {
		faults = append(faults, errors.New("words stand in two files"))
	}
	return out, errors.Join(faults...)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
