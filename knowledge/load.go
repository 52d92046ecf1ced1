package knowledge

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/beacon-clinic/beacon/knowledge/clean"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/language"
	"github.com/beacon-clinic/beacon/knowledge/meaning"
	"github.com/beacon-clinic/beacon/knowledge/replies"
	"github.com/beacon-clinic/beacon/knowledge/screen"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// Load reads the clinic's own directory over the shipped one; nil is the shipped knowledge alone.
// Of clinic.yaml, faq, replies, screen and corpus, what the directory lacks is taken from the
// shipped one, each as a whole: entries are never mixed. The base runs on the directory's
// model.bin, which must have been compiled from these words, or else on the shipped model; entries
// that it hasn't learnt are learnt now, in seconds. The error names every fault by file and line.
func Load(own fs.FS) (*Base, error) {
	b, err := parse(own)
	if err != nil {
		return nil, err
	}
	if b.model, err = b.findModel(own); err != nil {
		return nil, err
	}
	encoder, err := meaning.Shipped()
	if err != nil {
		return nil, err
	}
	b.embed, b.senses = encoder.Embed, &senses{embed: encoder.Embed}
	if b.screen, err = screen.New(b.rules, b.model.learnt, b.embed); err != nil {
		return nil, fmt.Errorf("screen: %w", err)
	}
	b.ask()
	b.Learn(nil)
	return b, nil
}

// Read is Load for callers that only need the clinic's settings and sentences: the base can word
// texts but not read them. It needs no model and learns nothing.
func Read(own fs.FS) (*Base, error) { return read(own, func(*reader) {}) }

// parse reads all words but learns nothing.
func parse(own fs.FS) (*Base, error) {
	var rules []screen.Rules
	b, err := read(own, func(r *reader) {
		r.folder("screen", func(path string, d *yaml.Decoder) error {
			var one screen.Rules
			rules = append(rules, one)
			return d.Decode(&rules[len(rules)-1])
		})
	})
	if err != nil {
		return nil, err
	}
	// It is only read when a model is made or checked.
	b.corpus = (&reader{own: own}).from("corpus")
	if b.rules, err = screen.Merge(rules...); err == nil {
		err = errors.Join(b.older("offer", len(b.rules.Offer)), b.older("bare", len(b.rules.Bare)),
			b.older(kinds.Concern, len(b.rules.Classes[kinds.Concern].Patterns)))
	}
	if err != nil {
		return nil, fmt.Errorf("screen: %w", err)
	}
	b.clean, err = clean.Shipped()
	return b, err
}

// read reads the settings, entries and sentences, and whatever more reads.
func read(own fs.FS, more func(*reader)) (*Base, error) {
	b := &Base{
		byID: map[string]*Entry{}, replies: map[string]reply{}, templates: map[string]reply{},
		reviews: map[string]reply{},
	}
	r := reader{own: own}
	r.read("clinic.yaml", func(_ string, data []byte) (err error) {
		b.Clinic, err = settings.Parse(data)
		return err
	})
	r.folder("faq", b.addEntries)
	r.folder("replies", b.addReplies)
	r.read(templatesFile, b.addTemplates)
	more(&r)
	// What follows needs all of them decoded.
	if err := errors.Join(r.faults...); err != nil {
		return nil, err
	}
	b.facts = factsOf(b.Clinic)
	for _, name := range replyNames {
		if _, ok := b.replies[name]; !ok {
			r.faults = append(r.faults, fmt.Errorf("replies: %s is missing: %s",
				name, whereShipped(name)))
		}
	}
	for i, s := range b.Clinic.Reminders.Plan {
		if _, ok := b.replies[replies.RemindPrefix+s.Kind]; !ok {
			what := fmt.Errorf("reminders.plan[%d]: kind %q: replies/ has no %s%s to send", i,
				s.Kind, replies.RemindPrefix, s.Kind)
			r.faults = append(r.faults,
				fmt.Errorf("clinic.yaml: %w",
					b.Clinic.Fault(what, "reminders", "plan", strconv.Itoa(i))))
		}
	}
	if len(r.faults) == 0 { // with a sentence missing there is nothing to word them from
		r.faults = b.unfit()
	}
	if err := errors.Join(r.faults...); err != nil {
		return nil, err
	}
	return b, nil
}

// older fills in a part of the rules that a copy made before that part existed lacks. Without it,
// an upgrade would leave such a clinic without concerns or without answers to offers.
func (b *Base) older(part string, has int) error {
	if has > 0 {
		return nil
	}
	r, err := shippedRules(part)
	switch part {
	case "offer":
		b.rules.Offer = r.Offer
	case "bare":
		b.rules.Bare = r.Bare
	default:
		b.rules.Classes[part] = r.Classes[part]
	}
	return err
}

// shippedRules returns the rules of a shipped file of screen/.
func shippedRules(name string) (r screen.Rules, err error) {
	data, err := shipped.ReadFile("screen/" + name + ".yaml")
	if err != nil {
		return r, err
	}
	return r, yaml.Unmarshal(data, &r)
}

// addEntries decodes a file of faq/.
func (b *Base) addEntries(path string, d *yaml.Decoder) error {
	var nodes []yaml.Node
	if err := d.Decode(&nodes); err != nil {
		return err
	}
	var faults []error
	for i := range nodes {
		e := &Entry{file: path, line: nodes[i].Line, lines: keyLinesOf(&nodes[i])}
		if err := decodeEntry(&nodes[i], e); err != nil {
			faults = append(faults, err)
			continue
		}
		if e.Class == "" {
			e.Class = Approved
		}
		e.promising = promising(e.Promises, e.Answer, e.WithVisit)
		switch first := b.byID[e.ID]; {
		case e.ID == "":
			faults = append(faults, fmt.Errorf("line %d: id is missing", e.line))
		case first != nil:
			faults = append(faults, fmt.Errorf("line %d: id %q stands in %s line %d too", e.line,
				e.ID, first.file, first.line))
		default:
			b.byID[e.ID] = e
			b.Entries = append(b.Entries, e)
		}
	}
	return errors.Join(faults...)
}

// addReplies decodes a file of replies/. A name that nothing says is a fault: most likely it is
// misspelt.
func (b *Base) addReplies(path string, d *yaml.Decoder) error {
	m := map[string]yaml.Node{}
	if err := d.Decode(&m); err != nil {
		return err
	}
	faults := b.takeReview(path, m)
	for name, n := range m {
		r := reply{file: path, line: n.Line}
		var bad []string
		r.promises, r.review, bad = take(&n)
		for _, what := range bad {
			faults = append(faults, fmt.Errorf("line %d: %s: %s", n.Line, name, what))
		}
		if err := n.Decode(&r.words); err != nil {
			faults = append(faults, err)
		}
		r.promising = promising(r.promises, r.words)
		if first, twice := b.replies[name]; twice {
			faults = append(faults, fmt.Errorf("line %d: %s stands in %s line %d too", n.Line, name,
				first.file, first.line))
		}
		if !slices.Contains(replyNames[:], name) {
			faults = append(faults, fmt.Errorf("line %d: %s: nothing says this; remove it", n.Line,
				name))
		}
		b.replies[name] = r
	}
	return errors.Join(faults...)
}

// ask indexes the phrasings, so that a text which repeats one is answered. One that two entries
// claim belongs to neither, and one that is outside to nobody.
func (b *Base) ask() {
	b.phrasings, b.vocabulary = map[string]string{}, vocabulary{}
	for _, e := range b.Entries {
		for _, l := range language.All() {
			b.vocabulary.add(e.Answer[l])
			for _, a := range e.Asks[l] {
				b.vocabulary.add(a)
				key := string(bare(nil, a))
				// An empty owner stays, so that a third entry can't claim it either.
				if first, twice := b.phrasings[key]; twice && first != e.ID || e.Outside {
					b.phrasings[key] = ""
					continue
				}
				b.phrasings[key] = e.ID
			}
		}
	}
}

// decodeEntry decodes a node refusing unknown keys, which yaml.Node's own Decode would let pass.
func decodeEntry(n *yaml.Node, e *Entry) error {
	known := []string{
		"id", "name", "label", "class", "asks", "answer", "with_visit", "source", "owner", "reviewed",
		"review_by", "outside", "promises",
	}
	if n.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: want an entry (id, asks, answer …)", n.Line)
	}
	for i := 0; i < len(n.Content); i += 2 {
		if k := n.Content[i]; !slices.Contains(known, k.Value) {
			return fmt.Errorf("line %d: unknown key %q: want one of %s", k.Line, k.Value,
				strings.Join(known, ", "))
		}
	}
	if err := n.Decode(e); err != nil {
		return err
	}
	if !slices.Contains([]string{"", "A", "C", "H", "D", "A+H"}, e.Class) {
		return fmt.Errorf("line %d: class %q: want A, C, H, D or A+H", e.lineOf("class", ""), e.Class)
	}
	for l := range e.Asks {
		if language.Spoken(l) != l {
			return fmt.Errorf("line %d: asks: unknown language %q: want en or es",
				e.lineOf("asks", l), l)
		}
	}
	return nil
}
