package feed

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/beacon-clinic/beacon/handlers"
)

// Longest id and name, in characters: longer ones are a column out of place, and a name must fit
// into a text.
const (
	maxID   = 100
	maxName = 100
)

// table turns rows into visits and faults.
type table struct {
	rules Rules
	at    map[string]int            // a column's place
	width int                       // fields a row
	ids   map[string]int            // the line that an id was first on, sound or not
	zones map[string]*time.Location // read from the zone database once a file

	visits []handlers.Visit
	faults []Fault
}

func (t *table) fault(line int, column, what string) {
	t.faults = append(t.faults, Fault{Line: line, Column: column, What: what})
}

// row reads one row: every fault in it is told, and only a row without any becomes a visit.
func (t *table) row(r record) {
	if i, ok := r.valid(); !ok {
		t.fault(
			r.lines[i], t.column(i),
			"not UTF-8: save the file as CSV in UTF-8 (in Excel: “CSV UTF-8”)",
		)
		return
	}
	if len(r.fields) != t.width {
		t.fault(r.lines[0], "", fmt.Sprintf("the row has %d fields, the header %d: put a field "+
			"that holds the separator in quotes",
			len(r.fields), t.width))
		return
	}
	sound := true
	check := func(column string, err error) {
		if err != nil {
			sound = false
			t.fault(r.lines[t.at[column]], column, err.Error())
		}
	}
	var v handlers.Visit
	var err error
	v.ID, err = t.id(t.field(r, "id"), r.lines[t.at["id"]])
	check("id", err)
	v.State, err = status(t.field(r, "status"))
	check("status", err)
	if v.State == handlers.Cancelled {
		if sound {
			t.visits = append(t.visits, v)
		}
		return
	}
	v.Name, err = name(t.field(r, "name"))
	check("name", err)
	v.Phone, err = ParsePhone(t.field(r, "phone"))
	check("phone", err)
	v.Zone = t.field(r, "zone")
	zone, zoneErr := t.zone(v.Zone)
	v.Start, err = ParseStart(t.field(r, "start"), zone)
	check("start", err)
	v.Type, err = oneOf(t.field(r, "type"), t.rules.Types, "visit type")
	check("type", err)
	check("zone", zoneErr)
	if lang := t.field(r, "lang"); lang != "" {
		v.Lang, err = oneOf(lang, t.rules.Langs, "language")
		check("lang", err)
	}
	if sound {
		t.visits = append(t.visits, v)
	}
}

// field is a column's text; "" for a column that the file doesn't have.
func (t *table) field(r record, column string) string {
	i, ok := t.at[column]
	if !ok {
		return ""
	}
	return strings.TrimSpace(r.fields[i])
}

// column is the name of a place; "" for an unknown one.
func (t *table) column(i int) string {
	for name, at := range t.at {
		if at == i {
			return name
		}
	}
	return ""
}

// id checks that no other row of the file has it. The first one counts even if it was faulty: which
// of the two holds is for a person to say.
func (t *table) id(id string, line int) (string, error) {
	switch {
	case id == "":
		return "", fmt.Errorf("the id is missing: give each visit one that stays when it moves")
	case utf8.RuneCountInString(id) > maxID || strings.ContainsFunc(id, unicode.IsControl):
		return "", fmt.Errorf(
			"the id is longer than %d characters or holds a line break: give a short one", maxID,
		)
	}
	if first, ok := t.ids[id]; ok {
		return "", fmt.Errorf(
			"the id is on line %d already: two visits need two ids; keep the row that holds", first,
		)
	}
	t.ids[id] = line
	return id, nil
}

// name takes any name that a text can hold; how names look is nobody's to judge.
func name(s string) (string, error) {
	// A line break within the quotes is a slip, not a fault.
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

// status reads whether a visit stands. A word that isn't known is never taken for either: a visit
// that is off would be reminded of, or one that stands would not.
func status(s string) (state string, err error) {
	switch strings.ToLower(s) {
	case "", "booked", "scheduled", "confirmed":
		return handlers.Booked, nil
	case "cancelled", "canceled", "no-show", "noshow", "deleted":
		return handlers.Cancelled, nil
	}
	return "", errors.New("no such status: write booked, scheduled or confirmed, or nothing, if " +
		"the visit stands; cancelled, canceled, no-show, noshow or deleted if it is off")
}

// zone finds the zone of a row; after an error it still gives one, so that the start is looked at
// too.
func (t *table) zone(name string) (*time.Location, error) {
	if name == "" {
		return t.rules.Zone, nil
	}
	if zone, ok := t.zones[name]; ok {
		return zone, nil
	}
	// Only names with a place: "Local" is the zone of whatever machine the bot runs on, and "EST"
	// has no summer time, which nobody means who writes it.
	zone, err := time.LoadLocation(name)
	if err != nil || name != "UTC" && !strings.Contains(name, "/") {
		return time.UTC, fmt.Errorf("no such time zone: write its IANA name, like " +
			"America/New_York, or leave it empty for the clinic's")
	}
	t.zones[name] = zone
	return zone, nil
}

// oneOf finds s among the known words, whatever its case.
func oneOf(s string, known []string, what string) (string, error) {
	for _, k := range known {
		if strings.EqualFold(s, k) {
			return k, nil
		}
	}
	return "", fmt.Errorf("no such %s: write one of %s", what, strings.Join(known, ", "))
}
