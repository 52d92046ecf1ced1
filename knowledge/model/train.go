package model

import (
	"math"
	"slices"
)

// Example is a text whose class is known.
type Example struct {
	Features []Feature
	// Class is its class; one of Settings.Sets for a text known only to belong to one of several.
	Class  string
	Weight float32 // how much it counts; 1 for an ordinary one
}

// Settings say how to learn.
type Settings struct {
	Epochs int
	// Sets name groups of classes: an example of a set teaches that one of them is right, not
	// which.
	Sets map[string]func(class string) bool
	// Progress hears of each epoch done, of how many; nil if nobody listens.
	Progress func(done, of int)
}

// Trained is a model as it was learnt, before its weights are cut to bytes. It isn't safe for
// concurrent use.
type Trained struct {
	classes []string
	bias    []float32
	ids     map[uint64]int32
	w       []float32 // feature by feature, one weight a class
	moved   []int32   // room for one step
}

// The settings of the steps.
const (
	rate    = .6
	shrink  = 1e-3
	learnt  = .99  // an example this sure teaches nothing more
	least   = 1e-4 // a step smaller than this is left out
	enough  = 3    // examples that a feature must stand in
	slowest = .2   // of the first epoch's rate, in the last
)

// Train learns by gradient steps with a step size of its own for each feature (AdaGrad). The order
// is fixed: the same examples in the same order always give the same model. It takes minutes for
// the corpus, on one processor.
func Train(xs []Example, s Settings) *Trained {
	t := newTrained(xs, s)
	k := len(t.classes)
	sets := t.sets(s)
	squares := make([]float32, len(t.ids))
	p := make([]float32, k)
	rows := t.rows(xs)
	order := make([]int, len(xs))
	for i := range order {
		order[i] = i
	}
	// What was known in one round sits out the next: most examples are soon known, and looking
	// at them again is most of the time.
	known := make([]bool, len(xs))
	// The mean of the weights after each of the later epochs is steadier than the last ones, which
	// the order of the last examples moves.
	mean := make([]float32, len(t.w))
	from := s.Epochs / 2
	seed := uint32(1)
	for epoch := range s.Epochs {
		for i := len(order) - 1; i > 0; i-- { // a fixed shuffle
			seed = seed*1664525 + 1013904223
			j := int(seed>>8) % (i + 1)
			order[i], order[j] = order[j], order[i]
		}
		eta := rate * (1 - (1-slowest)*float32(epoch)/float32(s.Epochs))
		for _, i := range order {
			known[i] = !known[i] && t.learn(rows[i], &xs[i], sets, p, squares, eta)
		}
		if epoch >= from {
			for i, w := range t.w {
				mean[i] += w / float32(s.Epochs-from)
			}
		}
		if s.Progress != nil {
			s.Progress(epoch+1, s.Epochs)
		}
	}
	t.w = mean
	return t
}

// newTrained numbers the classes, and the features that enough examples have: what one or two have
// could only be learnt by heart, and is most of all features.
func newTrained(xs []Example, s Settings) *Trained {
	t := &Trained{ids: map[uint64]int32{}}
	often := map[uint64]uint8{}
	classes := map[string]bool{}
	for i := range xs {
		if s.Sets[xs[i].Class] == nil {
			classes[xs[i].Class] = true
		}
		for _, f := range xs[i].Features {
			if often[f.Key]++; often[f.Key] == enough {
				t.ids[f.Key] = int32(len(t.ids))
			}
			often[f.Key] = min(often[f.Key], enough)
		}
	}
	for c := range classes {
		t.classes = append(t.classes, c)
	}
	slices.Sort(t.classes)
	t.bias = make([]float32, len(t.classes))
	t.w = make([]float32, len(t.ids)*len(t.classes))
	return t
}

// row is a text's features by number, those left out that too few examples have.
type row struct {
	ids     []int32
	weights []float32
}

// rows numbers the features of all examples once, since each epoch walks them again.
func (t *Trained) rows(xs []Example) []row {
	out := make([]row, len(xs))
	for i := range xs {
		for _, f := range xs[i].Features {
			if id, ok := t.ids[f.Key]; ok {
				out[i].ids = append(out[i].ids, id)
				out[i].weights = append(out[i].weights, f.Weight)
			}
		}
	}
	return out
}

// sets are the classes that an example's class stands for.
func (t *Trained) sets(s Settings) map[string][]bool {
	out := map[string][]bool{}
	for i, c := range t.classes {
		out[c] = make([]bool, len(t.classes))
		out[c][i] = true
	}
	for name, has := range s.Sets {
		out[name] = make([]bool, len(t.classes))
		for i, c := range t.classes {
			out[name][i] = has(c)
		}
	}
	return out
}

// learn takes one step on one example, and tells whether it was known already. For a set the step
// moves its classes in proportion to their shares. p and squares are room for the probabilities,
// and for the sum of squared gradients of each feature.
func (t *Trained) learn(r row, x *Example, sets map[string][]bool, p, squares []float32,
	eta float32,
) bool {
	t.score(r, p)
	right := sets[x.Class]
	var share float32
	for j, yes := range right {
		if yes {
			share += p[j]
		}
	}
	if share > learnt {
		return true
	}
	var sum float32
	moved := t.moved[:0] // the classes that the step is for: a few of all
	for j, yes := range right {
		if yes {
			p[j] -= p[j] / max(share, 1e-9)
		}
		p[j] *= x.Weight
		sum += p[j] * p[j]
		t.bias[j] -= .02 * eta * p[j]
		if p[j] > least || p[j] < -least {
			moved = append(moved, int32(j))
		}
	}
	t.moved = moved
	k := len(t.classes)
	for i, id := range r.ids {
		f := r.weights[i]
		squares[id] += sum * f * f
		step := eta / (float32(math.Sqrt(float64(squares[id]))) + .05)
		w := t.w[int(id)*k:][:len(p)]
		for _, j := range moved {
			w[j] -= step * (p[j]*f + shrink*w[j])
		}
	}
	return false
}

// score fills p with the probabilities of a row.
func (t *Trained) score(r row, p []float32) {
	k := len(t.classes)
	copy(p, t.bias)
	i := 0
	for ; i+1 < len(r.ids); i += 2 { // two at a time: half as often to p and back
		f, g := r.weights[i], r.weights[i+1]
		v, w := t.w[int(r.ids[i])*k:][:len(p)], t.w[int(r.ids[i+1])*k:][:len(p)]
		for j := range p {
			p[j] += f*v[j] + g*w[j]
		}
	}
	for ; i < len(r.ids); i++ {
		f, w := r.weights[i], t.w[int(r.ids[i])*k:][:len(p)]
		for j := range p {
			p[j] += f * w[j]
		}
	}
	softmax(p)
}

// Score fills p with the probability of each class, in the order of their names.
func (t *Trained) Score(fs []Feature, p []float32) {
	t.score(t.rows([]Example{{Features: fs}})[0], p)
}
