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

// matching is a matcher for entries that the model hasn't learnt. It knows all entries, so that it
// can tell a new one from the others, but only what it says of the changed ones is heard.
type matching struct {
	matcher *match.Matcher
	changed map[string]bool // the entries that it is there for
	built   time.Duration   // how long it took to build, self-test included
}
