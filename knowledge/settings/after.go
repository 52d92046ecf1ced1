package settings

import (
	"slices"
	"strings"
	"time"
)

// After sets what is sent after a visit. Each is off until the clinic turns it on.
type After struct {
	CheckIn CheckIn `yaml:"check_in"`
	Missed  Missed  `yaml:"missed"`
	Recall  Recall  `yaml:"recall"`
}

// CheckIn is the text of the next day to who came.
type CheckIn struct {
	On    bool     `yaml:"on"`
	At    string   `yaml:"at"`    // local time of the patient
	Types []string `yaml:"types"` // visit types; none are all
}

// Missed is the text to who didn't come.
type Missed struct {
	On    bool    `yaml:"on"`
	Hours float64 `yaml:"hours"` // after staff, or a feed, have said so
}

// Recall is the text to whose series has stopped.
type Recall struct {
	On   bool `yaml:"on"`
	Days int  `yaml:"days"` // since the last visit, with none booked after it
}

// settle checks what is sent after a visit and fills in the defaults. window is when texts may leave.
func (a *After) settle(types map[string]VisitType, window Span, fault report) {
	if a.CheckIn.At == "" {
		a.CheckIn.At = "11:00"
	}
	switch m, err := minutes(a.CheckIn.At); {
	case err != nil:
		fault([]string{"after", "check_in", "at"}, "after.check_in.at: %q: want a time like 11:00",
			a.CheckIn.At)
	case window.From < window.To && (m < window.From || m >= window.To):
		fault([]string{"after", "check_in", "at"}, "after.check_in.at: %q is outside of "+
			"reminders.window, in which all such texts leave: want a time within it", a.CheckIn.At)
	}
	for _, name := range a.CheckIn.Types {
		if _, ok := types[name]; !ok {
			fault([]string{"after", "check_in", "types"},
				"after.check_in.types: there is no visit type %q", name)
		}
	}
	if a.Missed.Hours == 0 {
		a.Missed.Hours = 2
	}
	if a.Missed.Hours < 0 || a.Missed.Hours > 48 {
		fault([]string{"after", "missed", "hours"}, "after.missed.hours: %g: want 0.5 to 48",
			a.Missed.Hours)
	}
	if a.Recall.Days == 0 {
		a.Recall.Days = 21
	}
	if a.Recall.Days < 3 || a.Recall.Days > 80 {
		fault([]string{"after", "recall", "days"}, "after.recall.days: %d: want 3 to 80",
			a.Recall.Days)
	}
}

// ChecksIn reports whether the text of the next day is sent after a visit of a type.
func (c *Clinic) ChecksIn(kind string) bool {
	in := c.After.CheckIn
	return in.On && (len(in.Types) == 0 || slices.Contains(in.Types, kind))
}

// Recalls reports whether who had a visit of a type is reminded that the series has stopped.
func (c *Clinic) Recalls(kind string) bool {
	return c.After.Recall.On && c.VisitTypes[kind].Series != nil
}

// DaysAfter returns when a text leaves so many days after a visit that starts at start, at the time
// of day of the check-in, in the patient's zone; later if the window says so, and on the next day on
// which the clinic opens: it asks for an answer, and somebody must be there to read that.
func (c *Clinic) DaysAfter(start time.Time, days int, zone *time.Location) time.Time {
	m, _ := minutes(strings.TrimSpace(c.After.CheckIn.At)) // checked by Parse
	for range 14 {
		if c.Attended(OnDay(start.In(zone), days, m)) {
			break
		}
		days++
	}
	return c.InWindow(OnDay(start.In(zone), days, m), zone)
}
