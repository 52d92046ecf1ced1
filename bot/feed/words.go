package feed

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/beacon-clinic/beacon/handlers"
)

// fit brings a row to the header's width. skip says that it is no visit: a title, a total, a free
// time or a pause.
func (t *table) fit(r record) (out record, skip, ok bool) {
	width := len(t.layout.names)
	if t.layout.own {
		if len(r.fields) != width {
			t.fault(r.lines[0], "", fmt.Sprintf("the row has %d fields, the header %d: put a "+
				"field that holds the separator in quotes", len(r.fields), width))
			return r, false, false
		}
		return r, false, true
	}
	for len(r.fields) > width && strings.TrimSpace(r.fields[len(r.fields)-1]) == "" {
		r.fields, r.lines = r.fields[:len(r.fields)-1], r.lines[:len(r.lines)-1]
	}
	switch {
	case t.noVisit(r):
		return r, true, false
	case len(r.fields) != width:
		t.fault(r.lines[0], "", fmt.Sprintf("the row has %d fields, the header %d: one of them "+
			"may stand in the wrong column", len(r.fields), width))
		return r, false, false
	}
	return r, false, true
}

// noVisit reports whether a row of another system's file is no visit.
func (t *table) noVisit(r record) bool {
	for _, i := range t.layout.pauses() {
		if i < len(r.fields) {
			if is, _ := t.flag(r.fields[i], ""); is {
				return true
			}
		}
	}
	filled, header := 0, 0
	for i, f := range r.fields {
		if strings.TrimSpace(f) != "" {
			filled++
		}
		if i < len(t.layout.names) && strings.TrimSpace(f) != "" && f == t.layout.names[i] {
			header++
		}
	}
	if header == filled { // the header again, at the top of a further page
		return true
	}
	who := t.whole(r) + t.field(r, "phone") + t.field(r, "patient")
	when := t.field(r, "start") + t.field(r, "date")
	_, isDate := readWhen(when, t.since)
	switch {
	case who == "" && t.field(r, "id") == "", who == "" && t.field(r, "status") == "":
		return true // a free time, or a line below the visits
	case footer.MatchString(strings.TrimSpace(r.fields[0])) && (when == "" || isDate != nil):
		return true
	}
	return false
}

// footer matches how a line below, or between, the visits begins.
var footer = regexp.MustCompile(`(?i)^(?:grand |sub-?)?(?:totals?\b|count\b|page \d|report |` +
	`printed |generated |exported |end of |appointments?:|total:)`)

// whole returns the patient's name as it is put together from its columns.
func (t *table) whole(r record) string {
	first, last := t.field(r, "first"), t.field(r, "last")
	if p := t.field(r, "preferred"); p != "" && (first != "" || last != "") {
		first = p
	}
	if first+last == "" {
		return t.field(r, "name")
	}
	return strings.TrimSpace(first + " " + last)
}

// name accepts any name that a text can hold. It doesn't judge what names look like: people's names
// break every such rule.
func name(s string) (string, error) {
	// A line break or a double space within the quotes is a slip, not a fault.
	s = strings.Join(strings.Fields(s), " ")
	switch {
	case s == "":
		return "", fmt.Errorf("the name is missing")
	case utf8.RuneCountInString(s) > maxName || strings.ContainsFunc(s, unicode.IsControl):
		return "", fmt.Errorf(
			"the name is longer than %d characters or holds characters that can't be seen: "+
				"write the name alone",
			maxName,
		)
	}
	return s, nil
}

// phone returns the patient's number, and the field that a fault of it is in.
func (t *table) phone(r record) (string, handlers.Phone, error) {
	cell, field := t.field(r, "phone"), "phone"
	if _, ok := t.layout.at["phone"]; !ok {
		field = "patient"
		key := t.field(r, "patient")
		switch found, ok := t.patients.phones[key]; {
		case key == "":
			return field, handlers.Phone{}, errors.New("the patient's key is missing")
		case !ok:
			return field, handlers.Phone{}, errors.New("the file of patients hasn't this key")
		case found == twoPhones:
			return field, handlers.Phone{}, errors.New(
				"the file of patients has two numbers for this key: keep one")
		default:
			cell = found
		}
	}
	if !t.layout.own {
		var err error
		if cell, err = unlabelled(cell); err != nil {
			return field, handlers.Phone{}, err
		}
	}
	p, err := ParsePhone(cell)
	return field, p, err
}

// The words that systems put before or behind a number: those of one that can be texted, and those
// of one that can't.
var (
	ofCell = regexp.MustCompile(`(?i)^(?:c|m|p|cell|mobile|phone|ph|tel|sms|text)\b[.:) ]*|` +
		`[ (]+(?:c|m|p|cell|mobile|preferred|primary)\)?$`)
	ofHome = regexp.MustCompile(`(?i)^(?:h|w|home|work|fax|office|landline)\b[.:) ]*|` +
		`[ (]+(?:h|w|home|work|fax|office|landline)\)?$`)
	ofFloat = regexp.MustCompile(`^\d{10,11}\.0+$`)
)

// unlabelled takes the words off a number that say what kind of number it is.
func unlabelled(cell string) (string, error) {
	cell = strings.TrimSpace(strings.TrimPrefix(cell, "'"))
	if ofHome.MatchString(cell) {
		return cell, errors.New("this is a number at home or at work: write the patient's mobile")
	}
	if ofFloat.MatchString(cell) { // a workbook's number
		cell, _, _ = strings.Cut(cell, ".")
	}
	return strings.TrimSpace(ofCell.ReplaceAllString(cell, "")), nil
}

// kind returns the row's own word for the type of the visit.
func (rd *reading) kind() string {
	word := rd.t.field(rd.r, "type")
	for their, ours := range rd.t.how.Feed.Types {
		if strings.EqualFold(strings.TrimSpace(their), word) {
			return ours
		}
	}
	if word == "" && !rd.t.layout.own {
		return rd.t.how.Feed.Type
	}
	return word
}

// kind returns the visit type that a word means.
func (t *table) kind(word string) (string, error) {
	if known, err := oneOf(word, t.rules.Types, "visit type"); err == nil || t.layout.own {
		return known, err
	}
	for _, k := range t.rules.Types {
		if Plain(k) == Plain(word) {
			return k, nil
		}
	}
	if ours, ok := t.rules.Labels[Plain(word)]; ok {
		return ours, nil
	}
	if word == "" {
		return "", errors.New("the visit type is missing")
	}
	return "", fmt.Errorf("no such visit type: say in the feed's map, under types, which of %s it "+
		"is, or skip", strings.Join(t.rules.Types, ", "))
}

// zone returns the zone that the row's times are in. In Beacon's own layout that is the patient's;
// another system writes its clinic's times, whatever zone its patients are in.
func (rd *reading) zone() (*time.Location, error) {
	t, word := rd.t, rd.t.field(rd.r, "zone")
	if t.layout.own {
		rd.v.Zone = word
		return t.zone(word)
	}
	at := t.rules.Zone
	if t.how.Feed.Zone != "" {
		own, err := t.zone(t.how.Feed.Zone)
		if err != nil {
			return at, err
		}
		at = own
	}
	if rd.v.Zone = friendly(word); rd.v.Zone == "" && word != "" {
		if _, err := t.zone(word); err != nil {
			return at, err
		}
		rd.v.Zone = word
	}
	return at, nil
}

// friendly returns the zone that a name for people means, as "Eastern Time - US & Canada"; "" if
// it is none.
func friendly(name string) string {
	name = strings.ToLower(name)
	for _, z := range []struct{ word, zone string }{
		{word: "eastern", zone: "America/New_York"},
		{word: "central", zone: "America/Chicago"},
		{word: "arizona", zone: "America/Phoenix"},
		{word: "us mountain", zone: "America/Phoenix"},
		{word: "mountain", zone: "America/Denver"},
		{word: "pacific", zone: "America/Los_Angeles"},
		{word: "alaska", zone: "America/Anchorage"},
		{word: "hawaii", zone: "Pacific/Honolulu"},
		{word: "atlantic time", zone: "America/Puerto_Rico"},
	} {
		if strings.HasPrefix(name, z.word) {
			return z.zone
		}
	}
	// The start isn't read by it, so that "EST" all the year round does no harm.
	switch name {
	case "est", "edt", "et":
		return "America/New_York"
	case "cst", "cdt", "ct":
		return "America/Chicago"
	case "mst", "mdt", "mt":
		return "America/Denver"
	case "pst", "pdt", "pt":
		return "America/Los_Angeles"
	}
	return ""
}

// zone returns the location of an IANA name; for "" it is the clinic's. With an error it returns
// UTC, so that the row's start can be checked all the same.
func (t *table) zone(name string) (*time.Location, error) {
	if name == "" {
		return t.rules.Zone, nil
	}
	if zone, ok := t.zones[name]; ok {
		return zone, nil
	}
	// Go also takes "Local", which is the zone of whatever machine the bot runs on, and "EST",
	// which has no daylight saving, though whoever writes it in July means New York. Only UTC and
	// names with a place are clear.
	zone, err := time.LoadLocation(name)
	if err != nil || name != "UTC" && !strings.Contains(name, "/") {
		return time.UTC, fmt.Errorf("no such time zone: write its IANA name, like " +
			"America/New_York, or leave it empty for the clinic's")
	}
	t.zones[name] = zone
	return zone, nil
}

// lang returns the language that a word means. In another system's file a language that patients
// aren't answered in counts as none.
func (t *table) lang(word string) (string, error) {
	if word == "" {
		return "", nil
	}
	if t.layout.own {
		return oneOf(word, t.rules.Langs, "language")
	}
	for _, l := range []struct{ begins, code string }{
		{begins: "en", code: "en"},
		{begins: "es", code: "es"},
		{begins: "spa", code: "es"},
		{begins: "ingl", code: "en"},
	} {
		if strings.HasPrefix(strings.ToLower(word), l.begins) {
			return l.code, nil
		}
	}
	return "", nil
}
