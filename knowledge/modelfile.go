package knowledge

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // for the model
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
)

// ModelFile is the name of the compiled model in the directory of the words.
const ModelFile = "model.bin"

// shippedModel is only read.
//
//go:embed model.bin
var shippedModel []byte

// modelMagic starts a model file. What follows it:
//
//	uint32 length of the head, little-endian
//	the head: JSON with the hash of all sources, and by entry the hash of what it asks
//	what the screen learnt, to the end; see screen's openLearnt
//
// A file of another layout needs another magic, so that an old program says what is wrong.
const modelMagic = "beacon-words-1\n"

// modelFile is what was learnt, and from which words. The JSON keys are those of the file.
type modelFile struct {
	Sources string            `json:"sources"` // the hash of all that was learnt from
	Entries map[string]string `json:"entries"` // by entry: the hash of what it asks
	learnt  []byte
	own     bool // the clinic's directory has it
	// outdated: it was learnt from what its directory had before it was edited
	outdated bool
}

// openModel reads a model file without copying: data must not change afterwards.
func openModel(data []byte) (m modelFile, err error) {
	rest, ok := bytes.CutPrefix(data, []byte(modelMagic))
	if !ok || len(rest) < 4 {
		return m, errors.New("it is no model of this version")
	}
	n := int(binary.LittleEndian.Uint32(rest))
	if n > len(rest)-4 {
		return m, io.ErrUnexpectedEOF
	}
	if err := json.Unmarshal(rest[4:4+n], &m); err != nil {
		return m, err
	}
	m.learnt = rest[4+n:]
	return m, nil
}

// hashOf hashes values by their JSON, which has maps in the order of their keys. Twelve bytes of
// SHA-256 are enough to tell words apart; nobody gains by forging one.
func hashOf(values ...any) string {
	h := sha256.New()
	for _, v := range values {
		if err := json.NewEncoder(h).Encode(v); err != nil {
			panic(err) // only plain values come here
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}
