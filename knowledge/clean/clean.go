package clean

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Most is how many characters of a text are read: the carrier takes no more in one.
const Most = 1600

// mostPasses bounds how often a text is gone over: what is taken out may bare more.
const mostPasses = 8

// Text is what a text was found to be.
type Text struct {
	// Body is what the patient wrote: what was quoted and what machines added is taken out. It is
	// valid UTF-8 of Most characters at most, with no blanks around it.
	Body string
	// Numbers are the numbers of Body, in order.
	Numbers []Number
	// Machine says that a phone, a carrier or a shop wrote it, and nothing of the patient's is
	// left: Body is empty.
	Machine bool
	// Quoted says that something was taken out which somebody else wrote: a text of ours that came
	// back, or what a reaction is to. With an empty Body the patient has said nothing.
	Quoted bool
	// Keyword is the keyword that Body is, with courtesies, a name or a signature at most: "stop",
	// "yes", "c", "2" …; "" if it says more.
	Keyword string
	// Cut says that more than Most characters came, and the rest wasn't read.
	Cut bool
}

// Cleaner reads texts. It never changes, so many goroutines may share one.
type Cleaner struct {
	reactions, objects, edits, prefixes, mail, signatures *index

	machine *machine
	keyword *keyword
	numbers *numbers
}

// span is a part of a text that isn't the patient's.
type span struct{ start, end int32 }

// Read says what a text is. sent are the texts that the number was sent lately, newest first.
func (c *Cleaner) Read(body string, sent []string) Text {
	var out Text
	out.Body, out.Cut = cut(body)
	wrote := out.Body != ""
	toks := lex(out.Body)
	ours := latest(sent)
	for range mostPasses {
		if out.Machine = len(toks) > 0 && c.machine.wrote(out.Body, toks); out.Machine {
			out.Body, toks = "", nil
			break
		}
		spans, quoted := c.foreign(out.Body, toks, ours)
		if len(spans) == 0 {
			break
		}
		out.Quoted = out.Quoted || quoted
		out.Body = without(out.Body, spans)
		toks = lex(out.Body)
		if out.Quoted && !says(toks) {
			out.Body, toks = "", nil
		}
	}
	if out.Body == "" && wrote && !out.Quoted { // a signature and nothing above it
		out.Machine = true
	}
	out.Keyword = c.keyword.read(toks)
	out.Numbers = c.numbers.read(out.Body, toks)
	return out
}

// cut is the part of a text that is read.
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

// foreign finds what the patient didn't write: reactions, quotations, signatures, what machines put
// around a text.
func (c *Cleaner) foreign(src string, toks []token, ours []sentText) (out []span, quoted bool) {
	ws := words(toks)
	if s := c.unwrapped(toks); s != nil {
		return s, false
	}
	out = append(out, c.reacted(toks, ws, ours)...)
	out = append(out, c.mailed(toks, ws)...)
	out = append(out, echoes(toks, ws, ours)...)
	quoted = len(out) > 0
	out = append(out, c.signed(src, toks, ws)...)
	if end, _, ok := c.prefixes.longest(toks, 0); ok && end < len(toks) && toks[end].s == ":" {
		out = append(out, span{0, toks[end].end})
	}
	return merge(out), quoted
}

// unwrapped are the spans around words of the patient's own: Edited to “…”.
func (c *Cleaner) unwrapped(toks []token) []span {
	i, _, ok := c.edits.longest(toks, 0)
	if !ok || i >= len(toks) || !quote(toks[i]) {
		return nil
	}
	end := closing(toks, i)
	if end < 0 || end+1 < len(toks) && toks[end+1].class != mark {
		return nil
	}
	return []span{{0, toks[i].end}, {toks[end].start, toks[len(toks)-1].end}}
}

// signed are the lines that phones put under a text. Where the line break is lost, a capital begins one that ends the text.
func (c *Cleaner) signed(src string, toks, ws []token) (out []span) {
	for i := range ws {
		capital := i > 0 && unicode.IsUpper(rune(src[ws[i].start]))
		if !ws[i].opens && !ws[i].marked && !capital {
			continue
		}
		end, _, ok := c.signatures.longest(ws, i)
		if !ok || end < len(ws) && (capital || !ws[end].line) {
			continue
		}
		out = append(out, around(toks, int(ws[i].at), int(ws[end-1].at+1)))
	}
	return out
}

// around is the span of tokens with the dashes and brackets before it and the signs behind it.
func around(toks []token, from, to int) span {
	for from > 0 && !toks[from].line && strings.Contains("-(|~*_", toks[from-1].s) {
		from--
	}
	for to < len(toks) && !toks[to].gap && toks[to].class == mark && !picture(toks[to]) &&
		toks[to].s != "?" {
		to++
	}
	return span{toks[from].start, toks[to-1].end}
}

// says tells whether anything in tokens has a meaning: a word, a number, a picture, a question
// mark.
func says(toks []token) bool {
	for _, t := range toks {
		if t.class != mark || t.s == "?" || picture(t) {
			return true
		}
	}
	return false
}

// picture tells whether a token is an emoji, or another sign that is no punctuation.
func picture(t token) bool {
	return t.class == mark && t.s[0] >= utf8.RuneSelf &&
		!strings.Contains("“”„‟«»‹›‘’´¡¿…•·°§£€", t.s)
}

// merge sorts spans and joins those that touch.
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

// without is a text with spans taken out; what stood on lines of its own still does.
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
