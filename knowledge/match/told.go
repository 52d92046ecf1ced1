package match

import "slices"

// verbatim is how sure a text is that is a phrasing word for word.
const verbatim = .99

// phrasings tells which entry each phrasing belongs to, none if two claim it.
func phrasings(entries []Entry, lex *lexicon) map[string]int32 {
	out := map[string]int32{}
	for e := range entries {
		for _, a := range entries[e].Asks {
			f := lex.ask(a)
			if first, claimed := out[f]; claimed && first != int32(e) {
				out[f] = none
				continue
			}
			out[f] = int32(e)
		}
	}
	delete(out, "")
	return out
}

// owner is the entry that has the text among its phrasings, none if there is none or two.
func (m *Matcher) owner(text string) int32 {
	if e, ok := m.phrasings[m.lex.ask(text)]; ok {
		return e
	}
	return none
}

// told puts the entry first that a text is a phrasing of.
func (m *Matcher) told(e int32, r Result) Result {
	best := []Candidate{{m.ids[e], verbatim}}
	for _, c := range r.Best {
		if c.ID != m.ids[e] {
			c.Confidence = min(c.Confidence, 1-verbatim)
			best = append(best, c)
		}
	}
	return Result{Best: slices.Clip(best[:min(len(best), most)]), Outcome: Answer}
}
