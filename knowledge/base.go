package knowledge

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/beacon-clinic/beacon/knowledge/language"
	"github.com/beacon-clinic/beacon/knowledge/settings"

	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/replies"

	"go.yaml.in/yaml/v3"

	"github.com/beacon-clinic/beacon/knowledge/clean"
	"github.com/beacon-clinic/beacon/knowledge/match"
	"github.com/beacon-clinic/beacon/knowledge/meaning"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

//go:embed clinic.yaml faq replies screen/*.yaml corpus/*.tsv
var shipped embed.FS

// Base is the clinic's knowledge, loaded. Afterwards only Learn changes it: the matcher gains what staff have taught.
type Base struct {
	Clinic  *settings.Clinic
	Entries []*Entry // sorted by file and line
	byID    map[string]*Entry
	replies map[string]reply
	facts   map[string]language.Words
	rules   screen.Rules
	clean   *clean.Cleaner

	phrasings map[string]string // entry by phrasing, in letters and digits alone
	screen    *screen.Screen
	corpus    fs.FS
	model     modelFile
	embed     func(string) []float32   // what an English text means
	match     atomic.Pointer[matching] // nil: the model knows every entry
}

// matching is a matcher of entries that the model hasn't learnt from.
type matching struct {
	matcher *match.Matcher
	changed map[string]bool // the entries that it is there for
	built   time.Duration   // how long it took to build, self-test included
}

// Load reads the clinic's own directory; nil is the shipped knowledge alone. Of clinic.yaml, faq, replies, screen and corpus,
// what the directory lacks is taken from what is shipped. It runs on the directory's own model.bin, which must have been compiled
// from these words, or else on the shipped one; entries that this hasn't learnt from are learnt now, in seconds. The error names
// every fault by file and line.
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
	b.embed = encoder.Embed
	if b.screen, err = screen.New(b.rules, b.model.learnt, b.embed); err != nil {
		return nil, fmt.Errorf("screen: %w", err)
	}
	b.ask()
	b.Learn(nil)
	return b, nil
}

// Read is Load for who needs the clinic's facts and words alone: the base can send texts but read none.
func Read(own fs.FS) (*Base, error) { return read(own, func(*reader) {}) }

// parse reads all words, and learns nothing.
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

// read reads the words, and what else it is told to.
func read(own fs.FS, more func(*reader)) (*Base, error) {
	b := &Base{byID: map[string]*Entry{}, replies: map[string]reply{}}
	r := reader{own: own}
	r.read("clinic.yaml", func(_ string, data []byte) (err error) {
		b.Clinic, err = settings.Parse(data)
		return err
	})
	r.folder("faq", b.addEntries)
	r.folder("replies", b.addReplies)
	more(&r)
	if err := errors.Join(r.faults...); err != nil {
		return nil, err
	}
	b.facts = facts(b.Clinic)
	for _, name := range replyNames {
		if _, ok := b.replies[name]; !ok {
			r.faults = append(r.faults, fmt.Errorf("replies: %s is missing", name))
		}
	}
	for i, s := range b.Clinic.Reminders.Plan {
		if _, ok := b.replies[replies.RemindPrefix+s.Kind]; !ok {
			what := fmt.Errorf("reminders.plan[%d]: kind %q: replies/ has no %s%s to send", i, s.Kind, replies.RemindPrefix, s.Kind)
			r.faults = append(r.faults, fmt.Errorf("clinic.yaml: %w", b.Clinic.Fault(what, "reminders", "plan", strconv.Itoa(i))))
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

// older fills in a part of the rules that a copy from before there was that part lacks.
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

// shippedRules are those of a file of screen/ as it is shipped.
func shippedRules(name string) (r screen.Rules, err error) {
	data, err := shipped.ReadFile("screen/" + name + ".yaml")
	if err != nil {
		return r, err
	}
	return r, yaml.Unmarshal(data, &r)
}

// Learn builds the matcher of what the model hasn't learnt from: entries that are the clinic's own or were changed, and what staff
// have taught since. Without any there is none. Questions go on being answered meanwhile.
func (b *Base) Learn(taught []Taught) {
	extra, changed := map[string][]string{}, map[string]bool{}
	for _, t := range taught {
		extra[t.Entry] = append(extra[t.Entry], t.Ask)
		changed[t.Entry] = true
	}
	entries := make([]match.Entry, 0, len(b.Entries))
	for _, e := range b.Entries {
		if b.model.Entries[e.ID] != hashOf(e.ID, e.Asks) {
			changed[e.ID] = true
		}
		m := match.Entry{ID: e.ID, Outside: e.Outside}
		for _, l := range language.All() {
			m.Asks = append(m.Asks, e.Asks[l]...)
			m.Text += e.Answer[l] + "\n"
		}
		m.Asks = append(m.Asks, extra[e.ID]...)
		entries = append(entries, m)
	}
	if len(changed) == 0 {
		b.match.Store(nil)
		return
	}
	began := time.Now()
	s := match.Settings{Outside: b.Clinic.Matching.Outside, Wrong: b.Clinic.Matching.Wrong, Embed: b.embed}
	if before := b.match.Load(); before != nil {
		s.Before = before.matcher
	}
	m := match.Build(entries, s)
	b.match.Store(&matching{m, changed, time.Since(began)})
}

// reply is a sentence of replies/.
type reply struct {
	words language.Words
	file  string
	line  int
}

// reader reads YAML from the clinic's own directory over the shipped one, gathering faults.
type reader struct {
	own    fs.FS
	faults []error
}

// from is the file system that has the name: the clinic's own if it has it.
func (r *reader) from(name string) fs.FS {
	if r.own != nil {
		if _, err := fs.Stat(r.own, name); err == nil {
			return r.own
		}
	}
	return shipped
}

func (r *reader) read(path string, parse func(path string, data []byte) error) {
	data, err := fs.ReadFile(r.from(strings.SplitN(path, "/", 2)[0]), path)
	if err == nil {
		err = parse(path, data)
	}
	if err != nil {
		r.faults = append(r.faults, faultsIn(path, err)...)
	}
}

// faultsIn names the file before each line of an error: one decoding finds many faults.
func faultsIn(path string, err error) (out []error) {
	text := strings.TrimPrefix(strings.TrimPrefix(err.Error(), "yaml: "), "unmarshal errors:\n")
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, fmt.Errorf("%s: %s", path, line))
		}
	}
	return out
}

func (r *reader) folder(name string, decode func(path string, d *yaml.Decoder) error) {
	paths, err := fs.Glob(r.from(name), name+"/*.yaml")
	if err != nil || len(paths) == 0 {
		r.faults = append(r.faults, fmt.Errorf("%s: no .yaml file in it", name))
	}
	sort.Strings(paths)
	for _, p := range paths {
		r.read(p, func(path string, data []byte) error {
			d := yaml.NewDecoder(bytes.NewReader(data))
			d.KnownFields(true)
			err := decode(path, d)
			if errors.Is(err, io.EOF) {
				return nil // an empty file holds nothing
			}
			return err
		})
	}
}

// addEntries decodes one file of faq.
func (b *Base) addEntries(path string, d *yaml.Decoder) error {
	var nodes []yaml.Node
	if err := d.Decode(&nodes); err != nil {
		return err
	}
	var faults []error
	for i := range nodes {
		e := &Entry{file: path, line: nodes[i].Line}
		if err := strict(&nodes[i], e); err != nil {
			faults = append(faults, err)
			continue
		}
		if e.Class == "" {
			e.Class = Approved
		}
		switch first := b.byID[e.ID]; {
		case e.ID == "":
			faults = append(faults, fmt.Errorf("line %d: id is missing", e.line))
		case first != nil:
			faults = append(faults, fmt.Errorf("line %d: id %q stands in %s line %d too", e.line, e.ID, first.file, first.line))
		default:
			b.byID[e.ID] = e
			b.Entries = append(b.Entries, e)
		}
	}
	return errors.Join(faults...)
}

// strict decodes a node refusing unknown keys, which yaml.Node's own Decode would let pass.
func strict(n *yaml.Node, e *Entry) error {
	known := []string{"id", "class", "asks", "answer", "with_visit", "source", "owner", "reviewed", "review_by", "outside"}
	if n.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: want an entry (id, asks, answer …)", n.Line)
	}
	for i := 0; i < len(n.Content); i += 2 {
		if k := n.Content[i]; !slices.Contains(known, k.Value) {
			return fmt.Errorf("line %d: unknown key %q: want one of %s", k.Line, k.Value, strings.Join(known, ", "))
		}
	}
	if err := n.Decode(e); err != nil {
		return err
	}
	if !slices.Contains([]string{"", "A", "C", "H", "D", "A+H"}, e.Class) {
		return fmt.Errorf("line %d: class %q: want A, C, H, D or A+H", n.Line, e.Class)
	}
	for l := range e.Asks {
		if language.Spoken(l) != l {
			return fmt.Errorf("line %d: asks: unknown language %q: want en or es", n.Line, l)
		}
	}
	return nil
}

// addReplies decodes one file of replies.
func (b *Base) addReplies(path string, d *yaml.Decoder) error {
	m := map[string]yaml.Node{}
	if err := d.Decode(&m); err != nil {
		return err
	}
	var faults []error
	for name, n := range m {
		r := reply{file: path, line: n.Line}
		if err := n.Decode(&r.words); err != nil {
			faults = append(faults, err)
		}
		if first, twice := b.replies[name]; twice {
			faults = append(faults, fmt.Errorf("line %d: %s stands in %s line %d too", n.Line, name, first.file, first.line))
		}
		if !slices.Contains(replyNames[:], name) {
			faults = append(faults, fmt.Errorf("line %d: %s: nothing says this; remove it", n.Line, name))
		}
		b.replies[name] = r
	}
	return errors.Join(faults...)
}

// Entry is the entry of an id, nil if there is none.
func (b *Base) Entry(id string) *Entry { return b.byID[id] }

// Answer is an entry's answer in a language, filled.
func (b *Base) Answer(id, lang string, own Fill) (string, error) {
	e := b.byID[id]
	if e == nil {
		return "", fmt.Errorf("knowledge: no entry %q", id)
	}
	s, err := b.fill(e.Answer.In(lang), lang, own)
	if err != nil {
		return "", fmt.Errorf("knowledge: %s line %d: %s: %w", e.file, e.line, id, err)
	}
	return s, nil
}

// VisitAnswer is an entry's answer to somebody of whose visit more can be said, filled; "" if the entry has none.
func (b *Base) VisitAnswer(id, lang string, own Fill) (string, error) {
	e := b.byID[id]
	if e == nil || e.WithVisit.In(lang) == "" {
		return "", nil
	}
	s, err := b.fill(e.WithVisit.In(lang), lang, own)
	if err != nil {
		return "", fmt.Errorf("knowledge: %s line %d: %s: with_visit: %w", e.file, e.line, id, err)
	}
	return s, nil
}

// Reply is a sentence of replies/ in a language, filled.
func (b *Base) Reply(name, lang string, own Fill) (string, error) {
	s, err := b.fill(b.replies[name].words.In(lang), lang, own)
	if err != nil {
		return "", fmt.Errorf("knowledge: replies: %s: %w", name, err)
	}
	return s, nil
}

// Ride reads a text as the answer to who drives the patient home: screen.RideArranged, screen.RideHelp or "". whole: it is nothing besides.
func (b *Base) Ride(text string) (kind string, whole bool) { return b.screen.Ride(text) }

// Built is how long the matcher took to learn what the model doesn't know, its self-test included; 0 if there is none.
func (b *Base) Built() time.Duration {
	if m := b.match.Load(); m != nil {
		return m.built
	}
	return 0
}
