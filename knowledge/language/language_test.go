package language_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/beacon-clinic/beacon/knowledge/language"
)

func TestSpoken(t *testing.T) {
	for in, want := range map[string]string{
		"en": "en", "es": "es", "": "en", "fr": "en", "ES": "en",
	} {
		if got := language.Spoken(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestWordsFallBackToTheFirstLanguage(t *testing.T) {
	w := language.Words{"en": "a"}
	if got := w.In("es"); got != "a" {
		t.Errorf("%q: no words in a language without any of its own", got)
	}
	if got := (language.Words{"en": "a", "es": "b"}).In("es"); got != "b" {
		t.Errorf("%q, want the words in the language", got)
	}
}

func TestAllIsTheCallersOwn(t *testing.T) {
	want := language.All()
	language.All()[0] = "fr"
	if got := language.All(); !slices.Equal(got, want) || language.Spoken("en") != "en" {
		t.Errorf("a caller has changed the languages: %q", got)
	}
}

// One text is for every language; a text in a language that nobody reads is a fault.
func TestWordsOfYAML(t *testing.T) {
	for _, c := range []struct{ yaml, en, es, fault string }{
		{yaml: "w: Beacon", en: "Beacon", es: "Beacon"},
		{yaml: "w: 24", en: "24", es: "24"},
		{yaml: "w: {en: Hi, es: Hola}", en: "Hi", es: "Hola"},
		{yaml: "w: {en: Hi}", en: "Hi", es: "Hi"},
		{yaml: "\nw: {en: Hi, fr: Salut}", fault: `line 2: unknown language "fr": want en or es`},
		{yaml: "w: [Hi]", fault: "cannot unmarshal"},
	} {
		var got struct{ W language.Words }
		err := yaml.Unmarshal([]byte(c.yaml), &got)
		if c.fault != "" {
			if err == nil || !strings.Contains(err.Error(), c.fault) {
				t.Errorf("%q: %v, want %s", c.yaml, err, c.fault)
			}
			continue
		}
		if err != nil || got.W.In("en") != c.en || got.W.In("es") != c.es {
			t.Errorf("%q: %q %v", c.yaml, got.W, err)
		}
	}
}

func TestDay(t *testing.T) {
	for lang, want := range map[string]string{
		"en": "Sun Mon Tue Wed Thu Fri Sat", "es": "dom lun mar mié jue vie sab",
		"fr": "Sun Mon Tue Wed Thu Fri Sat",
	} {
		var got []string
		for d := time.Sunday; d <= time.Saturday; d++ {
			got = append(got, language.Day(lang, d))
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s: %s, want %s", lang, s, want)
		}
	}
}
