package screen

import "slices"

// weighPieces looks at the pieces of a text that says more than one thing. Two questions that are
// each sure are both answered, and so is a question beside an act. The text is cut in two at each
// place in turn, and the surest cut counts.
func (s *Screen) weighPieces(g *sight, lang string, v *Verdict) {
	ws := g.ws
	if v.asks == "" && len(v.found) == 0 || v.asks == "confirm" ||
		len(v.found) == 1 && (v.found.of(classChat) != "" || v.found.of("optout") != "" ||
			v.found.of("confirm") != "") {
		s.weighSentences(g, v)
	}
	acts := v.asks != "" || len(v.found) > 0
	var first []Entry
	least := 0.
	for _, cut := range cuts(ws) {
		left := s.piece(g, ws[:cut], lang)
		if !acts && left.sure == 0 {
			continue // whatever the other piece asks, one of two isn't sure
		}
		right := s.piece(g, ws[cut:], lang)
		switch {
		// Beside an act, the surest question of all pieces.
		case acts:
			for _, a := range []asked{left, right} {
				if a.sure > 0 && a.entries[0].Confidence > least {
					first, least = a.entries[:1], a.entries[0].Confidence
				}
			}
		case left.sure > 0 && right.sure > 0 && left.entries[0].ID != right.entries[0].ID:
			if worst := min(left.entries[0].Confidence,
				right.entries[0].Confidence); worst > max(least, pieceSure) {
				first, least = []Entry{left.entries[0], right.entries[0]}, worst
			}
		}
	}
	switch {
	case acts:
		if first != nil {
			v.Entries, v.Sure = first, 1
			// A single sentence is the act, and asks nothing besides.
		} else if !moreThanOne(ws) {
			v.Sure = 0
		}
		v.Besides, v.Choices = v.Sure > 0, 0
		chat := v.found.of(classChat) != ""
		// "thanks, but can i eat"
		if chat && len(v.found) == 1 && v.asks == "" && (v.Sure > 0 || s.turnsElsewhere(g)) {
			v.found.drop(classChat)
			v.Besides = false
		}
	case first != nil:
		v.Entries, v.Sure, v.Choices = first, len(first), 0
	}
}

// weighSentences looks for a sentence that acts in a text that as a whole doesn't. A confirmation
// does no harm and an opt-out that a pattern names is owed, so both are done; a confirmation beside
// a question only if a pattern names it. Any other act is asked back, unless the text asks a
// question: that is answered. Small talk is looked through as well, because it may hide an act.
func (s *Screen) weighSentences(g *sight, v *Verdict) {
	ws := g.ws
	all := clauses(ws, 1)
	for i, part := range all {
		// "on my way, but …"
		but := i+1 < len(all) && (all[i+1][0].s == "but" || all[i+1][0].s == "pero")
		for _, k := range s.exact[joined(part)] {
			if k.kind == "confirm" && !but && (i == 0 || len(part) > 1) {
				v.found.add(k.kind, k.rule)
			}
		}
		if len(part) < pieceWords {
			continue
		}
		p := s.classes(g, part)
		for _, k := range judged {
			at := s.learnt.kinds.Place(k)
			switch {
			case !isAct(k) || at < 0 || float64(p[at]) < s.learnt.sure.Does[k]:
			case k == "confirm" && !asks(ws),
				(k == "confirm" || k == "optout") && s.namesKind(part, k):
				v.found.add(k, k+like)
				v.asks = ""
			case !asks(ws) && v.asks == "" && v.found.of("optout") == "" && v.found.of("confirm") == "":
				v.asks = k
			}
		}
	}
}

// namesKind tells whether a pattern, hints included, names a kind in the words. Unlike patterns it
// hears hints, because the model has spoken already.
func (s *Screen) namesKind(ws []word, kind string) bool {
	return slices.ContainsFunc(s.raises(ws),
		func(ru raised) bool { return !ru.guarded && ru.kind == kind })
}

// turnsElsewhere tells whether a text that is small talk as a whole turns to something else:
// whether a part of it asks, or is hardly small talk by itself. Small talk gets no answer, so
// "thanks! can somebody call me" must not pass for it.
func (s *Screen) turnsElsewhere(g *sight) bool {
	for _, part := range clauses(g.ws, pieceWords) {
		p := s.classes(g, part)
		if chat := s.learnt.groups.chat.in(p); chat < hardlyChat || asks(part) && chat < sureChat {
			return true
		}
	}
	return false
}

// hardlyChat is the highest probability of small talk at which a part of a text must not go
// unanswered.
const hardlyChat = .2

// sureChat is the probability above which small talk gets no answer.
const sureChat = .8

// piece returns what a piece of a text asks; nothing if it is too short. Pieces go without meaning:
// embedding each would take longer than all else.
func (s *Screen) piece(g *sight, ws []word, lang string) asked {
	if len(ws) < pieceWords {
		return asked{}
	}
	sc := scores{l: s.learnt, whole: s.classes(g, ws)}
	return s.rankEntries(g, &sc, ws, lang, "")
}

const (
	pieceWords = 2  // words that a question within a text has at least
	pieceSure  = .9 // how sure each of two questions in one text must be: a cut text says less
	mostCuts   = 6  // places where a text is cut, so that a long one takes no longer
)

// cuts returns the places where a text may turn from one thing to another: after a sentence or a
// question mark, and at a word that joins.
func cuts(ws []word) (out []int) {
	for i := 1; i < len(ws) && len(out) < mostCuts; i++ {
		if ws[i].sent != ws[i-1].sent || ws[i-1].asks || joins(ws[i].s) {
			out = append(out, i)
		}
	}
	return out
}

// joins tells whether a word joins two statements. These are words of grammar, the same for any
// clinic, so they stand here and not in the files.
func joins(w string) bool {
	switch w {
	case "and", "also", "plus", "but", "y", "tambien", "ademas", "pero":
		return true
	}
	return false
}

// moreThanOne tells whether a text has more than one sentence.
func moreThanOne(ws []word) bool { return len(ws) > 0 && ws[len(ws)-1].sent > ws[0].sent }
