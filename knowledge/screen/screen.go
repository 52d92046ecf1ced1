package screen

import (
	"maps"
	"slices"
	"strings"
	"unicode"
)

// Context is what is known about the writer when the text comes.
type Context struct {
	Visit bool // a visit lies ahead
	Offer bool // a free time was offered and awaits an answer
}

// Verdict is what a text was found to be.
type Verdict struct {
	Kind     string   // the highest kind found; "" leaves the text to the entries
	Also     []string // lower kinds found in the same text
	Lang     string   // "en", "es" or "" when it can't be told
	Rule     string   // what raised Kind: a pattern, a keyword, or the words that were learnt
	Minutes  int      // late: the minutes named, 0 if none
	Resource bool     // answer normally and add the line with 988
	Concern  bool     // it may be danger: the ordinary answer, the line with 988, and a person reads it
	Asks     string   // an act that the text only looks like: it is asked back before it is done
	Bare     string   // Yes or No when the text is nothing but that, "" when it says more
	Offer    string   // of an open offer: Take, Leave, or "" when the text doesn't plainly say either
	Entries  []Entry  // what it asks, likeliest first
	Sure     int      // how many of Entries are sure enough to be answered: none, one, or two for two questions
	Choices  int      // how many of Entries are near ties worth offering
	Besides  bool     // it says what Kind or Asks is, and asks Entries besides
	About    string   // of danger: AboutOther, AboutNow, or "" for the writer's own

	found  findings // by kind, whatever is known of the writer
	asks   string
	offer  string
	always bool // a pattern of danger that needs no other evidence
	both   bool // it is a keyword for yes and for start at once
}

// Entry is an entry of the base and how likely a text asks for it.
type Entry struct {
	ID         string
	Confidence float64 // calibrated on writers held out, 0 to 1
}

// Named tells whether a keyword or a pattern raised the kind, and not what was learnt.
func (v Verdict) Named() bool { return v.Kind != "" && !strings.HasPrefix(v.Rule, v.Kind+like) }

// findings are the kinds found so far, with what raised each.
type findings map[string]string

func (f findings) add(kind, rule string) {
	if _, ok := f[kind]; !ok {
		f[kind] = rule
	}
}

// Read decides what a text is, whoever writes it. It is pure, and needs nothing but the text.
func (s *Screen) Read(text string) Verdict {
	ws := s.words(text)
	v := Verdict{Lang: s.lang(ws, s.hasMarks(text)), Bare: s.bare.answers[joined(ws)], found: findings{}}
	if v.Bare != "" {
		v.Lang = s.bare.langs[joined(ws)]
	}
	if len(ws) == 0 {
		if pictures(text) {
			v.found.add("courtesy", "courtesy/picture")
		}
		return v.In(Context{})
	}
	for _, kind := range s.exact[joined(ws)] {
		if !slices.Contains(replies[:], kind) {
			v.found.add(kind, kind+"/exact")
		}
	}
	if v.offer = s.offer.read(ws); v.offer == Perhaps {
		v.asks = "confirm"
	}
	plain := len(v.found) > 0
	v.Resource = slices.ContainsFunc(ws, func(w word) bool { return w.topic })
	veto := s.patterns(ws, v.found, &v)
	// A number by itself is no wording: only a keyword gives it a meaning.
	number := !slices.ContainsFunc(ws, func(w word) bool { return !w.isNum && strings.Trim(w.s, "0123456789:/") != "" })
	if !number && s.learnt != nil {
		s.weigh(text, ws, lang(v.Lang), plain, veto, &v)
	}
	if v.found["crisis"] != "" || v.found["emergency"] != "" {
		s.besides(ws, v.found)
		v.Resource, v.asks = false, ""
		if rule := v.found["optout"]; strings.HasPrefix(rule, "optout"+like) { // "i dont want to be a burden anymore"
			delete(v.found, "optout")
		}
	}
	s.concern.tell(ws, &v)
	if _, ok := v.found["late"]; ok {
		v.Minutes = minutes(ws)
	}
	v.both = plain && s.exactBoth(ws)
	for kind, rule := range v.found {
		v.found[kind] = s.because(kind, rule, ws, lang(v.Lang))
	}
	return v.In(Context{})
}

// In is the verdict on the same text from a writer of whom that is known. Whether it is a crisis,
// an emergency or an opt-out never depends on it.
func (v Verdict) In(c Context) Verdict {
	found := maps.Clone(v.found)
	v.Kind, v.Rule, v.Also, v.Asks = "", "", nil, v.asks
	settle(found, c)
	if v.Offer = ""; c.Offer {
		v.Offer = v.offer
	}
	if !c.Visit && v.Asks != "optout" {
		v.Asks = ""
	}
	if v.both && found["courtesy"] != "" && found["start"] != "" {
		// A bare YES is the carrier's opt-in word as well: small talk to us, but recorded.
		v.Kind, v.Rule, v.Also = "courtesy", found["courtesy"], []string{"start"}
		return v
	}
	for _, kind := range ranks {
		rule, ok := found[kind]
		switch {
		case !ok:
		case v.Kind == "":
			v.Kind, v.Rule = kind, rule
		case kind != "courtesy" && kind != "greeting" && kind != classChat:
			v.Also = append(v.Also, kind)
		}
	}
	if v.Kind != "" && v.Kind != "courtesy" {
		v.Asks = ""
	}
	return v
}

// Plainly is the verdict on a text that asks for an entry word for word: an act that it only looked like is none.
func (v Verdict) Plainly(e Entry) Verdict {
	v.Entries, v.Sure, v.Choices, v.asks = []Entry{e}, 1, 0, ""
	return v.In(Context{})
}

// Lang is the language of a text: "en", "es" or "" when it can't be told.
func (s *Screen) Lang(text string) string { return s.Read(text).Lang }

// lang is the language that the words are stemmed in.
func lang(told string) string {
	if told == "" {
		return "en"
	}
	return told
}

func (s *Screen) hasMarks(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return s.marked[r] })
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
			v.always = v.always || ru.always && (ru.kind == "crisis" || ru.kind == "emergency")
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

// low kinds say what the writer wants, none that anybody is in need.
func low(kind string) bool {
	return kind != "other" && kind != "crisis" && kind != "emergency" && kind != "clinical" && kind != "optout"
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
