package knowledge

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/beacon-clinic/beacon/knowledge/language"
)

// Exported is a lesson that is written into the files, and by whom it came: that stands beside it
// for whoever reviews the files.
type Exported struct {
	Lesson
	By, Approved, On string
}

// ExportFile is where entries go that staff have published.
const ExportFile = "faq/desk.yaml"

// exportHead begins that file.
const exportHead = "# Answers that staff have published at the desk. Each awaits its owner: read it, then set " +
	"reviewed.\n"

// Export returns the files of a clinic's own directory as they are with some lessons written into
// them, by path, and how many wordings and entries are new. What the files have already isn't
// written again. Nothing else of a file changes, so that the difference is what was published. A
// directory without faq/ gets the shipped one, which counts as a whole.
func Export(own fs.FS, lessons []Exported) (files map[string][]byte, wordings, entries int, err error) {
	b, err := Read(own)
	if err != nil {
		return nil, 0, 0, err
	}
	x := exporter{base: b, files: map[string][]byte{}}
	if err := x.readFAQ(own); err != nil {
		return nil, 0, 0, err
	}
	for _, l := range lessons {
		x.lesson(l)
	}
	if err := errors.Join(x.faults...); err != nil {
		return nil, 0, 0, err
	}
	for path, text := range x.files {
		var entries []Entry
		if err := yaml.Unmarshal(text, &entries); err != nil {
			return nil, 0, 0, fmt.Errorf("%s: it can't be read any more with what is new: %w", path, err)
		}
		if !x.copied && bytes.Equal(text, x.was[path]) {
			delete(x.files, path)
		}
	}
	return x.files, x.wordings, x.entries, nil
}

// exporter writes lessons into files.
type exporter struct {
	base              *Base
	files, was        map[string][]byte
	copied            bool // faq/ is the shipped one
	wordings, entries int
	faults            []error
}

// readFAQ reads the files that lessons are written into.
func (x *exporter) readFAQ(own fs.FS) error {
	from := (&reader{own: own}).from("faq")
	x.copied = from == fs.FS(shipped)
	paths, err := fs.Glob(from, "faq/*.yaml")
	if err != nil {
		return err
	}
	for _, p := range paths {
		if x.files[p], err = fs.ReadFile(from, p); err != nil {
			return err
		}
	}
	x.was = maps.Clone(x.files)
	return nil
}

// lesson writes a lesson.
func (x *exporter) lesson(l Exported) {
	e := x.base.byID[l.Entry]
	switch {
	case e == nil && l.Whole():
		if len(x.files[ExportFile]) == 0 {
			x.files[ExportFile] = []byte(exportHead)
		}
		x.files[ExportFile] = append(x.files[ExportFile], inYAML(l)...)
		x.entries++
	case e == nil:
		x.faults = append(x.faults, fmt.Errorf("%s: no such entry; its wordings weren't written",
			l.Entry))
	case l.Whole() && e.Reviewed == "" && !maps.Equal(e.Answer, l.Answer):
		x.faults = append(x.faults, fmt.Errorf(
			"%s:%d: %s: the files have another answer than the one that is published: review it, or "+
				"take back what is published", e.file, e.line, l.Entry))
	default:
		lacks := x.base.lacks(l.Lesson)
		for _, lang := range language.All() {
			for _, ask := range l.Asks[lang] {
				if slices.Contains(lacks, ask) {
					x.wording(e, lang, ask)
				}
			}
		}
	}
}

// wording writes a wording into an entry, before the last one of its language.
func (x *exporter) wording(e *Entry, lang, ask string) {
	text, err := insert(x.files[e.file], e.ID, lang, ask)
	if err != nil {
		x.faults = append(x.faults, fmt.Errorf("%s:%d: %s: %w", e.file, e.line, e.ID, err))
		return
	}
	x.files[e.file] = text
	x.wordings++
}

// inYAML returns an entry as it stands in a file.
func inYAML(l Exported) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n# Proposed by %s, published by %s on %s.\n- id: %s\n  class: %s\n  asks:\n",
		l.By, l.Approved, l.On, l.Entry, l.Class)
	for _, lang := range language.All() {
		fmt.Fprintf(&b, "    %s:\n", lang)
		for _, a := range l.Asks[lang] {
			fmt.Fprintf(&b, "      - %s\n", quotedYAML(a))
		}
	}
	b.WriteString("  answer:\n")
	for _, lang := range language.All() {
		fmt.Fprintf(&b, "    %s: %s\n", lang, quotedYAML(l.Answer[lang]))
	}
	fmt.Fprintf(&b, "  source: %s\n  owner: %s\n  reviewed: \"\"\n  review_by: %s\n",
		lessonSource, lessonOwner, l.ReviewBy)
	return b.String()
}

// quotedYAML returns a text as YAML has it in double quotes, as JSON does.
func quotedYAML(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string can't fail
	return strings.TrimSpace(b.String())
}

// insert returns a file of entries with a phrasing more. All else stays as it was written, so the
// text is changed and not made anew: the place is that of the last phrasing, which the parser knows.
func insert(text []byte, id, lang, ask string) ([]byte, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	var asks *yaml.Node
	for _, e := range doc.Content[0].Content {
		if v := under(e, "id"); v != nil && v.Value == id {
			asks = under(e, "asks")
		}
	}
	if asks == nil || asks.Kind != yaml.MappingNode || len(asks.Content) == 0 {
		return nil, errors.New("it has no asks: write one phrasing by hand")
	}
	list := under(asks, lang)
	switch {
	case list == nil && asks.Style&yaml.FlowStyle != 0:
		return put(text, asks.Content[0], lang+": ["+quotedYAML(ask)+"], "), nil
	case list == nil:
		return putLine(text, asks.Content[0], lang+": ["+quotedYAML(ask)+"]"), nil
	case list.Kind != yaml.SequenceNode || len(list.Content) == 0:
		return nil, fmt.Errorf("its asks in %s are no list, or empty: write one phrasing by hand", lang)
	}
	last := list.Content[len(list.Content)-1]
	if list.Style&yaml.FlowStyle != 0 {
		return put(text, last, quotedYAML(ask)+",\n"+strings.Repeat(" ", flowIndent)), nil
	}
	return putLine(text, last, "- "+quotedYAML(ask)), nil
}

// flowIndent is how far the lines of a list in brackets are indented.
const flowIndent = 6

// put puts something right before a node.
func put(text []byte, before *yaml.Node, what string) []byte {
	lines := bytes.SplitAfter(text, []byte("\n"))
	line := []rune(string(lines[before.Line-1]))
	at := before.Column - 1
	lines[before.Line-1] = []byte(string(line[:at]) + what + string(line[at:]))
	return bytes.Join(lines, nil)
}

// putLine puts a line before the one that a node begins, indented as that is.
func putLine(text []byte, before *yaml.Node, what string) []byte {
	lines := bytes.SplitAfter(text, []byte("\n"))
	line := lines[before.Line-1]
	indent := line[:len(line)-len(bytes.TrimLeft(line, " "))]
	lines[before.Line-1] = []byte(string(indent) + what + "\n" + string(line))
	return bytes.Join(lines, nil)
}
