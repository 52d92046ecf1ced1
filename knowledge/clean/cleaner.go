package clean

// Cleaner reads texts by the forms of a machines.yaml. It never changes after New, so goroutines
// may share one.
type Cleaner struct {
	reactions, objects, edits, prefixes, mail, signatures *index

	machine *machine
	keyword *keyword
	numbers *numbers
}
