package language_test

import (
	"slices"
	"testing"

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
}

func TestAllIsTheCallersOwn(t *testing.T) {
	want := language.All()
	language.All()[0] = "fr"
	if got := language.All(); !slices.Equal(got, want) || language.Spoken("en") != "en" {
		t.Errorf("a caller has changed the languages: %q", got)
	}
}
