package feed

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// The longest id and name, in characters. A longer one is text from another column; and a name must
// fit into a text.
const (
	maxID   = 100
	maxName = 100
)

// table turns rows into visits and faults. It lives for one file.
type table struct {
	rules    Rules
	how      How
	layout   layout
	habits   habits
	since    float64                   // as in readWhen
	ids      map[string]int            // the line each id was first on, in a sound row or not
	rows     map[string]bool           // those that there were, where rows may come twice
	zones    map[string]*time.Location // cached: the zone database would be read for every row
	patients *patients                 // if another file has the phones
	days     map[string]int            // of a file without ids: how many visits alike a day has

	visits   []handlers.Visit
	lines    []int
	raised   []visits.Doubt
	consents []handlers.Phone
	faults   []Fault
	leftOut  int
}

func (t *table) fault(line int, column, what string) {
	t.faults = append(t.faults, Fault{Line: line, Column: column, What: what})
}

// header reports columns that aren't read. Another system's file has many; of these, one that seems
// to tell which visits are off is worth a word.
func (t *table) header(r record) {
	for i, name := range t.layout.names {
		name = strings.ToLower(strings.TrimSpace(strings.ToValidUTF8(name, "�")))
		_, status := t.layout.at["status"]
		switch {
		case name == "", t.layout.uses(i): // Excel keeps separators for columns that were emptied
		case t.layout.own && !status && likeStatus(name), !t.layout.own && likeStatus(name):
			t.fault(
				r.lines[i], name,
				"no such column, left out: if it tells which visits are cancelled, call it "+
					"status; as it is, they can't be told from the others",
			)
		case t.layout.own:
			t.fault(r.lines[i], name,
				"no such column, left out: the columns are "+strings.Join(columns(), ", "))
		}
	}
}

// settle finds out how the file's dates are written.
func (t *table) settle(rows []record) habits {
	var all []when
	for _, field := range []string{"start", "date", "time"} {
		if _, ok := t.layout.at[field]; !ok {
			continue
		}
		for _, r := range rows {
			if w, err := readWhen(t.field(r, field), t.since); err == nil {
				all = append(all, w)
			}
		}
	}
	return settle(all, t.how.order())
}

// reading is a row as it is read: the visit so far, and whether it is sound.
type reading struct {
	t     *table
	r     record
	v     handlers.Visit
	sound bool

	raised []visits.Doubt // their places are those in table.visits once it is kept
}

// check notes a fault of a field, if there is one.
func (rd *reading) check(field string, err error) {
	if err == nil {
		return
	}
	rd.sound = false
	rd.t.fault(rd.line(field), rd.t.layout.column(field), err.Error())
}

// line returns the line of a field, or that of the row if it has no such field.
func (rd *reading) line(field string) int {
	if i, ok := rd.t.layout.at[field]; ok && i < len(rd.r.lines) {
		return rd.r.lines[i]
	}
	return rd.r.lines[0]
}

// row reads one row. Every fault in it is reported, so that a file needn't be sent once per fault;
// only a row without any becomes a visit.
func (t *table) row(r record) {
	// The two faults that make all fields doubtful end the row's reading.
	if i, ok := r.valid(); !ok {
		t.fault(
			r.lines[i], t.layout.called(i),
			"not UTF-8: save the file as CSV in UTF-8 (in Excel: “CSV UTF-8”)",
		)
		return
	}
	r, skip, ok := t.fit(r)
	if skip {
		t.leftOut++
	}
	if skip || !ok {
		return
	}
	rd := &reading{t: t, r: r, sound: true}
	state, skip := rd.state()
	if kind := rd.kind(); skip || kind == settings.FeedSkip {
		t.leftOut++
		return
	}
	rd.v.State = state
	if t.repeats(r) {
		t.leftOut++
		return
	}
	if rd.identify(); !rd.named() {
		rd.read()
	}
	rd.keep()
}

// repeats reports whether another system's file has had the whole row before, as where it has a row
// for each note of a visit.
func (t *table) repeats(r record) bool {
	if t.layout.own || t.field(r, "id") == "" {
		return false
	}
	all := strings.Join(r.fields, "\x00")
	if t.rows[all] {
		return true
	}
	t.rows[all] = true
	return false
}

// named reports whether a row says enough with its id: a visit that is off, or that was kept or
// missed, needs no phone or start. Systems often blank them, and a fault in them must not keep a
// visit on.
func (rd *reading) named() bool {
	t, r, v := rd.t, rd.r, &rd.v
	if v.State == handlers.Cancelled {
		return v.ID != ""
	}
	return v.ID != "" && v.Over() &&
		(t.field(r, "phone")+t.field(r, "patient") == "" || t.field(r, "start")+t.field(r, "date") == "")
}

// identify reads the row's id.
func (rd *reading) identify() {
	t := rd.t
	if _, ok := t.layout.at["id"]; !ok {
		return
	}
	id, err := t.id(t.field(rd.r, "id"), rd.line("id"))
	rd.check("id", err)
	if rd.v.ID = id; !t.layout.own && err == nil {
		rd.v.Source, rd.v.External = t.source(), id
		rd.v.ID = t.visitID(id)
	}
}

// source is the feed that the file's visits belong to.
func (t *table) source() string {
	if t.how.Feed.Name == "" {
		return FileSource
	}
	return t.how.Feed.Name
}

// visitID returns the id of a visit by that in the file. Where no feed is named, the header says
// which system it is: the first visit of one isn't that of another.
func (t *table) visitID(external string) string {
	if t.how.Feed.Name == "" {
		external = strings.Join(t.layout.names, "\n") + "\n" + external
	}
	return visits.FeedID(t.source(), external)
}

// FileSource is the feed of a file that goes by its header, where no feed is named.
const FileSource = "file"

// read reads who, when and what.
func (rd *reading) read() {
	t, v, r := rd.t, &rd.v, rd.r
	var err error
	field := "name"
	if _, ok := t.layout.at["first"]; ok {
		field = "first"
	}
	v.Name, err = name(t.whole(r))
	rd.check(field, err)
	field, v.Phone, err = t.phone(r)
	rd.check(field, err)
	rd.warnUntexted(field)
	if t.another(r) {
		rd.doubt(field, "the file of patients has another name for its key")
	}
	zone, zoneErr := rd.zone()
	field, v.Start, err = t.start(r, zone)
	rd.check(field, err)
	v.Type, err = t.kind(rd.kind())
	rd.check("type", err)
	rd.check("zone", zoneErr)
	v.Lang, err = t.lang(t.field(r, "lang"))
	rd.check("lang", err)
	if _, ok := t.layout.at["id"]; !ok && rd.sound {
		v.Source, v.External = t.source(), t.likeness(*v)
		v.ID = t.visitID(v.External)
	}
}

// keep keeps a sound row.
func (rd *reading) keep() {
	if !rd.sound {
		return
	}
	t := rd.t
	if rd.v.State == handlers.Cancelled || rd.v.Phone.IsZero() {
		rd.v = handlers.Visit{
			ID: rd.v.ID, State: rd.v.State, Source: rd.v.Source, External: rd.v.External,
		}
	}
	rd.consent()
	for _, d := range rd.raised {
		d.At = len(t.visits)
		t.raised = append(t.raised, d)
	}
	t.visits = append(t.visits, rd.v)
	t.lines = append(t.lines, rd.r.lines[0])
}

// likeness is the id of a visit in a file without ids: the patient, the type and the day, so that
// another hour of the day is the same visit, moved. Two alike on a day are told apart by their
// order.
func (t *table) likeness(v handlers.Visit) string {
	key := strings.Join([]string{
		Plain(v.Name), v.Phone.E164(), v.Type, v.Start.Format(time.DateOnly),
	}, "|")
	t.days[key]++
	if n := t.days[key]; n > 1 {
		key += fmt.Sprint("|", n)
	}
	sum := sha256.Sum256([]byte(key)) // nobody must read the name in it
	return fmt.Sprintf("%x", sum[:10])
}

// warnUntexted adds a warning if the clinic doesn't text a number.
func (rd *reading) warnUntexted(field string) {
	p := rd.v.Phone
	if p.IsZero() || rd.t.rules.Untexted == nil {
		return
	}
	if why := rd.t.rules.Untexted(p); why != "" {
		rd.t.faults = append(rd.t.faults, Fault{
			Line: rd.line(field), Column: rd.t.layout.column(field), Warning: true,
			What: "nothing will be texted to " + why + ": tell them of the visit by phone",
		})
	}
}

// field returns a column's text without white space around it; "" for a column that the file
// doesn't have.
func (t *table) field(r record, column string) string {
	i, ok := t.layout.at[column]
	if !ok || i >= len(r.fields) {
		return ""
	}
	return strings.TrimSpace(r.fields[i])
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

// start returns when the visit begins, and the field that a fault of it is in.
func (t *table) start(r record, zone *time.Location) (string, time.Time, error) {
	if t.layout.own {
		at, err := ParseStart(t.field(r, "start"), zone)
		if err == nil || !readable(err) {
			return "start", at, err
		}
	}
	if _, ok := t.layout.at["start"]; ok {
		w, err := readWhen(t.field(r, "start"), t.since)
		if err != nil {
			return "start", time.Time{}, err
		}
		at, err := w.resolve(t.habits, zone)
		return "start", at, err
	}
	day, err := readWhen(t.field(r, "date"), t.since)
	if err != nil {
		return "date", time.Time{}, err
	}
	clock, err := readWhen(t.field(r, "time"), t.since)
	if err == nil {
		day, err = day.join(clock)
	}
	if errors.Is(err, errNoWhen) {
		err = errNoTime
	}
	if err != nil {
		return "time", time.Time{}, err
	}
	at, err := day.resolve(t.habits, zone)
	return "date", at, err
}

// readable reports whether a text that ParseStart refused may be a date in another form.
func readable(err error) bool { return errors.Is(err, errUnread) }

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

// uses reports whether a column is read.
func (l *layout) uses(i int) bool {
	for _, at := range l.at {
		if at == i {
			return true
		}
	}
	return slices.Contains(l.gone(), i) || slices.Contains(l.pauses(), i)
}

// called returns the name of the field that a column holds; "" for one that is left out.
func (l *layout) called(i int) string {
	for field, at := range l.at {
		if at == i {
			return l.column(field)
		}
	}
	return ""
}
