// Package match finds the entry of a knowledge base that a patient's text asks for, and says how sure it is.
//
// It learns from the base alone when it is built: no model files, no network, nothing kept between runs.
package match

import "sync"

// Entry is one entry of the base as the matcher sees it.
type Entry struct {
	ID   string
	Asks []string // phrasings of the question, all languages mixed
	Text string   // the answer, all languages: weak evidence
}

// Settings say what the texts to come are expected to be like.
type Settings struct {
	Outside float64 // share of questions expected from outside the base; 0 means .3
	Wrong   float64 // share of wrong answers tolerated among the answers given; 0 means .05
}

// Outcome says what to do with a text.
type Outcome int

// The three outcomes.
const (
	None    Outcome = iota // nothing is sure enough: a person
	Choices                // two or three near ties, each worth offering: Best[:Choices]
	Answer                 // Best[0] is sure
)

// Candidate is an entry and how likely it is the right one.
type Candidate struct {
	ID         string
	Confidence float64 // calibrated probability that this entry is right, 0..1
}

// Result is what the matcher makes of a text.
type Result struct {
	Best    []Candidate // best first, at most five; Best[0] is the first rank whatever its confidence
	Outcome Outcome
	Choices int // how many of Best to offer when Outcome is Choices
}

// Weight is a word or a run of characters and what it counted for.
type Weight struct {
	Feature string
	Weight  float64
}

// Explanation is why a text was matched as it was.
type Explanation struct {
	Result
	Weights []Weight // what counted for Best[0], strongest first
}

// Matcher answers which entry a text asks for. It is safe for concurrent use.
type Matcher struct {
	ids     []string
	lex     *lexicon
	terms   *terms
	trust   trust
	scratch sync.Pool
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
	for _, e := range entries {
		m.ids = append(m.ids, e.ID)
	}
	unlearnt := newTerms(entries, m.lex)
	ls := unlearnt.lessons(m.lex, entries)
	m.terms = unlearnt.fresh()
	var wg sync.WaitGroup
	wg.Go(func() {
		m.terms.learn(ls, 0, 0)
		m.terms.opinion = newOpinion(m.terms, ls, 0, 0)
	})
	m.trust = selfTest(unlearnt, ls, s)
	wg.Wait()
	m.scratch.New = func() any { return newScratch(m.terms) }
	return m
}

// Match finds the entries that text most likely asks for.
func (m *Matcher) Match(text string) Result {
	f := fold(text)
	r, _ := m.ask(m.terms.look(f, m.lex.read(f, true)))
	return r
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
	return m.decide(top, m.trust.confidence(top.evidence)), top.entry[0]
}

// none is no entry, or no phrasing.
const none = -1

const (
	most       = 5   // candidates given back
	worthwhile = .1  // what a choice must at least be worth to be offered
	offer      = .45 // what the choices must be worth together
)

// decide turns ranks and the first one's confidence p into a result.
func (m *Matcher) decide(top ranked, p float64) Result {
	n := min(top.n, most)
	r := Result{Best: make([]Candidate, n)}
	// What the first leaves over is shared out among the others as their scores stand, less what falls to questions from outside.
	rest := (1 - p) * m.trust.second / max(1e-9, 1-top.share[0])
	for i := range n {
		c := p
		if i > 0 {
			c = min(p, top.share[i]*rest)
		}
		r.Best[i] = Candidate{m.ids[top.entry[i]], c}
	}
	if p >= m.trust.threshold {
		r.Outcome = Answer
		return r
	}
	sum := p
	for i := 1; i < min(n, 3) && r.Best[i].Confidence >= worthwhile; i++ {
		sum += r.Best[i].Confidence
		if sum >= offer {
			r.Outcome, r.Choices = Choices, i+1
			break
		}
	}
	return r
}
