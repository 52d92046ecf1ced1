package feed

import (
	"regexp"
	"slices"
	"strings"

	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// sample are some rows of a file, which show what its columns hold.
type sample struct {
	rows  []record
	since float64 // as in readWhen
	names []string
}

// each calls f with the cells of a column that hold anything.
func (s sample) each(column int, f func(cell string)) (n int) {
	for _, r := range s.rows {
		if column < len(r.fields) {
			if cell := strings.TrimSpace(r.fields[column]); cell != "" {
				f(cell)
				n++
			}
		}
	}
	return n
}

// filter returns what a column must hold to be a field's: a column of phones, say, has phones.
// Names of columns promise what the columns don't always keep.
func (s sample) filter(field string, how How, rules Rules) func(column int) bool {
	some := func(column int, good func(cell string) bool) bool {
		n := 0
		all := s.each(column, func(cell string) {
			if good(cell) {
				n++
			}
		})
		return n > 0 && 2*n >= all || len(s.rows) == 0
	}
	switch field {
	case "phone":
		return func(i int) bool {
			return some(i, func(cell string) bool { return len(digits(cell)) >= 7 })
		}
	case "status":
		// "State" may be New York, and a status of many other things.
		return func(i int) bool {
			return !some(i, func(cell string) bool { return usState.MatchString(cell) })
		}
	case "type":
		return func(i int) bool { return some(i, func(string) bool { return true }) }
	case "patient": // the key that the other file has too
		other, err := open(how.Patients, How{})
		if err != nil || how.Patients == nil {
			break
		}
		return func(i int) bool {
			return slices.ContainsFunc(other.header.fields, func(h string) bool {
				return Plain(h) == Plain(s.names[i])
			})
		}
	case "name", "first", "last":
		return func(i int) bool {
			return some(i, func(cell string) bool { return digits(cell) == "" })
		}
	}
	return func(int) bool { return true }
}

// usState matches the two letters of a state of the United States.
var usState = regexp.MustCompile(`^[A-Z]{2}$`)

// when says what of the start a column holds: "start" for all, "date", "time", or "".
func (s sample) when(column int) string {
	dates, times, whole := 0, 0, 0
	n := s.each(column, func(cell string) {
		w, err := readWhen(cell, s.since)
		switch {
		case err != nil:
		case !w.at.IsZero(), w.dated() && w.timed && w.clock != 0:
			whole++
		case w.dated():
			dates++
		case w.timed:
			times++
		}
	})
	switch {
	case len(s.rows) == 0:
		return "start"
	case n == 0 || 2*(dates+times+whole) < n:
		return ""
	case whole > 0 && times == 0:
		return "start"
	case dates > 0 && times == 0:
		return "date"
	case times > 0 && whole+dates == 0:
		return "time"
	}
	return ""
}

// digits returns the digits of a cell.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// How says how a file is to be read.
type How struct {
	Feed settings.Feed // its map; without a name, the file goes by its header
	// Dates is how dates like 3/4/2026 are written, where the map doesn't say.
	Dates string
	// Patients is a second file, which has the phones by the patient's key; nil if there is none.
	Patients []byte
}

// order returns how the file's dates are written, as far as a person has said.
func (h How) order() string {
	if h.Dates != "" {
		return h.Dates
	}
	return h.Feed.Dates
}
