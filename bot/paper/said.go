package paper

import (
	"strings"

	"github.com/beacon-clinic/beacon/knowledge"
)

// Part is a piece of a text. One that varies is another for another patient: what stands there is
// an example.
type Part struct {
	Text   string
	Varies bool
}

// begins and ends stand around a value that varies. No sentence holds them: they are no GSM-7.
const begins, ends = "\x02", "\x03"

// marked returns values as fill takes them, each marked. A blank before a name stays outside.
func marked(own knowledge.Fill) knowledge.Fill {
	out := knowledge.Fill{}
	for name, v := range own {
		value := strings.TrimLeft(v, " ")
		if value == "" {
			out[name] = v
			continue
		}
		out[name] = v[:len(v)-len(value)] + begins + value + ends
	}
	return out
}

// parts takes a marked text apart.
func parts(text string) (out []Part) {
	for text != "" {
		fixed, rest, more := strings.Cut(text, begins)
		if fixed != "" {
			out = append(out, Part{Text: fixed})
		}
		if !more {
			break
		}
		value, after, _ := strings.Cut(rest, ends)
		out, text = append(out, Part{Text: value, Varies: true}), after
	}
	return out
}

// varying takes a whole text apart by the sentence that it was made of, which is marked, and by what
// stands before that: what is between the sentence's own words varies. A text in which they aren't
// found stays in one piece. The parts together are always the text.
func varying(opening, sentence, text string) []Part {
	rest, found := strings.CutPrefix(text, opening)
	if !found {
		return []Part{{Text: text}}
	}
	out := []Part{{Text: opening}}
	varies := false
	for _, p := range parts(sentence) {
		if varies = varies || p.Varies; p.Varies {
			continue
		}
		own := strings.TrimSpace(p.Text)
		value, after, found := strings.Cut(rest, own)
		if !found {
			return []Part{{Text: text}}
		}
		out = append(append(out, split(value, varies)...), Part{Text: own})
		rest, varies = after, false
	}
	return append(out, split(rest, varies)...)
}

// split takes the blanks around a value off, which don't vary.
func split(value string, varies bool) []Part {
	core := strings.TrimSpace(value)
	if core == "" {
		return []Part{{Text: value}}
	}
	before, after, _ := strings.Cut(value, core)
	return []Part{{Text: before}, {Text: core, Varies: varies}, {Text: after}}
}
