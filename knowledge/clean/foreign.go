package clean

import (
	"slices"
	"strings"
	"unicode"
)

// foreign finds what the patient didn't write: reactions, quotations, signatures, and what machines
// put around a text. The spans are sorted and apart. quoted says that somebody else's words are
// among them; a signature or a "Fwd:" has none.
func (c *Cleaner) foreign(
	src string, toks, ws []token, ours []sentText,
) (out []span, quoted bool) {
	// What stands in the marks is the patient's new text, so nothing else is removed in this pass.
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

// unwrapped returns the spans around words of the patient's own that a phone wrapped: Edited to
// “…”. It returns nil if anything follows the closing mark.
func (c *Cleaner) unwrapped(toks []token) []span {
	i, _, ok := c.edits.longest(toks, 0)
	if !ok || i >= len(toks) || !quote(toks[i]) {
		return nil
	}
	end := closing(toks, i)
	if end < 0 || end+1 < len(toks) && toks[end+1].class != mark {
		return nil
	}
	return []span{
		{start: 0, end: toks[i].end},
		{start: toks[end].start, end: toks[len(toks)-1].end},
	}
}

// signed returns the lines that phones put under a text ("Sent from my iPhone"). Such a line stands
// by itself. Where the line break was lost on the way, a capital letter must start the words and
// the text must end with them.
func (c *Cleaner) signed(src string, toks, ws []token) (out []span) {
	for i := range ws {
		capital := i > 0 && unicode.IsUpper(rune(src[ws[i].start]))
		if !ws[i].opens && !ws[i].marked && !capital {
			continue
		}
		// A signature ends its line, or the text.
		end, _, ok := c.signatures.longest(ws, i)
		if !ok || end < len(ws) && (capital || !ws[end].line) {
			continue
		}
		out = append(out, around(toks, int(ws[i].at), int(ws[end-1].at+1)))
	}
	return out
}

// mailed returns what mail programs write around what they quote, and the lines that they quote. A
// header ("On Mon, Mar 2 … wrote:") needs its colon and a number: "On Monday he wrote: i will kill
// you" is the patient's. A banner ("Original Message") must have its line to itself.
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
		// Owner 0 is a header, 1 a banner.
		if banner == 0 && (!colon || !dated(ws[i:end])) || banner == 1 && end < len(ws) &&
			!ws[end].line && !colon {
			continue
		}
		out = append(out, around(toks, int(ws[i].at), last))
		out = append(out, quotedLines(toks, last)...)
	}
	return out
}

// dated tells whether words include a number.
func dated(ws []token) bool {
	return slices.ContainsFunc(ws, func(t token) bool { return t.class == digits })
}

// quotedLines returns the lines from toks[i] on that begin with >. They are only looked for behind
// a header or a banner: "> 5 days of pain" is a patient's own line.
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

// around returns the span of tokens with the dashes and brackets before it and the signs after it.
// A question mark behind it stays: it is the patient's.
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
