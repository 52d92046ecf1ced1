package ics

import (
	"errors"
	"strconv"
	"strings"
	"time"

	ical "github.com/emersion/go-ical"
)

var (
	errTime = errors.New("a time that can't be read")
	errZone = errors.New("a time in a zone that nobody knows")
)

// when returns the moment that a property means. Where it is a whole day, it means what of takes
// place on that day; for an of of nil that is errAllDay.
func (c *calendar) when(p *ical.Prop, of *ical.Component) (time.Time, error) {
	if p == nil {
		return time.Time{}, errTime
	}
	wall, z, err := c.wall(p)
	if errors.Is(err, errAllDay) && of != nil {
		day, err := time.Parse(dayForm, strings.TrimSpace(p.Value))
		if err != nil {
			return time.Time{}, errTime
		}
		start, z, err := c.wall(of.Props.Get("DTSTART"))
		if err != nil {
			return time.Time{}, err
		}
		h, m, s := start.Clock()
		return z.at(time.Date(day.Year(), day.Month(), day.Day(), h, m, s, 0, time.UTC)), nil
	}
	if err != nil {
		return time.Time{}, err
	}
	return z.at(wall), nil
}

// wall returns what a property says by the clock on the wall, and of which zone.
func (c *calendar) wall(p *ical.Prop) (time.Time, zone, error) {
	if p == nil {
		return time.Time{}, nil, errTime
	}
	v := strings.TrimSpace(p.Value)
	if _, err := time.Parse(dayForm, v); err == nil {
		return time.Time{}, nil, errAllDay
	}
	wall, err := wallTime(v)
	if err != nil {
		return time.Time{}, nil, errTime
	}
	if strings.HasSuffix(v, "Z") {
		return wall, named{time.UTC}, nil
	}
	z, err := c.zoneOf(p.Params.Get("TZID"))
	return wall, z, err
}

// zoneOf returns the zone of a TZID; without one it is the calendar's.
func (c *calendar) zoneOf(id string) (zone, error) {
	if strings.TrimSpace(id) == "" {
		return named{c.Zone}, nil
	}
	if l := known(id); l != nil {
		return named{l}, nil
	}
	if z := c.zones[id]; z != nil {
		return z, nil
	}
	// A bare name such as EST without a block: the zone database has it.
	if l := load(id); l != nil && id != "Local" {
		return named{l}, nil
	}
	return nil, errZone
}

// sequence returns how often an event was changed, as far as it says.
func sequence(e *ical.Component) int {
	n, _ := strconv.Atoi(value(e, "SEQUENCE")) // 0 if it says nothing
	return n
}

// cancelled reports whether an event says that it is off. Outlook says so in the title too.
func cancelled(e *ical.Component) bool {
	if strings.EqualFold(value(e, "STATUS"), "CANCELLED") {
		return true
	}
	title := strings.ToLower(text(e, "SUMMARY"))
	for _, word := range offWords() {
		if strings.HasPrefix(title, word) {
			return true
		}
	}
	return false
}

// offWords are what a title begins with that says that its event is off.
func offWords() []string { return []string{"canceled:", "cancelled:", "cancelado:", "cancelada:"} }
