package handlers

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/knowledge"
)

// SamePatient reports whether two visits' names are one patient's. Exports write a name in many
// ways: "Doe, Pat" is "Pat Doe", and case, accents, titles, spacing and a middle initial that one of
// them leaves out don't count. A first name alone is whoever has it; no name is nobody else's.
//
// In doubt they are two: who is taken for two patients is asked about each, who is taken for one
// would answer for somebody else. So "Pat Doe" and "Pat Doe Jr" are two, and so are "Mary Doe" and
// "Mary Ann Doe".
func SamePatient(a, b string) bool {
	m, n := partsOf(a), partsOf(b)
	switch {
	case len(m.given) == 0 || len(n.given) == 0:
		return len(m.given) == len(n.given)
	case m.given[0] != n.given[0] || m.suffix != n.suffix:
		return false
	case len(m.given) == 1 || len(n.given) == 1:
		return true
	}
	return sameRest(m.given[1:], n.given[1:])
}

// sameRest reports whether what follows two equal first names can be one patient's. An initial
// stands for any name that begins with it, and one in the middle may be left out.
func sameRest(m, n []string) bool {
	switch {
	case len(m) == 0 && len(n) == 0:
		return true
	case len(m) > 0 && len(n) > 0 && stands(m[0], n[0]) && sameRest(m[1:], n[1:]):
		return true
	case len(m) > 1 && len(m[0]) == 1 && len(m) > len(n):
		return sameRest(m[1:], n)
	case len(n) > 1 && len(n[0]) == 1 && len(n) > len(m):
		return sameRest(m, n[1:])
	}
	return false
}

// stands reports whether two parts of a name agree: they are the same, or one is its initial.
func stands(a, b string) bool {
	return a == b || (len(a) == 1 || len(b) == 1) && a[0] == b[0]
}

// Patients returns the names of the patients whose visits these are, each once, in the order of the
// visits: several where a parent's phone is that of the family.
func Patients(visits []Visit) (out []string) {
	for _, v := range visits {
		same := func(name string) bool { return SamePatient(name, v.Name) }
		if !slices.ContainsFunc(out, same) {
			out = append(out, v.Name)
		}
	}
	return out
}

// NextOfEach returns the first visit of each patient among some, in their order.
func NextOfEach(visits []Visit) (out []Visit) {
	for _, v := range visits {
		if !slices.ContainsFunc(out, func(w Visit) bool { return SamePatient(w.Name, v.Name) }) {
			out = append(out, v)
		}
	}
	return out
}

// Patients returns the names of the patients whose visits and offers the number has, or had lately.
func (s State) Patients() []string {
	all := slices.Clone(s.Visits)
	for i := range s.Offers {
		if o := s.Offers[i].To(s.Phone); o != nil && o.Name != "" {
			all = append(all, Visit{Name: o.Name})
		}
	}
	return Patients(all)
}

// Household returns the names of the patients who have, or had within [LookBack], to do with the
// number: whoever is texted of a visit that is over must know whose it was.
func (s State) Household() []string {
	var all []Visit
	for _, name := range s.Patients() {
		all = append(all, Visit{Name: name})
	}
	return Patients(append(all, s.Past...))
}

// Whose adds to a visit's time, as staff read it, whose visit it is, if several patients share the
// phone.
func (s State) Whose(b *knowledge.Base, name, when string) string {
	patients := s.Household()
	if called := Called(b, name, patients); len(patients) > 1 && called != "" {
		return when + " (" + veil.Veiled(called, unveiled(b.Clinic, called, name)) + ")"
	}
	return when
}

// named is a name taken apart.
type named struct {
	given  []string // first name, then what follows, in small letters without accents
	suffix string   // what tells a father from his son: jr, iii
}

// titles stand before a name and are no part of it.
var titles = [...]string{"mr", "mrs", "ms", "miss", "mx", "dr", "sr", "sra", "srta", "don", "dona"}

// suffixes follow a name and are part of it. "sr" is one behind a name, and a title before it.
var suffixes = [...]string{"jr", "sr", "ii", "iii", "iv"}

// partsOf takes a name apart.
func partsOf(name string) (n named) {
	last, first, turned := strings.Cut(name, ",")
	n.given = nameWords(last)
	if turned {
		if given := nameWords(first); len(given) > 0 && !slices.Contains(suffixes[:], given[0]) {
			n.given = append(given, n.given...)
		} else { // "Pat Doe, Jr."
			n.given = append(n.given, given...)
		}
	}
	for len(n.given) > 1 && slices.Contains(titles[:], n.given[0]) {
		n.given = n.given[1:]
	}
	suffix := func(w string) bool { return slices.Contains(suffixes[:], w) }
	for i := 1; i < len(n.given); i++ {
		if suffix(n.given[i]) {
			n.suffix = n.given[i]
			n.given = slices.Delete(n.given, i, i+1)
			break
		}
	}
	return n
}

// nameWords returns the words of a name in small letters without accents. An apostrophe joins, all
// else that is no letter parts: "O'Brien-Doe" is two words.
func nameWords(s string) []string {
	s = strings.NewReplacer("'", "", "’", "", "`", "").Replace(Folded(s))
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
}

// Folded returns a text in small letters without accents, as names are compared and as most people
// type them.
func Folded(s string) string {
	return strings.Map(func(r rune) rune {
		if r < unicode.MaxASCII {
			return r
		}
		for plain, accented := range folds {
			if strings.ContainsRune(accented, r) {
				return rune(plainLetters[plain])
			}
		}
		if unicode.Is(unicode.Mn, r) { // an accent by itself, behind its letter
			return -1
		}
		return r
	}, strings.ToLower(s))
}

// folds are the accented letters of European names, each string for the letter at its place in
// plainLetters.
var folds = [...]string{
	"áàâäãåāăą", "çćčĉċ", "ďđð", "éèêëēĕėęě", "ĝğġģ", "íìîïĩīĭįı", "ĺļľŀł", "ñńņň",
	"óòôöõøōŏő", "ŕŗř", "śŝşšș", "ţťŧț", "úùûüũūŭůűų", "ýÿŷ", "źżž", "ĥħ", "ķ",
}

const plainLetters = "acdegilnorstuyzhk"

// Called returns what to call a patient on a phone that several have: the first name, and with it
// the initial of the last where another one's first name is the same; "" if the name gives no first
// name that a text may hold.
func Called(b *knowledge.Base, name string, patients []string) string {
	first, mine := strings.TrimSpace(b.Greet(name)), partsOf(name)
	for _, other := range patients {
		n := partsOf(other)
		if first == "" || len(mine.given) < 2 || len(n.given) == 0 || SamePatient(name, other) ||
			n.given[0] != mine.given[0] {
			continue
		}
		initial, _ := utf8.DecodeRuneInString(mine.given[len(mine.given)-1])
		return first + " " + string(unicode.ToUpper(initial)) + "."
	}
	return first
}

// NameWords returns the words of a name as they are compared: the first name, then the others, in
// small letters without accents or titles.
func NameWords(name string) []string { return partsOf(name).given }
