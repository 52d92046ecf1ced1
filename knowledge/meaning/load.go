package meaning

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"unicode/utf8"

	"github.com/viterin/vek"
)

// magic begins the file. What follows is little-endian:
//
//	uint32 bytes of a weight: 1 for int8, 4 for float32
//	uint32 number of pieces
//	float64 score of each piece, then uint8 length of each in bytes, then the letters of all
//	the tensors, in the order in which Load reads them
//
// A matrix has a row for each number that comes out: the scale of each row as float32 unless the
// weights are, the weights, row by row, and the bias as float32 unless it is the table of pieces.
// The first six pieces are signs of the model's own, and in no text.
const (
	magic    = "meaning1"
	reserved = 6
)

// Load makes an encoder of what convert wrote. It keeps data, whose weights it uses as they are,
// and never writes to it, so data may be memory that can't be written to. Anything but a whole file
// is an error; the numbers themselves aren't checked.
func Load(data []byte) (*Encoder, error) {
	r := &reader{data: data}
	if string(r.take(len(magic))) != magic {
		return nil, errors.New("meaning: not an encoder")
	}
	switch size := r.uint32(); size {
	case 1:
		r.numbers = new(numbers)
		for i := range r.numbers {
			r.numbers[i] = float32(int8(i))
		}
	case 4:
	default:
		return nil, fmt.Errorf("meaning: weights of %d bytes", size)
	}
	e := &Encoder{vector: vek.Info().Acceleration}
	e.pieces = r.pieces(int(int32(r.uint32())))
	e.embed = r.matrix(pieceRows, pieceWidth, false)
	e.timing = timing(r.floats(pieceWidth / 2))
	for i := range e.layers {
		e.layers[i] = r.layer(i == 0)
	}
	e.last = r.matrix(Width, Width, true)
	if r.short || len(r.data) > 0 {
		return nil, errors.New("meaning: the encoder isn't whole")
	}
	return e, nil
}

// timing gives for each position what tells it from the others: sines and cosines of it, each
// slower than the one before. Without it the order of the words would be lost.
func timing(rates []float32) [][]float32 {
	out := make([][]float32, MaxTokens)
	for t := range out {
		out[t] = make([]float32, 2*len(rates))
		for i, rate := range rates {
			sin, cos := math.Sincos(float64(float32(t) * rate))
			out[t][i], out[t][len(rates)+i] = float32(sin), float32(cos)
		}
	}
	return out
}

// reader takes the file apart. After the end it gives zeros, and short is true, so that callers
// check once.
type reader struct {
	data    []byte
	short   bool
	numbers *numbers // nil if the weights are float32
}

// take returns the next n bytes; nil if there are fewer.
func (r *reader) take(n int) []byte {
	if n > len(r.data) {
		r.short, r.data = true, nil
		return nil
	}
	out := r.data[:n:n]
	r.data = r.data[n:]
	return out
}

func (r *reader) uint32() uint32 {
	if b := r.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (r *reader) floats(n int) []float32 {
	b := r.take(4 * n)
	out := make([]float32, len(b)/4)
	decode(out, b)
	return out
}

// matrix takes a matrix in the layout that is told at magic.
func (r *reader) matrix(rows, cols int, bias bool) matrix {
	m := matrix{cols: cols, numbers: r.numbers}
	size := 4
	if r.numbers != nil {
		m.scales = r.floats(rows)
		size = 1
	}
	m.weights = r.take(rows * cols * size)
	if bias {
		m.bias = r.floats(rows)
	}
	return m
}

func (r *reader) norm(width int) layerNorm {
	return layerNorm{scale: r.floats(width), bias: r.floats(width)}
}

// layer takes a layer. The order is that of convert's writer.layer; the first has a matrix more.
func (r *reader) layer(first bool) layer {
	l := layer{width: Width}
	if first {
		l.width = pieceWidth
		m := r.matrix(Width, pieceWidth, true)
		l.residual = &m
	}
	l.before = r.norm(l.width)
	l.qkv = r.matrix(3*l.width, l.width, true)
	l.join = r.matrix(Width, l.width, true)
	l.between = r.norm(Width)
	l.up = r.matrix(hidden, Width, true)
	l.down = r.matrix(Width, hidden, true)
	return l
}

// pieces takes the vocabulary of n pieces. A count that can't be is refused before anything is
// allocated for it.
func (r *reader) pieces(n int) pieces {
	if n <= reserved || n > pieceRows {
		r.short, n = true, 0
	}
	scores, sizes := r.take(8*n), r.take(n)
	total := 0
	for _, size := range sizes {
		total += int(size)
	}
	letters := string(r.take(total))
	if r.short {
		return pieces{}
	}
	p := pieces{ids: make(map[string]int, n), scores: make([]float64, n), lengths: make([]int, n)}
	for id, size := range sizes {
		piece := letters[:size]
		letters = letters[size:]
		p.scores[id] = math.Float64frombits(binary.LittleEndian.Uint64(scores[8*id:]))
		p.lengths[id] = max(utf8.RuneCountInString(piece), 1)
		p.longest = max(p.longest, p.lengths[id])
		if id >= reserved && piece != "" {
			p.ids[piece] = id // of two that are the same the later
		}
	}
	p.lengths[0] = 1 // an unknown sign
	return p
}
