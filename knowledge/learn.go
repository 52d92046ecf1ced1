package knowledge

import (
	"time"

	"github.com/beacon-clinic/beacon/knowledge/language"
	"github.com/beacon-clinic/beacon/knowledge/match"
)

// Learn trains the matcher on what the model hasn't learnt: entries that are the clinic's own or
// were changed, and what staff have taught since. If there is nothing, there is no matcher.
// Questions are answered meanwhile as before. It takes seconds; of two calls at once the last to
// end counts. taught is all that was taught, not only the newest. Wordings of entries that the base
// doesn't have teach nothing.
func (b *Base) Learn(taught []Taught) {
	extra, changed := map[string][]string{}, map[string]bool{}
	for _, t := range taught {
		extra[t.Entry] = append(extra[t.Entry], t.Ask)
		changed[t.Entry] = true
	}
	entries := make([]match.Entry, 0, len(b.Entries))
	for _, e := range b.Entries {
		if b.model.Entries[e.ID] != hashOf(e.ID, e.Asks) {
			changed[e.ID] = true
		}
		// All entries are trained on, the unchanged ones too: a new one must be told from them.
		m := match.Entry{ID: e.ID, Outside: e.Outside}
		for _, l := range language.All() {
			m.Asks = append(m.Asks, e.Asks[l]...)
			m.Text += e.Answer[l] + "\n"
		}
		m.Asks = append(m.Asks, extra[e.ID]...)
		entries = append(entries, m)
	}
	if len(changed) == 0 {
		b.match.Store(nil)
		return
	}
	began := time.Now()
	s := match.Settings{
		Outside: b.Clinic.Matching.Outside, Wrong: b.Clinic.Matching.Wrong,
		Embed: b.embed,
	}
	if before := b.match.Load(); before != nil {
		s.Before = before.matcher
	}
	m := match.Build(entries, s)
	b.match.Store(&matching{m, changed, time.Since(began)})
}

// Built returns how long the matcher took to train and test itself; 0 if there is none.
func (b *Base) Built() time.Duration {
	if m := b.match.Load(); m != nil {
		return m.built
	}
	return 0
}
