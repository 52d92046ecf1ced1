package handlers

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// Named returns a patient's name as staff read it: whole where patients' words may be shown, else as
// the clinic's settings have it, "Ana E." or "A. E.".
func Named(c *settings.Clinic, name string) string {
	if name = strings.Join(strings.Fields(name), " "); name == "" {
		return ""
	}
	return veil.Veiled(name, unveiled(c, brief(name), name))
}

// NamedFirst returns a patient's first name as staff read it beside the end of the number; "" if the
// name gives none. A clinic that keeps to initials has those where words may not be shown.
func NamedFirst(c *settings.Clinic, name string) string {
	first := knowledge.First(name)
	if first == "" {
		return ""
	}
	return veil.Veiled(first, unveiled(c, first, name))
}

// unveiled returns what staff read of a name where patients' words aren't shown.
func unveiled(c *settings.Clinic, brief, name string) string {
	if c.Desk.Names == settings.NamesInitials {
		return initials(name)
	}
	return brief
}

// brief returns a first name with the initial of the last, or initials where no first name can be
// told from the rest.
func brief(name string) string {
	first, all := knowledge.First(name), NameWords(name)
	switch {
	case first == "":
		return initials(name)
	case len(all) < 2:
		return first
	}
	last, _ := utf8.DecodeRuneInString(all[len(all)-1])
	return first + " " + string(unicode.ToUpper(last)) + "."
}

// initials returns the first letters of a name's first and last word: "A. E.".
func initials(name string) string {
	last, first, turned := strings.Cut(name, ",")
	if turned {
		name = first + " " + last
	}
	var out []string
	for _, word := range strings.Fields(name) {
		letter, _ := utf8.DecodeRuneInString(word)
		out = append(out, string(unicode.ToUpper(letter))+".")
	}
	if len(out) > 2 {
		out = []string{out[0], out[len(out)-1]}
	}
	return strings.Join(out, " ")
}
