// Package language knows the languages that every word to a patient comes in.
//
// [Words] is a text in each of them; [Spoken] picks the one for a patient.
package language

import (
	"fmt"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"
)

// all are the languages; the first is for patients of whose language nothing is known. To add one
// takes words in every file of knowledge/, corpus texts and a new model, besides this line.
var all = [...]string{"en", "es"}

// All returns the languages in a slice of the caller's own.
func All() []string { return slices.Clone(all[:]) }

// Spoken returns lang if it is one of the languages, otherwise the first.
func Spoken(lang string) string {
	if slices.Contains(all[:], lang) {
		return lang
	}
	return all[0]
}

// Words is a text in each language. In YAML it is a map by language, or one text for all of them.
type Words map[string]string

// UnmarshalYAML reads either form. A language that isn't known is a fault, so that no sentence is
// written for nobody.
func (w *Words) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*w = Words{}
		for _, l := range all {
			(*w)[l] = n.Value
		}
		return nil
	}
	m := map[string]string{}
	if err := n.Decode(&m); err != nil {
		return err
	}
	for l := range m {
		if Spoken(l) != l {
			return fmt.Errorf("line %d: unknown language %q: want en or es", n.Line, l)
		}
	}
	*w = m
	return nil
}

// In returns the text in a language, or in the first language if it has none in that one.
func (w Words) In(lang string) string {
	if s := w[Spoken(lang)]; s != "" {
		return s
	}
	return w[all[0]]
}

var daysES = [...]string{"dom", "lun", "mar", "mié", "jue", "vie", "sab"}

// Day returns the short name of a weekday: "Tue", "mar".
func Day(lang string, d time.Weekday) string {
	if lang == "es" {
		return daysES[d]
	}
	return d.String()[:3]
}
