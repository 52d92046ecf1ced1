package model_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"testing"

	"github.com/beacon-clinic/beacon/knowledge/model"
)

// many are two examples for each of so many classes, which share no word.
func many(classes int) (xs []model.Example) {
	for c := range classes {
		for _, tail := range []string{"now", "then", "soon"} {
			xs = append(xs, model.Example{
				Features: see(fmt.Sprintf("only%d %s", c, tail)), Class: fmt.Sprintf("c%03d", c),
				Weight: 1,
			})
		}
	}
	return xs
}

// A posting names its class in a byte: one class more would be scored as another.
func TestThereIsRoomFor255Classes(t *testing.T) {
	for classes, fits := range map[int]bool{254: true, 255: true, 256: false} {
		data, err := model.Train(many(classes), model.Settings{Epochs: 12}).Compile()
		if (err == nil) != fits {
			t.Fatalf("%d classes: %v", classes, err)
		}
		if !fits {
			continue
		}
		m, err := model.Open(data)
		if err != nil {
			t.Fatal(err)
		}
		p := make([]float32, classes)
		last := classes - 1
		m.Score(see(fmt.Sprintf("only%d", last)), p)
		for c, v := range p {
			if v > p[last] {
				t.Errorf("of %d classes %d scores %.3f, the last %.3f", classes, c, v, p[last])
			}
		}
		if at := m.Place(fmt.Sprintf("c%03d", last)); at != last {
			t.Errorf("the last of %d classes stands at %d", classes, at)
		}
	}
}

// What one feature says adds up to the score, so that an explanation tells the truth.
func TestWhatFeaturesSayAddsUp(t *testing.T) {
	data, err := learnt(t).Compile()
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	fs := see("please stop the car")
	p, none := make([]float32, 3), make([]float32, 3)
	m.Score(fs, p)
	m.Score(nil, none)
	said := make([]float64, 3)
	for c := range said {
		for _, f := range fs {
			said[c] += float64(m.Says(f, c))
		}
	}
	for c := range said {
		got := math.Log(float64(p[c]/p[0])) - math.Log(float64(none[c]/none[0]))
		if want := said[c] - said[0]; math.Abs(got-want) > 1e-3 {
			t.Errorf("class %d: the score says %.4f, the features %.4f", c, got, want)
		}
	}
	if m.Says(see("unheard")[0], 0) != 0 || m.Says(fs[0], 7) != 0 {
		t.Error("it says something of what it doesn't know")
	}
}

// Nothing learnt is no reason to fail: every class is as likely as its share.
func TestTextsThatTeachNothing(t *testing.T) {
	var xs []model.Example
	for _, class := range []string{"a", "b"} {
		xs = append(xs, model.Example{Class: class, Weight: 1})
	}
	data, err := model.Train(xs, model.Settings{Epochs: 2}).Compile()
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	p := make([]float32, 2)
	if m.Score(see("anything"), p); math.Abs(float64(p[0]-.5)) > .01 || m.Knows(model.Feature{Key: 1}) {
		t.Errorf("%v", p)
	}
}

// A damaged file is refused when the program starts. It must not panic or hang once a patient has
// texted: whatever byte is changed, a model that opens scores any text.
func TestADamagedModelIsRefusedOrScores(t *testing.T) {
	whole, err := learnt(t).Compile()
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for at := range whole {
		for _, by := range []byte{1, 0x80, 0xff} {
			data := bytes.Clone(whole)
			data[at] ^= by
			m, err := model.Open(data)
			if err != nil {
				refused++
				continue
			}
			m.Score(see("price park stop unheard of"), make([]float32, len(m.Classes())))
		}
	}
	if refused < len(whole)/4 {
		t.Errorf("only %d of %d damaged files were refused", refused, 3*len(whole))
	}
	full := bytes.Clone(whole) // a table without a free slot: a search would never end
	slots := int(binary.LittleEndian.Uint32(full[8:]))
	from := len(full) - slots - int(binary.LittleEndian.Uint32(full[12:]))
	for at := from; at < from+slots; at += 8 {
		copy(full[at+4:], []byte{4, 0, 0, 0})
	}
	if _, err := model.Open(full); err == nil {
		t.Error("a table without a free slot opens")
	}
}
