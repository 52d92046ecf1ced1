package handlers

import (
	"slices"
	"time"
)

// mostHeld is how many rows an outage remembers: any of them that goes through ends it.
const mostHeld = 100

// Outage is what is known of one way while it is closed. It is a part of its case, which is open as
// long as the outage lasts.
type Outage struct {
	Way   string    `json:"way"`
	Codes []int     `json:"codes"` // the carrier's, that the desk was told of
	Rows  []string  `json:"rows"`  // of the ledger, that it held up; no more than mostHeld
	Last  time.Time `json:"last"`  // when it held one up, or one tried whether it is over
}

// Known says whether the desk has been told of a code.
func (o *Outage) Known(code int) bool { return slices.Contains(o.Codes, code) }

// Held says whether a row is one of those that the outage remembers.
func (o *Outage) Held(row string) bool { return slices.Contains(o.Rows, row) }

// Takes says whether it would remember a row that it doesn't know yet.
func (o *Outage) Takes(row string) bool { return !o.Held(row) && len(o.Rows) < mostHeld }

// Hold is the outage once it has held up a row, for a code, then.
func (o *Outage) Hold(row string, code int, at time.Time) *Outage {
	n := Outage{Way: o.Way, Codes: slices.Clone(o.Codes), Rows: slices.Clone(o.Rows), Last: at}
	if !n.Known(code) {
		n.Codes = append(n.Codes, code)
	}
	if n.Takes(row) {
		n.Rows = append(n.Rows, row)
	}
	return &n
}

// Tried is the outage once a row tries then whether it is over.
func (o *Outage) Tried(at time.Time) *Outage {
	n := *o
	n.Last = at
	return &n
}

// Outage is the case of a way that is closed; nil if it is open. The state is the desk's own, that
// of the zero Phone. A code that closes one way may be met on another: it is the same outage, so a
// case that knows the code comes first.
func (s State) Outage(way string, code int) *Case {
	var found *Case
	for i := range s.Cases {
		c := &s.Cases[i]
		switch {
		case !c.Open || c.Outage == nil:
		case code != 0 && c.Outage.Known(code):
			return c
		case c.Outage.Way == way:
			found = c
		}
	}
	return found
}
