package clean

// Cleaner reads texts. It never changes, so goroutines may share one.
type Cleaner struct {
	reactions, objects, edits, prefixes, mail, signatures *index

	machine *machine
	keyword *keyword
	numbers *numbers
}
