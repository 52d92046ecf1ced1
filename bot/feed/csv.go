package feed

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/beacon-clinic/beacon/handlers"
)

// maxFile is the largest file that is read, in bytes. A file is held in memory whole; this is room
// for some 300,000 visits.
const maxFile = 32 << 20

// Columns lists the columns that a header can have, in any order. The last three are optional.
const Columns = "id,name,phone,start,type,zone,lang,status"

// ReadCSV reads visits from a UTF-8 file with a header of [Columns], separated by commas or
// semicolons. It returns the visits of sound rows in the file's order, and a fault for each
// problem, sorted by line. A cancelled visit has its id, the state Cancelled, and nothing else,
// since nothing else of it is needed to take it off. err is for a file that gives nothing to read:
// empty, larger than 32 MiB, in UTF-16, without a required column or any row, or cut off; then
// there are neither visits nor faults.
func ReadCSV(r io.Reader, rules Rules) (visits []handlers.Visit, faults []Fault, err error) {
	// One byte more than is allowed tells a file that is too large from one that just fits.
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, nil, fmt.Errorf("read visits: %w", err)
	}
	s, err := newSheet(data)
	if err != nil {
		return nil, nil, err
	}
	t, err := s.table(rules)
	if err != nil {
		return nil, nil, err
	}
	rows := 0
	for ; s.next(); rows++ {
		t.row(s.record)
	}
	if rows == 0 && len(s.faults) == 0 {
		return nil, nil, errors.New(
			"the file has a header and no visits: want a visit a line below it")
	}
	// Faults of splitting and faults of fields were gathered apart. The sort is stable, so that
	// those of one row stay in the order in which its fields were checked.
	faults = append(t.faults, s.faults...)
	slices.SortStableFunc(faults, func(a, b Fault) int { return a.Line - b.Line })
	return t.visits, faults, nil
}

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

	csv    *csv.Reader
	base   int // the physical line that csv began at, from 0
	width  int // fields of the header; 0 before it is read
	phone  int // the field that holds the phone; tells a row that a quote has swallowed
	record record
	faults []Fault
}

// newSheet detects the file's encoding, line ends and separator, and skips what stands before the
// header: a byte order mark, blank lines, Excel's sep= line.
func newSheet(data []byte) (*sheet, error) {
	if len(data) > maxFile {
		return nil, errors.New("the file is larger than 32 MiB: split it and import the parts")
	}
	if bytes.HasPrefix(data, []byte{0xFF, 0xFE}) || bytes.HasPrefix(data, []byte{0xFE, 0xFF}) {
		// Excel's “Unicode Text”. Read as UTF-8 it would be a fault in every row.
		return nil, errors.New(
			"the file is in UTF-16: save it as CSV in UTF-8 (in Excel: “CSV UTF-8”)")
	}
	data = bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))
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
		return nil, errors.New("the file is empty: want a header and a visit a line")
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
	// Excel writes semicolons where the comma is the decimal mark.
	s.comma = ','
	if strings.Count(head, ";") > strings.Count(head, ",") {
		s.comma = ';'
	}
	s.restart(first)
	return s, nil
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
	if len(parts) <= max(s.phone, 1) {
		return false // a phone alone on its line is no row: a name may be pasted with one
	}
	_, err := ParsePhone(strings.Trim(parts[s.phone], `"`))
	return err == nil
}

// table reads the header and returns the table that the rows go into. An unknown column is a fault,
// and its fields are left out; a required column that is missing, or a known one that is there
// twice, is an error, as no row could be trusted.
func (s *sheet) table(rules Rules) (*table, error) {
	if !s.next() {
		return nil, errors.New("the file has no header: want " + Columns)
	}
	t := &table{
		rules: rules, at: map[string]int{}, width: len(s.record.fields), ids: map[string]int{},
		zones: map[string]*time.Location{},
	}
	names := make([]string, t.width)
	for i, name := range s.record.fields {
		names[i] = strings.ToLower(strings.TrimSpace(strings.ToValidUTF8(name, "�")))
	}
	for i, name := range names {
		_, twice := t.at[name]
		switch {
		case name == "": // Excel keeps separators for columns that were emptied
		case !slices.Contains(names, "status") && likeStatus(name):
			t.fault(
				s.record.lines[i], name,
				"no such column, left out: if it tells which visits are cancelled, call it "+
					"status; as it is, they can't be told from the others",
			)
		case !slices.Contains(columns(), name):
			t.fault(s.record.lines[i], name,
				"no such column, left out: the columns are "+strings.Join(columns(), ", "))
		case twice:
			return nil, fmt.Errorf("the column %s is there twice: keep one", name)
		default:
			t.at[name] = i
		}
	}
	var missing []string
	for _, name := range columns()[:needed] {
		if _, ok := t.at[name]; !ok {
			missing = append(missing, name)
		}
	}
	if missing != nil {
		return nil, fmt.Errorf("the header lacks %s: the first line names the columns "+
			"id,name,phone,start,type and, if wanted, zone,lang,status",
			strings.Join(missing, ", "))
	}
	// From here on, next can tell rows that a quote has swallowed.
	s.width, s.phone = t.width, t.at["phone"]
	return t, nil
}

// columns returns the names of the known columns in the order of Columns. The first needed ones are
// required.
func columns() []string { return strings.Split(Columns, ",") }

const needed = 5

// likeStatus reports whether an unknown column seems to tell which visits are cancelled, under the
// name that another system gives it. To leave such a column out like any other would have patients
// reminded of visits that are off.
func likeStatus(name string) bool {
	name = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, name)
	telling := []string{"status", "state", "cancel", "noshow", "deleted"}
	return slices.ContainsFunc(telling, func(s string) bool { return strings.Contains(name, s) })
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
