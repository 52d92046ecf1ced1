package knowledge

import (
	"io/fs"
	"sync/atomic"
	"time"

	"github.com/beacon-clinic/beacon/knowledge/clean"
	"github.com/beacon-clinic/beacon/knowledge/language"
	"github.com/beacon-clinic/beacon/knowledge/match"
	"github.com/beacon-clinic/beacon/knowledge/screen"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// Base is the clinic's knowledge: its settings, its entries and sentences, and what reads texts.
// Only Learn changes it after Load, and it swaps what it has made in one step, so goroutines may
// share a base and read texts while it learns.
//
// Entries are those of the files; All has those as well that staff have published since.
type Base struct {
	Clinic    *settings.Clinic
	Entries   []*Entry // sorted by file and line
	byID      map[string]*Entry
	replies   map[string]reply
	templates map[string]reply // of templates.yaml
	reviews   map[string]reply // of whole files of those two, by file
	facts     map[string]language.Words
	rules     screen.Rules
	clean     *clean.Cleaner

	phrasings  map[string]string // entry by phrasing, in letters and digits alone
	screen     *screen.Screen
	corpus     fs.FS
	model      modelFile
	embed      func(string) []float32 // what an English text means
	senses     *senses                // of the bases that are edited from this one
	vocabulary vocabulary             // the words of the entries
	live       atomic.Pointer[live]   // nil before the first Learn
	// before is the matcher that was built last: the next one takes its vectors over.
	before atomic.Pointer[match.Matcher]
}

// live is what the base knows beside its files and their model. It is never changed, only replaced.
type live struct {
	// own are the entries that staff have published, by id. One that the files have too, but
	// without a review, stands before theirs.
	own map[string]*Entry
	// lessons are all that staff have published, and asks the entries of their wordings, in letters
	// and digits alone.
	lessons []Lesson
	asks    map[string]string
	// matcher is there for entries that the model hasn't learnt; nil if it knows every one. It
	// knows all entries, so that it can tell a new one from the others, but only what it says of
	// the changed ones is heard.
	matcher *match.Matcher
	changed map[string]bool // the entries that it is there for
	of      string          // the hash of what it was trained on, or is to be
	behind  bool            // the matcher is an earlier one, see Edited
	built   time.Duration   // how long it took to build, self-test included
}
