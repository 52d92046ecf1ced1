package match_test

import (
	"hash/fnv"
	"math"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/beacon-clinic/beacon/knowledge/match"
)

// thesaurus stands in for an encoder: words that mean the same point the same way. It notes what it
// was asked.
type thesaurus struct {
	mu    sync.Mutex
	texts []string
}

func (h *thesaurus) embed(text string) []float32 {
	h.mu.Lock()
	h.texts = append(h.texts, text)
	h.mu.Unlock()
	same := map[string]string{
		"automobile": "park", "vehicle": "park", "parking": "park", "car": "park",
	}
	v := make([]float32, 64)
	for _, w := range strings.Fields(strings.ToLower(text)) {
		if s := same[w]; s != "" {
			w = s
		}
		f := fnv.New32a()
		_, _ = f.Write([]byte(w))
		v[f.Sum32()%64]++
	}
	var sum float64
	for _, x := range v {
		sum += float64(x * x)
	}
	for i := range v {
		v[i] /= float32(math.Sqrt(max(sum, 1e-9)))
	}
	return v
}

// asked are the texts since it was last called.
func (h *thesaurus) asked() []string {
	out := h.texts
	h.texts = nil
	return out
}

func TestMeaningIsAskedWhereWordsAreNotSure(t *testing.T) {
	var h thesaurus
	m := match.Build(desk(), match.Settings{Embed: h.embed})
	for _, text := range h.asked() {
		if strings.Contains(text, "cuanto") {
			t.Errorf("%q is Spanish and was embedded", text)
		}
	}
	if r := m.Match("automobile"); r.Best[0].ID != "parking" {
		t.Errorf("an automobile went to %v", r.Best)
	}
	if got := h.asked(); !slices.Equal(got, []string{"automobile"}) {
		t.Errorf("%q were embedded", got)
	}
	if e := m.Explain("automobile"); e.Weights[0].Feature != "meaning" {
		t.Errorf("an automobile is explained by %v", e.Weights)
	}
	h.asked()
	for _, text := range []string{"where do I park", "¿cuánto cuesta la visita?", "", "?!"} {
		m.Match(text)
		if got := h.asked(); len(got) > 0 {
			t.Errorf("%q: %q were embedded", text, got)
		}
	}
	m.Match("is the automobile parkng open")
	want := []string{"is the automobile parkng open", "is the automobile parking open"}
	if got := h.asked(); !slices.Equal(got, want) {
		t.Errorf("%q were embedded, want %q", got, want)
	}
}

func TestWhatIsEmbeddedStays(t *testing.T) {
	var h thesaurus
	base := desk()
	before := match.Build(base, match.Settings{Embed: h.embed})
	h.asked()
	base[0].Asks = append(base[0].Asks, "what is the damage")
	after := match.Build(base, match.Settings{Embed: h.embed, Before: before})
	if got := h.asked(); !slices.Equal(got, []string{"what is the damage"}) {
		t.Errorf("%q were embedded", got)
	}
	anew := match.Build(base, match.Settings{Embed: h.embed})
	for _, text := range []string{"is my vehicle safe", "how long", "the damage"} {
		if a, b := after.Match(text), anew.Match(text); !reflect.DeepEqual(a, b) {
			t.Errorf("%q: %v, built anew %v", text, a, b)
		}
	}
}

func TestNoMoreIsEmbeddedThanAllowed(t *testing.T) {
	var h thesaurus
	base, questions := invented(20, 40)
	m := match.Build(base, match.Settings{Embed: h.embed, Embedded: 300})
	if n := len(h.asked()); n > 300 || n < 250 {
		t.Errorf("%d texts were embedded", n)
	}
	right := 0
	for i, q := range questions {
		if m.Match(q).Best[0].ID == base[i/2].ID {
			right++
		}
	}
	if right < 30 {
		t.Errorf("%d of %d right", right, len(questions))
	}
	h.asked()
	match.Build(base, match.Settings{Embed: h.embed, Embedded: 1})
	if n := len(h.asked()); n != 20 {
		t.Errorf("%d texts of 20 entries were embedded", n)
	}
}
