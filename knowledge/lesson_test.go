package knowledge_test

import (
	"testing"

	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/language"
)

// wording is a lesson of one wording.
func wording(entry, ask string) []knowledge.Lesson {
	return []knowledge.Lesson{{Entry: entry, Asks: map[string][]string{"en": {ask}}}}
}

// wifi is an entry that the files don't have.
var wifi = knowledge.Lesson{
	Entry: "wifi_password", Class: knowledge.Approved,
	Asks: map[string][]string{
		"en": {"is there wifi", "what is the wifi password", "can i use the wifi while i wait"},
		"es": {"hay wifi", "cual es la clave del wifi"},
	},
	Answer: language.Words{
		"en": "Yes, the network is Guest. Ask the desk for the password.",
		"es": "Si, la red es Guest. Pida la clave en recepcion.",
	},
	Reviewed: "2026-12-01", ReviewBy: "2027-12-01",
}

// An entry that staff publish is answered at once, in both languages, and is gone when it is taken
// back.
func TestLearnAnEntry(t *testing.T) {
	b := base(t, shipped).Try(nil)
	asks := func(text string) string {
		r := b.Read(text, nil)
		if r.Sure == 0 {
			return ""
		}
		return r.Entries[0].ID
	}
	texts := []string{"hi, is there wifi?", "whats the wifi password please", "¿hay wifi?"}
	b.Learn([]knowledge.Lesson{wifi})
	for _, text := range texts {
		if got := asks(text); got != wifi.Entry {
			t.Errorf("%q: %q", text, got)
		}
	}
	e := b.Entry(wifi.Entry)
	if e == nil || !e.Current("2026-12-02") || len(b.All()) != len(b.Entries)+1 {
		t.Fatalf("%+v, %d entries", e, len(b.All()))
	}
	if s, err := b.Answer(wifi.Entry, "es", nil); err != nil || s != wifi.Answer["es"] {
		t.Errorf("%q %v", s, err)
	}
	b.Learn(nil)
	if got := asks(texts[0]); got != "" || b.Entry(wifi.Entry) != nil {
		t.Errorf("taken back, it is answered as %q", got)
	}
}

// Danger is read before any entry: none that staff publish stands before it.
func TestALessonShadowsNoDanger(t *testing.T) {
	b := base(t, shipped).Try(nil)
	texts := []string{"i want to kill myself", "chest pain and cant breathe", "quiero morirme"}
	bad := wifi
	bad.Asks = map[string][]string{"en": texts[:2], "es": texts[2:]}
	before := map[string]string{}
	for _, text := range texts {
		before[text] = b.Read(text, nil).Kind
	}
	b.Learn([]knowledge.Lesson{bad})
	for _, text := range texts {
		if got := b.Read(text, nil).Kind; got != before[text] || got == "" {
			t.Errorf("%q is read as %q, before %q", text, got, before[text])
		}
	}
}

func TestTheFilesHaveALesson(t *testing.T) {
	entry := "- {id: hours, asks: {en: [when are you open], es: [cuando abren]}, " +
		"reviewed: 2026-12-01, answer: {en: x, es: x}}\n"
	for _, c := range []struct {
		name, file string
		lesson     knowledge.Lesson
		want       bool
	}{
		{
			name: "a wording in any spelling", file: entry, want: true,
			lesson: wording("hours", "When are you  OPEN?")[0],
		},
		{name: "another wording", file: entry, lesson: wording("hours", "open today")[0]},
		{name: "no such entry", file: entry, lesson: wording("cost", "when are you open")[0]},
		{
			name: "an answer", file: entry, want: true, lesson: knowledge.Lesson{
				Entry: "hours", Asks: map[string][]string{"es": {"cuando abren"}}, Class: "A",
				Answer: language.Words{"en": "x"},
			},
		},
		{
			name: "an answer that nobody has reviewed", file: one, lesson: knowledge.Lesson{
				Entry: "hours", Asks: map[string][]string{"en": {"when are you open"}}, Class: "A",
				Answer: language.Words{"en": "x"},
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := base(t, func() (*knowledge.Base, error) {
				return knowledge.Load(dir(map[string]string{"faq/one.yaml": c.file}))
			})
			if got := b.Has(c.lesson); got != c.want {
				t.Errorf("%v", got)
			}
		})
	}
}
