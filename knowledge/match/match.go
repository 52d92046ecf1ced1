package match

import (
	"slices"
	"sync"
)

// Matcher finds the entry that a text asks for. It is safe for concurrent use, and never changes:
// to teach it something, build another.
type Matcher struct {
	ids     []string
	lex     *lexicon
	terms   *terms
	words   trust // for what is matched by words alone
	both    trust // for what is matched by meaning too
	scratch sync.Pool

	phrasings map[string]int32 // entry by phrasing; none where two entries claim it
}

// Settings describe the texts to expect. The zero value is ready to use. Outside and Wrong come
// from matching in clinic.yaml.
type Settings struct {
	Outside float64 // share of questions expected from outside the base; 0 means .3
	Wrong   float64 // share of wrong answers tolerated among the answers given; 0 means .05

	// Embed returns what an English text means as a vector of length 1; nil matches by words alone.
	// It is called from several goroutines at once: for the phrasings while the matcher is built,
	// later for texts that the words don't settle.
	Embed func(text string) []float32
	// Embedded bounds how many phrasings are embedded while the matcher is built; 0 means 2,400.
	// Callers with precomputed vectors can afford more.
	Embedded int
	// Before is an earlier matcher built with the same Embed, or nil. What it has embedded isn't
	// embedded again.
	Before *Matcher
}

// Build trains a matcher on the entries and calibrates it by hiding parts of the base from itself.
// It uses several goroutines and takes seconds; the same entries and settings give the same
// matcher, if Embed gives the same vectors. Any entries will do: without phrasings there is just
// nothing to find.
func Build(entries []Entry, s Settings) *Matcher {
	// Shares that can't be meant are taken for left out: a slip in clinic.yaml must not silence the
	// bot.
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
	// The self-test starts from the same unlearnt index as the matcher, so both run at once.
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

// Match ranks the entries that a text most likely asks for. A text that repeats a phrasing word for
// word asks for its entry, so what staff have taught takes effect at once. Any text will do; what
// is longer than maxText is cut.
func (m *Matcher) Match(text string) Result {
	q, _ := m.read(text)
	if e := m.owner(text); e != none {
		r, _ := m.ask(q)
		return m.told(e, r)
	}
	r, _ := m.nearest(text, &q)
	return r
}

// Nearest is Match without regard to whether the text is a phrasing of the base, for whoever asks what
// would become of texts that only resemble it.
func (m *Matcher) Nearest(text string) Result {
	q, _ := m.read(text)
	r, _ := m.nearest(text, &q)
	return r
}

// owner returns the entry that has the text among its phrasings, none if no entry or more than one
// has. Courtesies, case and punctuation don't count.
func (m *Matcher) owner(text string) int32 {
	if e, ok := m.phrasings[m.lex.ask(text)]; ok {
		return e
	}
	return none
}

// told puts the entry first that the text is a phrasing of.
func (m *Matcher) told(e int32, r Result) Result {
	best := []Candidate{{ID: m.ids[e], Confidence: verbatim}}
	for _, c := range r.Best {
		if c.ID != m.ids[e] {
			c.Confidence = min(c.Confidence, 1-verbatim)
			best = append(best, c)
		}
	}
	return Result{Best: slices.Clip(best[:min(len(best), most)]), Outcome: Answer}
}

// phrasings maps each phrasing to its entry, or to none if two entries claim it: then it proves
// nothing for either.
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

// verbatim is the confidence in the entry of a text that repeats a phrasing word for word.
const verbatim = .99

// read turns a text into features of the base and returns its stems too.
func (m *Matcher) read(text string) (question, []string) {
	f := m.lex.ask(text)
	stems := m.lex.read(f, true)
	return m.terms.look(f, stems), stems
}

// nearest ranks by words and, if they aren't sure, by meaning too: embedding a text takes
// milliseconds, its words microseconds. It also returns the entry of the first rank, or none.
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

// ask scores a question and decides. It also returns the entry of the first rank, or none.
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
