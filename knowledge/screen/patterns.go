package screen

import "slices"

// raised is a phrase found in a text: its pattern, and whether a guard takes it back.
type raised struct {
	*compiled
	guarded bool
}

// raises returns what the phrases find in the words, in the order of the text. A guard of danger,
// of a nurse's matter or of an opt-out counts in the same sentence only, so that a calm sentence
// never takes back a cry for help; the guards of all else count anywhere.
func (s *Screen) raises(ws []word) []raised { return s.raisesIn(nil, ws) }

// raisesIn is raises in the room of a slice.
func (s *Screen) raisesIn(out []raised, ws []word) []raised {
	s.raise.find(ws, func(h hit) {
		ru := &s.rules[h.owner]
		guarded := ru.unless != nil && ru.unless.touches(ws, h, low(ru.kind))
		out = append(out, raised{ru, guarded})
	})
	return out
}

// patterns adds what the phrases name, hints aside, and returns whether the text has words that
// only look like an answer ("my dog stopped eating"). The first pattern of a kind in the text names
// it.
func patterns(all []raised, v *Verdict) (veto bool) {
	for _, ru := range all {
		switch {
		case ru.guarded:
			v.Resource = v.Resource || ru.topic
		case ru.hint:
		case ru.kind == "resource":
			v.Resource = true
		case ru.kind == "other":
			veto = true
		default:
			v.found.add(ru.kind, ru.name)
			v.always = v.always || ru.always && (ru.kind == "crisis" || ru.kind == "emergency")
		}
	}
	return veto
}

// hits returns the patterns found, hints included, each once. The classifier weighs them with
// everything else.
func hits(all []raised) []*compiled { return hitsIn(nil, all) }

// hitsIn is hits in the room of a slice.
func hitsIn(out []*compiled, all []raised) []*compiled {
	for _, ru := range all {
		if !ru.guarded && !slices.Contains(out, ru.compiled) {
			out = append(out, ru.compiled)
		}
	}
	return out
}

// has tells whether a pattern is among those found.
func (sc *scores) has(name string) bool {
	return slices.ContainsFunc(sc.hits, func(c *compiled) bool { return c.name == name })
}
