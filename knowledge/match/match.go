// Package match finds the entry of a knowledge base that a patient's text asks for, and says how sure it is.
//
// It learns from the base alone when it is built: no network, nothing kept between runs. An encoder of
// meaning it can be lent.
package match

import "sync"

// Entry is one entry of the base as the matcher sees it.
type Entry struct {
	ID   string
	Asks []string // phrasings of the question, all languages mixed
	Text string   // the answer, all languages: weak evidence
	// Outside marks an entry that shows what the base has no answer for: a text that ranks it first gets none.
	Outside bool
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
	words   trust // for what is matched by words alone
	both    trust // for what is matched by meaning too
	scratch sync.Pool

	phrasings map[string]int32 // entry by phrasing; none where two entries claim it
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
	unlearnt.senses = newSenses(entries, m.lex, unlearnt, s)
	ls := unlearnt.lessons(m.lex, entries)
	m.terms = unlearnt.fresh()
	var wg sync.WaitGroup
	wg.Go(func() {
		m.terms.learn(ls, 0, 0)
		m.terms.opinion = newOpinion(m.terms, ls, 0, 0)
	})
	m.words, m.both = selfTest(unlearnt, ls, outside, s)
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

// none is no entry, or no phrasing.
const none = -1

const (
	most       = 5  // candidates given back
	tie        = .6 // from this share of the first's confidence on, the second is a near tie
	worthwhile = .1 // what a choice must at least be worth to be offered
)

// decide turns ranks into a result. What the first two or three are worth together is what the first would be worth if their shares were one:
// a near tie leaves each unsure and the pair sure.
func (t *trust) decide(top ranked, ids []string) Result {
	n := min(top.n, most)
	r := Result{Best: make([]Candidate, n)}
	var share, sure float64
	for i := range n {
		share += top.share[i]
		e := top.evidence
		e[ahead] = lead(share)
		together := t.confidence(e)
		r.Best[i] = Candidate{ids[top.entry[i]], together - sure}
		if i > 0 {
			r.Best[i].Confidence = min(r.Best[i].Confidence, r.Best[i-1].Confidence)
		}
		sure = together
	}
	r.Outcome, r.Choices = t.outcome(r.Best)
	return r
}

// outcome is one answer where it is sure and no other comes near it, choices where two or three are sure enough together.
func (t *trust) outcome(best []Candidate) (Outcome, int) {
	if len(best) == 0 {
		return None, 0
	}
	p := best[0].Confidence
	if p >= t.threshold && (len(best) == 1 || best[1].Confidence < tie*p) {
		return Answer, 0
	}
	for i, sum := 1, p; i < min(len(best), 3) && best[i].Confidence >= worthwhile; i++ {
		if sum += best[i].Confidence; sum >= t.threshold {
			return Choices, i + 1
		}
	}
	return None, 0
}
