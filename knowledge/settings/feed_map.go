package settings

import (
	"maps"
	"slices"
	"strings"
)

// FeedMap says where in the rows of a file a visit stands, and what its words mean. An empty one
// leaves that to the file's header.
type FeedMap struct {
	// Sheet is the sheet of a workbook; if it is empty, the only one that has visits.
	Sheet string `yaml:"sheet"`
	// Columns are the names of columns by what they hold, one of FeedColumns.
	Columns map[string]string `yaml:"columns"`
	// Dates is how dates like 3/4/2026 are written: mdy, dmy or ymd. If it is empty, such a date is
	// read only where another one of the file shows which.
	Dates string `yaml:"dates"`
	// States are the other system's words for the state of a visit: booked, cancelled, arrived,
	// missed, or skip for rows that are no visit.
	States map[string]string `yaml:"states"`
}

// FeedSkip, in place of a type or a state, leaves a row out.
const FeedSkip = "skip"

// The orders of FeedMap.Dates.
const (
	MonthFirst = "mdy"
	DayFirst   = "dmy"
	YearFirst  = "ymd"
)

// FeedColumns returns what the columns of a file can hold.
//
//	id                      of the visit; stays when the visit moves
//	name | first, last      of the patient; preferred is what they are called
//	phone | patient         the number, or the key by which another file has it
//	start | date, time      when the visit begins
//	type, status            in the other system's words
//	cancelled, missed, arrived   is so if the cell holds yes, true or a date
//	zone, lang, consent     of the patient
func FeedColumns() []string {
	return []string{
		"id", "name", "first", "last", "preferred", "phone", "patient", "start", "date", "time",
		"type", "status", "cancelled", "missed", "arrived", "zone", "lang", "consent",
	}
}

// FeedStates returns what a word for the state of a visit can mean.
func FeedStates() []string {
	return []string{"booked", "cancelled", "arrived", "missed", FeedSkip}
}

// Mapped reports whether the columns are named.
func (m FeedMap) Mapped() bool { return len(m.Columns) > 0 }

// checkMap checks how a feed's files are read.
func (f *Feed) checkMap(at func(key, format string, args ...any)) {
	m := f.FeedMap
	if f.Kind != FeedFile && f.Kind != FeedFolder {
		if m.Mapped() || m.Sheet+m.Dates != "" {
			at("columns", "only a %s or a %s has columns, dates and a sheet", FeedFile, FeedFolder)
		}
	}
	for _, column := range slices.Sorted(maps.Keys(m.Columns)) {
		switch {
		case !slices.Contains(FeedColumns(), column):
			at("columns", "%q: want some of %s", column, strings.Join(FeedColumns(), ", "))
		case strings.TrimSpace(m.Columns[column]) == "":
			at("columns", "%s: want the name of a column, as the file's header has it", column)
		}
	}
	has := func(column string) bool { return m.Columns[column] != "" }
	if m.Mapped() {
		switch {
		case !has("name") && !has("first"):
			at("columns", "want the column of the name, or those of first and last")
		case !has("phone") && !has("patient"):
			at("columns", "want the column of the phone, or as patient that of the patient's key "+
				"in another file")
		case has("start") == has("date"):
			at("columns", "want the column of the start, or those of date and time")
		case has("date") && !has("time"):
			at("columns", "want the column of the time too")
		case !has("type") && f.Type == "":
			at("columns", "want the column of the visit type, or beside columns a type for all")
		}
	}
	if d := m.Dates; d != "" && d != MonthFirst && d != DayFirst && d != YearFirst {
		at("dates", "%q: want %s, %s or %s", d, MonthFirst, DayFirst, YearFirst)
	}
	for _, state := range m.States {
		if !slices.Contains(FeedStates(), state) {
			at("states", "%q: want one of %s", state, strings.Join(FeedStates(), ", "))
		}
	}
}
