package knowledge_test

import (
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/beacon-clinic/beacon/knowledge"
)

// one is the least faq there can be: a small base trains at once.
const one = "- {id: hours, asks: {en: [when are you open]}, " +
	"answer: {en: '{{clinic.hours}}', es: '{{clinic.hours}}'}}\n"

// screens is the least screen there can be.
const screens = "classes: {crisis: {exact: ['988']}}\n"

// dir is a clinic's own directory.
func dir(files map[string]string) fs.FS {
	m := fstest.MapFS{
		"faq/one.yaml": {Data: []byte(one)}, "screen/one.yaml": {Data: []byte(screens)},
	}
	for name, text := range files {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return m
}

var small = sync.OnceValues(func() (*knowledge.Base, error) { return knowledge.Load(dir(nil)) })

// shipped is the whole of what is shipped, loaded once.
var shipped = sync.OnceValues(func() (*knowledge.Base, error) { return knowledge.Load(nil) })

func base(t testing.TB, load func() (*knowledge.Base, error)) *knowledge.Base {
	t.Helper()
	b, err := load()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// clinic is a clinic.yaml that has all it must; extra lines follow.
func clinic(extra string) string {
	return "name: Test\nphone: '+12125550100'\nurgent_phone: '+12125550111'\n" +
		"zone: America/New_York\nlines: {crisis: '988', emergency: '911'}\n" + extra
}

// loadFaults are directories that can't be loaded, by what is wrong with them.
var loadFaults = map[string]struct {
	files map[string]string
	want  []string // all that the error says, a line each
}{
	"unknown keys of an entry": {
		files: map[string]string{
			"faq/x.yaml": "- id: a\n  answr: {en: x}\n- id: b\n  owner: me\n  ask: {en: [x]}\n",
		},
		want: []string{
			`faq/x.yaml: line 2: unknown key "answr": want one of id, name, label, class, asks, ` +
				"answer, with_visit, source, owner, reviewed, review_by",
			`faq/x.yaml: line 5: unknown key "ask": want one of`,
		},
	},
	"an entry without an id": {
		files: map[string]string{"faq/x.yaml": "- asks: {en: [x]}\n"},
		want:  []string{"faq/x.yaml: line 1: id is missing"},
	},
	"an entry that is no entry": {
		files: map[string]string{"faq/x.yaml": "- hello\n"},
		want:  []string{"faq/x.yaml: line 1: want an entry"},
	},
	"an id twice in a file": {
		files: map[string]string{"faq/x.yaml": "- id: a\n- id: a\n"},
		want:  []string{`faq/x.yaml: line 2: id "a" stands in faq/x.yaml line 1 too`},
	},
	"an id in two files": {
		files: map[string]string{"faq/x.yaml": "\n- id: hours\n"},
		want:  []string{`faq/x.yaml: line 2: id "hours" stands in faq/one.yaml line 1 too`},
	},
	"an unknown class": {
		files: map[string]string{"faq/x.yaml": "- id: a\n  class: B\n"},
		want:  []string{`faq/x.yaml: line 2: class "B": want A, C, H, D or A+H`},
	},
	"an unknown language": {
		files: map[string]string{"faq/x.yaml": "- id: a\n  answer: {fr: oui}\n"},
		want:  []string{`faq/x.yaml: line 2: unknown language "fr": want en or es`},
	},
	"phrasings in an unknown one": {
		files: map[string]string{"faq/x.yaml": "- id: a\n  asks: {fr: [oui]}\n"},
		want:  []string{`faq/x.yaml: line 2: asks: unknown language "fr"`},
	},
	"what isn't YAML": {
		files: map[string]string{"faq/x.yaml": "- id: a\n\tb\n"},
		want:  []string{"faq/x.yaml: line 2: "},
	},
	"a reply that is missing": {
		files: map[string]string{"replies/r.yaml": "crisis: {en: x, es: x}\n"},
		want:  []string{"replies: emergency is missing: put it back into replies/danger.yaml", "replies: stop_line is missing"},
	},
	"a reply that nothing says": {
		files: map[string]string{"replies/r.yaml": "\nhullo: {en: x}\n"},
		want:  []string{"replies/r.yaml: line 2: hullo: nothing says this; remove it"},
	},
	"a reply in two files": {
		files: map[string]string{
			"replies/a.yaml": "crisis: x\n", "replies/b.yaml": "crisis: x\n",
		},
		want: []string{"replies/b.yaml: line 1: crisis stands in replies/a.yaml line 1 too"},
	},
	"unknown keys of the clinic": {
		files: map[string]string{
			"clinic.yaml": clinic("fone: x\nhours: {mon: '9:00-17:00'}\nzon: y\n"),
		},
		want: []string{
			"clinic.yaml: line 6: unknown key \"fone\"",
			"clinic.yaml: line 8: unknown key \"zon\"",
		},
	},
	"a step that has no words": {
		files: map[string]string{
			"clinic.yaml": clinic("reminders: {plan: [{kind: survey, hours_before: 3}]}\n"),
		},
		want: []string{
			`clinic.yaml: line 6: reminders.plan[0]: kind "survey": ` +
				"replies/ has no remind_survey to send",
		},
	},
	"a folder with nothing in it": {
		files: map[string]string{"replies/README.md": "x"},
		want:  []string{"replies: no .yaml file in it"},
	},
	"faults of two files together": {
		files: map[string]string{"faq/x.yaml": "- {}\n", "replies/r.yaml": "hullo: x\n"},
		want:  []string{"faq/x.yaml: line 1: id is missing", "replies/r.yaml: line 1: hullo"},
	},
}

func TestLoadFaults(t *testing.T) {
	for name, c := range loadFaults {
		t.Run(name, func(t *testing.T) {
			b, err := knowledge.Load(dir(c.files))
			if err == nil || b != nil {
				t.Fatal("loaded")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q\ndoesn't hold %q", err, want)
				}
			}
			for line := range strings.Lines(err.Error()) {
				if file, _, _ := strings.Cut(line, ":"); !strings.HasSuffix(file, ".yaml") &&
					file != "replies" && file != "screen" {
					t.Errorf("a line doesn't say in which file: %q", line)
				}
			}
		})
	}
}

func TestLoadTakesWhatIsLackingFromWhatIsShipped(t *testing.T) {
	b := base(t, small)
	if len(b.Entries) != 1 || b.Entry("hours") == nil || b.Entry("cost") != nil ||
		b.Entries[0].Class != knowledge.Approved {
		t.Errorf("%d entries: a base of its own must not be mixed with the shipped one",
			len(b.Entries))
	}
	if got, err := b.Answer("hours", "en", nil); got != "Mon-Thu 9-6, Fri 9-5" || err != nil {
		t.Errorf("%q %v: want the shipped clinic's hours", got, err)
	}
	if _, err := b.Answer("none", "en", nil); err == nil {
		t.Error("an answer of no entry")
	}
	own, err := knowledge.Load(dir(map[string]string{
		"clinic.yaml": clinic("hours: {sat: '10:00-14:30'}\n"),
	}))
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := own.Answer("hours", "es", nil); got != "sab 10-2:30" {
		t.Errorf("%q: want the clinic's own", got)
	}
}

func TestFill(t *testing.T) {
	faq := `
- {id: plain, answer: {en: "Hi.", es: "Hola."}}
- {id: spaced, answer: {en: "At {{ address }} and {{address}}."}}
- id: computed
  answer:
    en: "{{minutes.spravato}}; {{prepare.spravato.liquids}}; {{prepare.spravato.nasal}};
      {{prepare.iv_infusion.solids}}"
    es: "{{minutes.spravato}}; {{prepare.spravato.liquids}}; {{prepare.spravato.nasal}}"
- {id: own, answer: {en: "{{visit.when}} {{clinic.name}}"}}
- {id: two_unknown, answer: {en: "{{no.one}} {{no.two}}"}}
- {id: misspelt, answer: {en: "{{Address}}"}}
- {id: open_end, answer: {en: "{{address"}}
- {id: nested, answer: {en: "{{hint}}"}}
- id: lines
  answer: {en: "{{crisis.line}} {{emergency.line}} {{clinic.phone}} {{clinic.urgent_phone}}"}
`
	yaml := clinic(`facts: {address: 1 Example St, hint: 'see {{address}}'}
visit_types:
  spravato: {minutes: 150, prepare: {liquids_hours: 0.5, nasal_hours: 1}}
  iv_infusion: {prepare: {solids_hours: 6}}
`)
	b, err := knowledge.Load(dir(map[string]string{"faq/two.yaml": faq, "clinic.yaml": yaml}))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ id, lang, want, fault string }{
		{id: "plain", lang: "en", want: "Hi."},
		{id: "plain", lang: "es", want: "Hola."},
		{id: "plain", lang: "fr", want: "Hi."},
		{id: "spaced", lang: "es", want: "At 1 Example St and 1 Example St."},
		{
			id: "computed", lang: "en", want: "2 and a half hours; 30 minutes; 1 hour; 6 hours",
		},
		{id: "computed", lang: "es", want: "2 horas y media; 30 minutos; 1 hora"},
		{id: "own", lang: "en", want: "Tue Test"},
		{id: "two_unknown", lang: "en", want: "", fault: "no value for {{no.one}}, {{no.two}}"},
		{id: "misspelt", lang: "en", want: "", fault: "not a placeholder: {{Address}}"},
		{id: "open_end", lang: "en", want: "", fault: "not a placeholder: {{address"},
		{id: "nested", lang: "en", want: "", fault: "not a placeholder: {{address}}"},
		{id: "lines", lang: "en", want: "988 911 212-555-0100 212-555-0111"},
	} {
		got, err := b.Answer(c.id, c.lang, knowledge.Fill{"visit.when": "Tue"})
		if got != c.want || (err == nil) != (c.fault == "") ||
			err != nil && !strings.Contains(err.Error(), c.fault) {
			t.Errorf("%s %s: %q %v", c.id, c.lang, got, err)
		}
		if err != nil && !strings.Contains(err.Error(), "faq/two.yaml line ") {
			t.Errorf("%s: %v doesn't say where", c.id, err)
		}
	}
}

func TestEntry(t *testing.T) {
	for _, c := range []struct {
		reviewed, by string
		want         bool
	}{
		{reviewed: "2026-06-01", by: "2027-06-01", want: true},
		{reviewed: "2026-12-01", by: "2026-12-01", want: true},
		{reviewed: "", by: "2027-06-01", want: false},
		{reviewed: "2026-06-01", by: "2026-11-30", want: false},
		{reviewed: "2026-12-02", by: "2027-06-01", want: false},
		{reviewed: "2026-06-01", by: "", want: false},
	} {
		if got := (&knowledge.Entry{
			Reviewed: c.reviewed,
			ReviewBy: c.by,
		}).Current("2026-12-01"); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
	e := knowledge.Entry{Class: "A+H"}
	if !e.Is(knowledge.Approved) || !e.Is(knowledge.Holding) || e.Is(knowledge.LookedUp) {
		t.Error("A+H is both, and nothing else")
	}
}
