package knowledge

import (
	"errors"
	"io/fs"
	"sync"
	"sync/atomic"

	"github.com/beacon-clinic/beacon/knowledge/language"
	"github.com/beacon-clinic/beacon/knowledge/match"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// Edited is Load for a directory that this base was read from before it was edited. It is back at
// once: what has to be learnt anew is read word for word meanwhile, and otherwise as this base read
// it, until CatchUp. What staff have published stays. A model.bin that the edit has left behind is
// kept, which Load refuses: see [Base.Outdated].
func (b *Base) Edited(own fs.FS) (*Base, error) {
	n, err := parse(own)
	if err != nil {
		return nil, err
	}
	switch n.model, err = n.findModel(own); {
	case errors.Is(err, errOtherWords) && b.model.own:
		n.model, n.model.outdated = b.model, true
	case err != nil:
		return nil, err
	}
	n.senses, n.embed = b.senses, b.senses.of
	if n.screen, err = screen.New(n.rules, n.model.learnt, n.embed); err != nil {
		return nil, errors.Join(faultsIn("screen", err)...)
	}
	n.ask()
	n.before.Store(b.before.Load())
	n.live.Store(n.carried(b.live.Load()))
	return n, nil
}

// carried returns what the base knows beside its files as long as it has learnt nothing: with the
// matcher that was built for its files before they were edited.
func (b *Base) carried(was *live) *live {
	l, entries := b.planned(was.lessons)
	switch {
	case len(entries) == 0: // its model knows every entry
	case was.matcher != nil && was.of == l.of && !was.behind:
		l.matcher, l.built = was.matcher, was.built
	default:
		heard := map[string]bool{}
		for id := range was.changed {
			heard[id] = l.changed[id]
		}
		l.matcher, l.changed, l.behind = was.matcher, heard, true
	}
	return l
}

// Behind tells whether the base has yet to learn what was edited.
func (b *Base) Behind() bool { return b.live.Load().behind }

// CatchUp learns what was edited, if anything is to be learnt. It takes seconds.
func (b *Base) CatchUp() {
	if b.Behind() {
		b.Learn(b.live.Load().lessons)
	}
}

// Outdated tells whether the base runs on a model.bin that was compiled before the words were
// edited. No bot starts on it.
func (b *Base) Outdated() bool { return b.model.outdated }

// ReadsAs tells whether two bases take every text for the same. The words that they answer with may
// differ.
func (b *Base) ReadsAs(o *Base) bool { return b.readsBy() == o.readsBy() }

func (b *Base) readsBy() string {
	l := b.live.Load()
	entries := []match.Entry{}
	for _, e := range b.all(l) {
		asked := match.Entry{ID: e.ID, Outside: e.Outside}
		for _, lang := range language.All() {
			asked.Asks = append(asked.Asks, e.Asks[lang]...)
		}
		entries = append(entries, asked)
	}
	return hashOf(entries, b.rules, b.model.Sources, l.of, l.behind, l.lessons, b.Clinic.Matching)
}

// senses keeps what texts mean for bases that are edited: the same texts are asked after each edit,
// and to embed them takes most of the time.
type senses struct {
	embed func(string) []float32
	kept  sync.Map // text → vector, never changed
	n     atomic.Int64
}

// mostSenses bounds what is kept: 1.5 KB each.
const mostSenses = 8192

func (s *senses) of(text string) []float32 {
	if v, ok := s.kept.Load(text); ok {
		return v.([]float32)
	}
	v := s.embed(text)
	if s.n.Add(1) <= mostSenses {
		s.kept.Store(text, v)
	}
	return v
}
