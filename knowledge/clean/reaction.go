package clean

import (
	"slices"
	"strings"
)

// reacted returns the reactions of phones: what they write, and the quotation after it. A reaction
// may begin the text, a line, a sentence, or stand right behind another one: some phones send
// several at once.
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
		// What follows may be the next reaction.
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

// reaction returns the end of the reaction that begins at toks[i], 0 if none does. A quotation must
// follow its words, in marks or, where a carrier dropped those, as words that we have sent:
// "questioned everything, want out" is a patient's.
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
		// In marks: the quotation ends where they, or what we sent, say.
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

// whole tells whether the text is a reaction to something without words: Loved an image. Anything
// said behind it makes it the patient's.
func (c *Cleaner) whole(toks []token, i, end int) bool {
	obj, _, ok := c.objects.longest(toks, end)
	return ok && i == 0 && !says(toks[obj:])
}

// quoted returns the end of the quotation that opens at toks[i], with the signs attached to it; 0
// if it doesn't end. What we sent decides where it ends, if it is among ours: our own sentences
// hold quotation marks, and phones cut long ones short. Three words from its start, or six from
// anywhere in it, show that it is ours.
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

// leastCut is the least length, in bytes, of a quotation that is cut short. Phones don't cut what
// is shorter, so «Liked “my chest hurts...» is somebody who never closed the mark.
const leastCut = 40

// cutShort tells whether the quotation that opens at toks[i] ends with the text, at an ellipsis of
// one sign or three.
func cutShort(toks []token, i int) bool {
	last := len(toks) - 1
	return toks[last].end-toks[i].start >= leastCut &&
		(toks[last].s == "…" || toks[last].s == "." && toks[last-1].s == "." &&
			toks[last-2].s == ".")
}

// firstWord returns the index of the first word at or after toks[i].
func firstWord(ws []token, i int) int {
	n, _ := slices.BinarySearchFunc(ws, i, func(t token, at int) int { return int(t.at) - at })
	return n
}
