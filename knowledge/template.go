package knowledge

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/beacon-clinic/beacon/knowledge/language"
)

// templatesFile holds what staff send again and again. A clinic that has no such file has the
// shipped ones.
const templatesFile = "templates.yaml"

// templateName is the form of a template's name, as staff type it.
var templateName = regexp.MustCompile(`^[a-z0-9_]+$`)

// addTemplates decodes the templates.
func (b *Base) addTemplates(path string, data []byte) error {
	m := map[string]yaml.Node{}
	d := yaml.NewDecoder(bytes.NewReader(data))
	if err := d.Decode(&m); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	faults := b.takeReview(path, m)
	for name, n := range m {
		t := reply{file: path, line: n.Line}
		var bad []string
		t.promises, t.review, bad = take(&n)
		for _, what := range bad {
			faults = append(faults, fmt.Errorf("line %d: %s: %s", n.Line, name, what))
		}
		if err := n.Decode(&t.words); err != nil {
			faults = append(faults, err)
		}
		if !templateName.MatchString(name) {
			faults = append(faults, fmt.Errorf(
				"line %d: %q: want a name of small letters, digits and _", n.Line, name))
		}
		b.templates[name] = t
	}
	return errors.Join(faults...)
}

// Templates returns the names of the texts that staff can send by name, sorted.
func (b *Base) Templates() []string { return slices.Sorted(maps.Keys(b.templates)) }

// Template returns a text that staff send by its name, in a language, filled; "" if there is none of
// that name. The error says what it needs and hasn't.
func (b *Base) Template(name, lang string, own Fill) (string, error) {
	s, err := b.fill(b.templates[name].words.In(lang), lang, own)
	if err != nil {
		return "", fmt.Errorf("knowledge: %s: %s: %w", templatesFile, name, err)
	}
	return s, nil
}

// template checks a text that staff send by its name.
func (c *checker) template(name string, t reply) {
	c.dates(c.of(name, t), t.review)
	for _, l := range language.All() {
		if t.words[l] == "" {
			c.fault(t.file, t.line, "%s: not in %s: write it", name, l)
			continue
		}
		c.text(t.file, t.line, name, l, t.words[l], longestText)
	}
}
