package screen

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/beacon-clinic/beacon/knowledge/model"
)

// like begins the rule of a kind that no pattern raised; the words that spoke most for it follow.
const like = "/learnt: "

// named tells whether a pattern that is enough by itself speaks of danger.
func (s *Screen) named(ws []word) bool {
	found := findings{}
	s.patterns(ws, found, &Verdict{})
	return found["crisis"] != "" || found["emergency"] != ""
}

// weigh adds what was learnt to what the rules found: whether it is danger, what it does, what it
// asks. plain says that a keyword has settled what the text is.
func (s *Screen) weigh(text string, ws []word, lang string, plain, veto bool, v *Verdict) {
	sc := s.score(ws, lang)
	s.weighDanger(&sc, ws, lang, plain, v)
	if plain && v.found["crisis"] == "" && v.found["emergency"] == "" {
		return
	}
	a := s.answer(&sc, ws, lang, text)
	if v.found["clinical"] == "" && sc.kind("clinical") >= s.learnt.sure.Clinical && sc.kind("clinical") > a.p {
		v.found.add("clinical", "clinical"+like)
	} else if v.found["clinical"] != "" && sc.kind("clinical") < leastNamed*a.p {
		delete(v.found, "clinical")
	}
	v.Entries, v.Sure, v.Choices = a.entries, a.sure, a.choices
	s.weighActs(&sc, ws, veto, a.p, v)
	s.weighPieces(ws, lang, v)
}

// leastNamed is how likely a kind that a pattern names must be against the likeliest entry.
const leastNamed = .3

// weighDanger tells alarm from concern: a keyword is an alarm by itself, a pattern at least a
// concern, and else the evidence decides.
func (s *Screen) weighDanger(sc *scores, ws []word, lang string, plain bool, v *Verdict) {
	found := v.found
	exact := v.always || found["crisis"] == "crisis/exact" || found["emergency"] == "emergency/exact"
	named := found["crisis"] != "" || found["emergency"] != ""
	e := sc.dangerEvidence(ws, lang, named)
	p := logistic(s.learnt.sure.Danger[:], e[:])
	if !exact && p < s.learnt.sure.Alarm && !(named && p >= namedAlarm) {
		v.Concern = !plain && (named || p >= s.learnt.sure.Concern)
		delete(found, "crisis")
		delete(found, "emergency")
		return
	}
	crisis, emergency := 0., 0.
	for _, p := range append([][]float32{sc.whole}, sc.parts...) {
		crisis = max(crisis, sc.of(p, "crisis", classOther))
		emergency = max(emergency, sc.of(p, "emergency"))
	}
	if sc.of(sc.whole, classOther) > sc.of(sc.whole, "crisis") {
		v.About = AboutOther
	}
	switch {
	case exact:
	case crisis >= emergency:
		found.add("crisis", "crisis"+like)
		if emergency < both*crisis {
			delete(found, "emergency")
		}
	default:
		found.add("emergency", "emergency"+like)
		if crisis < both*emergency {
			delete(found, "crisis")
		}
	}
}

// namedAlarm is the probability from which on a text that a pattern names is an alarm.
const namedAlarm = .1

// both is how likely the less likely danger must be, against the other, to be told of as well.
const both = .5

// weighActs finds the act that the text plainly is, or the one that it only looks like. A keyword is plain by itself; a
// pattern is where what was learnt doesn't speak against it; likeness alone must be sure, in a text that asks nothing which the base
// answers. What isn't plain is asked back.
func (s *Screen) weighActs(sc *scores, ws []word, veto bool, entry float64, v *Verdict) {
	asks := asks(ws)
	sure := &s.learnt.sure
	if !asks && s.meant[first(v.Entries)] != "" {
		entry = 0 // it is counted with the act that it is about
	}
	best, by, most := "", "", 0.
	for _, k := range judged {
		rule, named := v.found[k]
		if k == "clinical" || rule == k+"/exact" || s.always[rule] || v.found["start"] != "" && k == "optout" {
			continue // "text me again" shares every word with its opposite
		}
		p := s.act(sc, k, asks)
		if k == "optout" && v.Sure == 0 { // the entry about it is no wording of it
			p = sc.kind(k)
		}
		if named {
			delete(v.found, k)
			if k != "optout" && p < leastNamed*entry && p < sure.Does[k] {
				continue
			}
		}
		if p > most {
			best, by, most = k, k+like, p
			if named {
				by = rule
			}
		}
	}
	named := by != best+like
	hedged := slices.Contains(s.hits(ws), "other/hedged")
	plain := !hedged && named && most >= sure.Asks[best] || !hedged && !named && most >= sure.Does[best] && (!asks || most >= sureAsking)
	if named && best == "optout" { // any means that a reasonable person understands; source: 47 CFR 64.1200(a)(10)
		plain = v.Sure == 0 || plain
	}
	if !named && sc.kind(best) < sure.Does[best] { // only with the entry that is about it: that must be sure
		plain = plain && v.Sure > 0
	}
	switch {
	case best == "" || answered(v.found):
	case best == classChat && (most < sureChat || v.Concern || s.mayBeGrave(sc, ws)): // a person reads it
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

// mayBeGrave tells whether a text that looks like small talk may be more, so that a person reads it: it has a figure, an idiom, or a
// word of danger.
func (s *Screen) mayBeGrave(sc *scores, ws []word) bool {
	if slices.ContainsFunc(ws, func(w word) bool { return w.hidden || w.isNum }) {
		return true
	}
	for _, name := range s.hits(ws) {
		if kind, _, _ := strings.Cut(name, "/"); kind == "crisis" || kind == "emergency" || kind == "clinical" {
			return true
		}
	}
	return sc.danger(sc.whole)+sc.of(sc.whole, classConcern, "clinical") > .05
}

// sureChat is how likely small talk must be to get no answer.
const sureChat = .8

// sureAsking is how likely an act must be in a text that asks: most that do ask for an answer.
const sureAsking = .8

// answered: a keyword has already said what the text does.
func answered(found findings) bool {
	for kind := range found {
		if low(kind) || kind == "optout" {
			return true
		}
	}
	return false
}

// leastSmall is how likely a kind that changes no visit must be at least where a pattern names it.
const leastSmall = .05

// first is the id of the first entry, "" if there is none.
func first(es []Entry) string {
	if len(es) == 0 {
		return ""
	}
	return es[0].ID
}

// isAct tells whether a kind changes a visit or consent.
func isAct(kind string) bool { return slices.Contains(acts[:], kind) }

// asked is what a text or a piece of it asks.
type asked struct {
	entries []Entry
	sure    int
	choices int
	p       float64 // probability of the first
}

// answer ranks the entries. Where the words alone leave it open, the meaning of an English text
// is asked as well; "" has none.
func (s *Screen) answer(sc *scores, ws []word, lang, text string) (a asked) {
	best := s.learnt.rank(sc.whole, most)
	if len(best) == 0 {
		return a
	}
	a.p = best[0].p
	x := sc.answerEvidence(sc.whole, best, ws, lang, s.strange(ws, lang))
	conf, least := logistic(s.learnt.sure.Answer[:], x[:]), s.learnt.sure.Answered
	if s.embed != nil && text != "" && lang == "en" && conf > hopeless && conf < settled {
		var e [nearEvidence]float64
		best, e = s.byMeaning(sc, s.embed(text), ws, lang)
		conf, least = logistic(s.learnt.sure.Near[:], e[:]), s.learnt.sure.AnsweredNear
	}
	for i, b := range best[:min(len(best), most)] {
		a.entries = append(a.entries, Entry{strings.TrimPrefix(s.learnt.kinds.Classes()[b.place], ClassEntry), conf * b.score})
		if i < mostOffered && conf >= offered && b.score >= absurd {
			a.choices = i + 1
		}
	}
	if conf >= least {
		a.sure, a.choices = 1, 0
	}
	return a
}

const (
	hopeless = .02 // a confidence below which no meaning makes an answer sure
	settled  = .97 // one above which none is needed
	offered  = .45 // one from which on the entry is offered, with those that come near it
	absurd   = .2  // share of the first's score below which another isn't worth offering

	mostOffered = 3
)

// weighPieces looks at the pieces of a text that says more than one thing: two questions, each sure by
// itself, are both answered, and so is a question beside an act.
func (s *Screen) weighPieces(ws []word, lang string, v *Verdict) {
	if _, chat := v.found[classChat]; v.asks == "" && (len(v.found) == 0 || chat && len(v.found) == 1) {
		s.weighSentences(ws, lang, v)
	}
	acts := v.asks != "" || len(v.found) > 0
	var first []Entry
	least := 0.
	for _, cut := range cuts(ws) {
		left, right := s.piece(ws[:cut], lang), s.piece(ws[cut:], lang)
		switch {
		case acts:
			for _, a := range []asked{left, right} {
				if a.sure > 0 && a.entries[0].Confidence > least {
					first, least = a.entries[:1], a.entries[0].Confidence
				}
			}
		case left.sure > 0 && right.sure > 0 && left.entries[0].ID != right.entries[0].ID:
			if worst := min(left.entries[0].Confidence, right.entries[0].Confidence); worst > max(least, pieceSure) {
				first, least = []Entry{left.entries[0], right.entries[0]}, worst
			}
		}
	}
	switch {
	case acts:
		if first != nil {
			v.Entries, v.Sure = first, 1
		} else if !moreThanOne(ws) {
			v.Sure = 0
		}
		v.Besides, v.Choices = v.Sure > 0, 0
		if _, chat := v.found[classChat]; chat && len(v.found) == 1 && v.asks == "" && v.Sure > 0 { // "thanks, but can i eat"
			delete(v.found, classChat)
			v.Besides = false
		}
	case first != nil:
		v.Entries, v.Sure, v.Choices = first, len(first), 0
	}
}

// weighSentences looks for a sentence that acts within a text that doesn't as a whole. A confirmation does no harm and an
// opt-out that a pattern names is owed: both are taken. Anything else is asked back, since the text says more.
func (s *Screen) weighSentences(ws []word, lang string, v *Verdict) {
	for i, part := range parts(ws, 1) {
		for _, k := range s.exact[joined(part)] {
			if k == "confirm" && (i == 0 || len(part) > 1) {
				v.found.add(k, k+"/exact")
			}
		}
		if len(part) < pieceWords {
			continue
		}
		p := s.classes(part, lang)
		for _, k := range judged {
			at := s.learnt.kinds.Place(k)
			switch {
			case !isAct(k) || at < 0 || float64(p[at]) < s.learnt.sure.Does[k]:
			case k == "confirm", k == "optout" && s.names(part, k):
				v.found.add(k, k+like)
			case v.asks == "":
				v.asks = k
			}
		}
	}
}

// names tells whether a pattern, a hint included, names a kind in the words.
func (s *Screen) names(ws []word, kind string) bool {
	return slices.ContainsFunc(s.hits(ws), func(name string) bool { return strings.HasPrefix(name, kind+"/") })
}

// piece is what a piece of a text asks; nothing where it is too short or does something.
func (s *Screen) piece(ws []word, lang string) asked {
	if len(ws) < pieceWords {
		return asked{}
	}
	sc := scores{l: s.learnt, whole: s.classes(ws, lang)}
	return s.answer(&sc, ws, lang, "")
}

const (
	pieceWords = 2  // words that a question within a text has at least
	pieceSure  = .9 // how sure each of two questions in one text must be: a cut text says less
	mostCuts   = 6  // places where a text is cut, so that a long one takes no longer
)

// cuts are the places where a text may turn from one thing to another: after a sentence, and at
// a word that joins.
func cuts(ws []word) (out []int) {
	for i := 1; i < len(ws) && len(out) < mostCuts; i++ {
		if ws[i].sent != ws[i-1].sent || ws[i-1].asks || joins(ws[i].s) {
			out = append(out, i)
		}
	}
	return out
}

// moreThanOne tells whether a text has more sentences than one.
func moreThanOne(ws []word) bool { return len(ws) > 0 && ws[len(ws)-1].sent > ws[0].sent }

// joins tells whether a word joins two things said.
func joins(w string) bool {
	switch w {
	case "and", "also", "plus", "but", "y", "tambien", "ademas", "pero":
		return true
	}
	return false
}

// because is the rule, with the words that spoke most for the kind where no pattern raised it.
func (s *Screen) because(kind, rule string, ws []word, lang string) string {
	if rule != kind+like {
		return rule
	}
	return rule + strings.Join(s.speaks(ws, lang, kind, 3), ", ")
}

// speaks names the words and pairs of words that speak most for a class.
func (s *Screen) speaks(ws []word, lang, class string, n int) []string {
	all := s.weights(ws, lang, class)
	names := slices.Collect(maps.Keys(all))
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(all[b], all[a]), cmp.Compare(a, b))
	})
	return names[:min(n, len(names))]
}

// Words are the words and pairs of words of a text that speak for a class, with how much.
func (s *Screen) Words(text, class string) map[string]float64 {
	if s.learnt == nil {
		return nil
	}
	ws := s.words(text)
	return s.weights(ws, lang(s.lang(ws, s.hasMarks(text))), class)
}

func (s *Screen) weights(ws []word, lang, class string) map[string]float64 {
	out := map[string]float64{}
	at := s.learnt.kinds.Place(class)
	add := func(name, kind, a, b string, share float64) {
		f := model.Feature{Key: key(kind, a, b), Weight: float32(share / math.Sqrt(float64(3*len(ws))))}
		if w := s.learnt.kinds.Says(f, at); w > 0 {
			out[name] += float64(w)
		}
	}
	for i, w := range ws {
		if w.hidden {
			continue
		}
		a := stem(w.s, lang)
		add(w.s, "w", a, "", wordShare)
		add(w.s, "m", s.feats.mean(w.s, a), "", ideaShare)
		if i+1 < len(ws) && !ws[i+1].hidden {
			add(w.s+" "+ws[i+1].s, "wb", a, stem(ws[i+1].s, lang), wordShare)
		}
	}
	return out
}
