package feed

import (
	"bytes"
	"errors"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// maxFile is the largest file that is read, in bytes. A file is held in memory whole; this is room
// for some 300,000 visits.
const maxFile = 32 << 20

// What files begin with that are no text.
const (
	zipMark = "PK\x03\x04"                       // XLSX, and other archives
	oleMark = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" // the XLS of old, and what Excel encrypts
	pdfMark = "%PDF"
)

// Why a file isn't read at all.
var (
	errTooLarge = errors.New("the file is larger than 32 MiB: split it and import the parts")
	errEmpty    = errors.New("the file is empty: want a header and a visit a line")
	errOld      = errors.New("this is a workbook in Excel's old format, or one with a password: " +
		"save it as .xlsx without a password, or as CSV")
	errPDF  = errors.New("this is a PDF: export the visits as CSV or Excel")
	errHTML = errors.New("this is a web page, whatever its name ends in: open it in Excel and " +
		"save it as .xlsx or CSV")
)

// decode returns a file's text as UTF-8. It goes by the mark at its beginning, if there is one, and
// else by what its bytes can be: UTF-16, UTF-8, or Windows-1252, in which most systems write that
// don't write UTF-8. A file with UTF-8 in one place and not in another stays as it is: each row
// says so.
func decode(data []byte) ([]byte, error) {
	switch {
	case len(data) > maxFile:
		return nil, errTooLarge
	case bytes.HasPrefix(data, []byte(oleMark)):
		return nil, errOld
	case bytes.HasPrefix(data, []byte(pdfMark)):
		return nil, errPDF
	}
	var from encoding.Encoding
	switch {
	case bytes.HasPrefix(data, []byte("\xFF\xFE")), bytes.HasPrefix(data, []byte("\xFE\xFF")):
		from = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case zeros(data, 1):
		from = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case zeros(data, 0):
		from = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	case !utf8.Valid(data) && !multibyte(data):
		from = charmap.Windows1252
	}
	if from != nil {
		var err error
		if data, err = from.NewDecoder().Bytes(data); err != nil {
			return nil, errors.New("can't read the file's text: save it as CSV in UTF-8")
		}
	}
	data = bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))
	head := bytes.ToLower(bytes.TrimSpace(data[:min(len(data), 512)]))
	for _, mark := range []string{"<!doctype", "<html", "<table", "<?xml", "<meta"} {
		if bytes.HasPrefix(head, []byte(mark)) {
			return nil, errHTML
		}
	}
	return data, nil
}

// zeros reports whether every other byte of a file's beginning, from a place on, is zero, as in
// UTF-16 of what is mostly English.
func zeros(data []byte, from int) bool {
	head, n := data[:min(len(data), 256)], 0
	for i := from; i < len(head); i += 2 {
		if head[i] == 0 {
			n++
		}
	}
	return len(head) >= 8 && n > len(head)*2/5
}

// multibyte reports whether a text has a letter in UTF-8 that takes several bytes.
func multibyte(data []byte) bool {
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		if n > 1 && r != utf8.RuneError {
			return true
		}
		data = data[n:]
	}
	return false
}
