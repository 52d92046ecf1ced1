package screen

import (
	"slices"
	"strings"
	"unicode"
)

// Read decides what a text is, whoever wrote it; use [Verdict.In] for what is known of the writer.
// It is pure and needs nothing but the text, so danger is read even while the store is away.
// Nothing a patient writes makes it fail: a text without words has no kind.
func (s *Screen) Read(text string) Verdict {
	ws := s.words(text)
	whole := joined(ws)
	v := Verdict{
		Lang: s.langOf(text, ws, whole), Bare: s.bare.answers[whole],
	}
	if len(ws) == 0 {
		if pictures(text) {
			v.found.add("courtesy", "courtesy/picture")
		}
		return v.In(Context{})
	}
	// A ride is answered only while its question is open; see Ride.
	for _, k := range s.exact[whole] {
		if !slices.Contains(rideClasses[:], k.kind) {
			v.found.add(k.kind, k.rule)
		}
	}
	// With a visit ahead an "ok" may confirm that instead, so it is asked back.
	if v.offer = s.offer.read(ws, whole); v.offer == Perhaps {
		v.asks = "confirm"
	}
	plain := len(v.found) > 0
	s.feats.root(ws, orEnglish(v.Lang))
	v.Resource = slices.ContainsFunc(ws, func(w word) bool { return w.topic })
	all := s.raises(ws)
	veto := patterns(all, &v)
	// A number by itself is no wording: only a keyword gives it a meaning.
	number := !slices.ContainsFunc(ws,
		func(w word) bool { return !w.isNum && strings.Trim(w.s, "0123456789:/") != "" })
	if !number && s.learnt != nil {
		s.weigh(text, ws, hits(all), orEnglish(v.Lang), plain, veto, &v)
	}
	if v.found.danger() {
		s.besides(ws, &v.found)
		v.Resource, v.asks = false, ""
		// "i dont want to be a burden anymore"
		if rule := v.found.of("optout"); strings.HasPrefix(rule, "optout"+like) {
			v.found.drop("optout")
		}
	}
	s.concern.tell(ws, whole, &v)
	if v.found.of("late") != "" {
		v.Minutes = minutes(ws)
	}
	v.both = plain && s.exactBoth(whole)
	for i := range v.found {
		v.found[i].rule = s.because(v.found[i].kind, v.found[i].rule, ws)
	}
	return v.In(Context{})
}

// besides adds, for the staff, what a text in danger says too: "yes but i feel like dying" also
// confirms. Only whole clauses that are keywords count.
func (s *Screen) besides(ws []word, found *findings) {
	for _, part := range clauses(ws, 1) {
		for _, k := range s.exact[joined(part)] {
			found.add(k.kind, k.rule)
		}
	}
}

// exactBoth tells whether a text is a keyword for yes and for start at once.
func (s *Screen) exactBoth(whole string) bool {
	is := func(kind string) bool {
		return slices.ContainsFunc(s.exact[whole], func(k keyword) bool { return k.kind == kind })
	}
	return is("confirm") && is("start")
}

// pictures tells whether a text is nothing but emoji without a word in words.yaml. A lone "?"
// isn't: somebody is waiting. Emoji that say something have a word there and are read as that.
func pictures(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.So, r) }) &&
		!strings.ContainsFunc(text, func(r rune) bool {
			return r == '?' || unicode.IsLetter(r) ||
				unicode.IsDigit(r)
		})
}

// minutes returns the delay that a text names, 0 if none. A number counts with a unit behind it, or
// behind "in" and "late" up to 90, unless it is a time of day. 240 minutes are the most that can be
// meant.
func minutes(ws []word) int {
	for i, w := range ws {
		next := ""
		if i+1 < len(ws) {
			next = ws[i+1].s
		}
		switch {
		case w.s == "half" && (next == "hour" || next == "an" || next == "hr"), w.s == "media" &&
			next == "hora":
			return 30
		case (w.s == "an" || w.s == "una") && (next == "hour" || next == "hr" || next == "hora"):
			return 60
		case !w.isNum || w.num < 1 || w.num > 240:
		case strings.HasPrefix(next, "min") || next == "m" || next == "late" || next == "tarde":
			return int(w.num)
		case next == "hour" || next == "hours" || next == "hr" || next == "hrs" || next == "hora" ||
			next == "horas":
			return int(w.num * 60)
		case i > 0 && (ws[i-1].s == "in" || ws[i-1].s == "en" || ws[i-1].s == "late" ||
			ws[i-1].s == "tarde") && w.num <= 90 && next != "am" && next != "pm":
			return int(w.num)
		}
	}
	return 0
}

// Lang returns the language of a text, "en" or "es", or "" if it can't be told.
func (s *Screen) Lang(text string) string {
	ws := s.words(text)
	return s.langOf(text, ws, joined(ws))
}

// langOf is Lang of a text that has been taken apart. A bare yes or no is in the language that its
// rules say.
func (s *Screen) langOf(text string, ws []word, whole string) string {
	if s.bare.answers[whole] != "" {
		return s.bare.langs[whole]
	}
	return s.lang(ws, hasMarks(text))
}
