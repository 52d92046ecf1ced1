// Package feed reads visits from other systems' exports. A file is never all or nothing: sound rows
// are read ([ReadCSV]), and every other one is reported by line and column ([Fault]), so that one
// bad row costs one row.
package feed

import "time"

// Fault is a problem in a file. Line is the physical line, counted as an editor does. What says
// what is wrong and what to do; it never repeats the field, which may be a name or a number.
type Fault struct {
	Line   int    `json:"line"`
	Column string `json:"column"`
	What   string `json:"what"`
}

// Rules is what the clinic allows in a file of visits.
type Rules struct {
	Zone  *time.Location // of the clinic: of a start that names no zone
	Types []string       // the visit types
	Langs []string       // the languages that patients are answered in
}
