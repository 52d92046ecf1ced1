package knowledge

import (
	"bytes"
	_ "embed" // for the shipped list
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/beacon-clinic/beacon/knowledge/language"
)

// DecisionsFile is the name of the list of texts, and of what the bot does with each, in the
// directory of the words.
const DecisionsFile = "decisions.yaml"

//go:embed decisions.yaml
var shippedDecisions []byte

// Decision is what the bot does with a text, as a clinician signs it. Which rule or words led there
// isn't part of it: they change with every wording that is learnt, and nobody should have to sign
// again for that. Fields that are empty are left out of the file.
type Decision struct {
	Kind    string   `yaml:"kind,omitempty"`
	Also    []string `yaml:"also,omitempty"`
	Entries []string `yaml:"entries,omitempty"` // answered or offered
	Asks    string   `yaml:"asks,omitempty"`    // the act that is asked back
	Silent  bool     `yaml:"silent,omitempty"`  // the writer gets no text back
}

// Same tells whether two decisions are equal.
func (d Decision) Same(o Decision) bool {
	return d.Kind == o.Kind && slices.Equal(d.Also, o.Also) && slices.Equal(d.Entries, o.Entries) &&
		d.Asks == o.Asks && d.Silent == o.Silent
}

// Decided is a text of the list with the decision in the file. Its Kind is "" until one is written.
// It must come from ReadDecisions, which knows its place in the file.
type Decided struct {
	Text     string `yaml:"text"`
	Lang     string `yaml:"lang"`
	Decision `yaml:",inline"`

	node *yaml.Node
}

// DecidedGroup holds the texts under one heading.
type DecidedGroup struct {
	Heading string     `yaml:"heading"`
	Texts   []*Decided `yaml:"texts"`
}

// Decisions is the list, with who has signed it. It is only read and measured: nothing the bot does
// goes by it.
type Decisions struct {
	SignedBy string         `yaml:"signed_by"`
	SignedOn string         `yaml:"signed_on"`
	Groups   []DecidedGroup `yaml:"groups"`

	doc *yaml.Node // the file: what is written anew are its nodes, so that comments stay
}

// ReadDecisions reads the list from the clinic's directory, or the shipped one if own has none or
// is nil. With faults there is no list. The file is decoded twice: strictly into the values, and
// into nodes, which Write needs to keep what a person has written around them.
func ReadDecisions(own fs.FS) (*Decisions, []Fault) {
	data := shippedDecisions
	if own != nil {
		switch its, err := whole(own, DecisionsFile); {
		case err == nil:
			data = its
		case !errors.Is(err, fs.ErrNotExist):
			return nil, linesOf(err)
		}
	}
	d := &Decisions{doc: new(yaml.Node)}
	strict := yaml.NewDecoder(bytes.NewReader(data))
	strict.KnownFields(true)
	if err := strict.Decode(d); err != nil && !errors.Is(err, io.EOF) {
		return nil, linesOf(err)
	}
	if !errors.Is(strict.Decode(new(yaml.Node)), io.EOF) {
		return nil, []Fault{{
			File: DecisionsFile, Line: 1,
			What: "more than one document: take out the lines ---",
		}}
	}
	if err := yaml.Unmarshal(data, d.doc); err != nil {
		return nil, linesOf(err)
	}
	if faults := d.place(); len(faults) > 0 {
		return nil, faults
	}
	if faults := d.check(); len(faults) > 0 {
		return nil, faults
	}
	return d, nil
}

// linesOf tells each fault of a decoding with its line, which yaml puts into the text of the error;
// line 1 where it doesn't.
func linesOf(err error) (out []Fault) {
	for _, err := range faultsIn(DecisionsFile, err) {
		f := Fault{DecisionsFile, 1, strings.TrimPrefix(err.Error(), DecisionsFile+": ")}
		if at, what, ok := strings.Cut(strings.TrimPrefix(f.What, "line "), ": "); ok {
			if n, err := strconv.Atoi(at); err == nil {
				f.Line, f.What = n, what
			}
		}
		out = append(out, f)
	}
	return out
}

// place finds the node of every text. It refuses aliases, since to write one row would change
// another. An empty row becomes an empty text, which check then names by its line.
func (d *Decisions) place() (faults []Fault) {
	if alias := aliasIn(d.doc); alias != nil {
		return []Fault{{
			File: DecisionsFile, Line: alias.Line,
			What: "write it out instead of *" + alias.Value,
		}}
	}
	groups := under(d.head(), "groups")
	if groups == nil || len(groups.Content) == 0 {
		what := "no texts in it: write some, or delete the file to use the shipped list"
		return []Fault{{File: DecisionsFile, Line: 1, What: what}}
	}
	for i, group := range groups.Content {
		texts := under(group, "texts")
		if d.Groups[i].Heading == "" {
			faults = append(faults, Fault{DecisionsFile, group.Line, "heading is missing"})
		}
		if texts == nil || len(texts.Content) == 0 {
			what := "no texts under the heading: write some, or take it out"
			faults = append(faults, Fault{DecisionsFile, group.Line, what})
			continue
		}
		for j, node := range texts.Content {
			if d.Groups[i].Texts[j] == nil {
				d.Groups[i].Texts[j] = &Decided{}
			}
			d.Groups[i].Texts[j].node = node
		}
	}
	return faults
}

// head is the mapping that the file is, nil if the file is empty.
func (d *Decisions) head() *yaml.Node {
	if len(d.doc.Content) == 0 {
		return nil
	}
	return d.doc.Content[0]
}

// check finds what can't be meant: no text, a text twice, an unknown language, half a signature.
func (d *Decisions) check() (faults []Fault) {
	at := func(n *yaml.Node, format string, args ...any) {
		faults = append(faults, Fault{DecisionsFile, n.Line, fmt.Sprintf(format, args...)})
	}
	// Blanks don't make another text.
	first := map[string]*Decided{}
	for t := range d.Each {
		key := strings.Join(strings.Fields(t.Text), " ")
		switch was := first[key]; {
		case key == "":
			at(t.node, "no text: write one, or take the row out")
		case was != nil:
			at(t.node, "%q stands in line %d too: keep one", key, was.node.Line)
		case language.Spoken(t.Lang) != t.Lang:
			at(t.node, "lang %q: want one of %s", t.Lang, strings.Join(language.All(), ", "))
		}
		if first[key] == nil {
			first[key] = t
		}
	}
	if _, err := time.Parse(time.DateOnly, d.SignedOn); d.SignedOn != "" && err != nil {
		at(under(d.head(), "signed_on"), "signed_on: %q: want a date like 2026-12-31", d.SignedOn)
	} else if (d.SignedBy == "") != (d.SignedOn == "") {
		at(d.head(), "signed_by and signed_on: put in both, or neither")
	}
	return faults
}

// Each iterates over the texts in order.
func (d *Decisions) Each(yield func(*Decided) bool) {
	for _, g := range d.Groups {
		for _, t := range g.Texts {
			if !yield(t) {
				return
			}
		}
	}
}

// Len returns the number of texts.
func (d *Decisions) Len() int {
	n := 0
	for range d.Each {
		n++
	}
	return n
}

// Signed tells whether a clinician has signed the list. As shipped nobody has, and Write empties
// it.
func (d *Decisions) Signed() bool { return d.SignedBy != "" }

// Write returns the file with these decisions, one for each text in order. Order, headings and
// comments are kept. A decision that differs from the file's clears the signature, because nobody
// has signed that one. It changes d too; written again, nothing changes.
func (d *Decisions) Write(now []Decision) ([]byte, error) {
	if len(now) != d.Len() {
		return nil, fmt.Errorf("knowledge: %d decisions for %d texts", len(now), d.Len())
	}
	i, changed := 0, false
	for t := range d.Each {
		changed = changed || !t.Same(now[i])
		if err := t.put(now[i]); err != nil {
			return nil, err
		}
		i++
	}
	if changed {
		d.SignedBy, d.SignedOn = "", ""
		for _, key := range []string{"signed_by", "signed_on"} {
			if n := under(d.head(), key); n != nil {
				n.Value, n.Tag, n.Style = "", "!!str", yaml.DoubleQuotedStyle
			}
		}
	}
	var out bytes.Buffer
	e := yaml.NewEncoder(&out)
	e.SetIndent(2)
	if err := errors.Join(e.Encode(d.doc), e.Close()); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// put writes a decision into the text's node, keeping text and lang as they stand and the comments
// beside its keys. Keys of the old decision that the new one lacks go.
func (t *Decided) put(now Decision) error {
	var fresh yaml.Node
	if err := fresh.Encode(now); err != nil {
		return err
	}
	var kept []*yaml.Node
	// A mapping's nodes are keys and values in turn.
	for i := 0; i < len(t.node.Content); i += 2 {
		if k := t.node.Content[i]; k.Value == "text" || k.Value == "lang" {
			kept = append(kept, k, t.node.Content[i+1])
		}
	}
	for i := 0; i < len(fresh.Content); i += 2 {
		key, value := fresh.Content[i], fresh.Content[i+1]
		if value.Kind == yaml.SequenceNode {
			value.Style = yaml.FlowStyle
		}
		for j := 0; j < len(t.node.Content); j += 2 {
			if old := t.node.Content[j]; old.Value == key.Value {
				key = old
				value.LineComment = t.node.Content[j+1].LineComment
			}
		}
		kept = append(kept, key, value)
	}
	t.node.Content, t.Decision = kept, now
	return nil
}

// under is the value of a key of a mapping, nil if it has none or is none.
func under(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// aliasIn is the first alias within a node, nil if there is none: what is written there would
// change elsewhere too.
func aliasIn(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n
	}
	for _, c := range n.Content {
		if a := aliasIn(c); a != nil {
			return a
		}
	}
	return nil
}
