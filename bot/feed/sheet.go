package feed

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// record is one row. lines has the physical line, from 1, that each field begins on: a quoted field
// can span several.
type record struct {
	fields []string
	lines  []int
}

// sheet splits a file into rows. encoding/csv does the splitting, but a quote that is never closed
// makes it swallow the rows that follow. The sheet detects such a record, reports its first line as
// a fault, and has a new reader go on at the line below: one bad row costs one row.
type sheet struct {
	data   []byte
	starts []int // where each physical line begins
	comma  rune
	header int // the line on which the header begins, from 0

	csv    *csv.Reader
	base   int // the physical line that csv began at, from 0
	width  int // fields of the header; 0 before it is read
	phone  int // the field that holds the phone, or -1; tells a row that a quote has swallowed
	record record
	faults []Fault
}

// newSheet splits a text into lines, and skips what stands before the first row: blank lines,
// Excel's sep= line. It separates fields with what gives the best header.
func newSheet(data []byte, how How) (*sheet, error) {
	if !bytes.ContainsRune(data, '\n') {
		// Excel for Mac can end lines with a bare CR, which encoding/csv takes for text.
		data = bytes.ReplaceAll(data, []byte("\r"), []byte("\n"))
	}
	s := &sheet{data: data, starts: []int{0}}
	for i, b := range data {
		if b == '\n' && i+1 < len(data) {
			s.starts = append(s.starts, i+1)
		}
	}
	first := 0
	for first < len(s.starts) && len(bytes.TrimSpace(s.line(first))) == 0 {
		first++
	}
	if first == len(s.starts) {
		return nil, errEmpty
	}
	head := strings.TrimSpace(string(s.line(first)))
	// A first line like "sep=;" is Excel's note to itself on what it separated fields with.
	if sep, ok := cutPrefixFold(head, "sep="); ok {
		first++
		if first == len(s.starts) {
			return nil, errors.New("the file has no header: want " + Columns)
		}
		head = sep
	}
	s.comma, s.header = s.separator(first, head, how)
	s.restart(s.header)
	return s, nil
}

// separator returns what separates the fields of a text, and the line on which the header begins:
// the separator under which a row looks most like a header. Titles and addresses may stand above
// it. Without a header it goes by what there is most of in head.
func (s *sheet) separator(first int, head string, how How) (comma rune, line int) {
	best := 0
	for _, c := range ",;\t|" {
		s.comma = c
		s.restart(first)
		var rows []record
		for len(rows) < headerWithin && s.next() {
			rows = append(rows, s.record)
		}
		s.faults = nil
		if at := headerIn(rows, how.Feed.FeedMap); at >= 0 {
			n := likeHeader(rows[at].fields)
			if how.Feed.Mapped() {
				n = len(rows[at].fields)
			}
			if n > best {
				best, comma, line = n, c, rows[at].lines[0]-1
			}
		}
	}
	if best > 0 {
		return comma, line
	}
	comma = ','
	for _, c := range ";\t|" {
		if strings.Count(head, string(c)) > strings.Count(head, string(comma)) {
			comma = c
		}
	}
	return comma, first
}

// line returns a physical line, counted from 0, without its line end.
func (s *sheet) line(i int) []byte {
	end := len(s.data)
	if i+1 < len(s.starts) {
		end = s.starts[i+1]
	}
	return bytes.TrimRight(s.data[s.starts[i]:end], "\r\n")
}

// restart has a new csv reader begin at a physical line, counted from 0. Past the last line there
// is nothing left to read.
func (s *sheet) restart(line int) {
	s.base = line
	var rest []byte
	if line < len(s.starts) {
		rest = s.data[s.starts[line]:]
	}
	s.csv = csv.NewReader(bytes.NewReader(rest))
	// Rows of any width are let through, for table.row to report: an error of the reader's is taken
	// for broken quotes.
	s.csv.Comma, s.csv.FieldsPerRecord = s.comma, -1
}

// next moves to the next row that has anything in it, and reports whether there is one. Rows that
// can't be split are skipped as faults.
func (s *sheet) next() bool {
	for {
		fields, err := s.csv.Read()
		if errors.Is(err, io.EOF) {
			return false
		}
		if bad := new(csv.ParseError); errors.As(err, &bad) {
			s.broken(s.base+bad.StartLine, bad)
			continue
		}
		s.record = record{fields: fields, lines: make([]int, len(fields))}
		for i := range fields {
			at, _ := s.csv.FieldPos(i)
			s.record.lines[i] = s.base + at
		}
		if s.swallowed() {
			s.broken(s.record.lines[0], csv.ErrQuote)
			continue
		}
		if strings.Join(fields, "") != "" { // Excel keeps rows of nothing but separators
			return true
		}
	}
}

// broken adds a fault for the quotes of a row that begins on a line (counted from 1), and restarts
// on the line after it. The lines that the row swallowed are thereby read as rows of their own.
func (s *sheet) broken(line int, err error) {
	what := "a quote in this row is never closed, or text follows a closing quote: close it, " +
		"and write a quote within a field twice"
	if errors.Is(err, csv.ErrBareQuote) {
		what = "there is a quote in the middle of a field: put the whole field in quotes and " +
			"write this one twice"
	}
	s.faults = append(s.faults, Fault{Line: line, What: what})
	s.restart(line) // a line counted from 1 is the next one counted from 0
}

// swallowed reports whether a quoted field of the record holds what is really the end of its row
// and another row: a quote was left open, and a later row's quote has closed it. Such a record can
// have the right number of fields, and would text one patient another's name and visit.
func (s *sheet) swallowed() bool {
	if s.width == 0 {
		return false // the header: no column is known yet
	}
	for i, f := range s.record.fields {
		lines := strings.Split(f, "\n")
		if s.joins(i, lines) || slices.ContainsFunc(lines[1:], s.likeRow) {
			return true
		}
	}
	return false
}

// joins reports whether the lines of a field complete the row that the field stands in, and begin
// another one: field i starts at column i, so its first line holds the columns from there to the
// last, and its last line those from the first to column i. A name with a line break has no such
// separators.
func (s *sheet) joins(i int, lines []string) bool {
	sep := string(s.comma)
	return len(lines) > 1 && strings.Count(lines[0], sep) == s.width-1-i &&
		strings.Count(lines[len(lines)-1], sep) == i
}

// likeRow reports whether a line within a field holds a phone where a row has one: a whole row that
// an open quote has swallowed. The last line of the field is cut short at the closing quote, so the
// number of separators is no sign.
func (s *sheet) likeRow(line string) bool {
	parts := strings.Split(line, string(s.comma))
	if s.phone < 0 || len(parts) <= max(s.phone, 1) {
		return false // a phone alone on its line is no row: a name may be pasted with one
	}
	_, err := ParsePhone(strings.Trim(parts[s.phone], `"`))
	return err == nil
}

// valid reports whether all of a row is UTF-8. If it isn't, field is the index of the first field
// that fails.
func (r record) valid() (field int, ok bool) {
	for i, f := range r.fields {
		if !utf8.ValidString(f) {
			return i, false
		}
	}
	return 0, true
}
