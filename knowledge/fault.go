package knowledge

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

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

// placed is a line of a Load's error: the file, and mostly the line of it.
var placed = regexp.MustCompile(`^([\w./-]+): (?:(?:yaml: )?line (\d+): )?(.*)$`)

// Faults returns the faults that an error of Load or Edited names.
func Faults(err error) (out []Fault) {
	for line := range strings.Lines(err.Error()) {
		m := placed.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			m = []string{"", "", "", strings.TrimSpace(line)}
		}
		n, _ := strconv.Atoi(m[2]) // 0 where there is none
		out = append(out, Fault{File: m[1], Line: n, What: m[3]})
	}
	return out
}
