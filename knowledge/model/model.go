// Package model scores which class a text belongs to, by weights that were learnt ahead of time.
//
// [Train] learns the weights from [Example] texts; [Trained.Compile] writes them to bytes; [Open]
// reads a [Model] from the bytes where they lie, so that a program is ready as soon as it has the
// file. A class is whatever the examples say: a kind such as crisis, or an entry of the base.
package model

import (
	"encoding/binary"
	"errors"
	"math"
)

// Feature is one thing seen in a text: a key, the hash of what it is, and how much it weighs. Keys
// must be spread over all 64 bits: the upper half picks the slot, the lower tells keys apart there.
type Feature struct {
	Key    uint64
	Weight float32
	at     uint32 // where its postings lie, as Look has found; 0 before
}

// nowhere is the place of a feature that the model has no postings of: none lie at 1.
const nowhere = 1

// Model scores texts: a softmax regression with one weight for each feature and class. It only
// reads its bytes, so many goroutines may share one.
type Model struct {
	classes []string
	place   map[string]int
	bias    []float32
	step    float32 // what one unit of a weight is worth
	slots   []byte  // an open hash table: print uint32, at uint32, a slot
	posts   []byte  // by feature: how many uint16, then class uint8 and weight int8 each
}

// slotSize is the bytes of a slot.
const slotSize = 8

// Classes are the names of the classes, in the order of Score.
func (m *Model) Classes() []string { return m.classes }

// Place is where a class stands in a score; -1 if the model doesn't know it.
func (m *Model) Place(class string) int {
	if i, ok := m.place[class]; ok {
		return i
	}
	return -1
}

// Look finds the features in the model and notes in them where they are, so that parts of a text
// that share them can be scored without looking again. They must be scored by this model alone.
func (m *Model) Look(fs []Feature) {
	for i := range fs {
		if fs[i].at == 0 {
			fs[i].at = m.find(fs[i].Key)
		}
	}
}

// Score fills p, one place a class, with the probability of each class. p must have len(Classes())
// places. A text without a known feature gets what the biases give. Score does Look's work for
// features that haven't been looked up.
//
// Nearly all of its time goes into the postings, some fifty a feature: those of the next feature
// are fetched while these are added, and a sum for every byte that may name a class saves a check
// of the bounds each. The order of the additions is part of the result.
func (m *Model) Score(fs []Feature, p []float32) {
	m.Look(fs)
	var sums [256]float32
	copy(sums[:], m.bias)
	var next []byte
	if len(fs) > 0 {
		next = m.postings(fs[0].at)
	}
	for i := range fs {
		ps, w := next, fs[i].Weight*m.step
		if i+1 < len(fs) {
			next = m.postings(fs[i+1].at)
		}
		for ; len(ps) >= 4; ps = ps[4:] { // two at a time, without a check of the bounds
			two := (*[4]byte)(ps)
			sums[two[0]] += w * float32(int8(two[1]))
			sums[two[2]] += w * float32(int8(two[3]))
		}
		if len(ps) >= 2 {
			sums[ps[0]] += w * float32(int8(ps[1]))
		}
	}
	copy(p, sums[:])
	softmax(p)
}

// Knows tells whether any text that was learnt from has the feature. Two keys whose lower halves
// are equal may be taken for each other.
func (m *Model) Knows(f Feature) bool {
	if f.at == 0 {
		f.at = m.find(f.Key)
	}
	return f.at != nowhere
}

// Says is how much one feature speaks for a class, in log odds before they are made to add up.
func (m *Model) Says(f Feature, class int) float32 {
	for ps := m.postings(m.find(f.Key)); len(ps) > 0; ps = ps[2:] {
		if int(ps[0]) == class {
			return f.Weight * m.step * float32(int8(ps[1]))
		}
	}
	return 0
}

// find returns where the postings of a feature lie, nowhere if it has none.
func (m *Model) find(key uint64) uint32 {
	slots := uint64(len(m.slots) / slotSize)
	for i := slot(key, slots); ; {
		s := m.slots[i*slotSize:][:slotSize]
		at := binary.LittleEndian.Uint32(s[4:])
		if at == 0 {
			return nowhere
		}
		if binary.LittleEndian.Uint32(s) == print(key) {
			return at
		}
		if i++; i == slots {
			i = 0
		}
	}
}

// postings returns what find has found, a class and a weight each.
func (m *Model) postings(at uint32) []byte {
	if at == nowhere {
		return nil
	}
	n := binary.LittleEndian.Uint16(m.posts[at:])
	return m.posts[at+2:][:2*int(n)]
}

// slot is where a feature is looked for first, print what tells it from others there.
func slot(key, slots uint64) uint64 { return (key >> 32) % slots }
func print(key uint64) uint32       { return uint32(key) }

// softmax turns scores into shares of 1, in place.
func softmax(p []float32) {
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

var (
	errCut     = errors.New("model: the file is cut short")
	errDamaged = errors.New("model: the file is damaged")
)
