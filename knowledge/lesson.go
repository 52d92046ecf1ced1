package knowledge

import (
	"time"

	"github.com/beacon-clinic/beacon/knowledge/language"
)

// Lesson is what the clinic's staff publish while the bot runs: wordings of an entry, or with an
// answer a whole entry that the files don't have. `bot knowledge export` writes it into the files.
type Lesson struct {
	Entry string              `json:"entry"` // its id
	Asks  map[string][]string `json:"asks"`  // phrasings by language

	// Of a whole entry; of wordings alone they are empty.
	Class    string         `json:"class,omitempty"` // Approved or Holding
	Answer   language.Words `json:"answer,omitempty"`
	Reviewed string         `json:"reviewed,omitempty"` // when the second person approved it
	ReviewBy string         `json:"review_by,omitempty"`
}

// Published stands in place of the file of an entry that staff have published.
const Published = "published at the desk"

// The source and the owner of an entry that staff have published.
const (
	lessonSource = "the clinic's own staff"
	lessonOwner  = "front desk"
)

// Whole tells whether the lesson is a whole entry, not only wordings of one.
func (l Lesson) Whole() bool { return len(l.Answer) > 0 }

// entry returns the entry that a whole lesson is. It stands in no file.
func (l Lesson) entry() *Entry {
	return &Entry{
		ID: l.Entry, Class: l.Class, Asks: l.Asks, Answer: l.Answer, Source: lessonSource,
		Owner: lessonOwner, Reviewed: l.Reviewed, ReviewBy: l.ReviewBy, file: Published,
		promising: promising(nil, l.Answer),
	}
}

// reviewYears is how long a review holds.
const reviewYears = 1

// Review returns the lesson as reviewed on a day.
func (l Lesson) Review(day time.Time) Lesson {
	if l.Whole() {
		l.Reviewed = day.Format(time.DateOnly)
		l.ReviewBy = day.AddDate(reviewYears, 0, 0).Format(time.DateOnly)
	}
	return l
}

// Has tells whether the files have all of a lesson, so that it needn't be published any more: the
// wordings, and the answer with a review. An answer that still awaits its review in the files
// would go to a person there.
func (b *Base) Has(l Lesson) bool {
	e := b.byID[l.Entry]
	if e == nil || l.Whole() && e.Reviewed == "" {
		return false
	}
	return len(b.lacks(l)) == 0
}

// Filed tells whether the files have an entry, whatever was published.
func (b *Base) Filed(entry string) bool { return b.byID[entry] != nil }

// lacks returns the wordings of a lesson that the entry in the files hasn't, in whichever language
// it has them.
func (b *Base) lacks(l Lesson) (out []string) {
	has := map[string]bool{}
	if e := b.byID[l.Entry]; e != nil {
		for _, asks := range e.Asks {
			for _, a := range asks {
				has[string(bare(nil, a))] = true
			}
		}
	}
	for _, lang := range language.All() {
		for _, a := range l.Asks[lang] {
			if !has[string(bare(nil, a))] {
				out = append(out, a)
			}
		}
	}
	return out
}
