package knowledge

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/beacon-clinic/beacon/knowledge/clean"
)

// Gap stands in a question where something was that names a patient.
const Gap = "…"

// Blank returns what a patient's text says without what may name them: numbers of phones and
// orders, dates, addresses, and names. names are those that are known to be theirs. Any other word
// with a capital within a sentence is taken for a name too, unless an entry of the files has it. It
// blanks rather too much: who makes an entry of a question reads it first.
func (b *Base) Blank(text string, names ...string) string {
	return b.blank(text, names, false)
}

// BlankStaff is Blank for what staff wrote, in which capitals name much that is the clinic's.
func (b *Base) BlankStaff(text string, names ...string) string { return b.blank(text, names, true) }

// blank blanks a text. plain says that capitals don't make a name.
func (b *Base) blank(said string, names []string, plain bool) string {
	r := b.clean.Read(said, nil)
	w := blanker{known: vocabulary{}, common: b.vocabulary, starts: true}
	for _, n := range names {
		w.known.add(n)
	}
	var text strings.Builder
	at := 0
	for _, n := range r.Numbers {
		if n.Kind == clean.Phone || n.Kind == clean.Order || n.Kind == clean.Date {
			text.WriteString(r.Body[at:n.Start] + Gap)
			at = n.End
		}
	}
	text.WriteString(r.Body[at:])
	said = addresses.ReplaceAllString(text.String(), Gap)
	w.shouts = plain || said == strings.ToUpper(said)
	var out []string
	for _, field := range strings.Fields(said) {
		if field = w.word(field); field != Gap || len(out) == 0 || out[len(out)-1] != Gap {
			out = append(out, field)
		}
	}
	return strings.Join(out, " ")
}

// addresses are what leads to a person: e-mail, links, handles, and long numbers of any kind.
var addresses = regexp.MustCompile(`(?i)\S+@\S+|https?://\S+|www\.\S+|@\w+|\d[\d\-. ()]{4,}\d`)

// vocabulary is a set of words, in small letters and without accents.
type vocabulary map[string]bool

// add takes in the words of a text.
func (v vocabulary) add(text string) {
	for _, w := range strings.FieldsFunc(text, notOfWord) {
		v[plainWord(w)] = true
	}
}

// blanker blanks the words of a text that may be names, one after the other.
type blanker struct {
	known  vocabulary // names
	common vocabulary // words that are none
	shouts bool       // capitals say nothing, since the text has nothing else, or is of staff
	starts bool       // a sentence begins
	last   [2]string  // the words before, the last one first
	named  bool       // the word before was blanked as a name
}

// word returns a word as it may be shown: itself, or a gap with the signs around it.
func (b *blanker) word(field string) string {
	word := strings.TrimFunc(field, notOfWord)
	key := plainWord(word)
	capital := !b.shouts && strings.IndexFunc(word, unicode.IsUpper) == 0
	name := word != "" && (b.known[key] || b.introduced(capital) ||
		capital && !b.starts && !b.common[key] && !pronouns[key])
	if name {
		field = strings.Replace(field, word, Gap, 1)
	}
	title := slices.Contains(titles, key)
	b.starts = !title && strings.ContainsAny(field, ".?!")
	b.named = name
	b.last = [2]string{key, b.last[0]}
	return field
}

// introduced tells whether the words before say that a name follows. After "this is" only one with a
// capital is a name.
func (b *blanker) introduced(capital bool) bool {
	switch b.last {
	case [2]string{"is", "name"}, [2]string{"llamo", "me"}, [2]string{"es", "nombre"}:
		return true
	case [2]string{"is", "this"}, [2]string{"am", "i"}, [2]string{"habla", "le"}:
		return capital
	}
	return capital && (b.named || slices.Contains(titles, b.last[0]) ||
		slices.Contains([]string{"im", "i'm", "soy"}, b.last[0]))
}

// pronouns have a capital wherever they stand.
var pronouns = map[string]bool{"i": true, "i'm": true, "i'll": true, "i've": true, "i'd": true}

// notOfWord tells whether a character is no part of a word.
func notOfWord(r rune) bool { return !unicode.IsLetter(r) && r != '\'' }

// plainWord returns a word in small letters and without accents.
func plainWord(w string) string {
	w = strings.ToLower(strings.TrimSuffix(composed.Replace(w), "'s"))
	return strings.NewReplacer("á", "a", "é", "e", "í", "i", "ó", "o", "ú", "u", "ü", "u").Replace(w)
}
