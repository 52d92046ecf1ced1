package screen

import (
	"encoding/binary"
	"errors"
	"math"
)

// Embed returns what an English text means, as a vector of length 1; nil if it can't. It is called
// from several goroutines at once.
type Embed func(text string) []float32

// neighbours are texts of known classes as directions of meaning, in eight bits a number. A text
// that shares no word with them may still be near to them. Only entries and "outside" have
// neighbours: danger isn't told by meaning.
type neighbours struct {
	width int
	of    map[string][]int8 // by class, one vector after the other
}

const (
	fine   = 512 // units of a number of a vector: few are beyond a quarter
	looked = 3   // neighbours that are looked at
)

// add files a vector under a class. All vectors must have one width.
func (n *neighbours) add(class string, v []float32) {
	n.width = len(v)
	for _, x := range v {
		n.of[class] = append(n.of[class], int8(max(-127, min(127, math.Round(float64(x)*fine)))))
	}
}

// near returns the mean cosine of a direction to the nearest texts of a class. It is 0 for a class
// without any, and for a vector of another width, as an encoder other than the model's would give.
func (n *neighbours) near(class string, v []float32) float64 {
	var best [looked]float32
	for vs := n.of[class]; len(vs) >= n.width && n.width == len(v); vs = vs[n.width:] {
		var d float32
		for i, x := range vs[:n.width] {
			d += float32(x) * v[i]
		}
		// Insertion into the best few, which are sorted.
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
	return float64(sum) / looked / fine
}

// bytes encodes the neighbours, little-endian: the width as uint32, then by class, sorted, its name
// (uint8 length, bytes), the size of its vectors in bytes as uint32, and the vectors as int8.
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

// openNeighbours is the inverse of bytes. It copies the vectors.
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

var errNear = errors.New("screen: the neighbours are cut short")
