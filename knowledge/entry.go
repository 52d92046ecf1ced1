package knowledge

import (
	"strings"

	"github.com/beacon-clinic/beacon/knowledge/language"
)

// The classes of entries.
const (
	Approved = "A" // an approved general answer
	FromFact = "C" // filled from the clinic's settings
	Holding  = "H" // a holding answer, and a person
	LookedUp = "D" // looked up for the writer's own number
)

// Entry is a curated answer with the questions that ask for it. Load has checked its keys, its
// class and its languages, Check the rest.
type Entry struct {
	ID string `yaml:"id"`
	// Name is what staff read of it where patients' words aren't shown. An entry that says something
	// of whoever asks, such as an illness or a medicine, has none.
	Name string `yaml:"name"`
	// Called is what patients read of it in a list of choices, by language.
	Called    language.Words      `yaml:"label"`
	Class     string              `yaml:"class"` // A, C, H, D or A+H; A if left out
	Asks      map[string][]string `yaml:"asks"`  // phrasings by language
	Answer    language.Words      `yaml:"answer"`
	WithVisit language.Words      `yaml:"with_visit"` // the answer to a patient with a visit ahead
	Source    string              `yaml:"source"`
	Owner     string              `yaml:"owner"`
	Reviewed  string              `yaml:"reviewed"`  // date of the clinic's review, "" until then
	ReviewBy  string              `yaml:"review_by"` // date by which to review it again
	Outside   bool                `yaml:"outside"`   // asks what the clinic doesn't answer by text
	// Promises says whether the answer promises that a person acts or answers; left out, its words
	// say it: see [Entry.Promising].
	Promises *bool `yaml:"promises"`

	file  string
	line  int
	lines keyLines

	promising func() bool
}

// Is tells whether the entry is of a class; "A+H" is of both.
func (e *Entry) Is(class string) bool {
	for _, c := range strings.Split(e.Class, "+") {
		if c == class {
			return true
		}
	}
	return false
}

// Current tells whether the clinic has reviewed the entry and the review still holds on a day
// ("2006-01-02", in the clinic's zone). Live, an entry that isn't current is never sent, unless
// clinic.yaml says answer_unreviewed.
func (e *Entry) Current(day string) bool { return e.review().Current(day) }

// review returns what is recorded of the entry besides its words.
func (e *Entry) review() Review { return Review{e.Source, e.Owner, e.Reviewed, e.ReviewBy} }

// Label names an entry to a patient who chooses between several: by its label in a language, or
// else by its first phrasing, without the signs around it, since it stands in a list. One without
// either is named by its id.
func (e *Entry) Label(lang string) string {
	if called := e.Called[lang]; called != "" {
		return called
	}
	if len(e.Asks[lang]) == 0 {
		return strings.ReplaceAll(e.ID, "_", " ")
	}
	return strings.Trim(e.Asks[lang][0], " ?¿.!")
}
