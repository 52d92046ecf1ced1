package ics

import (
	_ "embed"
	"regexp"
	"strings"
	"time"
)

// zone tells when it is by a clock on a wall. A time that doesn't exist, since the clocks go
// forward over it, is read by the offset before; of one that comes twice it is the first. source:
// RFC 5545, 3.3.5
type zone interface {
	at(wall time.Time) time.Time // wall is in UTC, whatever zone it means
}

// named is a zone of the zone database.
type named struct{ *time.Location }

func (z named) at(wall time.Time) time.Time {
	// No zone changes its offset twice within two days.
	before := shift(wall, wall.AddDate(0, 0, -1), z.Location)
	if after := shift(wall, wall.AddDate(0, 0, 1), z.Location); !shows(before, wall) &&
		shows(after, wall) {
		return after
	}
	return before
}

// shift returns the moment of a wall's time by the offset that a zone has at another time.
func shift(wall, probe time.Time, zone *time.Location) time.Time {
	_, offset := probe.In(zone).Zone()
	return wall.Add(-time.Duration(offset) * time.Second).In(zone)
}

// shows reports whether a clock at t, in t's zone, reads the same as wall.
func shows(t, wall time.Time) bool {
	const read = "2006-01-02 15:04:05"
	return t.Format(read) == wall.Format(read)
}

// windows are the zones of the zone database by what Windows calls them, in whatever territory
// (001). Lines that begin with # say where it is from.
//
//go:embed windows.tsv
var windows string

// display are names that Outlook and others show for the zones of the United States, where the zone
// database and Windows have other ones, without the offset in front.
func display() map[string]string {
	return map[string]string{
		"eastern time":  "America/New_York",
		"central time":  "America/Chicago",
		"mountain time": "America/Denver",
		"pacific time":  "America/Los_Angeles",
		"alaska":        "America/Anchorage",
		"alaska time":   "America/Anchorage",
		"hawaii":        "Pacific/Honolulu",
		"hawaii time":   "Pacific/Honolulu",
		"arizona":       "America/Phoenix",
		"atlantic time": "America/Halifax",
	}
}

// shown matches the name of a zone as it is shown: "(UTC-05:00) Eastern Time (US & Canada)".
var shown = regexp.MustCompile(`(?i)^\((?:UTC|GMT)[^)]*\)\s*(.+)$`)

// known returns the zone that a TZID names, by the name of the zone database or of Windows, however
// it is adorned; nil if it is neither. An attached VTIMEZONE of such a name isn't looked at: those
// of some systems still have the rules of 2006.
func known(id string) *time.Location {
	id = strings.Trim(strings.TrimSpace(id), `"`)
	if strings.EqualFold(id, "tzone://Microsoft/Utc") || strings.EqualFold(id, "UTC") ||
		strings.EqualFold(id, "GMT") || strings.EqualFold(id, "Etc/UTC") {
		return time.UTC
	}
	// "/freeassociation.sourceforge.net/America/New_York": what stands before is whose file it was.
	for name := id; name != ""; {
		if l := place(name); l != nil {
			return l
		}
		_, name, _ = strings.Cut(name, "/")
	}
	if m := shown.FindStringSubmatch(id); m != nil {
		id = m[1]
	}
	for line := range strings.Lines(windows) {
		name, place, is := strings.Cut(strings.TrimSpace(line), "\t")
		if is && strings.EqualFold(name, id) {
			return load(place)
		}
	}
	for _, end := range []string{"(US & Canada)", "- US & Canada", "(Canada)"} {
		id = strings.TrimSpace(strings.TrimSuffix(id, end))
	}
	return load(display()[strings.ToLower(id)])
}

// place returns a zone by a name that holds a place. Others, such as EST, mean one thing in the
// zone database and another to whoever writes them.
func place(name string) *time.Location {
	if !strings.Contains(name, "/") {
		return nil
	}
	return load(name)
}

// load returns a zone of the zone database; nil if there is none of that name.
func load(name string) *time.Location {
	if name == "" {
		return nil
	}
	l, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return l
}
