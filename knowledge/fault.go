package knowledge

import "fmt"

// Fault is something wrong with the clinic's words: where, what, and what to do about it. File is a
// path within the directory of the words; Line counts from 1, 0 if no line is known.
type Fault struct {
	File string
	Line int
	What string
}

// String returns the fault on one line, as editors and terminals jump to it: "faq/money.yaml:12:
// …".
func (f Fault) String() string { return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.What) }
