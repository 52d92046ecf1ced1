package knowledge

import (
	"math"
	"slices"
	"strings"
)

const (
	// alike is the likeness from which two texts ask for about the same. Measured on phrasings of the
	// shipped entries, of which each has many that differ on purpose: half of the pairs that are
	// brought together are of one entry, most others of entries beside it. Lower brings together what
	// isn't the same.
	alike = .3
	// stemmed is how many letters of a word tell it from others: what follows is its ending.
	stemmed = 5
)

// Alike groups texts that ask for about the same, the largest group first, and a group's texts in
// their order. It returns their places. Two groups are joined while their texts are alike on the
// average, the most alike first: joining whatever is like one text of another would make a chain of
// everything. A text takes some 4 ms.
func (b *Base) Alike(texts []string) [][]int {
	rare, middle := b.rarity(), b.middle()
	points := make([]point, len(texts))
	near, groups := make([][]float64, len(texts)), make([][]int, len(texts))
	for i, text := range texts {
		points[i] = b.point(text, rare, middle)
		near[i], groups[i] = make([]float64, len(texts)), []int{i}
		for j := range i {
			near[i][j] = points[i].like(points[j])
			near[j][i] = near[i][j]
		}
	}
	for {
		x, y := closest(groups, near)
		if x < 0 {
			break
		}
		join(groups, near, x, y)
	}
	groups = slices.DeleteFunc(groups, func(g []int) bool { return g == nil })
	for _, g := range groups {
		slices.Sort(g)
	}
	slices.SortStableFunc(groups, func(a, b []int) int { return len(b) - len(a) })
	return groups
}

// closest returns the two groups that are most alike; -1 if none are alike enough.
func closest(groups [][]int, near [][]float64) (x, y int) {
	x, y, best := -1, -1, alike
	for i := range groups {
		for j := range i {
			if groups[i] != nil && groups[j] != nil && near[i][j] >= best {
				x, y, best = j, i, near[i][j]
			}
		}
	}
	return x, y
}

// join puts the group y into x. How alike that is to the others is the average over its texts.
func join(groups [][]int, near [][]float64, x, y int) {
	m, n := float64(len(groups[x])), float64(len(groups[y]))
	for i := range groups {
		near[x][i] = (near[x][i]*m + near[y][i]*n) / (m + n)
		near[i][x] = near[x][i]
	}
	groups[x], groups[y] = append(groups[x], groups[y]...), nil
}

// point is where a text stands among others: by its words, of which the rare ones count most, and by
// what it means. Both are brought to length one.
type point struct {
	words map[string]float64
	means []float64
}

// like says how alike two texts are, up to 1: by words and meaning alike, since the encoder knows
// English alone, and words alone miss what is said in others.
func (p point) like(q point) float64 {
	var said, meant float64
	for w, v := range p.words {
		said += v * q.words[w]
	}
	for i, v := range p.means {
		meant += v * q.means[i]
	}
	return (said + meant) / 2
}

// point places a text.
func (b *Base) point(text string, rare func(stem string) float64, middle []float64) point {
	said := readable(b.clean.Read(text, nil))
	p := point{words: map[string]float64{}, means: make([]float64, len(middle))}
	var words, means float64
	for _, w := range stems(said) {
		p.words[w] = rare(w)
	}
	for _, v := range p.words {
		words += v * v
	}
	for w := range p.words {
		p.words[w] /= math.Sqrt(max(words, 1e-9))
	}
	for i, v := range b.embed(said) {
		p.means[i] = float64(v) - middle[i]
		means += p.means[i] * p.means[i]
	}
	for i := range p.means {
		p.means[i] /= math.Sqrt(max(means, 1e-9))
	}
	return p
}

// stems returns the beginnings of a text's words.
func stems(text string) (out []string) {
	for _, w := range strings.FieldsFunc(text, notOfWord) {
		r := []rune(plainWord(w))
		if n := len(r); n > 3 && r[n-1] == 's' { // of several: dogs, perros
			r = r[:n-1]
		}
		out = append(out, string(r[:min(stemmed, len(r))]))
	}
	return out
}

// rarity says how rare a word's beginning is among the phrasings of the files.
func (b *Base) rarity() func(stem string) float64 {
	in, all := map[string]int{}, 0
	for _, e := range b.Entries {
		for _, asks := range e.Asks {
			for _, a := range asks {
				all++
				for _, w := range slices.Compact(slices.Sorted(slices.Values(stems(a)))) {
					in[w]++
				}
			}
		}
	}
	return func(w string) float64 { return math.Log(float64(all+2) / float64(in[w]+1)) }
}

// middle returns the average of what the entries' questions mean. All questions point that way, so
// only how they differ from it tells them apart.
func (b *Base) middle() []float64 {
	var out []float64
	n := 0.
	for _, e := range b.Entries {
		if len(e.Asks["en"]) == 0 {
			continue
		}
		v := b.embed(e.Asks["en"][0])
		if out == nil {
			out = make([]float64, len(v))
		}
		for i := range v {
			out[i] += float64(v[i])
		}
		n++
	}
	if out == nil { // of a base without English, nothing is taken off
		out = make([]float64, len(b.embed("")))
	}
	for i := range out {
		out[i] /= max(n, 1)
	}
	return out
}
