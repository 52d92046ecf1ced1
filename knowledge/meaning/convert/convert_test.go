package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestQuantise(t *testing.T) {
	for _, c := range []struct {
		row   []float32
		scale float32
		want  []int8
	}{
		{row: []float32{0, 0}, scale: 0, want: []int8{0, 0}},
		{row: []float32{1.27, -1.27, .634, 0}, scale: .01, want: []int8{127, -127, 63, 0}},
		// Halves are rounded away from 0.
		{row: []float32{-254, 3, -3, 1}, scale: 2, want: []int8{-127, 2, -2, 1}},
	} {
		got := make([]byte, len(c.row))
		scale := quantise(got, c.row)
		if scale != c.scale && (scale < c.scale*.9999 || scale > c.scale*1.0001) {
			t.Errorf("%v: scale %v, should be %v", c.row, scale, c.scale)
		}
		for i, w := range c.want {
			if int8(got[i]) != w {
				t.Errorf("%v: %v, should be %v", c.row, got, c.want)
			}
		}
	}
}

func TestWhatIsNoPackage(t *testing.T) {
	const x0 = `[["x",0]]`
	two := list("float32", "2")
	for name, c := range map[string]struct{ model, shard, vocabulary string }{
		"no shard": {
			model: `{"weightsManifest":[{"paths":["a"]}]}`, vocabulary: x0,
		},
		"bad JSON":        {model: `{`, vocabulary: x0},
		"a short shard":   {model: list("float32", "3"), shard: "12345678", vocabulary: x0},
		"a long shard":    {model: list("float32", "1"), shard: "12345678", vocabulary: x0},
		"another type":    {model: list("float16", "2"), shard: "12345678", vocabulary: x0},
		"no vocabulary":   {model: two, shard: "12345678", vocabulary: `[]`},
		"a bad score":     {model: two, shard: "12345678", vocabulary: `[["x","y"]]`},
		"a bad piece":     {model: two, shard: "12345678", vocabulary: `[[1,1]]`},
		"too few tensors": {model: two, shard: "12345678", vocabulary: `[["x",null]]`},
	} {
		dir := t.TempDir()
		out := filepath.Join(dir, "out")
		write(t, filepath.Join(dir, "dist", "model.json"), c.model)
		write(t, filepath.Join(dir, "dist", "vocab.json"), c.vocabulary)
		if c.shard != "" {
			write(t, filepath.Join(dir, "dist", "a"), c.shard)
		}
		if err := convert(dir, out, false); err == nil {
			t.Errorf("%s: no error", name)
		}
		if _, err := os.Stat(out); err == nil {
			t.Errorf("%s: a file was written", name)
		}
	}
}

func TestReadTakesANullScoreFor0(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "model.json"), list("float32", "2"))
	write(t, filepath.Join(dir, "a"), "\x00\x00\x80\x3f\x00\x00\x00\x40")
	write(t, filepath.Join(dir, "vocab.json"), `[["a",-1.5],[":",null]]`)
	m, err := read(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(m.pieces, []piece{{text: "a", score: -1.5}, {text: ":", score: 0}}) {
		t.Errorf("pieces %v", m.pieces)
	}
	if got := m.tensors["w"].values; !slices.Equal(got, []float32{1, 2}) {
		t.Errorf("values %v", got)
	}
}

// list is a model.json of one tensor.
func list(kind, size string) string {
	return `{"weightsManifest":[{"paths":["a"],"weights":[
		{"name":"w","shape":[` + size + `],"dtype":"` + kind + `"}]}]}`
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
