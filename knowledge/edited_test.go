package knowledge_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/knowledge"
)

// copied returns a copy of the shipped words that can be edited, without a model.
func copied(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, part := range []string{"faq", "replies", "screen"} {
		names, err := filepath.Glob(part + "/*.yaml")
		if err != nil || len(names) == 0 {
			t.Fatal(part, err)
		}
		for _, name := range append(names, "clinic.yaml", "templates.yaml") {
			data, err := os.ReadFile(name)
			if err == nil {
				_ = os.Mkdir(filepath.Join(dir, part), 0o700)
				err = os.WriteFile(filepath.Join(dir, name), data, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

func edit(t *testing.T, dir, name, old, fresh string) {
	t.Helper()
	path := filepath.Join(dir, name)
	data, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(data), old) {
		t.Fatalf("%s has no %q: %v", name, old, err)
	}
	text := strings.Replace(string(data), old, fresh, 1)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// An edited base reads what was added word for word at once, and as one that was loaded anew once it
// has caught up. What staff published stays all the time.
func TestEdited(t *testing.T) {
	dir := copied(t)
	was, err := knowledge.Load(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	was.Learn([]knowledge.Lesson{{
		Entry: "parking", Asks: map[string][]string{"en": {"spot for my van round there"}},
	}})
	edit(t, dir, "faq/after.yaml", `"when can i drive after treatment"`,
		`"when can i drive after treatment", "may i take the wheel once more"`)
	now, err := was.Edited(os.DirFS(dir))
	if err != nil || !now.Behind() {
		t.Fatal("it has nothing to learn", err)
	}
	reads := func(b *knowledge.Base, text, entry string) {
		t.Helper()
		r := b.Read(text, nil)
		if r.Sure == 0 || r.Entries[0].ID != entry {
			t.Errorf("%q: %v, want %s", text, r.Entries, entry)
		}
	}
	reads(now, "May I take the wheel once more?", "driving_after")
	reads(now, "spot for my van round there", "parking")
	reads(was, "spot for my van round there", "parking")
	now.CatchUp()
	if now.Behind() || was.ReadsAs(now) {
		t.Error("it hasn't caught up, or reads as before")
	}
	anew, err := knowledge.Load(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	reads(now, "spot for my van round there", "parking")
	now.Learn(nil)
	if !now.ReadsAs(anew) || now.Fingerprint() != anew.Fingerprint() {
		t.Error("it reads otherwise than the same words loaded anew")
	}
	for _, text := range []string{"can i take the wheel again", "how much is it", "is there parking"} {
		if x, y := now.Read(text, nil), anew.Read(text, nil); !reflect.DeepEqual(x, y) {
			t.Errorf("%q: %+v, want %+v", text, x, y)
		}
	}
}

// An earlier matcher may rank an entry first that is gone: nobody is answered by it.
func TestEditedWithoutAnEntry(t *testing.T) {
	dir := copied(t)
	mine := "- id: dogs_at_our_place\n  asks: {en: [\"may my dog come along\", \"dogs allowed\"]}\n" +
		"  answer: {en: \"Dogs wait outside.\", es: \"Los perros esperan fuera.\"}\n"
	path := filepath.Join(dir, "faq", "own.yaml")
	if err := os.WriteFile(path, []byte(mine), 0o600); err != nil {
		t.Fatal(err)
	}
	was, err := knowledge.Load(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	if r := was.Read("may my dog come along", nil); r.Sure == 0 {
		t.Fatal(r.Entries)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	now, err := was.Edited(os.DirFS(dir))
	if err != nil || now.Behind() {
		t.Fatal("without it the model knows all", err)
	}
	if r := now.Read("may my dog come along", nil); r.Sure > 0 {
		t.Error(r.Entries)
	}
	gone := now.Reworded(was)
	if len(gone) != 2 || gone[0].Is != "" || gone[0].Was != "Dogs wait outside." ||
		gone[0].File != "faq/own.yaml" || gone[0].Line != 3 {
		t.Errorf("%+v", gone)
	}
}

// A price of clinic.yaml changes the sentences that have it; an own model.bin that an edit has left
// behind goes on until a start.
func TestEditedFacts(t *testing.T) {
	dir := copied(t)
	was, err := knowledge.Load(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	edit(t, dir, "clinic.yaml", "$450", "$475")
	now, err := was.Edited(os.DirFS(dir))
	if err != nil || now.Behind() || !now.ReadsAs(was) {
		t.Fatal("a price is no question", err)
	}
	changed := now.Reworded(was)
	if len(changed) == 0 {
		t.Fatal("no sentence has the price")
	}
	for _, c := range changed {
		if strings.ReplaceAll(c.Was, "$450", "$475") != c.Is {
			t.Errorf("%+v", c)
		}
	}
}

// Each fault of what an editor can leave behind says where it is, what is wrong and what to do, in
// words that ask for no knowledge of YAML.
func TestFaultsOfFiles(t *testing.T) {
	const entry = "- id: x\n  asks:\n    en: [\"a\", \"b\"]\n  answer:\n    en: \"Yes.\"\n"
	broken := func(old, fresh string) string { return strings.Replace(entry, old, fresh, 1) }
	for _, tc := range []struct {
		name, file, text string
		fault            knowledge.Fault
	}{
		{
			name: "a list that isn't closed", file: "faq/after.yaml", text: broken(`"b"]`, `"b"`),
			fault: knowledge.Fault{Line: 3, What: "] at the end"},
		},
		{
			name: "a comma missing", file: "faq/after.yaml", text: broken(`"a",`, `"a"`),
			fault: knowledge.Fault{Line: 3, What: "put a comma between two texts"},
		},
		{
			name: "a quote missing", file: "faq/after.yaml", text: broken(`Yes."`, `Yes.`),
			fault: knowledge.Fault{Line: 5, What: "has no quote at its end"},
		},
		{
			name: "no quotes around a colon", file: "faq/after.yaml", text: broken(`"Yes."`, `Yes: no`),
			fault: knowledge.Fault{Line: 5, What: "put the text between double quotes"},
		},
		{
			name: "a tab", file: "faq/after.yaml", text: broken("    en: \"Y", "\ten: \"Y"),
			fault: knowledge.Fault{Line: 5, What: "indent with blanks"},
		},
		{
			name: "a line that isn't in line", file: "faq/after.yaml", text: broken("  answer", " answer"),
			fault: knowledge.Fault{Line: 4, What: "indent it with blanks like its neighbours"},
		},
		{
			name: "a comma too many", file: "faq/after.yaml", text: broken(`"a",`, `"a",,`),
			fault: knowledge.Fault{Line: 3, What: "a comma too many"},
		},
		{
			name: "a list for a text", file: "faq/after.yaml", text: broken(`"Yes."`, `[yes]`),
			fault: knowledge.Fault{Line: 5, What: "want a text, not a list"},
		},
		{
			name: "a text for a list", file: "faq/after.yaml", text: broken(`["a", "b"]`, `a`),
			fault: knowledge.Fault{Line: 3, What: "want a list of texts, not the text `a`"},
		},
		{
			name: "a key twice", file: "faq/after.yaml", text: broken("  answer", "  id: y\n  answer"),
			fault: knowledge.Fault{Line: 4, What: `"id" stands in line 1 already: keep one`},
		},
		{
			name: "not UTF-8", file: "replies/danger.yaml", text: "a: {en: x}\nb: {en: \"\xe1\"}\n",
			fault: knowledge.Fault{Line: 2, What: "it isn't UTF-8: save the file with that encoding"},
		},
		{
			name: "huge", file: "faq/after.yaml", text: strings.Repeat("# words\n", 1<<20),
			fault: knowledge.Fault{What: "it has 8 MB, and words have 4 at most: is it another file?"},
		},
		{
			name: "an unknown key", file: "clinic.yaml", text: "nmae: x\n",
			fault: knowledge.Fault{Line: 1, What: `unknown key "nmae": mend how it is written`},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := copied(t)
			if err := os.WriteFile(filepath.Join(dir, tc.file), []byte(tc.text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := knowledge.Read(os.DirFS(dir))
			if err == nil {
				t.Fatal("it passes")
			}
			f := knowledge.Faults(err)[0]
			if f.File != tc.file || f.Line != tc.fault.Line || !strings.Contains(f.What, tc.fault.What) {
				t.Errorf("%v, want %v", f, tc.fault)
			}
		})
	}
}

// What editors and macOS hide beside a file is none of the words.
func TestHiddenFilesAreNoWords(t *testing.T) {
	dir := copied(t)
	for _, name := range []string{"faq/.#after.yaml", "replies/._danger.yaml"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("\x00"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b, err := knowledge.Read(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	if f := b.CheckWords(time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)); len(f) > 0 {
		t.Error(f)
	}
}
