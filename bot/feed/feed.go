// Package feed reads visits from the exports of other systems ([Read]), with phone numbers and
// times as people write them ([ParsePhone], [ParseStart]; the commands of staff use both).
// [PlaceOf] says where a number is.
//
// A file's rows are split (sheet.go, xlsx.go), its header is found and its columns are recognised
// (header.go, layout.go), and each row is read (row.go). A file isn't all or nothing: sound rows
// are read, and every problem is reported by line and column as a [Fault], so that one bad row
// costs one row. What can be read in two ways is a fault rather than a guess, since a wrong guess
// texts the wrong person or at the wrong time.
package feed

import (
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// Fault is a problem in a file. What says what is wrong and what to do about it. It never repeats
// the field, which may be a patient's name or number: a fault can end in a log or a channel.
type Fault struct {
	Line   int    `json:"line"`   // the physical line, counted from 1, as an editor does
	Column string `json:"column"` // its name in lower case; "" for a fault of the whole row
	What   string `json:"what"`
	// Warning says that the row is read all the same.
	Warning bool `json:"-"`
}

// Rules is what the clinic allows in a file of visits. Types and languages match in any case; a
// visit gets the spelling that stands here.
type Rules struct {
	Zone  *time.Location // the clinic's zone, for rows that name none
	Types []string       // the visit types
	Langs []string       // the languages that patients are answered in
	// Labels are visit types by what the clinic calls them, in small letters and digits alone.
	Labels map[string]string
	// Untexted says why the clinic doesn't text a number, "" if it does; see gate.Texter. A row
	// with such a number is read, since the visit stands; without the func, all are texted.
	Untexted func(handlers.Phone) string
}
