package screen_test

import (
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/knowledge/screen"
)

func TestNothingButAYesOrANo(t *testing.T) {
	s := shippedScreen(t)
	for answer, texts := range map[string][]string{
		screen.Yes: {
			"YES", "yes.", "Yes!", "y", "yep", "Sí", "si", "si si", "yes please", "SI por favor",
		},
		screen.No: {
			"NO", "no", "No.", "n", "nope", "Nah", "no thanks", "no gracias", "No, thank you!",
		},
		"": {
			"C", "1", "ok", "claro", "confirm", "yup ill be there", "yes at 10", "si voy",
			"I can't make it on Friday", "no puedo", "not today", "no ride", "no i want to die",
			"cant make it", "thanks", "stop",
		},
	} {
		for _, text := range texts {
			if v := s.Read(text).In(screen.Context{Visit: true}); v.Bare != answer {
				t.Errorf("%q: %q, want %q", text, v.Bare, answer)
			}
		}
	}
	for text, lang := range map[string]string{
		"no": "", "NO!": "", "n": "", "no thanks": "en",
		"no gracias": "es", "yes": "en", "sí": "es",
	} {
		if v := s.Read(text).In(screen.Context{}); v.Lang != lang {
			t.Errorf("%q is in %q, want %q", text, v.Lang, lang)
		}
	}
}

func TestFaultsOfBareAnswers(t *testing.T) {
	_, err := screen.New(screen.Rules{Bare: map[string]map[string][]string{
		"maybe": {"en": {"maybe"}}, "no": {"en": {"no", "..."}}, "yes": {"en": {"no"}},
	}}, nil, nil)
	if err == nil {
		t.Fatal("taken as they are")
	}
	for _, want := range []string{
		`bare: "maybe" is unknown`, `bare: no: "..."`,
		`bare: yes: "no"`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v doesn't name %s", err, want)
		}
	}
}
