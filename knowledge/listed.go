package knowledge

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/beacon-clinic/beacon/knowledge/language"
)

// Sentence is a sentence of replies/ or templates.yaml, with where it stands and what is recorded of
// it, for whoever reviews all that can be sent. Its words aren't filled.
type Sentence struct {
	Name, File string
	Line       int
	Words      language.Words
	Review
}

// Review is what is recorded of some words besides them, as of an entry. A sentence may have its own;
// what it lacks is that of its file, under the key "review". None of it is needed: such a sentence
// is sent whether it was reviewed or not, since danger waits for no signature.
type Review struct {
	Source, Owner string
	Reviewed      string // date of the clinic's review, "" until then
	ReviewBy      string // date by which to review it again
}

// fileReview is the key of a file's review.
const fileReview = "review"

// or returns the review with what it lacks taken from another. The dates go together.
func (s Review) or(of Review) Review {
	s.Source, s.Owner = cmp.Or(s.Source, of.Source), cmp.Or(s.Owner, of.Owner)
	if s.Reviewed == "" && s.ReviewBy == "" {
		s.Reviewed, s.ReviewBy = of.Reviewed, of.ReviewBy
	}
	return s
}

// Current tells whether a review holds on a day ("2006-01-02", in the clinic's zone). Dates compare
// as text.
func (s Review) Current(day string) bool {
	return s.Reviewed != "" && s.Reviewed <= day && day <= s.ReviewBy
}

// Sentences returns the sentences of replies/, by file and line.
func (b *Base) Sentences() []Sentence { return b.listed(b.replies) }

// TemplateSentences returns the texts that staff send by name, by line.
func (b *Base) TemplateSentences() []Sentence { return b.listed(b.templates) }

// listed returns sentences by file and line.
func (b *Base) listed(all map[string]reply) []Sentence {
	out := make([]Sentence, 0, len(all))
	for _, name := range slices.Sorted(maps.Keys(all)) {
		r := all[name]
		out = append(out, Sentence{
			Name: name, File: r.file, Line: r.line, Words: r.words,
			Review: r.review.or(b.reviews[r.file].review),
		})
	}
	slices.SortStableFunc(out, func(x, y Sentence) int {
		return cmp.Or(cmp.Compare(x.File, y.File), cmp.Compare(x.Line, y.Line))
	})
	return out
}

// Stands returns the file of an entry and its line there; 0 if it stands in no file.
func (e *Entry) Stands() (file string, line int) { return e.file, e.line }

// Placeholders returns the names, sorted, of what a sentence may have filled in besides the clinic's
// facts.
func (b *Base) Placeholders() []string { return slices.Sorted(maps.Keys(b.longest())) }

// take takes what is recorded of a sentence out of its node, which otherwise holds a text for each
// language. promises is nil if the file doesn't say it. The faults are those of values.
func take(n *yaml.Node) (promises *bool, review Review, faults []string) {
	if n.Kind != yaml.MappingNode {
		return nil, review, nil
	}
	keys := map[string]*string{
		"source": &review.Source, "owner": &review.Owner,
		"reviewed": &review.Reviewed, "review_by": &review.ReviewBy,
	}
	var words []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i].Value, n.Content[i+1]
		to := keys[key]
		switch {
		case key == "promises":
			var said bool
			if promises = &said; value.Decode(promises) != nil {
				faults = append(faults, "promises: want true or false")
			}
		case to != nil && value.Kind != yaml.ScalarNode:
			faults = append(faults, key+": want a text")
		case to != nil:
			*to = value.Value
		default:
			words = append(words, n.Content[i], value)
		}
	}
	n.Content = words
	return promises, review, faults
}

// takeReview takes the review of a file out of its sentences, and returns its faults. A text of the
// same name, which has words, stays.
func (b *Base) takeReview(path string, all map[string]yaml.Node) (faults []error) {
	n, there := all[fileReview]
	if !there {
		return nil
	}
	_, review, bad := take(&n)
	if n.Kind == yaml.MappingNode && len(n.Content) > 0 {
		return nil
	}
	delete(all, fileReview)
	if n.Kind != yaml.MappingNode {
		bad = []string{"want source, owner, reviewed and review_by"}
	}
	for _, what := range bad {
		faults = append(faults, fmt.Errorf("line %d: %s: %s", n.Line, fileReview, what))
	}
	b.reviews[path] = reply{review: review, file: path, line: n.Line}
	return faults
}

// dates files what is wrong with when some words were reviewed, and when they are to be again.
func (c *checker) dates(at func(key, format string, args ...any), s Review) {
	for _, d := range []struct{ name, value string }{
		{name: "reviewed", value: s.Reviewed},
		{name: "review_by", value: s.ReviewBy},
	} {
		if _, err := time.Parse(time.DateOnly, d.value); d.value != "" && err != nil {
			at(d.name, "%s: %q: want a date like 2027-05-31", d.name, d.value)
		}
	}
	if s.ReviewBy != "" && s.ReviewBy < c.day {
		at("review_by", "the review is overdue since %s: have %s read it, then set reviewed and review_by",
			s.ReviewBy, cmp.Or(s.Owner, "its owner"))
	}
}

// of returns how to file a fault of a sentence.
func (c *checker) of(name string, r reply) func(key, format string, args ...any) {
	return func(_, format string, args ...any) { c.fault(r.file, r.line, name+": "+format, args...) }
}
