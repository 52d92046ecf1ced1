package knowledge

import (
	"cmp"
	"slices"
	"time"

	"github.com/beacon-clinic/beacon/knowledge/language"
	"github.com/beacon-clinic/beacon/knowledge/match"
)

// Learn takes in what staff have published, all of it and not only the newest, and trains the
// matcher on what the model hasn't learnt: that, and entries that are the clinic's own or were
// changed. If there is nothing, there is no matcher. Questions are answered meanwhile as before. It
// takes seconds; of two calls at once the last to end counts. Wordings of entries that there aren't
// teach nothing.
func (b *Base) Learn(lessons []Lesson) { b.live.Store(b.learn(lessons)) }

// Try returns a base that has learnt other lessons, to compare it with this one. Nothing of this one
// changes.
func (b *Base) Try(lessons []Lesson) *Base {
	t := &Base{
		Clinic: b.Clinic, Entries: b.Entries, byID: b.byID, replies: b.replies, facts: b.facts,
		rules: b.rules, clean: b.clean, phrasings: b.phrasings, vocabulary: b.vocabulary,
		screen: b.screen, corpus: b.corpus, model: b.model, embed: b.embed,
	}
	t.before.Store(b.before.Load())
	t.live.Store(t.learn(lessons))
	b.before.Store(t.before.Load())
	return t
}

// learn makes what the base knows beside its files.
func (b *Base) learn(lessons []Lesson) *live {
	l, entries := b.planned(lessons)
	b.train(l, entries)
	return l
}

// planned returns what the base is to know beside its files, and the entries that its matcher is to
// be trained on: none if it needs no matcher.
func (b *Base) planned(lessons []Lesson) (*live, []match.Entry) {
	l := &live{
		own: map[string]*Entry{}, changed: map[string]bool{}, lessons: lessons,
		asks: map[string]string{},
	}
	for _, one := range lessons {
		if e := b.byID[one.Entry]; one.Whole() && (e == nil || e.Reviewed == "") {
			l.own[one.Entry] = one.entry()
		}
	}
	extra := map[string][]string{}
	for _, one := range lessons {
		if more := b.lacks(one); b.in(l, one.Entry) != nil && len(more) > 0 {
			extra[one.Entry] = append(extra[one.Entry], more...)
			for _, a := range more {
				l.asks[string(bare(nil, a))] = one.Entry
			}
			l.changed[one.Entry] = true
		}
	}
	var entries []match.Entry
	for _, e := range b.all(l) {
		if f := b.byID[e.ID]; f != nil && b.model.Entries[e.ID] != hashOf(f.ID, f.Asks) {
			l.changed[e.ID] = true
		}
		// All entries are trained on, the unchanged ones too: a new one must be told from them.
		entries = append(entries, b.matched(e, extra[e.ID]))
	}
	if len(l.changed) == 0 {
		return l, nil
	}
	l.of = hashOf(entries, b.Clinic.Matching)
	return l, entries
}

// train gives what is planned its matcher.
func (b *Base) train(l *live, entries []match.Entry) {
	if len(entries) == 0 {
		return
	}
	began := time.Now()
	l.matcher = match.Build(entries, match.Settings{
		Outside: b.Clinic.Matching.Outside, Wrong: b.Clinic.Matching.Wrong,
		Embed: b.embed, Before: b.before.Load(),
	})
	b.before.Store(l.matcher)
	l.built = time.Since(began)
}

// matched returns an entry as the matcher sees it, with phrasings besides its own in the files.
func (b *Base) matched(e *Entry, extra []string) match.Entry {
	m := match.Entry{ID: e.ID, Outside: e.Outside}
	for _, lang := range language.All() {
		if f := b.byID[e.ID]; f != nil {
			m.Asks = append(m.Asks, f.Asks[lang]...)
		}
		m.Text += e.Answer[lang] + "\n"
	}
	m.Asks = append(m.Asks, extra...)
	return m
}

// All returns every entry, those that staff have published behind those of the files.
func (b *Base) All() []*Entry { return b.all(b.live.Load()) }

// all returns every entry given what is known beside the files.
func (b *Base) all(l *live) []*Entry {
	out := slices.Clone(b.Entries)
	if l == nil {
		return out
	}
	for i, e := range b.Entries {
		out[i] = b.in(l, e.ID)
	}
	var more []*Entry
	for id, e := range l.own {
		if b.byID[id] == nil {
			more = append(more, e)
		}
	}
	slices.SortFunc(more, func(x, y *Entry) int { return cmp.Compare(x.ID, y.ID) })
	return append(out, more...)
}

// in returns the entry with an id, given what is known beside the files; nil if there is none.
func (b *Base) in(l *live, id string) *Entry {
	if l != nil && l.own[id] != nil {
		return l.own[id]
	}
	return b.byID[id]
}

// Built returns how long the matcher took to train and test itself; 0 if there is none.
func (b *Base) Built() time.Duration {
	if l := b.live.Load(); l != nil {
		return l.built
	}
	return 0
}
