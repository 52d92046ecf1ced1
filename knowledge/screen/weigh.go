package screen

import "slices"

// weigh adds what was learnt to what the rules found: whether the text is a danger, what it does,
// what it asks. plain says that a keyword has settled what the text is, veto that a pattern says it
// isn't an answer. The order matters: danger is settled first, and in a text of danger nothing is
// embedded, since its words must leave within 0.4 s. hits are the patterns found.
func (s *Screen) weigh(
	text string, ws []word, hits []*compiled, lang string, plain, veto bool, v *Verdict,
) {
	g := s.sights.of(ws, s.learnt)
	defer s.sights.giveBack(g)
	sc := s.scoreText(g, hits)
	s.weighDanger(&sc, ws, lang, plain, v)
	if plain && !v.found.danger() {
		return
	}
	if v.found.danger() {
		text = "" // no entry answers danger, and its words don't wait for what a text means
	}
	clinical := s.learnt.groups.clinical.in(sc.whole)
	a := s.rankEntries(g, &sc, ws, lang, text)
	if v.found.of("clinical") == "" && clinical >= s.learnt.sure.Clinical &&
		clinical > a.p {
		v.found.add("clinical", "clinical"+like)
	} else if v.found.of("clinical") != "" && clinical < leastNamed*a.p {
		v.found.drop("clinical")
	}
	v.Entries, v.Sure, v.Choices = a.entries, a.sure, a.choices
	s.weighActs(&sc, ws, veto, a.p, v)
	s.weighPieces(g, lang, v)
}

// leastNamed is how likely a kind named by a pattern must be, relative to the likeliest entry.
// Below it the text asks about the matter instead of telling of it.
const leastNamed = .3

// weighDanger tells an alarm from a concern. A keyword is an alarm by itself, a pattern at least a
// concern; otherwise the evidence decides. Which danger it is and whose is settled by the likeliest
// part, and a second danger is kept if it is at least half as likely.
func (s *Screen) weighDanger(sc *scores, ws []word, lang string, plain bool, v *Verdict) {
	found := &v.found
	exact := v.always || found.of("crisis") == "crisis/exact" ||
		found.of("emergency") == "emergency/exact"
	named := found.danger()
	e := sc.dangerEvidence(ws, lang, named)
	p := logistic(s.learnt.sure.Danger[:], e[:])
	if !exact && p < s.learnt.sure.Alarm && !(named && p >= namedAlarm) {
		v.Concern = !plain && (named || p >= s.learnt.sure.Concern)
		found.drop("crisis")
		found.drop("emergency")
		return
	}
	// The part most like each decides: a long text may tell of both.
	of := &s.learnt.groups
	crisis, emergency := 0., 0.
	for _, p := range append([][]float32{sc.whole}, sc.parts...) {
		crisis = max(crisis, of.crisis.in(p))
		emergency = max(emergency, of.emergency.in(p))
	}
	// A pattern may still say otherwise; see concernReader.tell.
	if of.others.in(sc.whole) > of.own.in(sc.whole) {
		v.About = AboutOther
	}
	switch {
	case exact:
	case crisis >= emergency:
		found.add("crisis", "crisis"+like)
		if emergency < alsoLikely*crisis {
			found.drop("emergency")
		}
	default:
		found.add("emergency", "emergency"+like)
		if crisis < alsoLikely*emergency {
			found.drop("crisis")
		}
	}
}

// namedAlarm is the probability from which a text named by a pattern is an alarm, below the
// threshold for texts that no pattern names. A lower one has a person read it as a concern.
const namedAlarm = .1

// weighActs finds the act that a text plainly is, or the one it merely resembles. A keyword is
// plain by itself; a pattern is plain unless what was learnt speaks against it; likeness alone must
// be sure, in a text that doesn't ask a question the base answers. What isn't plain is asked back.
// Of several acts one is taken. entry is the probability of the likeliest entry.
func (s *Screen) weighActs(sc *scores, ws []word, veto bool, entry float64, v *Verdict) {
	asks := asks(ws)
	sure := &s.learnt.sure
	if !asks && s.meant[firstID(v.Entries)] != "" {
		entry = 0 // it is counted with the act that it is about
	}
	keeps := sc.has("other/keeps_texts")
	// Any means that a reasonable person understands; source: 47 CFR 64.1200(a)(10).
	owed := v.found.of("optout") != "" && v.Sure == 0 && !keeps
	best, by, most, plain := "", "", 0., false
	for i, k := range judged {
		rule := v.found.of(k)
		named := rule != ""
		if k == "clinical" || rule == k+"/exact" || s.always[rule] ||
			k == "optout" && (owed || v.found.of("start") != "") {
			continue // "text me again" shares every word with its opposite
		}
		p := s.act(sc, i, asks)
		if k == "optout" && v.Sure == 0 { // the entry about it is no wording of it
			p = sc.kind(i)
		}
		// A pattern's kind is taken back for now: below it is done, asked back or dropped.
		if named {
			v.found.drop(k)
			if k != "optout" && p < leastNamed*entry && p < sure.Does[k] {
				continue
			}
		}
		// A pattern that nothing speaks against comes before any likeness.
		plainly := named && p >= sure.Asks[k]
		if plainly && !plain || plainly == plain && p > most {
			best, by, most, plain = k, k+like, p, plainly
			if named {
				by = rule
			}
		}
	}
	named := by != best+like
	// The writer wants our texts after all, or hedges: asked back.
	hedged := best == "optout" && keeps || sc.has("other/hedged")
	plain = !hedged && s.isPlain(sc, best, most, named, asks, v)
	switch {
	case best == "" || answered(v.found):
	case best == classChat && (most < sureChat || v.Concern || mayBeGrave(sc, ws)):
		// A person reads it.
	case !isAct(best):
		if plain && (!named || most >= leastSmall) {
			v.found.add(best, by)
		}
	case veto && best != "optout", !named && asks && v.Sure > 0: // the question is answered
	case plain:
		v.found.add(best, by)
	case named, most >= sure.Asks[best] && most > entry:
		v.asks = best
	}
}

// isPlain tells whether an act is plain enough to be done without asking back. p is the act's
// probability, named whether a pattern names it. Giving up a visit asks for a pattern always: its
// time may go to another at once.
func (s *Screen) isPlain(sc *scores, act string, p float64, named, asks bool, v *Verdict) bool {
	sure := &s.learnt.sure
	switch {
	case named:
		return p >= sure.Asks[act]
	case act == "decline": // its time may go to another: likeness alone is asked back
		return false
	case sc.kind(slices.Index(judged[:], act)) < sure.Does[act] && v.Sure == 0:
		return false // only with the entry that is about it, and that isn't sure
	}
	return p >= sure.Does[act] && (!asks || p >= sureAsking)
}

// sureAsking is how likely an act must be in a text that asks: most such texts want an answer.
const sureAsking = .8

// leastSmall is the lowest probability of a kind that changes no visit when a pattern names it.
const leastSmall = .05

// answered tells whether a keyword has already settled what the text does.
func answered(found findings) bool {
	return slices.ContainsFunc(found,
		func(f finding) bool { return low(f.kind) || f.kind == "optout" })
}

// mayBeGrave tells whether a text that looks like small talk may be more, so that a person should
// read it: it has a figure, an idiom, or a word of danger. Small talk gets no answer, and nobody
// reads it otherwise.
func mayBeGrave(sc *scores, ws []word) bool {
	if slices.ContainsFunc(ws, func(w word) bool { return w.hidden || w.isNum }) {
		return true
	}
	for _, h := range sc.hits {
		if grave(h.kind) {
			return true
		}
	}
	return sc.danger(sc.whole)+sc.l.groups.grave.in(sc.whole) > .05
}

// namesDanger tells whether a pattern that is enough by itself names a danger.
func (s *Screen) namesDanger(ws []word) bool {
	var v Verdict
	patterns(s.raises(ws), &v)
	return v.found.danger()
}

// alsoLikely is how likely the less likely danger must be, relative to the other, to be reported
// too.
const alsoLikely = .5

// firstID returns the id of the first entry, "" if there is none.
func firstID(es []Entry) string {
	if len(es) == 0 {
		return ""
	}
	return es[0].ID
}
