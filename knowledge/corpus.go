package knowledge

import (
	"bufio"
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/beacon-clinic/beacon/knowledge/language"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// readCorpus reads every text of the corpus, a line each: label, language, note and text, separated
// by tabs. A line that starts with # says who wrote the texts and when. Labels of entries that the
// base doesn't have become questions from outside, so that a clinic which drops an entry learns to
// hand its questions over. A faulty line is named and left out; the others are read, so that all
// faults are found.
func readCorpus(from fs.FS, has func(entry string) bool) (out []screen.Text, faults []error) {
	files, err := fs.Glob(from, "corpus/*.tsv")
	if err != nil {
		return nil, []error{err}
	}
	for _, file := range files {
		data, err := fs.ReadFile(from, file)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		writer := strings.TrimSuffix(path.Base(file), ".tsv")
		if strings.HasPrefix(writer, founders) {
			writer = ""
		}
		lines := bufio.NewScanner(bytes.NewReader(data))
		// A text has 1,600 characters at most; a longer line is a fault.
		lines.Buffer(nil, 1<<16)
		for n := 1; lines.Scan(); n++ {
			if strings.HasPrefix(lines.Text(), "#") || lines.Text() == "" {
				continue
			}
			t, err := readText(lines.Text(), has)
			if err != nil {
				faults = append(faults, fmt.Errorf("%s line %d: %w", file, n, err))
				continue
			}
			t.Writer = writer
			out = append(out, t)
		}
		if err := lines.Err(); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", file, err))
		}
	}
	return out, faults
}

// founders starts the names of files whose writers knew the words: their texts are learnt from but
// measure nothing. Every other file is one writer's and is held out as a whole, since a person's
// texts resemble each other.
const founders = "founders-"

// corpusLabels are the labels of texts that ask for no entry: the kinds, "outside", and "calm" for
// what is harmless whatever it asks.
var corpusLabels = [...]string{
	"crisis", "emergency", "concern", "clinical", "optout", "confirm", "decline", "reschedule",
	"late",
	"help", "start", "person", "courtesy", "chat", "outside", "calm",
}

// readText reads a line. Notes are words apart: "hard" for a text made to trip, "other" for one of
// a relative's danger, "also=…" for what else is right. A label may name several entries with a +
// between; the first is the class.
func readText(line string, has func(entry string) bool) (t screen.Text, err error) {
	f := strings.Split(line, "\t")
	if len(f) != 4 {
		return t, fmt.Errorf("%d fields; want label, language, note and text with a tab between",
			len(f))
	}
	if !slices.Contains(language.All(), f[1]) {
		return t, fmt.Errorf("language %q; want en or es", f[1])
	}
	t = screen.Text{Class: f[0], Lang: f[1], Text: f[3]}
	for _, note := range strings.Fields(f[2]) {
		if also, ok := strings.CutPrefix(note, "also="); ok {
			t.Also = append(t.Also, also)
		}
		t.Other = t.Other || note == "other"
		t.Hard = t.Hard || note == "hard"
	}
	ids, question := strings.CutPrefix(f[0], screen.ClassEntry)
	if !question {
		if !slices.Contains(corpusLabels[:], f[0]) {
			return t, fmt.Errorf("label %q is unknown; want %sID or one of %s", f[0],
				screen.ClassEntry, strings.Join(corpusLabels[:], ", "))
		}
		return t, nil
	}
	// Unless the base has the entry that the label names.
	t.Class = screen.ClassOutside
	for i, id := range strings.Split(ids, "+") {
		switch {
		case !has(id):
		case i == 0:
			t.Class = screen.ClassEntry + id
		default:
			t.Also = append(t.Also, screen.ClassEntry+id)
		}
	}
	return t, nil
}
