package screen

// typoIndex finds a guarded word when a letter is wrong, missing, added or swapped: every word is
// filed under itself with each letter left out, and so is the word that is looked up. A list is
// never walked.
type typoIndex struct {
	words []string
	by    map[string][]int
}

func newTypoIndex(words []string) typoIndex {
	t := typoIndex{words: words, by: map[string][]int{}}
	for i, w := range words {
		for _, d := range deletions(w) {
			t.by[d] = append(t.by[d], i)
		}
	}
	return t
}

// deletions returns a word and what is left of it without each of its letters.
func deletions(w string) []string {
	out := []string{w}
	for i := range w {
		out = append(out, w[:i]+w[i+1:])
	}
	return out
}

// nearest returns the guarded word one slip away from s, or "". Of several the longest wins. Words
// of fewer than five letters are left alone: too much of ordinary English is one letter from "die".
func (t typoIndex) nearest(s string) string {
	if len(s) < 5 || len(s) > 20 {
		return ""
	}
	best := t.better("", s, t.by[s])
	var room [20]byte
	for i := range s { // as deletions would, without a string for each
		best = t.better(best, s, t.by[string(append(append(room[:0], s[:i]...), s[i+1:]...))])
	}
	return best
}

// better returns the longest of best and the candidates that are a slip away from s.
func (t typoIndex) better(best, s string, candidates []int) string {
	for _, i := range candidates {
		g := t.words[i]
		// The first letter is seldom the wrong one, except in a long word
		// or when it was swapped with the second.
		if g[0] != s[0] && !(g[0] == s[1] && g[1] == s[0]) && len(g) < 8 {
			continue
		}
		if len(g) >= 5 && oneSlip(s, g) && (best == "" || len(g) > len(best)) {
			best = g
		}
	}
	return best
}

// oneSlip tells whether a and b differ by one insertion, deletion, substitution or swap of
// neighbours. In a word of eight letters or more it accepts two substitutions' worth.
func oneSlip(a, b string) bool {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	j, k := len(a), len(b)
	for j > i && k > i && a[j-1] == b[k-1] {
		j--
		k--
	}
	x, y := j-i, k-i
	switch {
	// One letter wrong, missing or too many.
	case x <= 1 && y <= 1:
		return true
	// Two swapped; in a long word two wrong ones.
	case x == 2 && y == 2:
		return a[i] == b[i+1] && a[i+1] == b[i] || len(b) >= 8
	case len(b) >= 8:
		return x <= 3 && y <= 3
	}
	return false
}

// censored returns the guarded word that s stands for when * and # may be any letter: k*ll,
// s**cide. Two letters must be left, or it could be anything.
func (t typoIndex) censored(s string) string {
	letters := 0
	for i := 0; i < len(s); i++ {
		if s[i] != '*' && s[i] != '#' {
			letters++
		}
	}
	if letters < 2 {
		return ""
	}
next:
	for _, g := range t.words {
		if len(g) != len(s) {
			continue
		}
		for i := 0; i < len(s); i++ {
			if s[i] != g[i] && s[i] != '*' && s[i] != '#' {
				continue next
			}
		}
		return g
	}
	return ""
}
