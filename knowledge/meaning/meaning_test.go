package meaning

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
)

// sample is a text and what the encoder's own package makes of it; conformance_test.go asks that
// again.
type sample struct {
	Text   string    `json:"text"`
	Tokens []int     `json:"tokens"` // the first MaxTokens
	Vector []float32 `json:"vector"` // the first numbers, rounded
}

func samples(t *testing.T) []sample {
	t.Helper()
	b, err := os.ReadFile("testdata/texts.json")
	if err != nil {
		t.Fatal(err)
	}
	var out []sample
	if err := json.Unmarshal(b, &out); err != nil || len(out) < 60 {
		t.Fatalf("%d texts: %v", len(out), err)
	}
	return out
}

func encoder(tb testing.TB) *Encoder {
	tb.Helper()
	e, err := Shipped()
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

func cosine(a, b []float32) float64 {
	var dot, aa, bb float64
	for i := range a {
		x, y := float64(a[i]), float64(b[i])
		dot, aa, bb = dot+x*y, aa+x*x, bb+y*y
	}
	return dot / math.Sqrt(aa*bb)
}

func TestTokens(t *testing.T) {
	e := encoder(t)
	for _, s := range samples(t) {
		if got := e.Tokens(s.Text); !slices.Equal(got, s.Tokens) {
			t.Errorf("%q: %v, should be %v", s.Text, got, s.Tokens)
		}
	}
}

func TestTokensOfWhatIsNoText(t *testing.T) {
	e := encoder(t)
	for text, want := range map[string][]int{
		"\xff":             {30, 0},
		"\xe2\x82":         {30, 0},
		"a\xc3":            {11, 0},
		"\xed\xa0\x80":     {30, 0},
		"\xff\xfe a \xff":  {30, 0, 11, 30, 0},
		"the \xf0\x9f the": {9, 30, 0, 9},
	} {
		if got := e.Tokens(text); !slices.Equal(got, want) {
			t.Errorf("%q: %v, should be %v", text, got, want)
		}
	}
}

func TestOnlyTheFirstTokensCount(t *testing.T) {
	e := encoder(t)
	text := of(MaxTokens)
	for _, more := range []string{" and", " and more of it", strings.Repeat(" word", 1e5)} {
		if n := len(e.Tokens(text + more)); n != MaxTokens {
			t.Errorf("%d tokens", n)
		}
		if !slices.Equal(e.Embed(text), e.Embed(text+more)) {
			t.Errorf("%d bytes more make another vector", len(more))
		}
	}
}

func TestEmbed(t *testing.T) {
	e := encoder(t)
	for _, s := range samples(t) {
		v := e.Embed(s.Text)
		if len(v) != Width {
			t.Fatalf("%q: %d numbers", s.Text, len(v))
		}
		var length float64
		for _, x := range v {
			length += float64(x) * float64(x)
		}
		if math.Abs(length-1) > 1e-5 {
			t.Errorf("%q: length %v", s.Text, length)
		}
		for i, want := range s.Vector {
			if math.Abs(float64(v[i]-want)) > .01 {
				t.Errorf("%q: number %d is %v, should be near %v", s.Text, i, v[i], want)
			}
		}
	}
}

func TestTheSameMeaningIsNearer(t *testing.T) {
	e := encoder(t)
	for _, c := range [][3]string{
		{"When do you open?", "What are your opening hours?", "How much does a cleaning cost?"},
		{"I can't come tomorrow", "Please cancel my visit", "Where can I park?"},
		{"I want to kill myself", "I don't want to live any more", "I want to change my dentist"},
	} {
		v := e.Embed(c[0])
		if near, far := cosine(v, e.Embed(c[1])), cosine(v, e.Embed(c[2])); near < far+.1 {
			t.Errorf("%q: %.2f %q, %.2f %q", c[0], near, c[1], far, c[2])
		}
	}
}

func TestWithoutVectorInstructions(t *testing.T) {
	e, plain := encoder(t), encoder(t)
	plain.vector = false
	for _, n := range []int{1, 2, 3, 4, 5, 31, 32, 33} {
		a, b := e.Embed(of(n)), plain.Embed(of(n))
		for i := range a {
			if math.Abs(float64(a[i]-b[i])) > 1e-5 {
				t.Fatalf("%d tokens: number %d is %v, without %v", n, i, a[i], b[i])
			}
		}
	}
}

func TestEmbedAtOnce(t *testing.T) {
	e := encoder(t)
	texts := []string{"", "yes", "Can I see Dr. Lee on Monday?", of(40)}
	var want [][]float32
	for _, text := range texts {
		want = append(want, e.Embed(text))
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for i, text := range texts {
				if !slices.Equal(e.Embed(text), want[i]) {
					t.Errorf("%q: another vector", text)
				}
			}
		})
	}
	all.Wait()
}

func TestLoadTakesNothingElse(t *testing.T) {
	broken := slices.Clone(shipped[:1<<20])
	for _, n := range []int{0, 1, 7, 8, 11, 12, 15, 16, 17, 1000, 64016, 72016, 131428, 1 << 20} {
		if _, err := Load(broken[:n]); err == nil {
			t.Errorf("the first %d bytes load", n)
		}
	}
	for _, data := range [][]byte{shipped[:len(shipped)-1], append(slices.Clone(shipped), 0)} {
		if _, err := Load(data); err == nil {
			t.Errorf("%d bytes of %d load", len(data), len(shipped))
		}
	}
	for at := range 16 {
		for _, by := range []byte{1, 0x80, 0xff} {
			broken[at] ^= by
			if _, err := Load(broken); err == nil {
				t.Errorf("loads with byte %d changed", at)
			}
			broken[at] ^= by
		}
	}
}

func FuzzTokens(f *testing.F) {
	for _, s := range []string{
		"", " ", "hello", "¿Qué tal?", "😀\xff", "e\u0301\u0301", ":) ://", "”5", of(200),
	} {
		f.Add(s)
	}
	e := encoder(f)
	f.Fuzz(func(t *testing.T, text string) {
		ids := e.Tokens(text)
		if len(ids) > MaxTokens || (len(ids) == 0) != (text == "") {
			t.Fatalf("%d tokens", len(ids))
		}
		for i, id := range ids {
			if id < 0 || id >= len(e.pieces.scores) {
				t.Fatalf("token %d", id)
			}
			if id == 0 && i > 0 && ids[i-1] == 0 {
				t.Fatal("two unknown in a row")
			}
		}
		if !slices.Equal(ids, e.Tokens(text)) {
			t.Fatal("not the same twice")
		}
	})
}
