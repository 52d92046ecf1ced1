package model_test

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"math"
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/knowledge/model"
)

// see turns the words of a text into features.
func see(text string) (out []model.Feature) {
	ws := strings.Fields(text)
	for _, w := range ws {
		h := fnv.New64a()
		fmt.Fprint(h, w)
		out = append(out, model.Feature{
			Key: h.Sum64() * 0x9e3779b97f4a7c15, Weight: float32(1 / math.Sqrt(float64(len(ws)))),
		})
	}
	return out
}

func learnt(t testing.TB) *model.Trained {
	t.Helper()
	var xs []model.Example
	for class, texts := range map[int][]string{
		0: {"a price for one", "the price of all", "what price", "price please"},
		1: {"park the car", "where to park", "park here", "car park"},
		2: {"stop it now", "stop this", "please stop", "now stop"},
	} {
		for _, text := range texts {
			xs = append(xs, model.Example{
				Features: see(text), Class: []string{"cost", "parking", "stop"}[class], Weight: 1,
			})
		}
	}
	for i := range xs { // a map has no order, an example has
		for j := i; j > 0 && xs[j].Class < xs[j-1].Class; j-- {
			xs[j], xs[j-1] = xs[j-1], xs[j]
		}
	}
	xs = append(xs, model.Example{Features: see("price park"), Class: "asks", Weight: 1})
	return model.Train(xs, model.Settings{
		Epochs: 20,
		Sets:   map[string]func(string) bool{"asks": func(c string) bool { return c != "stop" }},
	})
}

func TestACompiledModelScoresAsItWasLearnt(t *testing.T) {
	trained := learnt(t)
	data, err := trained.Compile()
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(m.Classes(), " "), "cost parking stop"; got != want {
		t.Fatalf("classes %s, want %s: a set is none", got, want)
	}
	a, b := make([]float32, 3), make([]float32, 3)
	for text, want := range map[string]string{
		"the price please":      "cost",
		"where is the car park": "parking", "stop": "stop", "never seen": "",
	} {
		trained.Score(see(text), a)
		m.Score(see(text), b)
		best := 0
		for i := range a {
			if math.Abs(float64(a[i]-b[i])) > .02 {
				t.Errorf("%q: class %s is %.3f as learnt and %.3f compiled", text, m.Classes()[i],
					a[i], b[i])
			}
			if b[i] > b[best] {
				best = i
			}
		}
		if want != "" && m.Classes()[best] != want {
			t.Errorf("%q is %s, want %s", text, m.Classes()[best], want)
		}
	}
	if m.Place("asks") != -1 || m.Knows(see("unheard")[0]) {
		t.Error("it knows what nobody taught")
	}
}

func TestTheSameExamplesGiveTheSameBytes(t *testing.T) {
	a, err1 := learnt(t).Compile()
	b, err2 := learnt(t).Compile()
	if err1 != nil || err2 != nil || !bytes.Equal(a, b) {
		t.Errorf("%d and %d bytes, %v, %v", len(a), len(b), err1, err2)
	}
}

func TestOpenRefusesWhatIsNoModel(t *testing.T) {
	data, err := learnt(t).Compile()
	if err != nil {
		t.Fatal(err)
	}
	for _, broken := range [][]byte{
		nil, []byte("short"), make([]byte, 100), data[:40],
		data[:len(data)-1], append(bytes.Clone(data), 0),
	} {
		if _, err := model.Open(broken); err == nil {
			t.Errorf("took %d bytes of a model of %d", len(broken), len(data))
		}
	}
}

func FuzzOpen(f *testing.F) {
	data, err := learnt(f).Compile()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add(data[:30])
	f.Fuzz(func(_ *testing.T, data []byte) {
		m, err := model.Open(data)
		if err != nil {
			return
		}
		m.Score(see("price park stop unheard"), make([]float32, len(m.Classes())))
	})
}

func BenchmarkScore(b *testing.B) {
	data, err := learnt(b).Compile()
	if err != nil {
		b.Fatal(err)
	}
	m, err := model.Open(data)
	if err != nil {
		b.Fatal(err)
	}
	fs, p := see("where do i park and what is the price please"), make([]float32, 3)
	for b.Loop() {
		m.Score(fs, p)
	}
}
