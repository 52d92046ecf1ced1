package clean

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// span is a part of a text that isn't the patient's, in bytes; end is exclusive.
type span struct{ start, end int32 }

// merge sorts spans and joins those that touch. It may reuse the slice.
func merge(spans []span) []span {
	if len(spans) < 2 {
		return spans
	}
	sortSpans(spans)
	out := spans[:1]
	for _, s := range spans[1:] {
		if last := &out[len(out)-1]; s.start <= last.end {
			last.end = max(last.end, s.end)
		} else {
			out = append(out, s)
		}
	}
	return out
}

func sortSpans(spans []span) {
	slices.SortFunc(spans, func(a, b span) int { return int(a.start - b.start) })
}

// without removes sorted spans from a text, keeping the line breaks between what is left: a line is
// a sentence to whoever reads the words.
func without(src string, spans []span) string {
	var b strings.Builder
	from := 0
	add := func(to int) {
		piece := strings.TrimSpace(src[from:to])
		if piece == "" {
			return
		}
		if b.Len() > 0 {
			sep := " "
			if strings.Contains(src[from:from+strings.Index(src[from:to], piece)], "\n") {
				sep = "\n"
			}
			b.WriteString(sep)
		}
		b.WriteString(piece)
	}
	for _, s := range spans {
		add(int(s.start))
		from = int(s.end)
	}
	add(len(src))
	return b.String()
}

// says tells whether tokens have any meaning: a word, a number, an emoji, a question mark. "??"
// beside a quotation asks something, a full stop doesn't.
func says(toks []token) bool {
	for _, t := range toks {
		if t.class != mark || t.s == "?" || picture(t) {
			return true
		}
	}
	return false
}

// picture tells whether a token is an emoji, or another sign that isn't punctuation.
func picture(t token) bool {
	return t.class == mark && t.s[0] >= utf8.RuneSelf &&
		!strings.Contains("“”„‟«»‹›‘’´¡¿…•·°§£€", t.s)
}

// Most is how many characters of a text are read: Twilio takes no more in one message.
const Most = 1600

// cut returns the part of a text that is read, without blanks around it, and whether there was
// more.
func cut(s string) (string, bool) {
	n, end, more := 0, len(s), false
	for i := range s {
		if n++; n > Most {
			end, more = i, true
			break
		}
	}
	return strings.TrimSpace(strings.ToValidUTF8(s[:end], "")), more
}
