package meaning

import "math"

// What the model's layers measure, in numbers a token. They are those of the model that was
// published; another one has others.
const (
	pieceWidth = 256  // of a token before the first layer; Width after it
	hidden     = 1536 // between the two matrices of forward
	heads      = 4
	pieceRows  = 8002 // of the first matrix: two more than there are pieces
)

// layerNorm scales a vector to mean 0 and variance 1, and then by what was learnt.
type layerNorm struct{ scale, bias []float32 }

// apply normalises each vector of src into dst. The two may be the same slice.
func (n *layerNorm) apply(dst, src []float32) {
	w := len(n.scale)
	for len(src) > 0 {
		var sum, squares float32
		for _, v := range src[:w] {
			sum += v
		}
		mean := sum / float32(w)
		for _, v := range src[:w] {
			squares += (v - mean) * (v - mean)
		}
		by := float32(1 / math.Sqrt(float64(squares/float32(w)+1e-6)))
		for i, v := range src[:w] {
			dst[i] = (v-mean)*by*n.scale[i] + n.bias[i]
		}
		dst, src = dst[w:], src[w:]
	}
}

// layer is one of the transformer's two: attention among the tokens, then two matrices for each
// token alone, each with a norm before it and what it was given added behind it.
type layer struct {
	width     int     // of what it is given
	residual  *matrix // brings that to Width; nil if it has it
	before    layerNorm
	qkv, join matrix
	between   layerNorm
	up, down  matrix
}

// attend lets the tokens look at each other: from s.x to s.x, which has Width after it. It swaps
// s.x and s.spare in the first layer, where the width grows.
func (l *layer) attend(s *scratch) {
	n, w := s.n, l.width
	in := s.x[:n*w]
	l.before.apply(s.y[:n*w], in)
	s.multiply(&l.qkv, s.wide[:n*3*w], s.y[:n*w], false)
	for h := range heads {
		s.head(h, w)
	}
	if l.residual != nil {
		s.multiply(l.residual, s.spare[:n*Width], in, false)
		s.x, s.spare = s.spare, s.x
	}
	s.multiply(&l.join, s.x[:n*Width], s.y[:n*w], true)
}

// head is one head of attend: it reads queries, keys and values of s.wide, and writes its part of
// s.y. Values are turned so that both products run over numbers that lie side by side.
func (s *scratch) head(h, w int) {
	n, d := s.n, w/heads
	part := func(t, which int) []float32 {
		from := (t*3+which)*w + h*d
		return s.wide[from : from+d]
	}
	// Keys and values of this head, gathered from where qkv has left them.
	keys, values := s.keys[:n*d], s.values[:n*d]
	for t := range n {
		copy(keys[t*d:], part(t, 1))
		for i, v := range part(t, 2) {
			values[i*n+t] = v
		}
	}
	scale := 1 / math.Sqrt(float64(d))
	for t := range n {
		s.dots(s.weights[:n], part(t, 0), keys)
		softmax(s.weights[:n], scale)
		s.dots(s.y[t*w+h*d:][:d], s.weights[:n], values)
	}
}

// softmax turns scores, times scale, into shares of 1, in place.
func softmax(x []float32, scale float64) {
	top := x[0]
	for _, v := range x {
		top = max(top, v)
	}
	var sum float64
	for i, v := range x {
		e := math.Exp(float64(v-top) * scale)
		x[i] = float32(e)
		sum += e
	}
	by := float32(1 / sum)
	for i := range x {
		x[i] *= by
	}
}

// forward is the part of the layer that sees each token alone: from s.x to s.x. The last one gives
// the mean of all tokens instead, and takes it before the second matrix, where it costs less and
// makes no difference.
func (l *layer) forward(s *scratch, last bool) {
	n := s.n
	x, wide := s.x[:n*Width], s.wide[:n*hidden]
	l.between.apply(s.y[:n*Width], x)
	s.multiply(&l.up, wide, s.y[:n*Width], false)
	for i, v := range wide {
		wide[i] = max(v, 0)
	}
	if last {
		if n == 0 {
			clear(s.x[:Width])
			return
		}
		x, wide = mean(x, Width), mean(wide, hidden)
	}
	s.multiply(&l.down, x, wide, true)
}

// mean adds up vectors of a width in the place of the first, divides by how many they are, and
// returns it.
func mean(x []float32, width int) []float32 {
	out, n := x[:width], len(x)/width
	for t := 1; t < n; t++ {
		for i, v := range x[t*width : (t+1)*width] {
			out[i] += v
		}
	}
	for i := range out {
		out[i] /= float32(n)
	}
	return out
}
