package clean

import (
	"slices"
	"strings"
)

// quote tells whether a token is a quotation mark.
func quote(t token) bool {
	return t.class == mark && strings.Contains("\"“”„‟«»‹›'‘’", t.s)
}

// closers are the marks that close what a mark opens.
func closers(open string) string {
	switch open {
	case "“", "„", "”", "‟":
		return "”“"
	case "«", "‹":
		return "»›"
	case "\"":
		return "\""
	}
	return "'’‘"
}

// closing is the place of the mark that closes the quotation opened at toks[i]; -1 if none does.
// Quotations within are gone over: a mark that stands before a word opens another.
func closing(toks []token, i int) int {
	kind := closers(toks[i].s)
	last, depth := -1, 0
	for j := i + 1; j < len(toks); j++ {
		t := toks[j]
		if t.class != mark {
			continue
		}
		if t.s == toks[i].s && opener(toks, j) && j > i+1 {
			depth++
			continue
		}
		if !strings.Contains(kind, t.s) || t.s == "'" && glued(toks, j+1) {
			continue
		}
		if depth == 0 {
			return j
		}
		depth--
		last = j
	}
	if last < 0 && toks[i].s == "\"" { // phones mix them
		for j := i + 1; j < len(toks); j++ {
			if toks[j].s == "”" || toks[j].s == "“" {
				return j
			}
		}
	}
	return last
}

// opener tells whether a quotation mark opens: a blank before it, a word right behind.
func opener(toks []token, j int) bool {
	return (toks[j].gap || toks[j].line) && glued(toks, j+1)
}

// glued tells whether toks[j] is a word right behind what is before it.
func glued(toks []token, j int) bool {
	return j < len(toks) && !toks[j].gap && toks[j].class != mark
}

// reacted are the reactions of phones: what they write, and the quotation behind it.
func (c *Cleaner) reacted(toks, ws []token, ours []sentText) (out []span) {
	end := 0
	for i := 0; i < len(toks); i++ {
		if !toks[i].opens && i != end {
			continue
		}
		from := i
		for i < len(toks) && toks[i].class == mark && !picture(toks[i]) && !quote(toks[i]) &&
			!toks[from].gap {
			i++ // what some phones put before it
		}
		if to := c.reaction(toks, ws, i, ours); to > 0 {
			out = append(out, span{toks[from].start, toks[to-1].end})
			end = to
			i = to - 1
			continue
		}
		i = from
	}
	return out
}

// reaction is the end of the reaction that begins at toks[i]; 0 if none does.
func (c *Cleaner) reaction(toks, ws []token, i int, ours []sentText) (to int) {
	c.reactions.each(toks, i, func(end, _ int) {
		if to == 0 && c.whole(toks, i, end) {
			to = len(toks)
		}
		if end < len(toks) && toks[end].s == ":" {
			end++
		}
		if obj, _, ok := c.objects.longest(toks, end); ok { // "reacted 👍 to your message: …"
			for obj < len(toks) && toks[obj].s == ":" {
				obj++
			}
			if obj < len(toks) && quote(toks[obj]) {
				end = obj
			}
		}
		if end < len(toks) && quote(toks[end]) {
			to = max(to, quoted(toks, ws, end, ours))
			return
		}
		at := firstWord(ws, end)
		for k := range ours { // some carriers drop the marks
			if n := run(ws[at:], ours[k].words()); n >= markedWords {
				to = max(to, int(ws[at+n-1].at+1))
			}
		}
	})
	return to
}

// whole tells whether the text is a reaction to something without words: Loved an image.
func (c *Cleaner) whole(toks []token, i, end int) bool {
	obj, _, ok := c.objects.longest(toks, end)
	return ok && i == 0 && !says(toks[obj:])
}

// quoted is the end of the quotation that opens at toks[i], with the signs right behind it; 0 if it
// doesn't end.
func quoted(toks, ws []token, i int, ours []sentText) int {
	closed := closing(toks, i) + 1
	end, on := closed, true // on: what is quoted goes on where ours ends
	if at := firstWord(ws, i); at < len(ws) {
		for k := range ours {
			theirs := ours[k].words()
			for j := range theirs { // ours may hold marks that look like the end
				n := run(ws[at:], theirs[j:])
				if n < 3 || j > 0 && n < 6 || int(ws[at+n-1].at) < end {
					continue
				}
				end = int(ws[at+n-1].at + 1)
				on = j+n < len(theirs) && end < len(toks) && !quote(toks[end]) &&
					!strings.Contains("….", toks[end].s)
			}
		}
	}
	if closed == 0 && on && cutShort(toks, i) {
		end = len(toks)
	}
	if end == 0 {
		return 0
	}
	for end < len(toks) && !toks[end].gap && toks[end].class == mark && !picture(toks[end]) {
		end++
	}
	return end
}

// leastCut is how long, in bytes, a quotation is that is cut short: what is shorter needs no cut.
const leastCut = 40

// cutShort tells whether the quotation that opens at toks[i] ends with the text, at an ellipsis.
func cutShort(toks []token, i int) bool {
	last := len(toks) - 1
	return toks[last].end-toks[i].start >= leastCut &&
		(toks[last].s == "…" || toks[last].s == "." && toks[last-1].s == "." &&
			toks[last-2].s == ".")
}

// firstWord is the first word behind toks[i].
func firstWord(ws []token, i int) int {
	n, _ := slices.BinarySearchFunc(ws, i, func(t token, at int) int { return int(t.at) - at })
	return n
}

// mailed are what mail programs write around what they quote, and the lines that they quote.
func (c *Cleaner) mailed(toks, ws []token) (out []span) {
	for i := range ws {
		if !ws[i].line && ws[i].at > 0 && !ws[i].marked {
			continue
		}
		end, banner, ok := c.mail.longest(ws, i)
		if !ok {
			continue
		}
		last := int(ws[end-1].at) + 1
		colon := last < len(toks) && toks[last].s == ":"
		if banner == 0 && (!colon || !dated(ws[i:end])) || banner == 1 && end < len(ws) &&
			!ws[end].line && !colon {
			continue
		}
		out = append(out, around(toks, int(ws[i].at), last))
		out = append(out, quotedLines(toks, last)...)
	}
	return out
}

// dated tells whether there is a number in words.
func dated(ws []token) bool {
	return slices.ContainsFunc(ws, func(t token) bool { return t.class == digits })
}

// quotedLines are the lines from toks[i] on that begin with >.
func quotedLines(toks []token, i int) (out []span) {
	for ; i < len(toks); i++ {
		if toks[i].s != ">" || !toks[i].line {
			continue
		}
		end := i + 1
		for end < len(toks) && !toks[end].line {
			end++
		}
		out = append(out, span{toks[i].start, toks[end-1].end})
	}
	return out
}

func sortSpans(spans []span) {
	slices.SortFunc(spans, func(a, b span) int { return int(a.start - b.start) })
}
