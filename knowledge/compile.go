package knowledge

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the model
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/beacon-clinic/beacon/knowledge/language"
	"github.com/beacon-clinic/beacon/knowledge/meaning"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// ModelFile is the name of the file of what was learnt from the words, in their directory.
const ModelFile = "model.bin"

// shippedModel is only read.
//
//go:embed model.bin
var shippedModel []byte

// modelMagic begins the file of a model; the length of a JSON head, the head, and what the screen
// learnt follow.
const modelMagic = "beacon-words-1\n"

// modelFile is what was learnt from the words, and from which words.
type modelFile struct {
	Sources string            `json:"sources"` // the hash of all that was learnt from
	Entries map[string]string `json:"entries"` // by entry: the hash of what it asks
	learnt  []byte
	own     bool // the clinic's directory has it
}

// Compile learns from the words of a directory (nil: those shipped) and of the corpus, and gives
// the model file and how it stands on writers held out. It takes minutes; the same words give
// the same bytes. progress hears of each step done, nil if nobody listens.
func Compile(own fs.FS, progress func(done, of int)) ([]byte, screen.Report, error) {
	b, err := parse(own)
	if err != nil {
		return nil, screen.Report{}, err
	}
	texts, faults := b.texts()
	embed, err := meaning.Shipped()
	if faults = append(faults, err); errors.Join(faults...) != nil {
		return nil, screen.Report{}, errors.Join(faults...)
	}
	learnt, report, err := screen.Learn(b.rules, texts, embed.Embed, progress)
	if err != nil {
		return nil, report, err
	}
	head := modelFile{Sources: b.sources(texts), Entries: map[string]string{}}
	for _, e := range b.Entries {
		head.Entries[e.ID] = hashOf(e.ID, e.Asks)
	}
	data, err := json.Marshal(head)
	out := binary.LittleEndian.AppendUint32([]byte(modelMagic), uint32(len(data)))
	return append(append(out, data...), learnt...), report, err
}

// texts are all that is learnt from: the corpus, and what the entries ask.
func (b *Base) texts() ([]screen.Text, []error) {
	out, faults := readCorpus(b.corpus, func(id string) bool { return b.byID[id] != nil })
	for _, e := range b.Entries {
		class := screen.ClassEntry + e.ID
		if e.Outside {
			class = screen.ClassOutside
		}
		for _, l := range language.All() {
			for _, a := range e.Asks[l] {
				out = append(out, screen.Text{Class: class, Lang: l, Text: a, Curated: true})
			}
		}
	}
	for i := range out {
		out[i].Text = readable(b.clean.Read(out[i].Text, nil))
	}
	return out, faults
}

// sources is the hash of all that is learnt from.
func (b *Base) sources(texts []screen.Text) string { return hashOf(b.rules, texts) }

// hashOf is the hash of values, as their JSON is written.
func hashOf(values ...any) string {
	h := sha256.New()
	for _, v := range values {
		if err := json.NewEncoder(h).Encode(v); err != nil {
			panic(err) // only plain values come here
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// findModel is the model that the words run on.
func (b *Base) findModel(own fs.FS) (modelFile, error) {
	if own != nil {
		data, err := fs.ReadFile(own, ModelFile)
		switch {
		case err == nil:
			return b.ownModel(data)
		case !errors.Is(err, fs.ErrNotExist):
			return modelFile{}, err
		}
	}
	m, err := openModel(shippedModel)
	if err != nil {
		return m, fmt.Errorf("the shipped %s: %w", ModelFile, err)
	}
	return m, nil
}

// ownModel opens the clinic's own model, which must have been learnt from the words beside it.
func (b *Base) ownModel(data []byte) (modelFile, error) {
	m, err := openModel(data)
	if err != nil {
		return m, fmt.Errorf("%s: %w: make it anew with bot knowledge compile, or delete it", ModelFile, err)
	}
	texts, faults := b.texts()
	if len(faults) > 0 {
		return m, errors.Join(faults...)
	}
	if m.Sources != b.sources(texts) {
		return m, fmt.Errorf("%s was compiled from other words than stand beside it: make it anew with bot knowledge compile, or delete it to run on the shipped one", ModelFile)
	}
	m.own = true
	return m, nil
}

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

// Model says which words the base runs on: whose model, learnt from which words, and how many
// entries that hasn't learnt from.
func (b *Base) Model() string {
	text := "the shipped model " + b.model.Sources
	if b.model.own {
		text = "the clinic's own model " + b.model.Sources
	}
	if m := b.match.Load(); m != nil {
		text += fmt.Sprintf(", and %d entries learnt beside it", len(m.changed))
	}
	return text
}

// Stale says whether the model was learnt from other words than those of the base.
func (b *Base) Stale() (bool, error) {
	texts, faults := b.texts()
	return b.sources(texts) != b.model.Sources, errors.Join(faults...)
}
