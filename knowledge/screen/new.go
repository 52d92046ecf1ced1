package screen

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// New compiles rules into a Screen; the error names every fault. model is what Learn made of the
// texts, nil to read by rules alone; it is kept, not copied. embed may be nil too: English texts
// are then read without their meaning.
//
// The order matters: patterns give the vocabulary, from which the normaliser corrects spelling, and
// whole texts are normalised with it, so that they are compared with what a patient's text becomes.
func New(r Rules, model []byte, embed Embed) (*Screen, error) {
	lex := lexicon{}
	s := &Screen{
		always: map[string]bool{}, embed: embed, meant: r.Meant, lexicon: lex,
		exact: map[string][]keyword{}, raise: newIndex(lex), masks: newIndex(lex),
		replies: newIndex(lex),
	}
	vocab := map[string]bool{}
	faults := s.compile(r, vocab)
	for _, w := range r.Words.Known {
		vocab[w] = true
	}
	for _, out := range r.Words.Speak {
		for _, w := range strings.Fields(out) {
			vocab[w] = true
		}
	}
	s.norm = newNormaliser(r.Words, vocab, lex)
	for _, kind := range sortedKeys(r.Classes) {
		if kind == concernClass { // concern.go
			continue
		}
		faults = append(faults, s.keywords(kind, "exact", r.Classes[kind].Exact)...)
		for _, p := range r.Classes[kind].Patterns {
			faults = append(faults, s.keywords(kind, p.Name, p.Exact)...)
		}
	}
	s.feats, s.sights = newFeaturer(r.Words.Concepts), &sights{}
	faults = append(faults, s.offer.compile(r, s.norm)...)
	faults = append(faults, s.bare.compile(r, s.norm)...)
	faults = append(faults, s.concern.compile(r, s.norm)...)
	if model != nil {
		var err error
		if s.learnt, err = openLearnt(model); err != nil {
			faults = append(faults, err)
		} else {
			s.about = s.learnt.abouts(r.Meant)
		}
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return s, nil
}

// keywords notes whole texts of a kind, and the name of the rule that they are of.
func (s *Screen) keywords(kind, name string, texts []string) (faults []error) {
	for _, e := range texts {
		key := joined(s.norm.words(nil, e))
		if key == "" {
			faults = append(faults, fmt.Errorf("%s: exact %q has no word in it", kind, e))
		}
		s.exact[key] = append(s.exact[key], keyword{kind, kind + "/" + name})
	}
	return faults
}

// compile turns the patterns into indexes and collects their words in vocab. The class concern is
// left to concern.go. A class that is no kind is a fault: its rules would never do anything.
func (s *Screen) compile(r Rules, vocab map[string]bool) (faults []error) {
	names := map[string]bool{}
	for _, kind := range sortedKeys(r.Classes) {
		if kind == concernClass { // concern.go
			continue
		}
		reply := slices.Contains(rideClasses[:], kind)
		if !reply && !slices.Contains(ranks[:], kind) && !slices.Contains(silent[:], kind) {
			all := slices.Concat(ranks[:], silent[:], rideClasses[:], []string{concernClass})
			faults = append(faults, fmt.Errorf("class %q is unknown; it must be one of %s", kind,
				strings.Join(all, ", ")))
			continue
		}
		vocab := vocab
		if reply {
			vocab = map[string]bool{} // what is read now and then teaches no spelling
		}
		for _, p := range r.Classes[kind].Patterns {
			id := kind + "/" + p.Name
			if p.Name == "" || names[id] || len(p.Any) == 0 {
				faults = append(faults,
					fmt.Errorf("pattern %s needs a name of its own and phrases", id))
			}
			names[id] = true
			if onlyTells(p) { // concern.go
				continue
			}
			ru := compiled{kind: kind, name: id, key: key("r", id, ""), topic: p.Topic, hint: p.Hint, always: p.Always}
			into := s.raise
			switch {
			case kind == "mask":
				into = s.masks
			case reply:
				into = s.replies
			}
			faults = append(faults, addAll(into, p.Any, len(s.rules), r.Words.Lists, vocab, id)...)
			if len(p.Unless) > 0 {
				ru.unless = newIndex(s.lexicon)
				faults = append(faults, addAll(ru.unless, p.Unless, 0, r.Words.Lists, vocab, id)...)
			}
			s.rules = append(s.rules, ru)
			s.always[id] = p.Always
		}
	}
	return faults
}

// silent are the classes of the files that never become a kind: "mask" hides idioms, "resource"
// adds the line with 988, "other" takes back what only looks like an answer.
var silent = [...]string{"mask", "resource", "other"}
