package act

import (
	"encoding/json"
	"strings"
)

// Row is a row of a room's table of acts, by which they are parsed, explained and permitted.
type Row struct {
	Usage string // its name first, as staff type it; only the name if it isn't typed
	Help  string // "" if it isn't typed
	Desk  bool   // only from the desk, since it shows or reaches patients
	// Parse reads what follows the name in a line; nil if the act isn't typed.
	Parse  func(k *Kit, args string) (Act, error)
	Decode func(data []byte) (Act, error)
}

// Typed is the row of an act that a line or a button asks for, at the desk.
func Typed[A Act](usage, help string, parse func(*Kit, string) (Act, error)) Row {
	return Row{Usage: usage, Help: help, Desk: true, Parse: parse, Decode: decode[A]}
}

// Bare is the row of one that needs nothing; what follows its name is passed over.
func Bare[A Act](usage, help string) Row {
	return Typed[A](usage, help, func(*Kit, string) (Act, error) {
		var a A
		return a, nil
	})
}

// Untyped is the row of one that only buttons and forms ask for.
func Untyped[A Act]() Row {
	var a A
	return Row{Usage: a.Name(), Desk: true, Decode: decode[A]}
}

// Anywhere is the row for an act that may be given in any channel: it neither shows a patient's
// matters nor acts on them.
func (r Row) Anywhere() Row {
	r.Desk = false
	return r
}

// Name returns the first word of the usage.
func (r Row) Name() string {
	name, _, _ := strings.Cut(r.Usage, " ")
	return name
}

// decode decodes an act of one type.
func decode[A Act](data []byte) (Act, error) {
	var a A
	err := json.Unmarshal(data, &a)
	return a, err
}
