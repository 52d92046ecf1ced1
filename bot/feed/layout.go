package feed

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// layout says which columns of a file hold what.
type layout struct {
	own   bool           // the file is in Beacon's own layout
	told  bool           // a map says what the columns hold
	at    map[string]int // the column of each of settings.FeedColumns that was found
	names []string       // of all columns, as the file has them
	// open are columns of which it isn't plain which one holds what: each could.
	open    map[string][]int
	missing []string // what no column seems to hold
}

// sampled is how many rows are looked at to see what a column holds.
const sampled = 500

// layOut finds out which columns hold what: by the map, else by Beacon's own names, else by the
// names that other systems use and by what the columns hold.
func layOut(header []string, rows []record, how How, rules Rules, since float64) layout {
	l := layout{at: map[string]int{}, names: header, open: map[string][]int{}}
	if m := how.Feed.FeedMap; m.Mapped() {
		l.told = true
		for field, name := range m.Columns {
			for i, h := range header {
				if _, twice := l.at[field]; Plain(h) == Plain(name) && !twice {
					l.at[field] = i
				}
			}
			if _, ok := l.at[field]; !ok {
				l.missing = append(l.missing, name)
			}
		}
		slices.Sort(l.missing)
		return l
	}
	if l.isOwn() {
		return l
	}
	s := sample{rows: rows[:min(len(rows), sampled)], since: since, names: header}
	for _, field := range settings.FeedColumns() {
		if of := names(field); of != nil {
			l.choose(field, of, s.filter(field, how, rules))
		}
	}
	if _, ok := l.at["last"]; ok && l.has("first") { // the whole name says no more, or less
		delete(l.at, "name")
		delete(l.open, "name")
	} else {
		delete(l.at, "first")
		delete(l.at, "last")
	}
	if how.Patients == nil || l.has("phone") { // nothing needs to be looked up
		delete(l.at, "patient")
		delete(l.open, "patient")
	}
	l.chooseStart(s)
	l.check(how)
	return l
}

// isOwn reports whether the header is Beacon's own, and takes it.
func (l *layout) isOwn() bool {
	at := map[string]int{}
	for i, h := range l.names {
		if name := strings.ToLower(strings.TrimSpace(h)); slices.Contains(columns(), name) {
			at[name] = i
		}
	}
	for _, name := range columns()[:needed] {
		if _, ok := at[name]; !ok {
			return false
		}
	}
	l.own, l.at = true, at
	return true
}

func (l *layout) has(field string) bool { _, ok := l.at[field]; return ok }

// choose takes the column with the best of the names that a field can have. Two columns with names
// that are as good are left open, unless only one of them holds what it should.
func (l *layout) choose(field string, lists []string, holds func(int) bool) {
	for _, list := range lists {
		var found []int
		for i, h := range l.names {
			if slices.Contains(strings.Fields(list), Plain(h)) && holds(i) {
				found = append(found, i)
			}
		}
		if len(found) == 1 {
			l.at[field] = found[0]
			return
		}
		if len(found) > 1 {
			l.open[field] = found
			return
		}
	}
}

// chooseStart takes the column that says when a visit begins, or those of its date and its time.
func (l *layout) chooseStart(s sample) {
	var whole, dates, times []int // of the best names that there are
	add := func(to *[]int, found []int) {
		if len(*to) == 0 {
			*to = found
		}
	}
	for _, list := range starts() {
		of := map[string][]int{}
		for i, h := range l.names {
			if slices.Contains(strings.Fields(list), Plain(h)) {
				kind := s.when(i)
				of[kind] = append(of[kind], i)
			}
		}
		add(&whole, of["start"])
		add(&dates, of["date"])
		add(&times, of["time"])
	}
	switch {
	case len(whole) == 1:
		l.at["start"] = whole[0]
	case len(whole) > 1:
		l.open["start"] = whole
	case len(dates) == 1 && len(times) == 1:
		l.at["date"], l.at["time"] = dates[0], times[0]
	default:
		if len(dates) > 1 {
			l.open["date"] = dates
		}
		if len(times) > 1 {
			l.open["time"] = times
		}
		if len(dates) == 1 {
			l.at["date"] = dates[0]
		}
		if len(times) == 1 {
			l.at["time"] = times[0]
		}
	}
}

// check notes what the header lacks.
func (l *layout) check(how How) {
	need := func(what string, fields ...string) {
		for _, f := range fields {
			if l.has(f) || l.open[f] != nil {
				return
			}
		}
		l.missing = append(l.missing, what)
	}
	need("name", "name", "first")
	if how.Patients == nil {
		need("phone", "phone")
	} else if !l.has("phone") {
		need("a column that is in the file of patients too, like MRN or Patient ID", "patient")
	}
	need("start", "start", "date")
	if !l.has("start") && l.open["start"] == nil && l.has("date") {
		need("time", "time")
	}
	if how.Feed.Type == "" {
		need("type", "type")
	}
}

// err says why a layout can't be read by; nil if it can.
func (l *layout) err() error {
	if len(l.missing) > 0 && l.told {
		return fmt.Errorf("the header lacks %s, which the feed's map in clinic.yaml names: is it "+
			"the right file, or has the export changed? bot appointments map FILE proposes a map",
			strings.Join(l.missing, ", "))
	}
	if len(l.missing) > 0 {
		more := ""
		if slices.Contains(l.missing, "phone") {
			more = "; if another file has the patients' phones, import both with --patients"
		}
		return fmt.Errorf("the header lacks %s: the first line names the columns, "+
			"id,name,phone,start,type and, if wanted, zone,lang,status, or as your system calls "+
			"them; bot appointments map FILE shows which were recognised%s",
			strings.Join(l.missing, ", "), more)
	}
	var open []string
	for _, field := range settings.FeedColumns() {
		if cols := l.open[field]; cols != nil {
			var of []string
			for _, i := range cols {
				of = append(of, fmt.Sprintf("%q", strings.TrimSpace(l.names[i])))
			}
			open = append(open, field+" ("+strings.Join(of, " or ")+")")
		}
	}
	if open != nil {
		return errors.New("several columns could be the " + strings.Join(open, ", the ") +
			": say which in a map; bot appointments map FILE makes one")
	}
	return nil
}

// column returns what a column is called in a fault: by what it holds in Beacon's own layout, else
// by its name in the file.
func (l *layout) column(field string) string {
	i, ok := l.at[field]
	if !ok || l.own {
		return field
	}
	return strings.ToLower(strings.TrimSpace(l.names[i]))
}
