package meaning

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

const (
	space   = "▁"     // what stands for a space, and before every text
	maxText = 1 << 16 // bytes of a text that are read
)

// pieces are what a text is cut into: the vocabulary, by id.
type pieces struct {
	ids     map[string]int // by how they are written
	scores  []float64      // by id: the logarithm of how common a piece is
	lengths []int          // by id, in runes
	longest int            // in runes
}

// Tokens cuts a text into pieces of the vocabulary and returns their numbers, MaxTokens at most. 0
// stands for a run of signs that are in no piece. Of all ways to cut it takes the one with the
// highest sum of scores, as SentencePiece's unigram model does. A text of more than 64 KB is read
// only so far.
func (e *Encoder) Tokens(text string) []int {
	if text == "" {
		return nil
	}
	text = space + strings.ReplaceAll(norm.NFKC.String(text[:min(len(text), maxText)]), " ", space)
	ids := e.pieces.cut(text)
	return ids[:min(len(ids), MaxTokens)]
}

// step is the best way to cut a text up to a rune: the last piece, and the sum of the scores. Its
// zero value stands where no piece ends, and is taken for an unknown sign there, as in the model's
// own tokeniser.
type step struct {
	id    int
	score float64
}

// cut finds the best way to cut a text by dynamic programming: for each place, the best way to come
// to it. Where no piece fits, one rune is unknown.
func (p *pieces) cut(text string) []int {
	starts := make([]int, 0, len(text)+1) // of the runes, in bytes
	for at := range text {
		starts = append(starts, at)
	}
	n := len(starts)
	starts = append(starts, len(text))
	best := make([]step, n+1) // by rune: up to where it starts
	for from := range n {
		known := false
		for to := from + 1; to <= min(n, from+p.longest); to++ {
			if id, ok := p.ids[text[starts[from]:starts[to]]]; ok {
				best[to].improve(id, best[from].score+p.scores[id])
				known = true
			}
		}
		if !known {
			best[from+1].improve(0, best[from].score)
		}
	}
	return p.follow(best)
}

// improve takes a way that is no worse than the one so far: of ways that are equal, the one whose
// last piece is shorter.
func (s *step) improve(id int, score float64) {
	if s.score == 0 || score >= s.score { // 0 is also what none has yet
		*s = step{id, score}
	}
}

// follow collects the pieces from the last to the first, and makes one of unknown signs in a row.
func (p *pieces) follow(best []step) []int {
	var ids []int
	for at := len(best) - 1; at > 0; at -= p.lengths[best[at].id] {
		if id := best[at].id; id != 0 || len(ids) == 0 || ids[len(ids)-1] != 0 {
			ids = append(ids, id)
		}
	}
	slices.Reverse(ids)
	return ids
}
