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

// The longest id and name, in characters. A longer one is text from another column; and a name must
// fit into a text.
const (
	maxID   = 100
	maxName = 100
)

// table turns rows into visits and faults. It lives for one file.
type table struct {
	rules Rules
	at    map[string]int            // the index of each known column that the header has
	width int                       // how many fields a row must have
	ids   map[string]int            // the line each id was first on, in a sound row or not
	zones map[string]*time.Location // cached: the zone database would be read for every row

	visits []handlers.Visit
	faults []Fault
}

func (t *table) fault(line int, column, what string) {
	t.faults = append(t.faults, Fault{Line: line, Column: column, What: what})
}

// row reads one row. Every fault in it is reported, so that a file needn't be sent once per fault;
// only a row without any becomes a visit.
func (t *table) row(r record) {
	// The two faults that make all fields doubtful end the row's reading.
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
	// A visit that is off needs no phone or start. Systems often blank them, and a fault in them
	// must not keep it on.
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
	t.warnUntexted(v.Phone, r.lines[t.at["phone"]])
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

// warnUntexted adds a warning if the clinic doesn't text a number.
func (t *table) warnUntexted(p handlers.Phone, line int) {
	if p.IsZero() || t.rules.Untexted == nil {
		return
	}
	if why := t.rules.Untexted(p); why != "" {
		t.faults = append(t.faults, Fault{
			Line: line, Column: "phone", Warning: true,
			What: "nothing will be texted to " + why + ": tell them of the visit by phone",
		})
	}
}

// field returns a column's text without white space around it; "" for a column that the file
// doesn't have.
func (t *table) field(r record, column string) string {
	i, ok := t.at[column]
	if !ok {
		return ""
	}
	return strings.TrimSpace(r.fields[i])
}

// column returns the name of the known column at an index; "" for a column that is left out.
func (t *table) column(i int) string {
	for name, at := range t.at {
		if at == i {
			return name
		}
	}
	return ""
}

// id checks that no earlier row of the file has the same id. An earlier faulty row counts as well:
// which of the two holds is for a person to say.
func (t *table) id(id string, line int) (string, error) {
	switch {
	case id == "":
		return "", fmt.Errorf("the id is missing: give each visit one that stays when it moves")
	case utf8.RuneCountInString(id) > maxID || strings.ContainsFunc(id, unicode.IsControl):
		// A line break or tab in an id is a slip that nobody sees; the same id without it, in the
		// next export, would be a second visit.
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

// status returns the state that a row's status means; none means booked. An unknown word is an
// error and never taken for either state: a patient would be reminded of a visit that is off, or
// not reminded of one that stands.
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

// oneOf returns the known word that equals s but for case. what names the kind of word in the
// error, which lists the known ones; they are the clinic's own, so no patient's data is repeated.
func oneOf(s string, known []string, what string) (string, error) {
	for _, k := range known {
		if strings.EqualFold(s, k) {
			return k, nil
		}
	}
	return "", fmt.Errorf("no such %s: write one of %s", what, strings.Join(known, ", "))
}
