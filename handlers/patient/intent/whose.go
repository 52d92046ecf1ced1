package intent

import (
	"slices"
	"strings"
	"unicode"

	"github.com/beacon-clinic/beacon/handlers"
)

// whose is whom of the patients of a shared phone a text is about. A name in a sentence proves
// little: "I'll be there but Ben can't", "Ben drives me". So a text is first taken word by word. If
// it says nothing but whose, and what ("C for Ada", "Ben can't come", "both"), it is plain, and
// says is what it says of them. Any other text that names somebody is read as a whole, and asked
// back.
type whose struct {
	patients []string // those that it names, as in known.patients
	all      bool     // "both"
	none     bool     // "neither"
	plain    bool     // it holds nothing but names, answers and words like "for" and "please"
	says     string   // of a plain one: the answer alone, as patients text it; "" if it has none
	known    bool     // each of its words is a name, or one of phrases
	// mixed says that who does what isn't told for sure: two answers, or names with words between.
	mixed bool
	vague bool // it names somebody, but by a name that several have
	both  bool // two answers: "Ada yes, Ben no"
	// unsure says that its words may turn what it says about: "not Ben", "my son", "unless".
	unsure bool
}

// names reports whether the text says of whom it speaks.
func (w whose) names() bool { return len(w.patients) > 0 || w.all || w.none }

// of reports whether the text can be about a patient, as far as it names any.
func (w whose) of(name string) bool {
	return len(w.patients) == 0 || slices.ContainsFunc(w.patients, func(one string) bool {
		return handlers.SamePatient(one, name)
	})
}

// readWhose reads whom of some patients a text is about.
func readWhose(text string, patients []string) whose {
	words := wordsOf(text)
	w := takeApart(words, patients, true)
	if strings.Contains(text, "?") {
		w.plain = false
	}
	if !w.plain { // in a sentence "will" and "may" are nobody's names
		vague := w.vague
		w = takeApart(words, patients, false)
		w.plain, w.says, w.unsure = false, "", w.unsure || vague
	}
	return w
}

// wordsOf returns the words of a text in small letters without accents and apostrophes. Ben's is
// "ben s".
func wordsOf(text string) []string {
	text = strings.NewReplacer("’", "'", "‘", "'", "&", " and ", "+", " and ").Replace(
		handlers.Folded(text))
	text = strings.NewReplacer("n't", "nt", "'ll", "ll", "'s", " s", "'", "").Replace(text)
	return strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}

// takeApart goes through a text word by word.
func takeApart(words, patients []string, whole bool) (w whose) {
	w.plain = len(words) > 0
	w.known = w.plain
	last, between := -1, false // where the last name ended; whether other words follow it
	var answers []string
	for at := 0; at < len(words); {
		p, long := phraseAt(words[at:])
		if name, n := nameAt(words[at:], patients, whole); n > 0 && n >= long {
			if last >= 0 && between && !slices.Contains(w.patients, name) {
				w.mixed = true
			}
			if name == "" { // of several it can't be told which
				w.plain, w.vague = false, true
			} else if !slices.Contains(w.patients, name) {
				w.patients = append(w.patients, name)
			}
			at, last, between = at+n, at+n, false
			continue
		}
		switch {
		case long == 0:
			w.plain, w.known, between, long = false, false, true, 1
		case p.does == andWord, p.does == filler:
			between = between || p.does == filler && p.phrase != "for" && p.phrase != "para"
		case p.does == everybody:
			w.all = true
		case p.does == nobody:
			w.none = true
		case p.does == turns:
			w.plain, w.unsure, between = false, true, true
		default:
			between = true
			answers = append(answers, p.does)
		}
		at += long
	}
	w.none = w.none && w.plain
	w.unsure = w.unsure || w.vague || w.all && len(w.patients) > 0
	w.says, w.both = oneAnswer(answers)
	w.both = w.both && w.plain && w.names()
	w.mixed = w.mixed || w.both || w.all && w.none
	if w.mixed || w.unsure {
		w.plain, w.says = false, ""
	}
	return w
}

// nameAt returns the patient whom the first words of a text name, and how many words that are; 0 if
// they name none, and no patient if they may name several. whole says that the text may hold
// nothing but names and answers, so that any name counts: in a sentence it must be a first name,
// and no ordinary word.
func nameAt(words, patients []string, whole bool) (name string, n int) {
	tied := false
	for _, p := range patients {
		own := handlers.NameWords(p)
		run := runOf(words, own, whole)
		switch {
		case run == 0 || run < n:
		case run == n:
			tied = true
		default:
			name, n, tied = p, run, false
		}
	}
	if tied {
		// "Pat D": an initial tells them apart.
		name = ""
		for _, p := range patients {
			own := handlers.NameWords(p)
			if len(words) > n && len(words[n]) == 1 && len(own) > 1 && runOf(words, own, whole) == n &&
				own[len(own)-1][0] == words[n][0] {
				if name != "" {
					return "", n
				}
				name = p
			}
		}
		if name != "" {
			n++
		}
	}
	return name, n
}

// runOf returns how many words at the beginning of a text are a patient's name: the first name and
// what follows of it, or, where any name counts, its other words by themselves.
func runOf(words, own []string, whole bool) (n int) {
	if len(own) == 0 || len(words) == 0 {
		return 0
	}
	first := words[0] == own[0] && (whole || !slices.Contains(ordinary[:], own[0]))
	if !first && !(whole && len(words[0]) > 2 && slices.Contains(own[1:], words[0])) {
		return 0
	}
	for n = 1; n < len(words) && len(words[n]) > 1 && slices.Contains(own[1:], words[n]); {
		n++
	}
	return n
}

// phraseAt returns the longest phrase at the beginning of a text, and how many words it has.
func phraseAt(words []string) (p phrase, n int) {
	for _, one := range phrases {
		ws := strings.Fields(one.phrase)
		if len(ws) > n && len(ws) <= len(words) && slices.Equal(ws, words[:len(ws)]) {
			p, n = one, len(ws)
		}
	}
	return p, n
}

// oneAnswer returns the answer that several come to: "yes, Ada is coming" is one. both says that
// they come to none.
func oneAnswer(answers []string) (says string, both bool) {
	for _, a := range answers {
		switch {
		case says == "" || a == says:
			says = a
		case !slices.Contains(agree(a), says):
			return "", true
		case short(says): // the other says more
			says = a
		}
	}
	return says, false
}

// agree returns the answers that say the same as one.
func agree(says string) []string {
	for _, same := range [...][]string{
		{saysC, saysCES, saysYes, saysYesES},
		{saysNo, saysCant, saysCantES, saysOff, saysOffES},
		{saysSet, saysSetES},
		{saysHelp, saysHelpES},
	} {
		if slices.Contains(same, says) {
			return same
		}
	}
	return []string{says}
}

// short reports whether an answer is a yes or a no alone, which says less than what comes with it.
func short(says string) bool {
	return says == saysYes || says == saysYesES || says == saysNo
}
