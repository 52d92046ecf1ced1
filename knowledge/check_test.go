package knowledge_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/beacon-clinic/beacon/knowledge"
)

var day = time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)

func TestCheckFindsEachFaultOnce(t *testing.T) {
	b, err := knowledge.Load(os.DirFS("testdata/faulty"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"faq/a.yaml:9: spanish_missing: no answer in es: write one",
		"faq/a.yaml:18: long: en: 392 characters with the longest values, 320 at most: shorten it",
		"faq/a.yaml:25: curly: en: the text would cost double: write ' for ’ (not GSM-7)",
		"faq/a.yaml:31: unknown_fact: en: no value for {{owner.name}}: take a name from clinic.yaml",
		"faq/a.yaml:37: misspelt_fact: en: not a placeholder: {{Email}}",
		"faq/a.yaml:43: opts_out: en: never print CANCEL",
		"faq/a.yaml:47: nobodys: owner is missing",
		"faq/a.yaml:47: nobodys: review_by is missing",
		"faq/a.yaml:47: nobodys: source is missing",
		`faq/a.yaml:55: bad_date: reviewed: "1 June 2026": want a date like 2027-05-31`,
		"faq/a.yaml:63: overdue: the review is overdue since 2026-06-01: have desk read it",
		`faq/a.yaml:65: same_words: the phrasing "Where  is the ENTRANCE" stands in good too ` +
			`(faq/a.yaml:3): keep it in one`,
	}
	var got []string
	for _, f := range b.Check(day) {
		// what matches better is the matcher's to say
		if strings.HasPrefix(f.File, "faq/") && !strings.Contains(f.What, "better") {
			got = append(got, f.String())
		}
	}
	for i, line := range got {
		if i >= len(want) || !strings.HasPrefix(line, want[i]) {
			t.Fatalf("fault %d is %q; all of them:\n%s", i+1, line, strings.Join(got, "\n"))
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d faults, want %d:\n%s", len(got), len(want), strings.Join(got, "\n"))
	}
}

// reply is the shipped directory of replies with one sentence replaced.
func faultsOfReply(t *testing.T, name, words string) string {
	t.Helper()
	m := fstest.MapFS{
		"faq/one.yaml": {Data: []byte(one)}, "screen/one.yaml": {Data: []byte(screens)},
	}
	files, err := os.ReadDir("replies")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		data, err := os.ReadFile("replies/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		skip := false
		for _, line := range strings.Split(string(data), "\n") {
			if !strings.HasPrefix(line, " ") {
				skip = strings.HasPrefix(line, name+":")
			}
			if !skip {
				out = append(out, line)
			}
		}
		m["replies/"+f.Name()] = &fstest.MapFile{Data: []byte(strings.Join(out, "\n"))}
	}
	m["replies/z.yaml"] = &fstest.MapFile{Data: []byte(name + ": " + words + "\n")}
	b, err := knowledge.Load(m)
	if err != nil {
		return err.Error() // what could never be sent isn't even loaded
	}
	var out []string
	for _, f := range b.Check(day) {
		if f.File == "replies/z.yaml" {
			out = append(out, f.String())
		}
	}
	return strings.Join(out, "\n")
}

func TestCheckReplies(t *testing.T) {
	c := base(t, small).Clinic
	for _, k := range []struct{ name, words, want string }{
		{
			name:  "remind_booked",
			words: `{en: "Hi{{first}}, see you {{when}}.", es: "Hola{{first}}, {{when}}."}`,
			want:  "",
		},
		{
			name:  "remind_booked",
			words: `{en: "Your ketamine visit is {{when}}.", es: "{{when}}"}`,
			want: "replies/z.yaml: line 1: remind_booked: en: " +
				`an unasked text must not hold "ketamin"`,
		},
		{
			name: "remind_booked",
			words: `{en: "` + strings.Repeat("x",
				250) + `{{when}} {{clinic.phone}}", es: "{{when}}"}`,
			want: "306 at most: shorten it",
		},
		{
			name: "remind_prepare",
			words: `{en: "Hi{{first}}, we look forward to seeing you on {{when}}. {{prepare}}", ` +
				`es: "{{when}}. {{prepare}}"}`,
			want: "",
		},
		{
			name: "remind_prepare",
			words: `{en: "Hi{{first}}, everybody here at the clinic looks forward to seeing you ` +
				`on {{when}}, with the sun in the windows. {{prepare}}", ` +
				`es: "{{when}}. {{prepare}}"}`,
			want: "shorten it",
		},
		{
			name: "prepare_solids",
			words: `{en: "Please eat nothing at all, not even a small bite of something small, ` +
				`from {{at}} on, thank you very much, and tell us if you did.", es: "Comida hasta {{at}}."}`,
			want: "shorten it",
		},
		{name: "picture", words: `{en: "` + strings.Repeat("x", 200) + `", es: "Hola"}`, want: ""},
		{
			name: "picture", words: `{en: "` + strings.Repeat("x", 321) + `", es: "Hola"}`,
			want: "321 characters with the longest values, 320 at most",
		},
		{name: "picture", words: `{en: "Hello"}`, want: "picture: not in es: write it"},
		{
			name: "picture", words: `{en: "Hi {{nobody}}", es: "Hola"}`,
			want: "no value for {{nobody}}",
		},
		// A promise must be marked, in whichever language it is.
		{
			name: "picture", words: `{en: "A nurse will call you soon.", es: "Hola."}`,
			want: "picture: en: it seems to promise that a person answers or acts: say promises: true",
		},
		{
			name: "picture", words: `{en: "Hi.", es: "Alguien le llama pronto."}`,
			want: "picture: es: it seems to promise",
		},
		{
			name: "picture", words: `{en: "A nurse will call you soon.", es: "Hola.", promises: true}`,
		},
		{
			name: "picture", words: `{en: "Write, and a nurse will call you.", es: "Hola.", promises: false}`,
		},
		{
			name: "picture", words: `{en: "Hi.", es: "Hola.", promises: maybe}`,
			want: "promises: want true or false",
		},
		{
			name:  "remind_booked",
			words: `{en: "{{when}}. We'll get back to you.", es: "{{when}}", promises: true}`,
			want:  "an unasked text must not promise a person",
		},
		// Old lines, however they are written and whatever follows.
		{
			name: "crisis", words: `{en: "Call ` + c.Lines.Old[0] + ` or 988.", es: "x"}`,
			want: c.Lines.Old[0] + " is an old hotline: write {{crisis.line}}",
		},
		{
			name: "crisis",
			words: `{en: "Call 1 (` + strings.Replace(c.Lines.Old[0], "-", ") ",
				1) + `, 24/7.", es: "x"}`,
			want: c.Lines.Old[0] + " is an old hotline",
		},
		{
			name:  "crisis",
			words: `{en: "Call ` + strings.ToLower(c.Lines.Old[1]) + ` or 988.", es: "x"}`,
			want:  c.Lines.Old[1] + " is an old hotline",
		},
	} {
		got := faultsOfReply(t, k.name, k.words)
		if (got == "") != (k.want == "") || !strings.Contains(got, k.want) ||
			strings.Contains(got, "\n") && !strings.Contains(got, "shorten it") {
			t.Errorf("%s %.60s: %q, want %q", k.name, k.words, got, k.want)
		}
	}
}

func TestCheckPrepare(t *testing.T) {
	b, err := knowledge.Load(dir(map[string]string{
		"clinic.yaml": clinic(`visit_types:
  a: {prepare: {solids_hours: 6, liquids_hours: 6}}
  b:
    prepare:
      solids_hours: 6
      liquids_hours: 9
  c: {prepare: {liquids_hours: 2}}
`),
	}))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range b.Check(day) {
		if f.File == "clinic.yaml" {
			got = append(got, f.String())
		}
	}
	if len(got) != 1 || !strings.HasPrefix(got[0],
		"clinic.yaml:11: visit_types.b.prepare: liquids_hours 9 is longer than solids_hours 6") {
		t.Errorf("%q", got)
	}
}
