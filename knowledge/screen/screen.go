package screen

import (
	"slices"
	"strings"
	"unicode"
)

// Context is what is known about the writer when the text comes.
type Context struct {
	Visit    bool // a visit lies ahead
	Awaiting bool // that visit awaits an answer
	Offer    bool // a free time was offered and awaits an answer
}

// Verdict is what a text was found to be.
type Verdict struct {
	Kind     string   // the highest kind found; "" leaves the text to the matcher
	Also     []string // lower kinds found in the same text
	Lang     string   // "en", "es" or "" when it can't be told
	Rule     string   // the pattern or the nearest example that raised Kind
	Minutes  int      // late: the minutes named, 0 if none
	Resource bool     // answer normally and add the line with 988
	Bare     string   // Yes or No when the text is nothing but that, "" when it says more
	Offer    string   // of an open offer: Take, Leave, or "" when the text doesn't plainly say either
	Concern  bool     // it is no danger by its words, but may be more than it seems: a person should read it soon
	About    string   // of danger: AboutOther, AboutNow, or "" when it is the writer's own
}

// Named tells whether a keyword or a pattern raised the kind, and not likeness
// to an example.
func (v Verdict) Named() bool { return v.Kind != "" && !strings.HasPrefix(v.Rule, v.Kind+like) }

// least is the probability from which on the classifier alone raises a kind. A
// crisis or an emergency missed costs more than one too many; a visit confirmed
// or given up by mistake costs more than a question passed on; who asks for
// another time, is late or wants out gets a person or silence, so little
// evidence is enough. cue says whether a crisis has one of its words.
func least(kind string, cue bool) float32 {
	switch kind {
	case "crisis":
		if !cue {
			return 0.42
		}
		return 0.25
	case "emergency":
		return 0.16
	case "confirm":
		return 0.22
	case "reschedule":
		return 0.18
	}
	return 0.20
}

// givesUp is how likely it must be, against an opt-out, that a visit is given up
// instead: who is asked once too often is annoyed, who loses the texts of a visit
// may lose the visit.
const givesUp = 0.5

// partExtra is how much more a part of a text must be worth: on its own it is
// poorer evidence than the whole.
const partExtra = 0.25

// findings are the kinds found so far, with what raised each.
type findings map[string]string

func (f findings) add(kind, rule string) {
	if _, ok := f[kind]; !ok {
		f[kind] = rule
	}
}

// Read decides what a text is. Whether it is a crisis, an emergency or an
// opt-out never depends on the context.
func (s *Screen) Read(text string, c Context) Verdict {
	ws := s.words(text)
	lang := s.langs.of(ws, strings.ContainsFunc(text, func(r rune) bool { return s.marked[r] }))
	v := Verdict{Lang: lang, Bare: s.bare.answers[joined(ws)]}
	if s.bare.shared[joined(ws)] {
		v.Lang = ""
	}
	if len(ws) == 0 {
		if pictures(text) {
			v.Kind, v.Rule = "courtesy", "courtesy/picture"
		}
		return v
	}
	found := findings{}
	for _, kind := range s.exact[joined(ws)] {
		if !slices.Contains(replies[:], kind) {
			found.add(kind, kind+"/exact")
		}
	}
	if c.Offer {
		v.Offer = s.offer.read(ws)
	}
	plain := len(found) > 0
	v.Resource = slices.ContainsFunc(ws, func(w word) bool { return w.topic })
	veto := s.patterns(ws, found, &v)
	// A number by itself is no wording: only a keyword gives it a meaning.
	if number := len(ws) == 1 && ws[0].isNum; !number && (!plain || found["crisis"] != "") {
		s.classify(ws, lang, found, veto)
	}
	if found["crisis"] != "" || found["emergency"] != "" {
		s.besides(ws, found)
	}
	if _, ok := found["late"]; ok {
		v.Minutes = minutes(ws)
	}
	settle(found, c)
	if _, ok := found["courtesy"]; ok && found["start"] == "start/exact" && plain && s.exactBoth(ws) {
		// A bare YES is the carrier's opt-in word as well: small talk to us, but recorded.
		v.Kind, v.Rule, v.Also = "courtesy", found["courtesy"], []string{"start"}
		return v
	}
	for _, kind := range ranks {
		rule, ok := found[kind]
		switch {
		case !ok:
		case v.Kind == "":
			v.Kind, v.Rule = kind, s.because(kind, rule, ws, lang)
		case kind != "courtesy" && kind != "greeting":
			v.Also = append(v.Also, kind)
		}
	}
	if v.Kind == "crisis" || v.Kind == "emergency" {
		v.Resource = false
	}
	s.concern.tell(ws, &v) // concern.go
	return v
}

// besides notes what a text in danger says for the staff: "yes but i feel like
// dying" confirms as well.
func (s *Screen) besides(ws []word, found findings) {
	for _, part := range parts(ws, 1) {
		for _, kind := range s.exact[joined(part)] {
			found.add(kind, kind+"/exact")
		}
	}
}

// pictures tells whether a text is nothing but pictures that have no word in words.yaml. A lone "?" is none: somebody waits.
func pictures(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.So, r) }) &&
		!strings.ContainsFunc(text, func(r rune) bool { return r == '?' || unicode.IsLetter(r) || unicode.IsDigit(r) })
}

// patterns raises what the phrases name. It tells whether the text carries
// words that only look like an answer ("my dog stopped eating").
func (s *Screen) patterns(ws []word, found findings, v *Verdict) (veto bool) {
	s.raise.find(ws, func(h hit) {
		ru := &s.rules[h.owner]
		if ru.unless != nil && ru.unless.touches(ws, h, low(ru.kind)) {
			v.Resource = v.Resource || ru.topic
			return
		}
		switch {
		case ru.hint:
		case ru.kind == "resource":
			v.Resource = true
		case ru.kind == "other":
			veto = true
		default:
			found.add(ru.kind, ru.name)
		}
	})
	return veto
}

// hits names the patterns found in the words, those that hint included: what
// the classifier weighs with all else.
func (s *Screen) hits(ws []word) (names []string) {
	s.raise.find(ws, func(h hit) {
		ru := &s.rules[h.owner]
		if !slices.Contains(names, ru.name) && (ru.unless == nil || !ru.unless.touches(ws, h, low(ru.kind))) {
			names = append(names, ru.name)
		}
	})
	return names
}

// touches tells whether a guard stands in one of the sentences of the hit.
// What asks for less than a nurse is guarded by the whole text.
// Hidden words count here: an idiom may well be what takes a match back.
func (x *index) touches(ws []word, h hit, anywhere bool) bool {
	first, last := ws[h.start].sent, ws[h.end-1].sent
	from, to := h.start, h.end
	if anywhere {
		from, to = 0, len(ws)
	}
	for from > 0 && ws[from-1].sent >= first {
		from--
	}
	for to < len(ws) && ws[to].sent <= last {
		to++
	}
	yes := false
	x.find(ws, func(g hit) { yes = yes || g.start >= from && g.end <= to })
	return yes
}

// classify raises what the classifier is sure of: on the whole text, and on
// each part of it, so that a cry for help tacked on to small talk is heard.
func (s *Screen) classify(ws []word, lang string, found findings, veto bool) {
	cue := slices.ContainsFunc(ws, func(w word) bool { return !w.hidden && s.cues.matches(w) })
	p := make([]float32, len(s.class.kinds))
	s.class.scores(s.class.feats.read(ws, lang), p)
	s.raiseBy(p, 0, cue, found)
	if !veto && !answered(found) && !s.riddle(ws, lang) {
		s.raiseLow(p, found)
	}
	for _, part := range parts(ws, 2) {
		s.class.scores(s.class.feats.read(part, lang), p)
		s.raiseBy(p, partExtra, cue, found)
	}
}

// riddle tells whether a text is one word that no example has: a person reads it,
// since its letters alone confirm nothing.
func (s *Screen) riddle(ws []word, lang string) bool {
	return len(ws) == 1 && len(ws[0].s) > 5 && !s.class.feats.knows(ws[0].s, lang)
}

// raiseBy adds the kinds of which a text may be several: danger, and the way
// out.
func (s *Screen) raiseBy(p []float32, extra float32, cue bool, found findings) {
	for _, kind := range [...]string{"crisis", "emergency", "clinical", "optout"} {
		if kind == "optout" && (found["start"] != "" || p[s.slots["decline"]] > givesUp*p[s.slots[kind]]) {
			continue // "text me again" shares every word with its opposite, "take off my visit" many with "take me off"
		}
		if slot, ok := s.slots[kind]; ok && found[kind] == "" && p[slot] >= least(kind, cue)+extra {
			found.add(kind, kind+like)
		}
	}
}

// raiseLow adds the likeliest of the low kinds, of which a text is one at most.
func (s *Screen) raiseLow(p []float32, found findings) {
	best := 0
	for slot, kind := range s.class.kinds {
		if low(kind) && (best == 0 || p[slot] > p[best]) {
			best = slot
		}
	}
	if kind := s.class.kinds[best]; best > 0 && p[best] >= least(kind, false) {
		found.add(kind, kind+like)
	}
}

// like stands for the classifier as what raised a kind; which example it was is
// looked for once it is known which kind comes out.
const like = "/like: "

// because is the rule with the nearest example, if the classifier raised the
// kind.
func (s *Screen) because(kind, rule string, ws []word, lang string) string {
	if rule != kind+like {
		return rule
	}
	return rule + s.class.nearest(s.class.feats.read(ws, lang), s.slots[kind])
}

// low kinds say what the writer wants, none that anybody is in need.
func low(kind string) bool {
	return kind != "other" && kind != "crisis" && kind != "emergency" && kind != "clinical" && kind != "optout"
}

// answered: a phrase has already said which of the low kinds it is.
func answered(found findings) bool {
	for kind := range found {
		if low(kind) {
			return true
		}
	}
	return false
}

// parts cuts a text at its sentences and at every but; those of fewer words
// than shortest are left out. None when there is only one.
func parts(ws []word, shortest int) [][]word {
	var out [][]word
	start := 0
	for i := 1; i <= len(ws); i++ {
		if i < len(ws) && ws[i].sent == ws[i-1].sent && ws[i].s != "but" && ws[i].s != "pero" {
			continue
		}
		if i-start >= shortest && len(out) < 12 {
			out = append(out, ws[start:i])
		}
		start = i
	}
	if len(out) == 1 && len(out[0]) == len(ws) {
		return nil
	}
	return out
}

// settle fits what was found to the visit: without one, nothing is confirmed.
func settle(found findings, c Context) {
	if _, ok := found["crisis"]; ok {
		return // recorded as it stands, whatever the visit
	}
	yes := found["confirm"]
	switch {
	case yes != "" && !c.Visit:
		delete(found, "confirm")
		found.add("courtesy", yes)
	case yes != "" && found["start"] == "start/exact":
		delete(found, "start") // a bare YES answers about the visit
	}
	if !c.Visit {
		delete(found, "decline")
		delete(found, "reschedule")
		delete(found, "late")
	}
}

// minutes returns the delay that a text names, 0 if none.
func minutes(ws []word) int {
	for i, w := range ws {
		next := ""
		if i+1 < len(ws) {
			next = ws[i+1].s
		}
		switch {
		case w.s == "half" && (next == "hour" || next == "an" || next == "hr"), w.s == "media" && next == "hora":
			return 30
		case (w.s == "an" || w.s == "una") && (next == "hour" || next == "hr" || next == "hora"):
			return 60
		case !w.isNum || w.num < 1 || w.num > 240:
		case strings.HasPrefix(next, "min") || next == "m" || next == "late" || next == "tarde":
			return int(w.num)
		case next == "hour" || next == "hours" || next == "hr" || next == "hrs" || next == "hora" || next == "horas":
			return int(w.num * 60)
		case i > 0 && (ws[i-1].s == "in" || ws[i-1].s == "en" || ws[i-1].s == "late" || ws[i-1].s == "tarde") && w.num <= 90 && next != "am" && next != "pm":
			return int(w.num)
		}
	}
	return 0
}

// exactBoth tells whether the text is a keyword for yes and for start at once.
func (s *Screen) exactBoth(ws []word) bool {
	kinds := s.exact[joined(ws)]
	return slices.Contains(kinds, "confirm") && slices.Contains(kinds, "start")
}
