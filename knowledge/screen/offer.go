package screen

import "fmt"

// The answers to an offer of a free slot.
const (
	Take  = "take"
	Leave = "leave"
	// Perhaps is a small word that may be a yes to whatever was asked last: it is asked back.
	Perhaps = "perhaps"
)

// has tells whether a phrase of an index stands in the words.
func has(x *index, ws []word) (yes bool) {
	x.find(ws, func(hit) { yes = true })
	return yes
}

// offerReader knows the answers to an offer of a free slot. A yes takes the place of a visit, so
// only what can mean nothing else counts; anything else is asked back.
type offerReader struct {
	exact  map[string]string // text → answer
	any    map[string]*index
	unless map[string]*index
}

// compile reads the rules. Their words join no vocabulary: an answer with other letters is asked
// back.
func (o *offerReader) compile(r Rules, norm *normaliser) (faults []error) {
	o.exact, o.any, o.unless = map[string]string{}, map[string]*index{}, map[string]*index{}
	for _, answer := range sortedKeys(r.Offer) {
		if answer != Take && answer != Leave && answer != Perhaps {
			faults = append(faults,
				fmt.Errorf("offer: %q is unknown; it must be take, leave or perhaps", answer))
			continue
		}
		a := r.Offer[answer]
		o.any[answer], o.unless[answer] = newIndex(norm.lexicon), newIndex(norm.lexicon)
		faults = append(faults, addAll(o.any[answer], a.Any, 0, r.Words.Lists, map[string]bool{},
			"offer/"+answer)...)
		faults = append(faults, addAll(o.unless[answer], a.Unless, 0, r.Words.Lists,
			map[string]bool{}, "offer/"+answer)...)
		for _, e := range a.Exact {
			key := joined(norm.words(nil, e))
			if was := o.exact[key]; key == "" || was != "" && was != answer {
				faults = append(faults,
					fmt.Errorf("offer: %s: exact %q has no word in it, or stands under both",
						answer, e))
			}
			o.exact[key] = answer
		}
	}
	return faults
}

// read returns what a text answers, "" unless it is plainly one answer and not the other. A whole
// text is what it says; a phrase counts unless something takes it back ("yes but not that day").
func (o *offerReader) read(ws []word, whole string) (answer string) {
	if a := o.exact[whole]; a != "" {
		return a
	}
	for _, one := range [...]string{Take, Leave} {
		any := o.any[one]
		if any == nil || !has(any, ws) || has(o.unless[one], ws) {
			continue
		}
		// Both answers in one text are none.
		if answer != "" {
			return ""
		}
		answer = one
	}
	return answer
}
