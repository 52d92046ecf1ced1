package knowledge

import (
	"slices"
	"strings"
	"unicode"
)

// Greet returns a patient's first name as sentences take it, with a space before: " Ana". It is
// empty where First finds none, and for a name that holds a word of never_unasked: a field that
// says "Ketamine Pat" would name the treatment, and who is really called Psyche is still written to.
func (b *Base) Greet(name string) string {
	first := First(name)
	if first == "" || b.Clinic.Indiscreet(first) != "" {
		return ""
	}
	return " " + first
}

// mostFirst is the longest first name, in letters. What is longer is two names, or no name.
const mostFirst = 20

// First returns the plain first name within a name as practice systems write it: "Pat" of "Doe,
// Pat", "Mr. Pat Doe", "***VIP*** Pat Doe" and "PAT DOE". It is "" where there is none, or any
// doubt: a patient who is written to without a name misses nothing, one who is greeted as "Doe,"
// or "Test" loses trust. Letters that GSM-7 lacks lose their accent; a name with any other such
// letter is left out, since one would double the price of the text.
func First(name string) string {
	name = strings.TrimSpace(composed.Replace(name))
	// A digit, a formula, a link, an address, a handle: somebody wrote something else than a name.
	if strings.ContainsFunc(name, unicode.IsDigit) || strings.ContainsAny(name, `@=<>\/&+#%$^|;:_?`) {
		return ""
	}
	given, alone, ok := named(name)
	if !ok || len(given) == 0 {
		return ""
	}
	first := given[0]
	// "DOE Pat": capitals set the family name apart, wherever it stands.
	if alone && shouted(first) && slices.ContainsFunc(given[1:], hasSmall) {
		return ""
	}
	if !plain(plainLetters.Replace(first)) {
		return ""
	}
	first = plainLetters.Replace(written(first, hasSmall(name)))
	if _, gsm := Segments(first); !gsm {
		return ""
	}
	return first
}

// named returns the words of a name from the given name on, without titles and remarks. alone says
// that no comma told which of them is the given name. ok is false if it isn't one person's name.
func named(name string) (given []string, alone, ok bool) {
	var parts [][]string
	titled := false
	for _, part := range strings.Split(name, ",") {
		words, title, ok := person(part)
		if !ok || strings.TrimSpace(part) == "" {
			return nil, false, false
		}
		titled = titled || title
		if len(words) > 0 {
			parts = append(parts, words)
		}
	}
	switch {
	case len(parts) == 2: // Doe, Pat
		return parts[1], false, true
	case len(parts) != 1: // nothing, or a list of people
		return nil, false, false
	case len(parts[0]) == 1 && (titled || strings.Contains(name, ",")): // "Mr. Doe", "Doe, MD"
		return nil, false, false
	}
	return parts[0], true, true
}

// person returns the words of a part of a name that are the person's own, and whether there was a
// title among the others. ok is false if a word says that it is no person's name.
func person(part string) (words []string, title, ok bool) {
	for _, field := range strings.Fields(part) {
		w := strings.TrimFunc(field, func(r rune) bool { return !unicode.IsLetter(r) })
		key := strings.ToLower(strings.ReplaceAll(w, ".", ""))
		switch {
		case w == "" || slices.Contains(remarks, key):
			continue
		case slices.Contains(nobody, key), strings.HasPrefix(key, "zz"):
			return nil, false, false // systems put zz before records that aren't in use
		case strings.ContainsAny(field, "()[]{}\"\u201c\u201d\u00ab\u00bb*!~") || quoted(field):
			// A remark that isn't known, or a second name: then they may not go by the first.
			return nil, false, false
		case slices.Contains(titles, key) && len(words) == 0:
			title = true
			continue
		case slices.Contains(suffixes, key) && (len(words) > 0 || key == only(part)):
			continue
		}
		if strings.HasSuffix(field, w+".") {
			w += "." // "Wm.", "J."
		}
		words = append(words, w)
	}
	return words, title, true
}

// only returns the one word of a part of a name, without dots; "" if it has more.
func only(part string) string {
	if f := strings.Fields(part); len(f) == 1 {
		return strings.ToLower(strings.ReplaceAll(f[0], ".", ""))
	}
	return ""
}

// quoted reports whether a word is the beginning or the end of a nickname in single quotes.
func quoted(field string) bool {
	return strings.HasPrefix(field, "'") || strings.HasPrefix(field, "\u2018") ||
		strings.HasSuffix(field, "'") || strings.HasSuffix(field, "\u2019")
}

// plain reports whether a word can be a first name by itself.
func plain(word string) bool {
	letters, vowels, row := 0, 0, 1
	var last rune
	for _, r := range strings.ToLower(word) {
		switch {
		case unicode.Is(unicode.Latin, r):
			letters++
		case r != '-' && r != '\'', last == '-', last == '\'':
			return false
		}
		if strings.ContainsRune("aeiouyáéíóúàèìòùäëïöüâêîôûãõåæøœ", r) {
			vowels++
		}
		if row++; r != last {
			row = 1
		}
		if last = r; row == 3 { // "Xxx"
			return false
		}
	}
	low := strings.ToLower(word)
	return letters > 1 && letters <= mostFirst && (vowels > 0 || letters == 2) &&
		!slices.Contains(particles, low) && !slices.Contains(suffixes, low) &&
		!slices.Contains(titles, low) &&
		!slices.ContainsFunc(strings.Split(low, "-"), func(s string) bool {
			return slices.Contains(nobody, s) || slices.Contains(remarks, s)
		})
}

// written returns a first name with its capitals. One that is all capitals or all small letters is
// written anew; the capitals of "DeShawn" stay. Two letters that can't be a syllable, "TJ", are
// initials; so are any two capitals if the rest of the name has small letters.
func written(first string, rest bool) string {
	if mixed(first) {
		return first
	}
	if n := []rune(strings.ToLower(first)); len(n) == 2 && shouted(first) &&
		(rest || n[1] == 'j' || !strings.ContainsAny(string(n), "aeiouy")) {
		return first
	}
	up := true
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			if up {
				r = unicode.ToUpper(r)
			} else {
				r = unicode.ToLower(r)
			}
			up = false
			return r
		}
		up = true
		return r
	}, first)
}

// mixed reports whether a word has capitals within, as "DeShawn" has. "pAT" and "PAt" are slips.
func mixed(word string) bool {
	n := []rune(word)
	return hasSmall(word) && unicode.IsUpper(n[0]) && (len(n) < 2 || !unicode.IsUpper(n[1]))
}

// shouted reports whether a word has no small letters.
func shouted(word string) bool { return !hasSmall(word) }

// hasSmall reports whether a text has small letters.
func hasSmall(text string) bool { return strings.ContainsFunc(text, unicode.IsLower) }

// composed makes one letter of a letter and an accent after it, as some systems store them; and
// gives a typographer's apostrophe as people type it.
var composed = strings.NewReplacer(
	"a\u0301", "á", "e\u0301", "é", "i\u0301", "í", "o\u0301", "ó", "u\u0301", "ú", "n\u0303", "ñ",
	"A\u0301", "Á", "E\u0301", "É", "I\u0301", "Í", "O\u0301", "Ó", "U\u0301", "Ú", "N\u0303", "Ñ",
	"a\u0308", "ä", "e\u0308", "ë", "i\u0308", "ï", "o\u0308", "ö", "u\u0308", "ü", "O\u0308", "Ö",
	"\u2019", "'", "\u00a0", " ", "\u200b", "",
)

// plainLetters takes the accents off that GSM-7 lacks.
var plainLetters = strings.NewReplacer(
	"á", "a", "í", "i", "ó", "o", "ú", "u", "Á", "A", "Í", "I", "Ó", "O", "Ú", "U",
	"ç", "c", "ã", "a", "õ", "o", "â", "a", "ê", "e", "ô", "o", "ë", "e", "ï", "i",
	"î", "i", "û", "u", "À", "A", "È", "E", "Â", "A", "Ê", "E", "Ô", "O", "Ë", "E", "Ï", "I",
)

// The words that stand in a field for a name and are no name. All are in small letters and without
// dots. A word that is also somebody's name costs that patient the greeting, no more.
var (
	// titles come before a name.
	titles = []string{
		"mr", "mrs", "ms", "miss", "mx", "mme", "dr", "dra", "prof", "rev", "sr", "sra", "srta",
		"sir", "capt", "cpt", "sgt", "lt", "col", "maj", "hon", "don", "doña", "señor", "señora",
		"señorita", "doctor", "pastor", "rabbi", "imam", "bishop", "judge", "officer", "nurse",
	}
	// suffixes come after a name.
	suffixes = []string{
		"jr", "sr", "ii", "iii", "iv", "md", "do", "phd", "rn", "np", "pa", "dds", "esq", "lcsw",
		"psyd", "dvm", "cpa", "mba",
	}
	// remarks are taken out; what is left may be a name.
	remarks = []string{"vip", "new", "pt", "urgent", "important"}
	// particles begin a family name.
	particles = []string{
		"de", "del", "la", "las", "los", "da", "das", "dos", "di", "van", "von", "der", "den", "du",
		"le", "el", "bin", "ibn", "abu", "mac", "mc", "st", "san", "santa", "y",
	}
	// nobody says that a field isn't the name of one patient.
	nobody = []string{
		"test", "testing", "tester", "demo", "dummy", "sample", "fake", "prueba", "patient",
		"patients", "paciente", "client", "unknown", "unnamed", "anonymous", "desconocido",
		"name", "nombre", "firstname", "lastname", "first", "last", "none", "null", "nil", "na",
		"n/a", "tbd", "tba", "undefined", "baby", "bebe", "bebé", "boy", "girl", "twin", "infant",
		"newborn", "minor", "child", "son", "daughter", "mother", "father", "mom", "dad", "parent",
		"parents", "guardian", "spouse", "wife", "husband", "self", "family", "estate", "deceased",
		"decd", "dead", "inactive", "duplicate", "dup", "merged", "void", "delete", "deleted",
		"not", "no", "dont", "call", "text", "contact", "llamar", "see", "ask", "needs", "need",
		"owes", "balance", "interpreter", "spanish", "and", "or", "et", "y", "aka", "fka", "nee",
		"née", "the", "of", "for", "attn", "co", "with", "block", "blocked", "hold", "held", "lunch",
		"break", "meeting", "admin", "office", "staff", "closed", "open", "reserved", "slot",
		"available", "appointment", "visit", "cancel", "cancelled", "canceled", "resched", "show",
		"noshow", "walkin", "walk-in", "telehealth", "video", "room", "caller", "wireless", "user",
		"guest", "visitor", "sister", "brother", "aunt", "uncle", "grandma", "grandpa",
		"grandmother", "grandfather", "caregiver", "driver", "friend", "neighbor",
	}
)
