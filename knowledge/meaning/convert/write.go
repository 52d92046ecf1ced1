package main

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Where the graph has its tensors. A layer has them in two places.
const (
	applied = "module_apply_default/Encoder_en/KonaTransformer/Encode/"
	kept    = "module/Encoder_en/KonaTransformer/Encode/"
	whole   = "/ConcatPartitions/concat"
	folded  = "/Tensordot/Reshape_1"
	qkv     = "MultiheadAttention/qkv_transform_single/"
	join    = "MultiheadAttention/output_transform_single/"
)

// writer writes the file as package meaning's Load reads it; the layout is told there. It goes on
// after a fault and keeps the first, so that the code reads like the layout.
type writer struct {
	data  []byte
	model *model
	exact bool
	err   error // the first
}

// encode returns the whole file. The order of its parts must be that of meaning.Load.
func encode(m *model, exact bool) ([]byte, error) {
	w := &writer{data: []byte("meaning1"), model: m, exact: exact}
	size := uint32(1)
	if exact {
		size = 4
	}
	w.data = binary.LittleEndian.AppendUint32(w.data, size)
	w.pieces()
	// A row of this one is looked up, not multiplied: it keeps its shape.
	w.matrix("module/Embeddings_en", 8002, 256, false)
	w.vector(applied+"TransformerStack/Layer_0/AddTimingSignal/TimingSignal/ExpandDims_1", 128)
	w.layer("Layer_0/TransformerLayer/", 256)
	w.layer("Layer_1/TransformerLayer/", 512)
	w.matrix("module/Encoder_en/hidden_layers/tanh_layer_0/weights", 512, 512, true)
	w.vector("module/Encoder_en/hidden_layers/tanh_layer_0/bias", 512)
	return w.data, w.err
}

// pieces writes the scores, then the lengths, then all letters: three runs of one type each.
func (w *writer) pieces() {
	w.data = binary.LittleEndian.AppendUint32(w.data, uint32(len(w.model.pieces)))
	for _, p := range w.model.pieces {
		w.data = binary.LittleEndian.AppendUint64(w.data, math.Float64bits(p.score))
	}
	for _, p := range w.model.pieces {
		if len(p.text) > math.MaxUint8 {
			w.fail("a piece of %d bytes", len(p.text))
		}
		w.data = append(w.data, byte(len(p.text)))
	}
	for _, p := range w.model.pieces {
		w.data = append(w.data, p.text...)
	}
}

// layer writes a layer that takes vectors of a width. The first also has a matrix that brings its
// input to 512, for what is added behind the attention.
func (w *writer) layer(name string, width int) {
	at, stack := applied+name, applied+"TransformerStack/"+name
	if width != 512 {
		w.matrix(at+"dense/kernel"+whole, width, 512, true)
		w.vector(at+"dense/bias"+whole, 512)
	}
	w.norm(at, width)
	w.matrix(kept+name+qkv+"kernel/part_0", width, 3*width, true)
	w.vector(at+qkv+"bias"+whole, 3*width)
	w.matrix(kept+name+join+"kernel/part_0", width, 512, true)
	w.vector(at+join+"bias"+whole, 512)
	w.norm(at+"FFN/", 512)
	w.matrix(stack+"FFN/conv1"+folded, 512, 1536, true)
	w.vector(at+"FFN/conv1/bias"+whole, 1536)
	w.matrix(stack+"FFN/conv2"+folded, 1536, 512, true)
	w.vector(at+"FFN/conv2/bias"+whole, 512)
}

// norm writes the scale and bias of a layer norm.
func (w *writer) norm(at string, width int) {
	w.vector(at+"layer_prepostprocess/layer_norm/layer_norm_scale"+whole, width)
	w.vector(at+"layer_prepostprocess/layer_norm/layer_norm_bias"+whole, width)
}

// tensor finds one and checks how many numbers it has. After a fault it gives zeros.
func (w *writer) tensor(name string, size int) []float32 {
	t, ok := w.model.tensors[name]
	if !ok || len(t.values) != size {
		w.fail("%s: %v, should have %d numbers", name, t.shape, size)
		return make([]float32, size)
	}
	return t.values
}

// fail keeps the first fault.
func (w *writer) fail(format string, args ...any) {
	if w.err == nil {
		w.err = fmt.Errorf(format, args...)
	}
}

// vector writes a tensor of size numbers as float32, always: there are few of them, and they scale
// or shift all others.
func (w *writer) vector(name string, size int) { w.floats(w.tensor(name, size)) }

// floats writes little-endian float32.
func (w *writer) floats(values []float32) {
	for _, v := range values {
		w.data = binary.LittleEndian.AppendUint32(w.data, math.Float32bits(v))
	}
}

// matrix writes a matrix that the graph has as rows by cols. Where turn is true the file has it as
// cols by rows, so that the numbers of one product lie side by side.
func (w *writer) matrix(name string, rows, cols int, turn bool) {
	values := w.tensor(name, rows*cols)
	if turn {
		turned := make([]float32, len(values))
		for r := range rows {
			for c := range cols {
				turned[c*rows+r] = values[r*cols+c]
			}
		}
		values, rows, cols = turned, cols, rows
	}
	if w.exact {
		w.floats(values)
		return
	}
	scales := make([]float32, rows)
	weights := make([]byte, len(values))
	for r := range rows {
		scales[r] = quantise(weights[r*cols:(r+1)*cols], values[r*cols:(r+1)*cols])
	}
	w.floats(scales)
	w.data = append(w.data, weights...)
}

// quantise rounds a row to int8, and returns what to multiply it by. The largest becomes 127. A
// scale for each row keeps one large weight from costing all rows their precision.
func quantise(dst []byte, row []float32) float32 {
	var top float32
	for _, v := range row {
		top = max(top, v, -v)
	}
	if top == 0 {
		return 0 // all of dst is
	}
	scale := top / 127
	for i, v := range row {
		dst[i] = byte(int8(math.Round(float64(v / scale))))
	}
	return scale
}
