package screen

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"sync"
)

// Embed gives the direction of what an English text means, a vector of length 1; nil is none.
type Embed func(text string) []float32

// neighbours are texts of known classes as directions of meaning, eight bits a number: what a
// text that shares no word with them may still be near to.
type neighbours struct {
	width int
	of    map[string][]int8 // by class, one vector after the other
}

const (
	fine      = 512 // units of a number of a vector: few are beyond a quarter
	nearest   = 3   // neighbours that are looked at
	nearShare = 6   // what their cosine counts for beside the log of the probability
	ranksNear = 12  // entries that are ranked anew
)

func (n *neighbours) add(class string, v []float32) {
	n.width = len(v)
	for _, x := range v {
		n.of[class] = append(n.of[class], int8(max(-127, min(127, math.Round(float64(x)*fine)))))
	}
}

// near is how near a direction is to the nearest of a class: the mean cosine.
func (n *neighbours) near(class string, v []float32) float64 {
	var best [nearest]float32
	for vs := n.of[class]; len(vs) >= n.width && n.width == len(v); vs = vs[n.width:] {
		var d float32
		for i, x := range vs[:n.width] {
			d += float32(x) * v[i]
		}
		for i := range best {
			if d > best[i] {
				d, best[i] = best[i], d
			}
		}
	}
	var sum float32
	for _, d := range best {
		sum += d
	}
	return float64(sum) / nearest / fine
}

// bytes writes the neighbours: the width, then by class its name, how many, and their vectors.
func (n *neighbours) bytes() []byte {
	out := binary.LittleEndian.AppendUint32(nil, uint32(n.width))
	for _, class := range sortedKeys(n.of) {
		vs := n.of[class]
		out = append(append(out, byte(len(class))), class...)
		out = binary.LittleEndian.AppendUint32(out, uint32(len(vs)))
		for _, v := range vs {
			out = append(out, byte(v))
		}
	}
	return out
}

func openNeighbours(data []byte) (*neighbours, error) {
	n := &neighbours{of: map[string][]int8{}}
	if len(data) < 4 {
		return nil, errNear
	}
	n.width, data = int(binary.LittleEndian.Uint32(data)), data[4:]
	for len(data) > 0 {
		name := int(data[0])
		if len(data) < 5+name {
			return nil, errNear
		}
		class, size := string(data[1:1+name]), int(binary.LittleEndian.Uint32(data[1+name:]))
		if data = data[5+name:]; size > len(data) {
			return nil, errNear
		}
		vs := make([]int8, size)
		for i, b := range data[:size] {
			vs[i] = int8(b)
		}
		n.of[class], data = vs, data[size:]
	}
	return n, nil
}

// nearEvidence is how many figures the evidence with meaning has: those without it, and five more.
const nearEvidence = answers + 5

// byMeaning ranks the entries anew by what the text means, and gives the evidence for the first.
func (s *Screen) byMeaning(sc *scores, v []float32, ws []word, lang string) ([]ranked, [nearEvidence]float64) {
	best := s.learnt.rank(sc.whole, ranksNear)
	score := make([]float64, len(best))
	near := make([]float64, len(best))
	order := make([]int, len(best))
	for i, b := range best {
		near[i] = s.learnt.near.near(s.learnt.kinds.Classes()[b.place], v)
		score[i], order[i] = math.Log(b.p+rare)+nearShare*near[i], i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		if score[a] > score[b] {
			return -1
		}
		return 1
	})
	out := make([]ranked, len(best))
	for i, at := range order {
		out[i] = best[at]
		out[i].score = math.Exp(score[at] - score[order[0]])
	}
	var e [nearEvidence]float64
	lexical := sc.answerEvidence(sc.whole, out, ws, lang, s.strange(ws, lang))
	copy(e[:], lexical[:])
	first, second, rival := near[order[0]], 0., 0.
	for i, at := range order {
		if i > 0 {
			rival = max(rival, near[at])
		}
		if i == 1 {
			second = score[order[0]] - score[at]
		}
	}
	e[answers] = 3 * (first - .5)
	e[answers+1] = 3 * (first - rival)
	e[answers+2] = 3 * (first - s.learnt.near.near(ClassOutside, v))
	e[answers+3] = second / 3
	e[answers+4] = truth(order[0] == 0)
	return out, e
}

// embedAll gives the directions of the English texts that neighbours are made of, two at a time.
func embedAll(texts []Text, use func(i int) bool, embed Embed) [][]float32 {
	out := make([][]float32, len(texts))
	if embed == nil {
		return out
	}
	var wg sync.WaitGroup
	for half := range 2 {
		wg.Go(func() {
			for i := half; i < len(texts); i += 2 {
				if texts[i].Lang == "en" && use(i) {
					out[i] = embed(texts[i].Text)
				}
			}
		})
	}
	wg.Wait()
	return out
}

// neighbourly classes have neighbours: the entries, and what none of them answers.
func neighbourly(class string) bool {
	return strings.HasPrefix(class, ClassEntry) || class == ClassOutside
}
