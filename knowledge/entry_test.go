package knowledge_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/language"
)

// A patient reads the label of an entry in a list of choices, or else its first wording.
func TestLabel(t *testing.T) {
	const both = "label: {en: parking, es: estacionamiento}"
	for _, c := range []struct {
		name, entry, lang, want string
	}{
		{name: "its label", entry: both, lang: "en", want: "parking"},
		{name: "in Spanish", entry: both, lang: "es", want: "estacionamiento"},
		{
			name: "in one language alone", entry: "label: {en: parking}", lang: "es",
			want: "donde me estaciono",
		},
		{name: "none", entry: "class: A", lang: "en", want: "where do i park"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, err := knowledge.Load(fstest.MapFS{"faq/one.yaml": {Data: []byte(`
- id: parking
  ` + c.entry + `
  asks: {en: ["where do i park?"], es: ["¿donde me estaciono?"]}
  answer: {en: There., es: Alli.}
`)}})
			if err != nil {
				t.Fatal(err)
			}
			if got := b.Entry("parking").Label(c.lang); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// Every shipped entry that a patient can be answered with has a label in each language, and no two
// have the same.
func TestShippedLabels(t *testing.T) {
	b, err := knowledge.Load(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	of := map[string]string{}
	for _, e := range b.Entries {
		for _, lang := range language.All() {
			label := e.Called[lang]
			if e.Outside {
				continue
			}
			key := lang + ": " + strings.ToLower(label)
			if label == "" || of[key] != "" {
				t.Errorf("%s is %q, as %q is", e.ID, key, of[key])
			}
			of[key] = e.ID
		}
	}
}

// What is wrong with a label is told by its own line.
func TestCheckOfLabels(t *testing.T) {
	for _, c := range []struct{ name, label, want string }{
		{name: "long", label: strings.Repeat("long ", 9), want: "40 at most"},
		{name: "to be filled", label: "'{{clinic.phone}}'", want: "isn't filled"},
		{name: "costs double", label: "¡Aquí!", want: "not GSM-7"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, err := knowledge.Load(fstest.MapFS{"faq/one.yaml": {Data: []byte(`
- id: parking
  label: {en: ` + c.label + `}
  asks: {en: ["where do i park?"], es: ["¿donde me estaciono?"]}
  answer: {en: There., es: Alli.}
`)}})
			if err != nil {
				t.Fatal(err)
			}
			var all []string
			for _, f := range b.Check(day) {
				all = append(all, f.String())
			}
			got := strings.Join(all, "\n")
			if !strings.Contains(got, "faq/one.yaml:3: parking: label: en: ") ||
				!strings.Contains(got, c.want) {
				t.Errorf("want %q in:\n%s", c.want, got)
			}
		})
	}
}
