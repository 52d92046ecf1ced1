package knowledge_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/language"
)

func TestCheckLesson(t *testing.T) {
	b := base(t, shipped)
	for _, c := range []struct {
		name  string
		edit  func(*knowledge.Lesson)
		field string // "" if the lesson is fit
		want  string
	}{
		{name: "fit", edit: func(*knowledge.Lesson) {}},
		{
			name: "fit wordings", edit: func(l *knowledge.Lesson) {
				*l = wording("hours", "when do the doors open on a monday")[0]
			},
		},
		{
			name: "a name of its own kind", field: "entry", want: "Name it in small letters",
			edit: func(l *knowledge.Lesson) { l.Entry = "Wifi password" },
		},
		{
			name: "an entry that is there", field: "entry", want: "There is an entry cost already",
			edit: func(l *knowledge.Lesson) { l.Entry = "cost" },
		},
		{
			name: "no such entry", field: "entry", want: `There is no entry "dance"`,
			edit: func(l *knowledge.Lesson) { *l = wording("dance", "how do i dance")[0] },
		},
		{
			name: "no class", field: "class", want: "Choose",
			edit: func(l *knowledge.Lesson) { l.Class = "D" },
		},
		{
			name: "one language", field: "answer_es", want: "Patients are answered in their language",
			edit: func(l *knowledge.Lesson) { l.Answer = language.Words{"en": "Yes."} },
		},
		{
			name: "too long", field: "answer_en", want: "321 characters",
			edit: func(l *knowledge.Lesson) { l.Answer["en"] = strings.Repeat("x", 321) },
		},
		{
			name: "not GSM-7", field: "answer_en", want: "not GSM-7",
			edit: func(l *knowledge.Lesson) { l.Answer["en"] = "Yes — ask" },
		},
		{
			name: "an unknown fact", field: "answer_en", want: "{{wifi.key}}",
			edit: func(l *knowledge.Lesson) { l.Answer["en"] = "It is {{wifi.key}}." },
		},
		{
			name: "CANCEL", field: "answer_es", want: "CANCEL",
			edit: func(l *knowledge.Lesson) { l.Answer["es"] = "Mande CANCEL." },
		},
		{
			name: "no wording", field: "asks_es", want: "a wording a line",
			edit: func(l *knowledge.Lesson) { delete(l.Asks, "es") },
		},
		{
			name: "danger", field: "asks_en", want: "may be in danger",
			edit: func(l *knowledge.Lesson) { l.Asks["en"] = []string{"i want to kill myself"} },
		},
		{
			name: "danger in Spanish", field: "asks_es", want: "may be in danger",
			edit: func(l *knowledge.Lesson) { l.Asks["es"] = []string{"quiero morirme"} },
		},
		{
			name: "a number", field: "asks_en", want: "Leave the number out",
			edit: func(l *knowledge.Lesson) { l.Asks["en"] = []string{"wifi? call 5 5 5 0 1 0 1"} },
		},
		{
			name: "an address", field: "asks_en", want: "Leave the number out",
			edit: func(l *knowledge.Lesson) { l.Asks["en"] = []string{"send wifi to a@example.com"} },
		},
		{
			name: "a gap", field: "asks_en", want: "where a gap stands",
			edit: func(l *knowledge.Lesson) { l.Asks["en"] = []string{"can … use the wifi"} },
		},
		{
			name: "an opt-out", field: "asks_en", want: "keyword",
			edit: func(l *knowledge.Lesson) { l.Asks["en"] = []string{"STOP"} },
		},
		{
			name: "an opt-out in a sentence", field: "asks_es", want: "wants no more texts",
			edit: func(l *knowledge.Lesson) { l.Asks["es"] = []string{"ya no quiero mensajes"} },
		},
		{
			name: "an act on a visit", field: "asks_en", want: "for an act on it (decline)",
			edit: func(l *knowledge.Lesson) { l.Asks["en"] = []string{"i cant make it"} },
		},
		{
			name: "a promise without a card", field: "class", want: "promises a person",
			edit: func(l *knowledge.Lesson) { l.Answer["es"] = "Una persona le llama hoy." },
		},
		{
			name: "a promise with one", edit: func(l *knowledge.Lesson) {
				l.Class, l.Answer["en"] = knowledge.Holding, "A nurse will call you back today."
			},
		},
		{
			name: "a dose", field: "answer_en", want: `"0.5 mg" is a dose`,
			edit: func(l *knowledge.Lesson) { l.Answer["en"] = "It is 0.5 mg/kg." },
		},
		{
			name: "a dose in Spanish", field: "answer_es", want: `"56 miligramos" is a dose`,
			edit: func(l *knowledge.Lesson) { l.Answer["es"] = "Son 56 miligramos." },
		},
		{
			name: "a link", field: "answer_en", want: "Leave the link out",
			edit: func(l *knowledge.Lesson) { l.Answer["en"] = "See wifi.example.com for it." },
		},
		{
			name: "a wording that the entry has", field: "asks_en", want: "stands in the entry cost",
			edit: func(l *knowledge.Lesson) { *l = wording("cost", "How much does it cost?")[0] },
		},
		{
			name: "another's phrasing", field: "asks_en", want: "stands in the entry cost",
			edit: func(l *knowledge.Lesson) { l.Asks["en"] = []string{"How much does it COST?"} },
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := wifi
			l.Asks, l.Answer = maps.Clone(l.Asks), maps.Clone(l.Answer)
			c.edit(&l)
			got := b.CheckLesson(l)
			if c.field == "" && len(got) == 0 {
				return
			}
			if len(got) != 1 || got[0].Field != c.field || !strings.Contains(got[0].What, c.want) {
				t.Errorf("%+v, want %s: %s", got, c.field, c.want)
			}
		})
	}
}

// What was published counts as what stands in the files: a wording of it isn't taken by another entry.
func TestCheckLessonKnowsWhatIsPublished(t *testing.T) {
	b := base(t, shipped).Try([]knowledge.Lesson{wifi})
	for _, l := range []knowledge.Lesson{
		wording("hours", "Is there wifi?")[0], wording(wifi.Entry, "is there wifi")[0],
	} {
		got := b.CheckLesson(l)
		if len(got) != 1 || !strings.Contains(got[0].What, "stands in the entry wifi_password") {
			t.Errorf("%s: %+v", l.Entry, got)
		}
	}
}

// A text like what was published before is told if it would go to another entry, and only once: what
// another lesson took already is no news.
func TestCompareCountsWhatIsPublished(t *testing.T) {
	guest := knowledge.Lesson{
		Entry: "guest_network", Class: knowledge.Approved, Answer: wifi.Answer,
		Asks: map[string][]string{
			"en": {"is there wifi here", "is there any wifi", "is there wifi for me", "there wifi"},
			"es": {"tienen wifi"},
		},
	}
	b := base(t, shipped).Try([]knowledge.Lesson{wifi})
	moved := func(b, other *knowledge.Base) (n int) {
		for _, one := range b.Compare(other, nil).Moved {
			if one.Was == wifi.Entry && one.Is == guest.Entry {
				n++
			}
		}
		return n
	}
	if moved(b, b.Try([]knowledge.Lesson{wifi, guest})) == 0 {
		t.Error("a question of what was published is taken without a word")
	}
	same := b.Try([]knowledge.Lesson{wifi})
	if got := b.Compare(same, nil); len(got.Moved)+len(got.Gained)+len(got.Lost) > 0 {
		t.Errorf("nothing was learnt, and something turned: %+v", got)
	}
}

// What would change is known before anything is published: what is gained, and what is taken away
// from other entries.
func TestCompare(t *testing.T) {
	b := base(t, shipped)
	taken := "how do i get the wifi key"
	for _, c := range []struct {
		name    string
		lessons []knowledge.Lesson
		want    []string // of what patients asked, how it turned
	}{
		{name: "nothing", want: nil},
		{
			name: "an entry", lessons: []knowledge.Lesson{wifi},
			want: []string{"is there wifi here > wifi_password"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := b.Compare(b.Try(c.lessons), []knowledge.Asked{
				{ID: "is there wifi here", Text: "is there wifi here"},
				{ID: "fee", Text: "what do you charge"},
			})
			var lines []string
			for _, one := range got.Gained {
				lines = append(lines, one.Question+" "+one.Was+"> "+one.Is)
			}
			if strings.Join(lines, "\n") != strings.Join(c.want, "\n") || len(got.Moved) > 0 ||
				len(got.Lost) > 0 || len(c.lessons) > 0 && got.Texts < 1000 {
				t.Errorf("%+v", got)
			}
			if r := b.Read(taken, nil); r.Sure > 0 {
				t.Error("the base itself has learnt it")
			}
		})
	}
	one := wording("hours", "what do you charge for it")
	if got := b.Compare(b.Try(one), []knowledge.Asked{{ID: "1", Text: "what do you charge for it"}}); len(got.Moved) == 0 {
		t.Errorf("a question of another entry's is taken without a word: %+v", got)
	}
}
