package feed

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/visits"
)

// Columns lists the columns that a header of Beacon's own layout can have, in any order. Those
// after type are optional.
const Columns = "id,name,phone,start,type,zone,lang,status,consent"

// columns returns the names of Columns in their order. The first needed ones are required.
func columns() []string { return strings.Split(Columns, ",") }

const needed = 5

// File is what a file of visits gives.
type File struct {
	// Visits are those of sound rows, in the file's order. A cancelled visit has its ids, the state
	// Cancelled, and nothing else, since nothing else of it is needed to take it off. So has one that
	// was kept or missed, if the row says no more of it.
	Visits []handlers.Visit
	Lines  []int // the line of each visit
	// Raised are the doubts that reading a visit has raised; it has them as its Doubts.
	Raised []visits.Doubt
	// Consents are the numbers of which the file says that they consented to be texted.
	Consents []handlers.Phone
	// Faults are what is wrong with the others, and what is to be seen to of those, by line.
	Faults  []Fault
	LeftOut int // how many rows are no visits: titles, totals, free times, what the map skips
	// Own says that the file is in Beacon's own layout; NoIDs that it has no ids of visits, so that
	// one that goes to another day can't be told from a new one.
	Own, NoIDs bool

	layout layout
}

// Doubts returns what is in doubt of the file's visits, as warnings: what reading them has raised
// and what was found of them since. What doesn't hold its visit isn't worth one.
func (f *File) Doubts(found []visits.Doubt) (out []Fault) {
	for _, d := range slices.Concat(f.Raised, found) {
		if f.Visits[d.At].Held() {
			out = append(out, Fault{
				Line: f.Lines[d.At], Column: f.layout.column(d.Field), Warning: true,
				What: d.What + ": nothing is texted about the visit until a person agrees",
			})
		}
	}
	slices.SortStableFunc(out, func(a, b Fault) int { return a.Line - b.Line })
	return out
}

// Read reads visits from an export of another system, or from a file in Beacon's own layout: CSV
// with commas, semicolons, tabs or bars, in UTF-8, UTF-16 or Windows-1252, or a workbook of Excel.
// Titles may stand above the header and totals below. err is for a file that gives nothing to read:
// empty, too large, of another kind, without a column that is needed or any row.
func Read(data []byte, how How, rules Rules) (*File, error) {
	src, err := open(data, how)
	if err != nil {
		return nil, err
	}
	l := layOut(src.header.fields, src.rows, how, rules, src.since)
	if err := l.err(); err != nil {
		return nil, err
	}
	if name := twice(src.header.fields); l.own && name != "" {
		return nil, fmt.Errorf("the column %s is there twice: keep one", name)
	}
	if len(src.rows) == 0 && len(src.faults) == 0 {
		return nil, errors.New(
			"the file has a header and no visits: want a visit a line below it")
	}
	t := &table{
		rules: rules, how: how, layout: l, since: src.since, ids: map[string]int{},
		rows:  map[string]bool{},
		zones: map[string]*time.Location{}, days: map[string]int{},
	}
	if how.Patients != nil && !l.has("phone") {
		if t.patients, err = readPatients(how.Patients, l.names[l.at["patient"]]); err != nil {
			return nil, fmt.Errorf("the file of patients: %w", err)
		}
	}
	t.header(src.header)
	t.habits = t.settle(src.rows)
	for _, r := range src.rows {
		t.row(r)
	}
	// Faults of splitting and faults of fields were gathered apart. The sort is stable, so that
	// those of one row stay in the order in which its fields were checked.
	faults := append(t.faults, src.faults...)
	slices.SortStableFunc(faults, func(a, b Fault) int { return a.Line - b.Line })
	return &File{
		Visits: t.visits, Lines: t.lines, Raised: t.raised, Consents: t.consents, Faults: faults,
		LeftOut: t.leftOut, Own: l.own, NoIDs: !l.has("id"), layout: l,
	}, nil
}

// ReadCSV is Read of a file that goes by its header.
func ReadCSV(r io.Reader, rules Rules) ([]handlers.Visit, []Fault, error) {
	// One byte more than is allowed tells a file that is too large from one that just fits.
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, nil, fmt.Errorf("read visits: %w", err)
	}
	f, err := Read(data, How{}, rules)
	if err != nil {
		return nil, nil, err
	}
	return f.Visits, f.Faults, nil
}

// source is a file's header and the rows below it.
type source struct {
	header record
	rows   []record
	faults []Fault // of rows that couldn't be split
	since  float64 // as in readWhen
}

// open splits a file into rows and finds its header.
func open(data []byte, how How) (src source, err error) {
	if len(data) > maxFile {
		return src, errTooLarge
	}
	if bytes.HasPrefix(data, []byte(zipMark)) {
		return openBook(data, how)
	}
	if data, err = decode(data); err != nil {
		return src, err
	}
	s, err := newSheet(data, how)
	if err != nil {
		return src, err
	}
	if !s.next() {
		return src, errors.New("the file has no header: want " + Columns)
	}
	src.header = s.record
	// From here on, next can tell rows that a quote has swallowed.
	s.width, s.phone = len(s.record.fields), phoneIn(s.record.fields, how)
	for s.next() {
		src.rows = append(src.rows, s.record)
	}
	src.faults = s.faults
	return src, nil
}

// openBook is open for a workbook.
func openBook(data []byte, how How) (src source, err error) {
	b, err := readBook(data)
	if err != nil {
		return src, err
	}
	rows, err := b.pick(how.Feed.Sheet, func(rows []record) bool {
		return headerIn(rows, how.Feed.FeedMap) >= 0
	})
	if err != nil {
		return src, err
	}
	src.since = b.since
	at := max(headerIn(rows, how.Feed.FeedMap), 0)
	for i, r := range rows {
		switch {
		case i == at:
			src.header = r
		case i > at && strings.Join(r.fields, "") != "":
			src.rows = append(src.rows, r)
		}
	}
	return src, nil
}

// phoneIn returns the column of a header that seems to hold the phones; -1 if there is none.
func phoneIn(header []string, how How) int {
	lists := names("phone")
	if of := how.Feed.Columns["phone"]; of != "" {
		lists = []string{Plain(of)}
	}
	for _, list := range lists {
		for i, h := range header {
			if slices.Contains(strings.Fields(list), Plain(h)) {
				return i
			}
		}
	}
	return -1
}

// twice returns the first known column that a header of Beacon's own layout has twice; "" if none.
func twice(header []string) string {
	seen := map[string]bool{}
	for _, h := range header {
		name := strings.ToLower(strings.TrimSpace(h))
		if slices.Contains(columns(), name) && seen[name] {
			return name
		}
		seen[name] = true
	}
	return ""
}

// likeStatus reports whether an unknown column seems to tell which visits are cancelled, under the
// name that another system gives it. To leave such a column out like any other would have patients
// reminded of visits that are off.
func likeStatus(name string) bool {
	name = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
	for _, other := range []string{
		"payment", "insurance", "chart", "note", "claim", "balance", "reason", "policy", "billing",
		"marital", "by", "fee",
	} {
		if strings.Contains(name, other) {
			return false
		}
	}
	telling := []string{"status", "state", "cancel", "noshow", "deleted"}
	return slices.ContainsFunc(telling, func(s string) bool { return strings.Contains(name, s) })
}
