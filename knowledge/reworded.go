package knowledge

import (
	"cmp"
	"maps"
	"slices"

	"github.com/beacon-clinic/beacon/knowledge/language"
)

// Reworded is a sentence that two bases word otherwise, or that only one of them has.
type Reworded struct {
	Name string // the entry's id, or the sentence's or template's name
	Of   string // OfEntry, OfVisit, OfLabel, OfReply or OfTemplate
	File string // where it stands, or stood
	Line int
	Lang string
	// Was and Is are its words, with the clinic's facts filled in; "" in the base that lacks it.
	Was, Is string
}

// What a Reworded is.
const (
	OfEntry    = "answer"
	OfVisit    = "answer to who has a visit"
	OfLabel    = "label in a list of choices"
	OfReply    = "reply"
	OfTemplate = "template"
)

// Reworded returns what this base words otherwise than an earlier one, by file and line.
func (b *Base) Reworded(was *Base) (out []Reworded) {
	before, now := was.worded(), b.worded()
	for key, w := range before {
		n, stands := now[key]
		if !stands {
			n = w
			n.Is = ""
		}
		if n.Was, w.Was = w.Is, ""; n.Was != n.Is {
			out = append(out, n)
		}
		delete(now, key)
	}
	out = slices.AppendSeq(out, maps.Values(now))
	slices.SortFunc(out, func(x, y Reworded) int {
		return cmp.Or(cmp.Compare(x.File, y.File), cmp.Compare(x.Line, y.Line),
			cmp.Compare(x.Of, y.Of), cmp.Compare(x.Name, y.Name), cmp.Compare(x.Lang, y.Lang))
	})
	return out
}

// worded returns all sentences of the files, each as what it Is now.
func (b *Base) worded() map[Reworded]Reworded {
	out := map[Reworded]Reworded{}
	add := func(of, name, file string, line func(lang string) int, words language.Words) {
		for lang, s := range words {
			key := Reworded{Of: of, Name: name, Lang: lang}
			at := key
			at.File, at.Line, at.Is = file, line(lang), b.stated(s, lang)
			out[key] = at
		}
	}
	for _, e := range b.Entries {
		add(OfEntry, e.ID, e.file, e.linesOf("answer"), e.Answer)
		add(OfVisit, e.ID, e.file, e.linesOf("with_visit"), e.WithVisit)
		add(OfLabel, e.ID, e.file, e.linesOf("label"), e.Called)
	}
	for name, r := range b.replies {
		add(OfReply, name, r.file, func(string) int { return r.line }, r.words)
	}
	for name, t := range b.templates {
		add(OfTemplate, name, t.file, func(string) int { return t.line }, t.words)
	}
	return out
}

// stated returns a sentence with the clinic's facts; what else it has to be filled with stays.
func (b *Base) stated(s, lang string) string {
	return placeholder.ReplaceAllStringFunc(s, func(m string) string {
		if w, ok := b.facts[placeholder.FindStringSubmatch(m)[1]]; ok {
			return w.In(lang)
		}
		return m
	})
}
