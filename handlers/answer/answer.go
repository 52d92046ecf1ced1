// Package answer is what staff are shown of what they asked for or did: paragraphs, tables, buttons,
// forms, pictures. Whoever acts makes an [Answer]; each place renders it in its own way, and knows
// whether patients' words may be shown there.
package answer

import (
	"fmt"
	"strconv"
	"time"
)

// Answer is what one act comes to. The zero Answer shows nothing.
type Answer struct {
	Parts []Part
	Form  *Form // is to be filled in first: nothing was done yet
	File  *File // is given to whoever acted, and to nobody else
}

// Part is a piece of an answer. One of its fields is set. Its texts may have parts that are veiled
// (see package veil), and the marks of [Person] and [Moment].
type Part struct {
	Title   string
	Text    string // a paragraph; *bold* is allowed
	Small   string // a line in small type
	Quote   string // somebody's own words
	Dial    string // a telephone number in E.164 form, to be dialled where it is read
	Table   *Table
	Buttons []Button
	Picture *Picture
	Rule    bool // a line between what doesn't belong together
}

// Table is rows of cells. A column of which nothing is left without what is veiled goes.
type Table struct {
	Head []string // nil: no heading
	Rows [][]string
}

// Style says how much a button asks to be pressed.
type Style string

// The styles of a button.
const (
	Plain   Style = ""
	Primary Style = "primary" // what most will want
	Danger  Style = "danger"  // what can't be taken back, or tells of danger
)

// Button does an act when it is pressed.
type Button struct {
	Text  string // 24 characters at best, 75 at most
	Do    string // the act, encoded
	Style Style
}

// Form asks for what an act needs.
type Form struct {
	Title  string // 24 characters at most
	Submit string // what the button says, likewise
	Do     string // the act that the values complete, encoded
	Parts  []Part // stand above the fields
	Fields []Field
}

// Kind says how a field is filled in.
type Kind string

// The kinds of fields. A value is text; of a Date it is 2026-12-01, of a Time 14:30, of a Choice
// its option's value, of a Check "yes" or "".
const (
	Line   Kind = "line"
	Area   Kind = "area" // several lines
	Choice Kind = "choice"
	Date   Kind = "date"
	Time   Kind = "time"
	Check  Kind = "check"
)

// Field is one thing that a form asks for.
type Field struct {
	Name     string // of the value
	Label    string
	Hint     string
	Kind     Kind
	Value    string // what stands in it at first
	Options  []Option
	Optional bool
	Most     int // characters that may be written; 0: as many as the place takes
}

// Option is one of a choice.
type Option struct{ Value, Text string }

// File is a text that is too long to show.
type File struct{ Name, Title, Text string }

// Picture is an image, with what it says in words.
type Picture struct {
	Name, Alt string
	PNG       []byte
}

// Say returns an answer of one paragraph.
func Say(format string, args ...any) Answer {
	return Answer{Parts: []Part{{Text: fmt.Sprintf(format, args...)}}}
}

// Rows returns an answer of one table.
func Rows(head []string, rows [][]string) Answer {
	return Answer{Parts: []Part{{Table: &Table{Head: head, Rows: rows}}}}
}

// Add returns the answer with further parts.
func (a Answer) Add(parts ...Part) Answer {
	a.Parts = append(a.Parts[:len(a.Parts):len(a.Parts)], parts...)
	return a
}

// Empty reports whether there is nothing to show.
func (a Answer) Empty() bool { return len(a.Parts) == 0 && a.Form == nil && a.File == nil }

// The marks of a token within a text. No phone or keyboard writes them.
const (
	begin = "\x11"
	end   = "\x12"
)

// Person returns the token of a member of staff, by their id: their name, which pings nobody.
func Person(user string) string { return begin + "@" + strip(user) + end }

// Moment returns the token of a moment: the day and the time where it is read, and how long ago it
// was if the place shows that.
func Moment(t time.Time) string { return begin + "=" + strconv.FormatInt(t.Unix(), 10) + end }
