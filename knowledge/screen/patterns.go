package screen

import "slices"

// patterns adds what the phrases name, hints aside, and returns whether the text has words that
// only look like an answer ("my dog stopped eating"). The first pattern of a kind in the text names
// it. A guard of danger, of a nurse's matter or of an opt-out counts in the same sentence only, so
// that a calm sentence never takes back a cry for help; the guards of all else count anywhere.
func (s *Screen) patterns(ws []word, found findings, v *Verdict) (veto bool) {
	s.raise.find(ws, func(h hit) {
		ru := &s.rules[h.owner]
		if ru.unless != nil && ru.unless.touches(ws, h, low(ru.kind)) {
			v.Resource = v.Resource || ru.topic
			return
		}
		switch {
		case ru.hint:
		case ru.kind == "resource":
			v.Resource = true
		case ru.kind == "other":
			veto = true
		default:
			found.add(ru.kind, ru.name)
			v.always = v.always || ru.always && (ru.kind == "crisis" || ru.kind == "emergency")
		}
	})
	return veto
}

// hitNames returns the names of the patterns found in the words, hints included. The classifier
// weighs them with everything else.
func (s *Screen) hitNames(ws []word) (names []string) {
	s.raise.find(ws, func(h hit) {
		ru := &s.rules[h.owner]
		if !slices.Contains(names, ru.name) &&
			(ru.unless == nil || !ru.unless.touches(ws, h, low(ru.kind))) {
			names = append(names, ru.name)
		}
	})
	return names
}
