package match

import "math"

// Outcome says what to do with a text.
type Outcome int

// The three outcomes.
const (
	None    Outcome = iota // nothing is sure enough: a person
	Choices                // two or three near ties, each worth offering: Best[:Choices]
	Answer                 // Best[0] is sure
)

// Result is what the matcher makes of a text. Entries marked as outside are among the candidates;
// what to do about them is the caller's.
type Result struct {
	Best    []Candidate // best first, at most five, whatever their confidence
	Outcome Outcome
	Choices int // how many of Best to offer when Outcome is Choices
}

// Candidate is an entry with the probability that it is the right one.
type Candidate struct {
	ID         string
	Confidence float64 // calibrated probability that this entry is right, 0..1
}

// trust turns evidence into a probability, and sets the one above which an answer is given. Both
// come of the self-test.
type trust struct {
	weights   evidence
	threshold float64
}

// decide turns ranks into a result. Two or three entries together are worth what the first would be
// worth with their added shares: a near tie leaves each unsure and the pair sure.
func (t *trust) decide(top ranked, ids []string) Result {
	n := min(top.n, most)
	r := Result{Best: make([]Candidate, n)}
	var share, sure float64
	for i := range n {
		share += top.share[i]
		e := top.evidence
		// As if the first i+1 entries were one.
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

const (
	most       = 5  // candidates given back
	tie        = .6 // from this share of the first's confidence on, the second is a near tie
	worthwhile = .1 // what a choice must at least be worth to be offered
)

// outcome is an answer if the first entry is sure and no other comes near it, and choices if two or
// three are sure enough together. A near tie is never answered, however sure its first: the patient
// picks.
func (t *trust) outcome(best []Candidate) (Outcome, int) {
	if len(best) == 0 {
		return None, 0
	}
	p := best[0].Confidence
	if p >= t.threshold && (len(best) == 1 || best[1].Confidence < tie*p) {
		return Answer, 0
	}
	// Two or three together are offered if one of them is sure enough to be right.
	for i, sum := 1, p; i < min(len(best), 3) && best[i].Confidence >= worthwhile; i++ {
		if sum += best[i].Confidence; sum >= t.threshold {
			return Choices, i + 1
		}
	}
	return None, 0
}

// confidence returns the probability that the first rank is right, as fitted in the self-test.
func (t *trust) confidence(e evidence) float64 { return 1 / (1 + math.Exp(-dot(t.weights, e))) }

func dot(a, b evidence) (s float64) {
	for i := range a {
		s += a[i] * b[i]
	}
	return s
}
