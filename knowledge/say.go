package knowledge

import (
	"fmt"
	"regexp"
	"strings"
)

// Entry returns the entry with an id, nil if there is none. One that staff published can be gone the
// next moment, since they can take it back.
func (b *Base) Entry(id string) *Entry { return b.in(b.live.Load(), id) }

// Answer returns an entry's answer in a language, filled. An error names the file and line, and
// means that nothing may be sent.
func (b *Base) Answer(id, lang string, own Fill) (string, error) {
	e := b.Entry(id)
	if e == nil {
		return "", fmt.Errorf("knowledge: no entry %q", id)
	}
	s, err := b.fill(e.Answer.In(lang), lang, own)
	if err != nil {
		return "", fmt.Errorf("knowledge: %s line %d: %s: %w", e.file, e.line, id, err)
	}
	return s, nil
}

// VisitAnswer returns an entry's answer to a patient with a visit that it can speak of, filled; ""
// if the entry has none. The caller fills in what it says of the visit.
func (b *Base) VisitAnswer(id, lang string, own Fill) (string, error) {
	e := b.Entry(id)
	if e == nil || e.WithVisit.In(lang) == "" {
		return "", nil
	}
	s, err := b.fill(e.WithVisit.In(lang), lang, own)
	if err != nil {
		return "", fmt.Errorf("knowledge: %s line %d: %s: with_visit: %w", e.file, e.line, id, err)
	}
	return s, nil
}

// Reply returns a sentence of replies/ in a language, filled. name is one of package replies; any
// other is worded as "".
func (b *Base) Reply(name, lang string, own Fill) (string, error) {
	s, err := b.fill(b.replies[name].words.In(lang), lang, own)
	if err != nil {
		return "", fmt.Errorf("knowledge: replies: %s: %w", name, err)
	}
	return s, nil
}

// Replies returns the names of the sentences of replies/.
func (b *Base) Replies() []string { return replyNames[:] }

// Fill holds the values of a sentence's own placeholders by name, in addition to the clinic's
// facts.
type Fill map[string]string

// placeholder is a name in double braces, with or without blanks. Small letters only: whatever else
// stands in braces is misspelt, and fill reports it.
var placeholder = regexp.MustCompile(`\{\{\s*([a-z0-9_.]+)\s*\}\}`)

// fill replaces placeholders by their values; a caller's own come before the clinic's facts. An
// unknown one is an error: nothing half-filled is ever sent. Values aren't filled again; one that
// holds {{ is an error too.
func (b *Base) fill(text, lang string, own Fill) (string, error) {
	if !strings.Contains(text, "{{") {
		return text, nil
	}
	var unknown []string
	out := placeholder.ReplaceAllStringFunc(text, func(m string) string {
		name := placeholder.FindStringSubmatch(m)[1]
		if v, ok := own[name]; ok {
			return v
		}
		if w, ok := b.facts[name]; ok {
			return w.In(lang)
		}
		unknown = append(unknown, name)
		return m
	})
	if len(unknown) > 0 {
		return "", fmt.Errorf("no value for {{%s}}", strings.Join(unknown, "}}, {{"))
	}
	if at := strings.Index(out, "{{"); at >= 0 { // misspelt, or within a fact
		return "", fmt.Errorf("not a placeholder: %.20s", out[at:])
	}
	if lang == "es" {
		out = oneOClock.ReplaceAllString(out, "${1}a$2")
	}
	return out, nil
}

// oneOClock is a time that Spanish says in the singular: "a la 1:30 PM". Sentences say "a las", since
// a time is filled in.
var oneOClock = regexp.MustCompile(`\b([Ll])as( 1:\d\d)`)
