package feed

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// maxBook is how large a workbook's parts may be together once they are unpacked, in bytes.
const maxBook = 128 << 20

// excel1904 is how many days the calendar of old workbooks for the Mac begins after the other.
const excel1904 = 1462

// book is a workbook: the rows of its sheets as they are stored, dates as Excel's numbers.
type book struct {
	sheets []string
	rows   map[string][][]string
	since  float64 // what is added to a date's number: the Mac's calendar of old
}

// readBook reads a workbook. Nothing of it is written to the disk, where patients' names would be
// left.
func readBook(data []byte) (b *book, err error) {
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		UnzipSizeLimit: maxBook, UnzipXMLSizeLimit: maxBook, RawCellValue: true,
	})
	if err != nil {
		return nil, errors.New("can't read the workbook: save it as .xlsx anew, or as CSV")
	}
	defer func() { _ = f.Close() }()
	b = &book{rows: map[string][][]string{}}
	if p, err := f.GetWorkbookProps(); err == nil && p.Date1904 != nil && *p.Date1904 {
		b.since = excel1904
	}
	for _, name := range f.GetSheetList() {
		if shown, err := f.GetSheetVisible(name); err == nil && !shown {
			continue
		}
		rows, err := f.GetRows(name, excelize.Options{RawCellValue: true})
		if err != nil { // a chart is a sheet too
			continue
		}
		if len(rows) > 0 {
			b.sheets, b.rows[name] = append(b.sheets, name), rows
		}
	}
	return b, nil
}

// records returns the rows of a sheet, filled up to the same number of fields: a workbook leaves
// out the empty ones at a row's end.
func (b *book) records(sheet string) (out []record) {
	width := 0
	for _, row := range b.rows[sheet] {
		width = max(width, len(row))
	}
	for i, row := range b.rows[sheet] {
		r := record{fields: make([]string, width), lines: make([]int, width)}
		copy(r.fields, row)
		for j := range r.lines {
			r.lines[j] = i + 1
		}
		out = append(out, r)
	}
	return out
}

// pick returns the sheet of a name, or else the only one that fits.
func (b *book) pick(name string, fits func([]record) bool) ([]record, error) {
	if name != "" {
		for _, sheet := range b.sheets {
			if strings.EqualFold(sheet, name) {
				return b.records(sheet), nil
			}
		}
		return nil, fmt.Errorf("the workbook has no sheet %q", name)
	}
	var found []record
	var named []string
	for _, sheet := range b.sheets {
		if rows := b.records(sheet); fits(rows) {
			found, named = rows, append(named, strconv.Quote(sheet))
		}
	}
	switch {
	case len(named) > 1:
		return nil, fmt.Errorf("several sheets have visits, %s: say which, as sheet in the feed's "+
			"map, or save one as CSV", strings.Join(named, " and "))
	case len(named) == 0 && len(b.sheets) > 0:
		return b.records(b.sheets[0]), nil // whose header then says what is missing
	case len(named) == 0:
		return nil, errEmpty
	}
	return found, nil
}
