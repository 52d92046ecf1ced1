package knowledge

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/beacon-clinic/beacon/knowledge/language"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// findModel returns the model that the base runs on: the clinic's own if its directory has one,
// otherwise the shipped one. A faulty own model is an error, never a reason to fall back: the
// clinic believes that it runs on it.
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

// errOtherWords is what is wrong with a model that isn't of the words beside it.
var errOtherWords = errors.New(ModelFile + " was compiled from other words than stand beside it, " +
	"as they do since bot knowledge export or an edit: make it anew with bot knowledge compile " +
	"--knowledge DIR, or delete it to run on the shipped one")

// ownModel opens the clinic's own model, which must have been learnt from the words beside it.
func (b *Base) ownModel(data []byte) (modelFile, error) {
	m, err := openModel(data)
	if err != nil {
		return m, fmt.Errorf("%s: %w: make it anew with bot knowledge compile --knowledge DIR, or "+
			"delete it", ModelFile, err)
	}
	texts, faults := b.texts()
	if len(faults) > 0 {
		return m, errors.Join(faults...)
	}
	if m.Sources != b.sources(texts) {
		return m, errOtherWords
	}
	m.own = true
	return m, nil
}

// texts returns all that is learnt from: the corpus, and the phrasings of the entries, each as Read
// would see it. Faults of the corpus come beside what could be read.
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

// sources returns the hash of all that is learnt from. The rules are part of it, because the
// patterns found are features of the model.
func (b *Base) sources(texts []screen.Text) string { return hashOf(b.rules.Taught(), texts) }
