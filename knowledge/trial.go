package knowledge

import (
	"github.com/beacon-clinic/beacon/knowledge/language"
	"github.com/beacon-clinic/beacon/knowledge/match"
)

// Trial is what a base would answer otherwise if it had learnt other lessons.
type Trial struct {
	Texts  int      `json:"texts"`            // how many were asked of both
	Gained []Turned `json:"gained,omitempty"` // a person answers now, an entry would then
	Moved  []Turned `json:"moved,omitempty"`  // another entry would answer
	Lost   []Turned `json:"lost,omitempty"`   // an entry answers now, a person would then
}

// Turned is a text that would be answered otherwise. Was and Is are entries, "" is a person.
type Turned struct {
	Question string `json:"question,omitempty"` // the id of what a patient asked
	Text     string `json:"text,omitempty"`     // else a phrasing of Was
	Was      string `json:"was,omitempty"`
	Is       string `json:"is,omitempty"`
}

// Asked is a question of a patient. Its words have no place in a Trial, which may outlive them.
type Asked struct{ ID, Text string }

// Compare asks both bases what patients have asked, and where a text that only resembles a phrasing of
// this one would go: the phrasings themselves are an entry's own to the letter.
func (b *Base) Compare(other *Base, asked []Asked) Trial {
	t := Trial{Texts: len(asked)}
	for _, q := range asked {
		t.add(Turned{Question: q.ID, Was: b.answers(q.Text), Is: other.answers(q.Text)})
	}
	was, is := b.live.Load(), other.live.Load()
	if is == nil || is.matcher == nil {
		return t
	}
	each := func(entry string, asks map[string][]string) {
		for _, lang := range language.All() {
			for _, ask := range asks[lang] {
				t.Texts++
				said := readable(b.clean.Read(ask, nil))
				t.add(Turned{Text: ask, Was: was.pulls(entry, said), Is: is.pulls(entry, said)})
			}
		}
	}
	for _, e := range b.Entries {
		if !e.Outside {
			each(e.ID, e.Asks)
		}
	}
	if was != nil {
		for _, l := range was.lessons {
			each(l.Entry, l.Asks)
		}
	}
	return t
}

// add counts a text if it would be answered otherwise.
func (t *Trial) add(one Turned) {
	switch {
	case one.Was == one.Is:
	case one.Was == "":
		t.Gained = append(t.Gained, one)
	case one.Is == "":
		t.Lost = append(t.Lost, one)
	default:
		t.Moved = append(t.Moved, one)
	}
}

// answers returns the entry that the bot would answer a text with, "" if a person would.
func (b *Base) answers(text string) string {
	if r := b.Read(text, nil); r.Kind == "" && r.Sure > 0 {
		return r.Entries[0].ID
	}
	return ""
}

// pulls returns the entry that a text like a phrasing of another would get since it was changed;
// that other itself if none would.
func (l *live) pulls(own, said string) string {
	if l == nil || l.matcher == nil {
		return own
	}
	r := l.matcher.Nearest(said)
	if r.Outcome == match.Answer && l.changed[r.Best[0].ID] {
		return r.Best[0].ID
	}
	return own
}
