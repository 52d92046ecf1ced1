package match

import "slices"

const (
	followWords = 6   // a follow-up has at most so many words
	followTopic = 3   // words of the last entry that are added to it
	followShare = .25 // of its evidence that the follow-up itself must bring
	followSure  = .8  // a text this sure by itself is no follow-up
)

// MatchAfter is Match for a text that follows the answer of the entry last ("" if none): "how long?" after an answer about
// the nasal spray asks how long the spray takes.
func (m *Matcher) MatchAfter(text, last string) Result {
	q, stems := m.read(text)
	if e := m.owner(text); e != none {
		r, _ := m.ask(q)
		return m.told(e, r)
	}
	alone, _ := m.nearest(text, &q)
	before := slices.Index(m.ids, last)
	if last == "" || before < 0 || len(stems) == 0 || len(stems) > followWords || alone.Best[0].Confidence >= followSure {
		return alone
	}
	topic := m.terms.topic(int32(before), q.ids)
	if len(topic) == 0 {
		return alone
	}
	both := q
	both.ids = append(slices.Clone(q.ids), topic...)
	slices.Sort(both.ids)
	together, first := m.ask(both)
	// The words added speak for the last entry and its neighbours whatever the text says: the text must speak for them too.
	own, all := m.terms.speaksFor(first, q)
	if own < followShare*all || int(first) == before {
		return alone
	}
	if together.Best[0].Confidence <= alone.Best[0].Confidence {
		return alone
	}
	return together
}

// topic gives the words that mark an entry most, but those that are there already.
func (t *terms) topic(entry int32, but []int32) []int32 {
	type mark struct {
		id int32
		w  float32
	}
	var marks []mark
	seen := map[int32]bool{}
	for d := t.first[entry]; d < t.first[entry+1]; d++ {
		for _, f := range t.docs[d].ids {
			if t.block[f] != word || seen[f] || slices.Contains(but, f) {
				continue
			}
			seen[f] = true
			for _, p := range t.posts[f] {
				if p.entry == entry && p.n > 1 {
					marks = append(marks, mark{f, t.gain[f] * p.phi})
				}
			}
		}
	}
	slices.SortStableFunc(marks, func(a, b mark) int {
		switch {
		case a.w > b.w:
			return -1
		case a.w < b.w:
			return 1
		}
		return int(a.id - b.id)
	})
	var out []int32
	for _, k := range marks[:min(len(marks), followTopic)] {
		out = append(out, k.id)
	}
	return out
}

// speaksFor is the weight of a question's features that an entry has, and of all of them.
func (t *terms) speaksFor(entry int32, q question) (own, all float32) {
	all = q.unknown
	for _, f := range q.ids {
		if t.block[f] == answer {
			continue
		}
		all += t.gain[f]
		for _, p := range t.posts[f] {
			if p.entry == entry {
				own += t.gain[f]
			}
		}
	}
	return own, all
}
