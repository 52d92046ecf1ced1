package match

import (
	"cmp"
	"slices"
)

// Explanation is a result with what led to it.
type Explanation struct {
	Result
	Weights []Weight // what counted for Best[0], strongest first
}

// Weight is a feature of a text, a word or a run of characters, with what it counted for in the
// score of the entry: above 0 for it, below against.
type Weight struct {
	Feature string
	Weight  float64
}

// Explain reports what counted for the entry that ranks first. Features are stems, runs of letters
// in quotes, words of the answer's text after "answer:", word families after "family:", and
// "meaning" for what the text means.
func (m *Matcher) Explain(text string) Explanation {
	f := m.lex.ask(text)
	stems := m.lex.read(f, true)
	q := m.terms.look(f, stems)
	r, first := m.nearest(text, &q)
	e := Explanation{Result: r}
	if first == none {
		return e
	}
	// A feature is only known by its hash, so the text's own are hashed again to name them.
	names := map[int32]string{}
	note := func(block int, s, name string) {
		if id, ok := m.terms.ids[hash(seed(block), s)]; ok {
			names[id] = name
		}
	}
	for _, w := range stems {
		note(word, w, w)
		for _, k := range m.terms.kins[w] {
			note(kin, k.name, "family:"+k.name)
		}
		note(answer, w, "answer:"+w)
	}
	padded := " " + f + " "
	for i := 0; i+3 <= len(padded); i++ {
		note(gram3, padded[i:i+3], "'"+padded[i:i+3]+"'")
		if i+4 <= len(padded) {
			note(gram4, padded[i:i+4], "'"+padded[i:i+4]+"'")
		}
	}
	// A feature may be counted more than once.
	counted := map[string]float32{}
	x := m.terms.unit(q.ids, nil)
	for i, id := range q.ids {
		w := [1]float32{}
		m.terms.opinion.add(q.ids[i:i+1], x[i:i+1], []int32{first}, w[:])
		counted[names[id]] += w[0] * opinionShare / temperature
		for _, p := range m.terms.posts[id] {
			if p.entry == first {
				counted[names[id]] += m.terms.gain[id] * p.phi
			}
		}
	}
	if q.vector != nil {
		counted["meaning"] = m.terms.senses.says(q.vector, first, len(m.ids))
	}
	for name, w := range counted {
		if w != 0 {
			e.Weights = append(e.Weights, Weight{name, float64(w)})
		}
	}
	slices.SortStableFunc(e.Weights, func(a, b Weight) int {
		return cmp.Or(-cmp.Compare(abs(a.Weight), abs(b.Weight)), cmp.Compare(a.Feature, b.Feature))
	})
	e.Weights = e.Weights[:min(len(e.Weights), explained)]
	return e
}

// explained is the number of weights in an explanation.
const explained = 20

func abs(x float64) float64 { return max(x, -x) }
