package ics

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	ical "github.com/emersion/go-ical"
)

// Occurrence is one time at which an event takes place.
type Occurrence struct {
	UID string
	// Series is the moment at which an event that recurs would take place by its rule: what it is
	// called by, even if it was moved. Zero for an event that doesn't recur.
	Series time.Time
	Start  time.Time
	Off    bool // the calendar says that it is cancelled
	event  *ical.Component
}

// Window bounds which occurrences are taken.
type Window struct {
	From, Until time.Time // of their start
	// Zone is that of times that name none; nil: the one that the calendar says, else Clinic.
	Zone, Clinic *time.Location
	Most         int // how many there may be
}

// calendar is a file as it is read.
type calendar struct {
	Window
	zones  map[string]zone // by TZID
	all    []Occurrence
	unread map[string]error // why events can't be read, by UID
}

// errAllDay is no fault: an event of whole days is no visit.
var errAllDay = errors.New("a whole day")

// Occurrences returns what a file's events come to within a window, soonest first, and why events
// couldn't be read, by their UID. Of an event that can't be read nothing is returned, even if some
// of it could be.
func Occurrences(
	ctx context.Context, data []byte, w Window,
) ([]Occurrence, map[string]error, error) {
	file, err := decode(data)
	if err != nil {
		return nil, nil, err
	}
	c := &calendar{Window: w, zones: map[string]zone{}, unread: map[string]error{}}
	c.readZones(file)
	masters, exceptions := c.sort(file)
	for _, uid := range slices.Sorted(keysOf(masters, exceptions)) {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		found, err := c.event(uid, masters[uid], exceptions[uid])
		if err != nil && !errors.Is(err, errAllDay) {
			c.unread[uid] = err
			continue
		}
		if c.all = append(c.all, found...); len(c.all) > w.Most {
			return nil, nil, errMany
		}
	}
	off := strings.EqualFold(value(file.Component, "METHOD"), "CANCEL")
	for i := range c.all {
		c.all[i].Off = c.all[i].Off || off
	}
	slices.SortStableFunc(c.all, func(a, b Occurrence) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.UID, b.UID))
	})
	return c.all, c.unread, nil
}

// keysOf yields the keys of both maps; one that both have comes once.
func keysOf(a map[string]*ical.Component, b map[string][]*ical.Component) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range a {
			if !yield(k) {
				return
			}
		}
		for k := range b {
			if _, both := a[k]; !both && !yield(k) {
				return
			}
		}
	}
}

// readZones reads the zones that a file defines, and which one it says that its times are in.
func (c *calendar) readZones(file *ical.Calendar) {
	for _, z := range file.Children {
		id := value(z, "TZID")
		if z.Name != "VTIMEZONE" || known(id) != nil {
			continue
		}
		// A day more: an event's other times may lie past the window.
		if b, err := newBlock(z, c.Until.AddDate(1, 0, 0)); err == nil {
			c.zones[id] = b
		}
	}
	if c.Zone == nil {
		c.Zone = cmp.Or(known(value(file.Component, "X-WR-TIMEZONE")), c.Clinic)
	}
}

// sort tells events, or the first of a series, from the exceptions of a series, by UID. Of two with
// the same UID the one with the higher SEQUENCE counts, else the later one.
func (c *calendar) sort(
	file *ical.Calendar,
) (masters map[string]*ical.Component, exceptions map[string][]*ical.Component) {
	masters, exceptions = map[string]*ical.Component{}, map[string][]*ical.Component{}
	for _, e := range file.Children {
		uid := text(e, "UID")
		switch {
		case e.Name != "VEVENT":
		case uid == "":
			c.unread[""] = errors.New("an event without a UID")
		case value(e, "RECURRENCE-ID") != "":
			exceptions[uid] = append(exceptions[uid], e)
		case masters[uid] == nil || sequence(e) >= sequence(masters[uid]):
			masters[uid] = e
		}
	}
	return masters, exceptions
}

// event returns the occurrences of an event or a series with its exceptions. master is nil if the
// file has the exceptions alone.
func (c *calendar) event(
	uid string, master *ical.Component, exceptions []*ical.Component,
) (out []Occurrence, err error) {
	instead := map[int64]*ical.Component{} // by the Unix time that they stand for
	for _, e := range exceptions {
		if strings.EqualFold(e.Props.Get("RECURRENCE-ID").Params.Get("RANGE"), "THISANDFUTURE") {
			return nil, errors.New("a change of this and all later occurrences")
		}
		series, err := c.when(e.Props.Get("RECURRENCE-ID"), master)
		if err != nil {
			return nil, err
		}
		if old := instead[series.Unix()]; old == nil || sequence(e) >= sequence(old) {
			instead[series.Unix()] = e
		}
	}
	for unix, e := range instead {
		start, err := c.when(e.Props.Get("DTSTART"), nil)
		if err != nil {
			return nil, err
		}
		out = c.add(out, Occurrence{
			UID: uid, Series: time.Unix(unix, 0), Start: start, event: e,
			Off: cancelled(e) || master != nil && cancelled(master),
		})
	}
	if master == nil {
		return out, nil
	}
	starts, recurs, err := c.starts(master)
	for _, start := range starts {
		if instead[start.Unix()] != nil {
			continue
		}
		o := Occurrence{UID: uid, Start: start, Off: cancelled(master), event: master}
		if recurs {
			o.Series = start
		}
		out = c.add(out, o)
	}
	return out, err
}

// add adds an occurrence if it is within the window.
func (c *calendar) add(out []Occurrence, o Occurrence) []Occurrence {
	if o.Start.Before(c.From) || !o.Start.Before(c.Until) {
		return out
	}
	return append(out, o)
}

// starts returns when an event takes place by its own rule and dates; recurs says that it may more
// than once. Exceptions don't count here.
func (c *calendar) starts(e *ical.Component) (out []time.Time, recurs bool, err error) {
	p := e.Props.Get("DTSTART")
	first, err := c.when(p, nil)
	if err != nil {
		return nil, false, err
	}
	s := value(e, "RRULE")
	if recurs = s != "" || len(e.Props["RDATE"]) > 0; !recurs {
		return []time.Time{first}, false, nil
	}
	if len(e.Props["RRULE"])+len(e.Props["EXRULE"]) > 1 {
		return nil, true, errRule
	}
	out = []time.Time{first}
	if s != "" {
		wall, z, err := c.wall(p)
		if err != nil {
			return nil, true, err
		}
		r, err := newRule(s, wall, z.at)
		if err != nil {
			return nil, true, err
		}
		// By the wall's clock the window may end up to a day later.
		walls, err := r.walls(c.Until.UTC().AddDate(0, 0, 1), mostSteps)
		if err != nil {
			return nil, true, err
		}
		for _, wall := range walls {
			out = append(out, z.at(wall))
		}
	}
	more, err := c.dates(e, "RDATE")
	if err != nil {
		return nil, true, err
	}
	off, err := c.dates(e, "EXDATE")
	if err != nil {
		return nil, true, err
	}
	return without(append(out, more...), off), true, nil
}

// mostSteps is how many occurrences a series may have had by the end of the window: one a day for
// a century.
const mostSteps = 36_600

// without returns moments without those that are off, each once.
func without(all, off []time.Time) (out []time.Time) {
	not := map[int64]bool{}
	for _, t := range off {
		not[t.Unix()] = true
	}
	for _, t := range all {
		if !not[t.Unix()] {
			not[t.Unix()] = true
			out = append(out, t)
		}
	}
	return out
}

// dates returns the moments of a property that lists them. A whole day stands for what takes place
// on it: at the time of day of the event.
func (c *calendar) dates(e *ical.Component, name string) (out []time.Time, err error) {
	for _, p := range e.Props[name] {
		for _, v := range strings.Split(p.Value, ",") {
			one := p
			if one.Value, _, _ = strings.Cut(v, "/"); strings.TrimSpace(one.Value) == "" {
				continue
			}
			t, err := c.when(&one, e)
			if err != nil {
				return nil, err
			}
			out = append(out, t)
		}
	}
	return out, nil
}
