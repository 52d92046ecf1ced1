// Package match finds the entry of a knowledge base that a patient's text asks for, and says how sure it is.
//
// It learns from the base alone when it is built: no network, nothing kept between runs. An encoder of
// meaning it can be lent.
package match

import (
	"slices"
	"sync"
)

// Matcher answers which entry a text asks for. It is safe for concurrent use.
type Matcher struct {
	ids     []string
	lex     *lexicon
	terms   *terms
	words   trust // for what is matched by words alone
	both    trust // for what is matched by meaning too
	scratch sync.Pool

	phrasings map[string]int32 // entry by phrasing; none where two entries claim it
}

// Settings say what the texts to come are expected to be like.
type Settings struct {
	Outside float64 // share of questions expected from outside the base; 0 means .3
	Wrong   float64 // share of wrong answers tolerated among the answers given; 0 means .05

	// Embed gives what an English text means as a vector of length 1; nil is to match by words alone.
	// Several goroutines call it at once: for the phrasings when the matcher is built, later for texts
	// that the words don't settle.
	Embed func(text string) []float32
	// Embedded is how many phrasings are embedded at most when the matcher is built; 0 means 2,400.
	// Who has their vectors at hand can afford more.
	Embedded int
	// Before is a matcher built with the same Embed, or nil: what it has embedded isn't embedded again.
	Before *Matcher
}

// Build trains a matcher on the entries and calibrates it by hiding parts of the base from itself.
func Build(entries []Entry, s Settings) *Matcher {
	if s.Outside <= 0 || s.Outside >= 1 {
		s.Outside = .3
	}
	if s.Wrong <= 0 || s.Wrong >= 1 {
		s.Wrong = .05
	}
	m := &Matcher{lex: newLexicon(entries)}
	var outside []bool
	for _, e := range entries {
		m.ids = append(m.ids, e.ID)
		outside = append(outside, e.Outside)
	}
	unlearnt := newTerms(entries, m.lex)
	var known map[string][]float32
	if s.Before != nil && s.Before.terms.senses != nil {
		known = s.Before.terms.senses.known
	}
	unlearnt.senses = newSenses(entries, m.lex, unlearnt, s.Embed, s.Embedded, known)
	ls := unlearnt.lessons(m.lex, entries)
	m.terms = unlearnt.fresh()
	var wg sync.WaitGroup
	wg.Go(func() {
		m.terms.learn(ls, 0, 0)
		m.terms.opinion = newOpinion(m.terms, ls, 0, 0)
	})
	m.words, m.both = selfTest(unlearnt, ls, outside, shares{outside: s.Outside, wrong: s.Wrong})
	wg.Wait()
	m.terms.gate = newGate(m.terms, ls, outside, func(*lesson) bool { return true })
	m.phrasings = phrasings(entries, m.lex)
	m.scratch.New = func() any { return newScratch(m.terms) }
	return m
}

// Match finds the entries that text most likely asks for. A text that is one of the phrasings word for word asks for its entry: what staff have
// taught holds from then on.
func (m *Matcher) Match(text string) Result {
	q, _ := m.read(text)
	if e := m.owner(text); e != none {
		r, _ := m.ask(q)
		return m.told(e, r)
	}
	r, _ := m.nearest(text, &q)
	return r
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

// verbatim is how sure a text is that is a phrasing word for word.
const verbatim = .99

// read reads a text in the words of the base.
func (m *Matcher) read(text string) (question, []string) {
	f := m.lex.ask(text)
	stems := m.lex.read(f, true)
	return m.terms.look(f, stems), stems
}

// nearest asks the words of a question, and where they aren't sure what it means too.
func (m *Matcher) nearest(text string, q *question) (Result, int32) {
	r, first := m.ask(*q)
	if m.terms.senses == nil || first == none || r.Best[0].Confidence >= wordsSure {
		return r, first
	}
	if q.vector = m.terms.senses.vector(m.lex.meant(text)); q.vector == nil {
		return r, first
	}
	return m.ask(*q)
}

// ask scores a question and decides; it also gives the entry of the first rank, -1 if the base has none.
func (m *Matcher) ask(q question) (Result, int32) {
	s := m.scratch.Get().(*scratch)
	defer m.scratch.Put(s)
	m.terms.score(q.ids, s.z)
	top := m.terms.rank(q, s, none)
	if top.n == 0 {
		return Result{}, none
	}
	trust := &m.words
	if q.vector != nil {
		trust = &m.both
	}
	return trust.decide(top, m.ids), top.entry[0]
}
