package match

// gate tells questions like those of the base, about whichever entry, from texts like those marked
// as outside. It sees what ranking can't: a text that resembles no single entry may still be full
// of what is asked here, or of what isn't. It is a logistic regression with a weight for each
// feature.
type gate struct {
	w    []float32
	bias float32
}

const (
	gateEpochs = 8
	gateRate   = .8
	gateMost   = 2 // the evidence is held to this, either way
)

// score returns the log odds that a text asks for something of the base. x holds the weights of the
// features ids.
func (g *gate) score(ids []int32, x []float32) float32 {
	s := g.bias
	for j, f := range ids {
		s += g.w[f] * x[j]
	}
	return s
}

// says returns how much a text resembles the base's questions, as evidence from -gateMost to
// gateMost; 0 when the base marks nothing as outside.
func (g *gate) says(ids []int32, x []float32) float64 {
	if g == nil {
		return 0
	}
	return max(-gateMost, min(gateMost, float64(g.score(ids, x))/2))
}
