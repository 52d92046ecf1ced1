package main

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
)

// model is what the package holds, before the writer picks the tensors it knows.
type model struct {
	pieces  []piece
	tensors map[string]tensor // by name in the graph
}

// piece is one of the vocabulary; score is the logarithm of how common it is.
type piece struct {
	text  string
	score float64
}

// tensor is an array of the graph, its values in row-major order.
type tensor struct {
	shape  []int
	values []float32
}

// manifest is the part of model.json that says what the shards hold, one tensor after the other.
type manifest struct {
	Groups []struct {
		Paths   []string `json:"paths"`
		Weights []struct {
			Name  string `json:"name"`
			Shape []int  `json:"shape"`
			Type  string `json:"dtype"`
		} `json:"weights"`
	} `json:"weightsManifest"`
}

// read reads model.json, its shards and the vocabulary from dir. The shards of a group are one
// stream in which its tensors follow each other, so a tensor may begin in one shard and end in the
// next. Tensors of integers hold no weights and are gone over. Every other byte must belong to a
// tensor: what is left over shows that the list and the shards are of two packages.
func read(dir string) (*model, error) {
	m := &model{tensors: map[string]tensor{}}
	var list manifest
	if err := readJSON(filepath.Join(dir, "model.json"), &list); err != nil {
		return nil, err
	}
	for _, g := range list.Groups {
		var data []byte
		for _, p := range g.Paths {
			b, err := os.ReadFile(filepath.Join(dir, filepath.Base(p)))
			if err != nil {
				return nil, err
			}
			data = append(data, b...)
		}
		for _, w := range g.Weights {
			n := 1
			for _, d := range w.Shape {
				n *= d
			}
			// Both types have four bytes a number.
			if len(data) < 4*n || w.Type != "float32" && w.Type != "int32" {
				return nil, fmt.Errorf("%s: %s %v of %d bytes", w.Name, w.Type, w.Shape, len(data))
			}
			if w.Type == "float32" {
				m.tensors[w.Name] = tensor{w.Shape, floats(data[:4*n])}
			}
			data = data[4*n:]
		}
		if len(data) > 0 {
			return nil, fmt.Errorf("%d bytes that no tensor has", len(data))
		}
	}
	return m, m.readPieces(filepath.Join(dir, "vocab.json"))
}

// floats decodes little-endian float32.
func floats(data []byte) []float32 {
	out := make([]float32, len(data)/4)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
	}
	return out
}

// readPieces reads the vocabulary, pairs of a text and a score. A score that is null counts as 0,
// as it does in JavaScript.
func (m *model) readPieces(file string) error {
	var list [][2]any
	if err := readJSON(file, &list); err != nil {
		return err
	}
	for _, pair := range list {
		text, ok := pair[0].(string)
		if !ok {
			return fmt.Errorf("%s: %v isn't a piece", file, pair)
		}
		score, ok := pair[1].(float64)
		if !ok && pair[1] != nil {
			return fmt.Errorf("%s: %v has no score", file, pair)
		}
		m.pieces = append(m.pieces, piece{text, score})
	}
	if len(m.pieces) == 0 {
		return errors.New("no vocabulary")
	}
	return nil
}

// readJSON decodes a file; the error names it.
func readJSON(file string, into any) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}
