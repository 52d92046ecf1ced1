package feed

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// twoPhones stands for the phone of a patient who has two numbers in a file of patients.
const twoPhones = "two"

// patients are those of a file of patients, by the key that the visits name them by: their phones,
// and their names as far as it has any.
type patients struct{ phones, names map[string]string }

// readPatients returns the patients of a file by their key: by the column that the other file has
// too, or that is named as keys of patients are.
func readPatients(data []byte, key string) (*patients, error) {
	src, err := open(data, How{})
	if err != nil {
		return nil, err
	}
	l := layout{at: map[string]int{}, names: src.header.fields, open: map[string][]int{}}
	s := sample{rows: src.rows[:min(len(src.rows), sampled)]}
	l.choose("phone", names("phone"), s.filter("phone", How{}, Rules{}))
	at := slices.IndexFunc(l.names, func(h string) bool { return Plain(h) == Plain(key) })
	if at < 0 {
		l.choose("patient", append(names("patient"), "id"), func(int) bool { return true })
		at = -1
		if i, ok := l.at["patient"]; ok {
			at = i
		}
	}
	if at < 0 {
		return nil, fmt.Errorf("it has no column %q, by which the visits name their patients",
			strings.TrimSpace(key))
	}
	phone, ok := l.at["phone"]
	if !ok {
		return nil, errors.New("it has no column of phones, or several: keep one, called Cell Phone")
	}
	for _, field := range []string{"name", "first", "last"} {
		l.choose(field, names(field), s.filter(field, How{}, Rules{}))
	}
	t := table{layout: l}
	out, called := map[string]string{}, map[string]string{}
	for _, r := range src.rows {
		if at >= len(r.fields) || phone >= len(r.fields) {
			continue
		}
		k, p := strings.TrimSpace(r.fields[at]), strings.TrimSpace(r.fields[phone])
		called[k] += " " + t.whole(r)
		switch was, twice := out[k]; {
		case k == "" || p == "" && twice:
		case !twice || was == "":
			out[k] = p
		case digits(was) != digits(p):
			out[k] = twoPhones
		}
	}
	return &patients{phones: out, names: called}, nil
}

// another reports whether the file of patients has another name for a row's key: none of its words
// is one of the visit's. The two files then don't mean the same by a key, or a row is wrong.
func (t *table) another(r record) bool {
	if t.layout.has("phone") || t.patients == nil {
		return false
	}
	theirs := namesIn(t.patients.names[t.field(r, "patient")])
	ours := namesIn(t.field(r, "name") + " " + t.field(r, "first") + " " + t.field(r, "last"))
	return len(theirs) > 0 && len(ours) > 0 &&
		!slices.ContainsFunc(ours, func(s string) bool { return slices.Contains(theirs, s) })
}

// namesIn returns the words of a name, in small letters, without initials.
func namesIn(name string) (out []string) {
	for _, w := range strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return !unicode.IsLetter(r)
	}) {
		if utf8.RuneCountInString(w) > 1 {
			out = append(out, w)
		}
	}
	return out
}
