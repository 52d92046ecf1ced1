package match

// newGate trains a gate on the lessons that use accepts. It returns nil if they don't include both
// sides: without examples of strangers there is nothing to tell apart.
func newGate(t *terms, ls []lesson, outside []bool, use func(*lesson) bool) *gate {
	type text struct {
		ids []int32
		x   []float32
		in  float32
	}
	var texts []text
	var in, out float32
	for i := range ls {
		l := &ls[i]
		if !use(l) {
			continue
		}
		x := text{ids: l.ids, x: t.unit(l.ids, nil), in: 1}
		if outside[l.entry] {
			x.in = 0
			out++
		} else {
			in++
		}
		texts = append(texts, x)
	}
	if in == 0 || out == 0 {
		return nil
	}
	g := &gate{w: make([]float32, len(t.posts))}
	// The fewer must not drown among the many, nor count as if they were as many.
	worth := [2]float32{min(3, in/out/2), min(1, 2*out/in)}
	for e := range gateEpochs {
		rate := gateRate / (1 + .3*float32(e))
		for i := range texts {
			x := &texts[(i*7919+e*31)%len(texts)]
			d := rate * worth[int(x.in)] * (x.in - 1/(1+exp(-g.score(x.ids, x.x))))
			for j, f := range x.ids {
				g.w[f] += d * x.x[j]
			}
			g.bias += d * .05
		}
	}
	return g
}
