// Package feed reads visits from what other systems export. A file is never all or nothing: what is
// sound is read, and what isn't is told by line and column, so that one bad row costs one row.
package feed

import "time"

// Fault is something in a file that couldn't be read as it stands. Line is the physical line, as an
// editor counts them. What says what is wrong and what to do; it never repeats the field, which may
// be a name or a number.
type Fault struct {
	Line   int    `json:"line"`
	Column string `json:"column"`
	What   string `json:"what"`
}

// Rules are what the clinic knows of visits.
type Rules struct {
	Zone  *time.Location // of the clinic: of a start that names no zone
	Types []string       // the visit types
	Langs []string       // the languages that patients are answered in
}
