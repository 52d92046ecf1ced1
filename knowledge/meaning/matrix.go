package meaning

import (
	"encoding/binary"
	"math"

	"github.com/viterin/vek/vek32"
)

// matrix has the weights as the file has them: a row for each number that comes out. As int8 they
// take a quarter of the room, in the program as in memory.
type matrix struct {
	cols    int
	scales  []float32 // by row; none if the weights are float32
	bias    []float32 // by row; none in the table of pieces
	weights []byte    // int8, or float32 if there are no scales
	numbers *numbers
}

// numbers are what the bytes are as int8. To look it up is faster than to convert.
type numbers [256]float32

// unpack takes eight at a time, which all lengths are multiples of. The race detector would be
// slow here, and looks at its callers only.
//
//go:norace
func (n *numbers) unpack(dst []float32, src []byte) {
	for i := 0; i+8 <= len(dst) && i+8 <= len(src); i += 8 {
		d, s := (*[8]float32)(dst[i:i+8]), (*[8]byte)(src[i:i+8])
		d[0], d[1], d[2], d[3] = n[s[0]], n[s[1]], n[s[2]], n[s[3]]
		d[4], d[5], d[6], d[7] = n[s[4]], n[s[5]], n[s[6]], n[s[7]]
	}
}

// row writes a row into dst, to be multiplied by scale. dst has cols numbers at least.
func (m *matrix) row(dst []float32, r int) {
	dst = dst[:m.cols]
	if m.scales == nil {
		decode(dst, m.weights[r*m.cols*4:])
		return
	}
	m.numbers.unpack(dst, m.weights[r*m.cols:][:len(dst)])
}

// decode reads float32 of four bytes each.
//
//go:norace
func decode(dst []float32, src []byte) {
	for i := range dst {
		dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(src[i*4:]))
	}
}

// scale is what the weights of a row are multiplied by.
func (m *matrix) scale(r int) float32 {
	if m.scales == nil {
		return 1
	}
	return m.scales[r]
}

// scratch is what one text needs while it is embedded. Encoders keep some for reuse; one goroutine
// at a time has it. After attend and forward x holds the tokens, one vector after the other.
type scratch struct {
	vector               bool
	n                    int // tokens
	x, y, spare, wide    []float32
	keys, values         []float32
	weights, line, found []float32
}

// resize makes room for n tokens. It only grows: a long text leaves its room for the next.
func (s *scratch) resize(n int) {
	s.n = n
	room := max(n, 1)
	for _, of := range []struct {
		slice *[]float32
		size  int
	}{
		{slice: &s.x, size: room * Width},
		{slice: &s.y, size: room * Width},
		{slice: &s.spare, size: room * Width},
		{slice: &s.wide, size: room * hidden},
		{slice: &s.keys, size: room * Width / heads},
		{slice: &s.values, size: room * Width / heads},
		{slice: &s.weights, size: room},
		{slice: &s.found, size: room},
		{slice: &s.line, size: hidden},
	} {
		if len(*of.slice) < of.size {
			*of.slice = make([]float32, of.size)
		}
	}
}

// multiply gives for each vector of src, which lie one after the other, the product with m plus the
// bias, and writes it to dst, or adds it to what is there.
func (s *scratch) multiply(m *matrix, dst, src []float32, add bool) {
	n, rows := len(src)/m.cols, len(m.bias)
	// A row is unpacked once and multiplied with all tokens.
	line, found := s.line[:m.cols], s.found[:n]
	for r := range rows {
		m.row(line, r)
		s.dots(found, line, src)
		scale, bias := m.scale(r), m.bias[r]
		for t, v := range found {
			v = v*scale + bias
			if add {
				v += dst[t*rows+r]
			}
			dst[t*rows+r] = v
		}
	}
}

// dots gives the dot product of a vector with each of those that lie one after the other in src, as
// many as dst has room for. Without vector instructions it takes four at a time.
func (s *scratch) dots(dst, with, src []float32) {
	w := len(with)
	if s.vector {
		for t := range dst {
			dst[t] = vek32.Dot(with, src[t*w:(t+1)*w])
		}
		return
	}
	// Four products share each load of with.
	for len(dst) >= 4 {
		dst[0], dst[1], dst[2], dst[3] = dot4(with, src[:w], src[w:2*w], src[2*w:3*w], src[3*w:4*w])
		dst, src = dst[4:], src[4*w:]
	}
	for t := range dst {
		dst[t], _, _, _ = dot4(with, src[t*w:(t+1)*w], with, with, with)
	}
}

// dot4 gives the dot products of x with four others.
//
//go:norace
func dot4(x, a, b, c, d []float32) (p, q, r, s float32) {
	a, b, c, d = a[:len(x)], b[:len(x)], c[:len(x)], d[:len(x)]
	for i, v := range x { // as plain as it is, nothing unrolled was faster
		p += v * a[i]
		q += v * b[i]
		r += v * c[i]
		s += v * d[i]
	}
	return p, q, r, s
}
