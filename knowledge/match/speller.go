package match

import (
	"maps"
	"slices"
)

// speller corrects a misspelt word to a word of the base. It indexes every word with one or two
// letters left out (the symmetric delete method): words that share a shortened form are near each
// other, so no list of words is ever walked.
type speller struct {
	words  []string
	counts []int
	short  map[uint64][]int32
}

const (
	spellMin  = 4  // shorter words have too many neighbours
	spellTwo  = 8  // from this length on two letters may be wrong
	spellMost = 16 // longer words are not indexed: a bound on the index
)

func newSpeller(counts map[string]int) *speller {
	s := &speller{short: map[uint64][]int32{}}
	for _, w := range sorted(counts) {
		if len(w) < spellMin-1 || len(w) > spellMost || digit(w[0]) {
			continue
		}
		id := int32(len(s.words))
		s.words = append(s.words, w)
		s.counts = append(s.counts, counts[w])
		shorten(w, func(h uint64) {
			if ids := s.short[h]; len(ids) == 0 || ids[len(ids)-1] != id {
				s.short[h] = append(ids, id)
			}
		})
	}
	return s
}

// shorten calls emit with the hash of a word and of the word with one letter left out, or two if it
// is long. A shortened form may come more than once.
func shorten(w string, emit func(uint64)) {
	emit(hash(1, w))
	for i := range len(w) {
		h := hash(1, w[:i])
		emit(hash(h, w[i+1:]))
		if len(w) < spellTwo-1 {
			continue
		}
		for j := i + 1; j < len(w); j++ {
			emit(hash(hash(h, w[i+1:j]), w[j+1:]))
		}
	}
}

// correct returns the nearest word of the base, "" if none is near enough: one slip, or two in a
// long word. Ties go to the word with the same first letter, then to the more frequent one.
func (s *speller) correct(w string) string {
	if len(w) < spellMin || len(w) > spellMost || digit(w[0]) {
		return ""
	}
	limit := 1
	if len(w) >= spellTwo {
		limit = 2
	}
	// Twice the distance, and one more if the first letter differs: people seldom get that wrong.
	best, rank := int32(-1), 2*limit+2
	shorten(w, func(h uint64) {
		for _, id := range s.short[h] {
			r := 2 * distance(w, s.words[id], limit)
			if r > 2*limit {
				continue
			}
			if s.words[id][0] != w[0] {
				r++
			}
			more := best >= 0 && (s.counts[id] > s.counts[best] ||
				s.counts[id] == s.counts[best] && id < best)
			if r < rank || r == rank && more {
				best, rank = id, r
			}
		}
	})
	if best < 0 {
		return ""
	}
	return s.words[best]
}

// distance counts the letters to insert, delete, change or swap with the next to turn a into b (the
// restricted Damerau-Levenshtein distance). Above limit it returns any larger number. b has
// spellMost bytes at most.
func distance(a, b string, limit int) int {
	if d := len(a) - len(b); d > limit || -d > limit {
		return limit + 1
	}
	var rows [3][spellMost + 1]int
	older, old, row := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		old[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			v := old[j-1]
			if a[i-1] != b[j-1] {
				v = 1 + min(v, old[j], row[j-1])
				// Two neighbours swapped count once.
				if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
					v = min(v, older[j-2]+1)
				}
			}
			row[j] = v
			least = min(least, v)
		}
		// The row can only grow.
		if least > limit {
			return limit + 1
		}
		older, old, row = old, row, older
	}
	return old[len(b)]
}

// sorted returns the keys of a map in order, so that two builds of a base are alike.
func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
