package knowledge_test

import (
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/beacon-clinic/beacon/knowledge"
)

// over is a directory with other files laid over it.
func over(dir fs.FS, files map[string][]byte) fs.FS {
	m := maps.Clone(dir.(fstest.MapFS))
	for name, text := range files {
		m[name] = &fstest.MapFile{Data: text}
	}
	return m
}

// A wording is written where its entry has phrasings, however they are laid out; nothing else of the
// file changes.
func TestExportWordings(t *testing.T) {
	for _, c := range []struct{ name, file, want string }{
		{
			name: "in brackets",
			file: "# kept\n- id: hours\n  asks:\n    en: [\"open today\",\n      when] # kept too\n" +
				"  answer: {en: x, es: x}\n",
			want: "# kept\n- id: hours\n  asks:\n    en: [\"open today\",\n      " +
				"\"is it \\\"open\\\"? Sí\",\n      when] # kept too\n  answer: {en: x, es: x}\n",
		},
		{
			name: "a line each",
			file: "- id: hours\n  asks:\n    en:\n      - open today\n      - when\n  answer: {en: x}\n",
			want: "- id: hours\n  asks:\n    en:\n      - open today\n      - \"is it \\\"open\\\"? Sí\"\n" +
				"      - when\n  answer: {en: x}\n",
		},
		{
			name: "in another language alone",
			file: "- id: hours\n  asks:\n    es: [cuando abren]\n  answer: {en: x}\n",
			want: "- id: hours\n  asks:\n    en: [\"is it \\\"open\\\"? Sí\"]\n    es: [cuando abren]\n" +
				"  answer: {en: x}\n",
		},
		{
			name: "all in one line",
			file: "- {id: ñandú, asks: {en: [bird]}, answer: {en: x}}\n" +
				"- {id: hours, asks: {es: [cuando abren]}, answer: {en: x}}\n",
			want: "- {id: ñandú, asks: {en: [bird]}, answer: {en: x}}\n- {id: hours, asks: " +
				"{en: [\"is it \\\"open\\\"? Sí\"], es: [cuando abren]}, answer: {en: x}}\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			own := dir(map[string]string{"faq/one.yaml": c.file})
			lesson := wording("hours", `is it "open"? Sí`)[0]
			lessons := []knowledge.Exported{{Lesson: lesson}}
			files, wordings, entries, err := knowledge.Export(own, lessons)
			if err != nil || wordings != 1 || entries != 0 || string(files["faq/one.yaml"]) != c.want {
				t.Fatalf("%d %d %v:\n%s\nwant\n%s", wordings, entries, err, files["faq/one.yaml"], c.want)
			}
			own = over(own, files)
			if b, err := knowledge.Load(own); err != nil || !b.Has(lesson) {
				t.Errorf("the files don't have it: %v", err)
			}
			if files, _, _, err := knowledge.Export(own, lessons); err != nil || len(files) != 0 {
				t.Errorf("written again: %q %v", files, err)
			}
		})
	}
}

// An entry goes into a file of its own, awaiting its review, without a fault; until it is reviewed
// there, what is published stands.
func TestExportAnEntry(t *testing.T) {
	own := dir(nil)
	lessons := []knowledge.Exported{{Lesson: wifi, By: "U1", Approved: "U2", On: "2026-12-01"}}
	files, wordings, entries, err := knowledge.Export(own, lessons)
	if err != nil || wordings != 0 || entries != 1 || len(files) != 1 {
		t.Fatal(files, wordings, entries, err)
	}
	text := string(files[knowledge.ExportFile])
	if !strings.Contains(text, "# Proposed by U1, published by U2 on 2026-12-01.\n- id: wifi_password\n") {
		t.Error(text)
	}
	b, err := knowledge.Load(over(own, files))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range b.Check(day) {
		if f.File == knowledge.ExportFile {
			t.Errorf("a fault: %v", f)
		}
	}
	if b.Has(wifi) || b.Entry(wifi.Entry).Current("2026-12-02") {
		t.Error("nobody has reviewed it in the files")
	}
	b.Learn([]knowledge.Lesson{wifi})
	if !b.Entry(wifi.Entry).Current("2026-12-02") || len(b.All()) != len(b.Entries) {
		t.Error("published and in the files, it isn't answered, or is there twice")
	}
	reviewed := strings.Replace(text, `reviewed: ""`, "reviewed: 2026-12-03", 1)
	b, err = knowledge.Load(over(own, map[string][]byte{knowledge.ExportFile: []byte(reviewed)}))
	if err != nil || !b.Has(wifi) {
		t.Errorf("reviewed, the files don't have it: %v", err)
	}
}

// A directory without answers of its own gets the shipped ones, since it would lose them else.
func TestExportOverTheShippedAnswers(t *testing.T) {
	own := fstest.MapFS{"clinic.yaml": {Data: []byte(clinic(""))}}
	files, _, _, err := knowledge.Export(own, []knowledge.Exported{{Lesson: wifi}})
	names := slices.Sorted(maps.Keys(files))
	if err != nil || len(names) < 10 || !slices.Contains(names, "faq/money.yaml") {
		t.Errorf("%q %v", names, err)
	}
}

func TestExportFaults(t *testing.T) {
	other := wifi
	other.Entry = "hours"
	for _, c := range []struct {
		name, want string
		lesson     knowledge.Lesson
	}{
		{name: "no entry", lesson: wording("dance", "how")[0], want: "dance: no such entry"},
		{name: "another answer", lesson: other, want: "the files have another answer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, _, err := knowledge.Export(dir(nil), []knowledge.Exported{{Lesson: c.lesson}})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}
