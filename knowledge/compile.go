package knowledge

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"github.com/beacon-clinic/beacon/knowledge/meaning"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// Compile learns from the words of a directory, or from the shipped ones if own is nil, and from
// the corpus. It returns the model file and how it does on held-out writers. It takes minutes and
// two processors; the same words give the same bytes. progress is called after each step, from one
// goroutine at a time; nil if nobody listens. Faults in the words or the corpus are named all
// together, before anything is learnt.
func Compile(own fs.FS, progress func(done, of int)) ([]byte, screen.Report, error) {
	b, err := parse(own)
	if err != nil {
		return nil, screen.Report{}, err
	}
	// What can't be read teaches nothing, so any fault ends it here.
	texts, faults := b.texts()
	embed, err := meaning.Shipped()
	if faults = append(faults, err); errors.Join(faults...) != nil {
		return nil, screen.Report{}, errors.Join(faults...)
	}
	learnt, report, err := screen.Learn(b.rules, texts, embed.Embed, progress)
	if err != nil {
		return nil, report, err
	}
	// By entry, so that Learn can tell which of a clinic's entries the model knows as they stand.
	head := modelFile{Sources: b.sources(texts), Entries: map[string]string{}}
	for _, e := range b.Entries {
		head.Entries[e.ID] = hashOf(e.ID, e.Asks)
	}
	data, err := json.Marshal(head)
	out := binary.LittleEndian.AppendUint32([]byte(modelMagic), uint32(len(data)))
	return append(append(out, data...), learnt...), report, err
}

// Stale tells whether the model was learnt from other words than those of the base. A stale model
// still reads: entries that it lacks are the matcher's, but changed rules and corpus have taught it
// nothing yet. It reads the whole corpus, which takes a second or so.
func (b *Base) Stale() (bool, error) {
	texts, faults := b.texts()
	return b.sources(texts) != b.model.Sources, errors.Join(faults...)
}

// Model says which words the base runs on, for the status page: whose model, learnt from which
// words, and how many entries were learnt besides.
func (b *Base) Model() string {
	text := "the shipped model " + b.model.Sources
	if b.model.own {
		text = "the clinic's own model " + b.model.Sources
	}
	if m := b.live.Load(); m != nil && m.matcher != nil {
		entries := "entries"
		if len(m.changed) == 1 {
			entries = "entry"
		}
		text += fmt.Sprintf(", and %d %s learnt beside it", len(m.changed), entries)
	}
	return text
}
