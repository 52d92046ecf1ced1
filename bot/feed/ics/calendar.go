package ics

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	ical "github.com/emersion/go-ical"
)

// The bounds of a file. A clinic's calendar of a year has a few thousand events in a few megabytes.
const (
	mostBytes  = 16 << 20
	mostEvents = 50_000
	mostLine   = 256 << 10 // of a line, unfolded; a description may hold a whole letter
	mostDepth  = 4         // of components in one another: a calendar, an event, an alarm
)

var (
	errNone = errors.New("what comes from the address is no calendar")
	errSize = fmt.Errorf("the calendar is larger than %d MB", mostBytes>>20)
	errForm = errors.New("the calendar is broken off or damaged")
)

// decode reads a file's structure. The decoder panics on some damage and goes as deep as a file
// does, so what could lead it there is refused first.
func decode(data []byte) (c *ical.Calendar, err error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	data = bytes.TrimSpace(data)
	// Exchange names this zone without the quotes that its colon needs.
	data = bytes.ReplaceAll(
		data, []byte(";TZID=tzone://Microsoft/Utc:"), []byte(`;TZID="tzone://Microsoft/Utc":`),
	)
	if len(data) < 15 || !strings.EqualFold(string(data[:15]), "BEGIN:VCALENDAR") {
		return nil, errNone
	}
	if err := sound(data); err != nil {
		return nil, err
	}
	defer func() {
		if recover() != nil {
			c, err = nil, errForm
		}
	}()
	if c, err = ical.NewDecoder(bytes.NewReader(data)).Decode(); err != nil {
		return nil, errForm // its own error repeats the line, which may hold a name
	}
	if n := len(c.Children); n > mostEvents {
		return nil, fmt.Errorf("the calendar has %d events, %d at most are read", n, mostEvents)
	}
	return c, nil
}

// sound checks what the decoder doesn't: that the file ends where its calendar does, and that
// neither its lines nor its components are out of all measure.
func sound(data []byte) error {
	depth, line := 0, 0
	for raw := range bytes.Lines(data) {
		if raw[0] == ' ' || raw[0] == '\t' { // it goes on
			line += len(raw)
		} else {
			line = len(raw)
		}
		head := strings.ToUpper(string(bytes.TrimSpace(raw[:min(len(raw), 6)])))
		switch {
		case strings.HasPrefix(head, "BEGIN:"):
			depth++
		case strings.HasPrefix(head, "END:"):
			depth--
		}
		if line > mostLine || depth > mostDepth || depth < 0 {
			return errForm
		}
	}
	if depth != 0 { // half of a file would take off the visits of the other half
		return errForm
	}
	return nil
}

// text returns a property's text with its escapes undone; "" if there is none. Wrong escapes, which
// are common, stay as they are.
func text(c *ical.Component, name string) string {
	p := c.Props.Get(name)
	if p == nil {
		return ""
	}
	return strings.TrimSpace(strings.NewReplacer(
		`\\`, `\`, `\n`, "\n", `\N`, "\n", `\,`, ",", `\;`, ";",
	).Replace(p.Value))
}
