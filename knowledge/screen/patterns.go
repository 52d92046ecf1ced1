package screen

import "slices"

// patterns raises what the phrases name. It tells whether the text carries
// words that only look like an answer ("my dog stopped eating").
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

// hits names the patterns found in the words, those that hint included: what
// the classifier weighs with all else.
func (s *Screen) hits(ws []word) (names []string) {
	s.raise.find(ws, func(h hit) {
		ru := &s.rules[h.owner]
		if !slices.Contains(names, ru.name) && (ru.unless == nil || !ru.unless.touches(ws, h, low(ru.kind))) {
			names = append(names, ru.name)
		}
	})
	return names
}
