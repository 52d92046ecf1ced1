package screen

import "math"

// classifier is a softmax regression over the features of the curated
// examples. It catches the wordings that no phrase names.
type classifier struct {
	kinds   []string
	weights []float32 // feature by feature, one weight a kind
	bias    []float32
	feats   *featurer
	seen    []example
	posts   [][]int32 // by feature: the examples that have it, where few do
}

// example is one curated example, ready to be compared with.
type example struct {
	kind  int
	lang  string
	text  string
	feats []feature
	words []word
	calm  bool // nobody is in danger
}

const (
	epochs = 6
	rate   = 0.6
	shrink = 3e-3
	learnt = 0.97 // an example this sure teaches nothing more
	doubt  = 1.5  // how much a text that says nothing known leans to "other"
	noises = 15   // texts of noise for every hundred examples
)

// train fits the classifier. The order is fixed, so the same files always give
// the same screen.
func train(examples []example, feats *featurer, kinds []string) *classifier {
	feats.grow = false
	feats.forget(examples)
	k := len(kinds)
	c := &classifier{
		kinds: kinds, feats: feats, seen: examples,
		weights: make([]float32, len(feats.ids)*k), bias: make([]float32, k),
	}
	c.bias[0] = doubt // kinds[0] is "other"
	balance := balanced(examples, k)
	squares := make([]float32, len(feats.ids))
	p := make([]float32, k)
	order := make([]int, len(examples))
	for i := range order {
		order[i] = i
	}
	// What was known in one round sits out the next: most ordinary examples are
	// soon known, and looking at them again is most of the time.
	known := make([]bool, len(examples))
	seed := uint32(1)
	for epoch := 0; epoch < epochs; epoch++ {
		for i := len(order) - 1; i > 0; i-- { // a fixed shuffle
			seed = seed*1664525 + 1013904223
			j := int(seed>>8) % (i + 1)
			order[i], order[j] = order[j], order[i]
		}
		for _, i := range order {
			known[i] = !known[i] && c.learn(&examples[i], p, squares, balance[examples[i].kind])
		}
	}
	c.index()
	return c
}

// balanced is the weight of an example of each kind: small kinds must not drown
// in large ones.
func balanced(examples []example, k int) []float32 {
	per := make([]float32, k)
	for _, e := range examples {
		per[e.kind]++
	}
	for i, n := range per {
		per[i] = min(max(float32(len(examples))/float32(k)/max(n, 1), 0.25), 3)
	}
	return per
}

// learn takes one step on one example, with a step size of its own for each
// feature (AdaGrad): rare words learn fast, common ones settle. It tells
// whether the example was known already.
func (c *classifier) learn(e *example, p, squares []float32, balance float32) bool {
	k := len(c.kinds)
	c.scores(e.feats, p)
	if p[e.kind] > learnt {
		return true
	}
	var sum float32
	for j := range p {
		p[j] *= balance
		if j == e.kind {
			p[j] -= balance
		}
		sum += p[j] * p[j]
	}
	for _, f := range e.feats {
		squares[f.id] += sum * f.weight * f.weight
		step := rate / (float32(math.Sqrt(float64(squares[f.id]))) + 0.05)
		w := c.weights[int(f.id)*k:][:len(p)]
		for j := range p {
			w[j] -= step * (p[j]*f.weight + shrink*w[j])
		}
	}
	return false
}

// scores fills p with the probability of each kind.
func (c *classifier) scores(feats []feature, p []float32) {
	k := len(c.kinds)
	copy(p, c.bias)
	for _, f := range feats {
		w := c.weights[int(f.id)*k:][:len(p)]
		for j := range p {
			p[j] += f.weight * w[j]
		}
	}
	top := p[0]
	for _, v := range p {
		top = max(top, v)
	}
	var sum float32
	for j := range p {
		p[j] = float32(math.Exp(float64(p[j] - top)))
		sum += p[j]
	}
	for j := range p {
		p[j] /= sum
	}
}

// telling bounds how many examples a feature may stand in to tell them apart: what
// more of them have says little and takes time.
const telling = 1000

// index files the examples under the features that tell them apart.
func (c *classifier) index() {
	c.posts = make([][]int32, len(c.feats.ids))
	for i := range c.seen {
		for _, f := range c.seen[i].feats {
			if ps := c.posts[f.id]; len(ps) <= telling {
				c.posts[f.id] = append(ps, int32(i))
			}
		}
	}
	for id, ps := range c.posts {
		if len(ps) > telling {
			c.posts[id] = nil
		}
	}
	for i := range c.seen { // learnt: what is shown of them is the text
		c.seen[i].feats, c.seen[i].words = nil, nil
	}
}

// nearest returns the example of a kind that shares most with the features:
// what a reviewer is shown as the reason. "" if none shares what tells examples
// apart.
func (c *classifier) nearest(feats []feature, kind int) string {
	shared := map[int32]float32{}
	best, most := int32(-1), float32(0)
	for _, f := range feats {
		for _, e := range c.posts[f.id] {
			if c.seen[e].kind != kind {
				continue
			}
			shared[e] += f.weight
			if s := shared[e]; s > most || s == most && e < best {
				best, most = e, s
			}
		}
	}
	if best < 0 {
		return ""
	}
	return c.seen[best].text
}
