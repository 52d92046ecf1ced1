package model

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

// The file of a model, little-endian:
//
//	uint32  magic
//	uint32  number of classes
//	uint32  bytes of slots
//	uint32  bytes of postings
//	float32 step: what one unit of a weight is worth
//	by class, sorted by name: uint8 length, name, float32 bias
//	slots: an open hash table with linear probing, 8 bytes a slot:
//		uint32 print of the key, uint32 place of its postings, 0 in an empty slot
//	postings: uint16 count, then for each uint8 class and int8 weight in steps
//
// A model is read where it lies, so the layout is also what Score walks. Whoever changes it must
// change magic, or an old file would be read as noise.
const (
	magic    = 0x6d6f6431 // "mod1"
	mostName = 255
	crowd    = 4. / 3 // slots a feature
)

// Compile writes the model: weights of eight bits, those near nothing left out. The same model
// gives the same bytes. More than 255 classes are an error, since a posting names its class in a
// byte.
func (t *Trained) Compile() ([]byte, error) {
	if len(t.classes) > 255 {
		return nil, fmt.Errorf("model: %d classes, at most 255 have room", len(t.classes))
	}
	step := t.step()
	keys := make([]uint64, 0, len(t.ids))
	for key := range t.ids {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	posts := make([]byte, 4) // no feature's postings lie at 0: that marks an empty slot
	at := make(map[uint64]uint32, len(keys))
	for _, key := range keys {
		if ps := t.postings(t.ids[key], step); len(ps) > 0 {
			at[key] = uint32(len(posts))
			posts = binary.LittleEndian.AppendUint16(posts, uint16(len(ps)/2))
			posts = append(posts, ps...)
		}
	}
	slots := make([]byte, (int(crowd*float64(len(at)))+7)*slotSize)
	for _, key := range keys {
		if at[key] != 0 {
			put(slots, key, at[key])
		}
	}
	return t.write(slots, posts, step), nil
}

// write puts the parts together.
func (t *Trained) write(slots, posts []byte, step float32) []byte {
	le := binary.LittleEndian
	out := le.AppendUint32(nil, magic)
	out = le.AppendUint32(out, uint32(len(t.classes)))
	out = le.AppendUint32(out, uint32(len(slots)))
	out = le.AppendUint32(out, uint32(len(posts)))
	out = le.AppendUint32(out, math.Float32bits(step))
	for i, c := range t.classes {
		out = append(append(out, byte(min(len(c), mostName))), c[:min(len(c), mostName)]...)
		out = le.AppendUint32(out, math.Float32bits(t.bias[i]))
	}
	return append(append(out, slots...), posts...)
}

// step is the worth of one unit: the weights beyond a thousandth part of all are cut to its 127.
// Otherwise one weight far out would cost all others their precision.
func (t *Trained) step() float32 {
	var sizes []float32
	for i := 0; i < len(t.w); i += 101 { // enough of them to tell
		if w := t.w[i]; w > 1e-3 {
			sizes = append(sizes, w)
		} else if w < -1e-3 {
			sizes = append(sizes, -w)
		}
	}
	if len(sizes) == 0 {
		return 1. / 127
	}
	slices.Sort(sizes)
	return max(sizes[len(sizes)-1-len(sizes)/1000], 1e-2) / 127
}

// postings are the class and the weight, a byte each, of what a feature says.
func (t *Trained) postings(id int32, step float32) (out []byte) {
	k := len(t.classes)
	for j, w := range t.w[int(id)*k:][:k] {
		v := math.Round(float64(w / step))
		if v = max(-127, min(127, v)); v > lightest || v < -lightest {
			out = append(out, byte(j), byte(int8(v)))
		}
	}
	return out
}

// lightest is the weight, in units, up to which a posting isn't worth its room.
const lightest = 4

// put files a key in the first free slot from its own on. Slots are a third more than keys, so one
// is always free.
func put(slots []byte, key uint64, at uint32) {
	n := uint64(len(slots) / slotSize)
	i := slot(key, n)
	for ; binary.LittleEndian.Uint32(slots[i*slotSize+4:]) != 0; i = (i + 1) % n {
	}
	binary.LittleEndian.PutUint32(slots[i*slotSize:], print(key))
	binary.LittleEndian.PutUint32(slots[i*slotSize+4:], at)
}

// Open reads a model where its bytes lie; they must not change afterwards. What is cut short or
// damaged is an error, so that a model which opens can score any text.
func Open(data []byte) (*Model, error) {
	le := binary.LittleEndian
	if len(data) < 20 || le.Uint32(data) != magic {
		return nil, fmt.Errorf("model: these %d bytes are no model", len(data))
	}
	k, slots, posts := int(le.Uint32(data[4:])), int(le.Uint32(data[8:])), int(le.Uint32(data[12:]))
	m := &Model{step: math.Float32frombits(le.Uint32(data[16:])), place: map[string]int{}}
	data = data[20:]
	for i := range k {
		if len(data) < 1 || len(data) < 5+int(data[0]) {
			return nil, errCut
		}
		n := 1 + int(data[0])
		m.place[string(data[1:n])] = i
		m.classes = append(m.classes, string(data[1:n]))
		m.bias = append(m.bias, math.Float32frombits(le.Uint32(data[n:])))
		data = data[n+4:]
	}
	if k == 0 || slots == 0 || slots%slotSize != 0 || len(data) != slots+posts {
		return nil, errCut
	}
	m.slots, m.posts = data[:slots], data[slots:]
	if !m.sound() {
		return nil, errDamaged
	}
	return m, nil
}

// sound tells whether Score can walk the tables without leaving them: every slot leads to postings
// of known classes, and one is free, at which a search for an unknown feature ends. A damaged file
// must stop the start, not panic or hang at a patient's text.
func (m *Model) sound() bool {
	free := false
	for s := m.slots; len(s) > 0; s = s[slotSize:] {
		at := int(binary.LittleEndian.Uint32(s[4:]))
		if at == 0 {
			free = true
			continue
		}
		if at+2 > len(m.posts) {
			return false
		}
		n := int(binary.LittleEndian.Uint16(m.posts[at:]))
		if at+2+2*n > len(m.posts) {
			return false
		}
		for ps := m.posts[at+2:][:2*n]; len(ps) > 0; ps = ps[2:] {
			if int(ps[0]) >= len(m.classes) {
				return false
			}
		}
	}
	return free
}
