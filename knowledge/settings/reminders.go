package settings

import (
	"errors"
	"fmt"
	"strconv"
	"time"
)

// Reminders sets what is sent without being asked, and when.
type Reminders struct {
	Window     Span   `yaml:"window"` // when unasked texts may be sent, in the patient's zone
	MaxPerDay  int    `yaml:"max_per_day"`
	MaxPerWeek int    `yaml:"max_per_week"`
	RideBy     string `yaml:"ride_by"` // a time like 12:00, see [Clinic.RideDue]
	Plan       []Step `yaml:"plan"`
}

// Step is a reminder of the plan: at booking, some days before at a local time, or some hours
// before.
type Step struct {
	Kind        string  `yaml:"kind"`
	When        string  `yaml:"when"`
	DaysBefore  int     `yaml:"days_before"`
	At          string  `yaml:"at"`
	HoursBefore float64 `yaml:"hours_before"`
	Only        string  `yaml:"only"` // Unconfirmed, or "" for every visit
}

// Unconfirmed is the value of [Step.Only] for a step that only unconfirmed visits get.
const Unconfirmed = "unconfirmed"

// Due returns when a step falls for a visit that starts at start, in the patient's zone; the zero
// time for the step at booking. Days are counted by the calendar there, hours by the clock.
// [Clinic.InWindow] says when its text may leave.
func (s Step) Due(start time.Time, zone *time.Location) time.Time {
	switch {
	case s.DaysBefore > 0:
		m, _ := minutes(s.At) // checked by Parse
		d := start.In(zone)
		return time.Date(d.Year(), d.Month(), d.Day()-s.DaysBefore, m/60, m%60, 0, 0, zone)
	case s.HoursBefore > 0:
		return start.Add(-time.Duration(s.HoursBefore * float64(time.Hour)))
	}
	return time.Time{}
}

// settle checks the plan and fills in the defaults: a text a day and three a week at most, from
// 9:00 to 20:00. Two steps of a kind are a fault, because a visit gets one of each.
func (r *Reminders) settle(fault report) {
	if r.RideBy == "" {
		r.RideBy = "12:00"
	}
	if _, err := minutes(r.RideBy); err != nil {
		fault([]string{"reminders", "ride_by"}, "reminders.ride_by: %q: want a time like 12:00",
			r.RideBy)
	}
	kinds := map[string]bool{}
	for i, s := range r.Plan {
		path := []string{"reminders", "plan", strconv.Itoa(i)}
		if err := s.check(); err != nil {
			fault(path, "reminders.plan[%d]: %w", i, err)
		}
		if kinds[s.Kind] {
			fault(path, "reminders.plan[%d]: kind %q stands twice: a visit gets one of each", i,
				s.Kind)
		}
		kinds[s.Kind] = true
	}
	if r.MaxPerDay == 0 {
		r.MaxPerDay = 1
	}
	if r.MaxPerWeek == 0 {
		r.MaxPerWeek = 3
	}
	if r.Window == (Span{}) {
		r.Window = Span{9 * 60, 20 * 60}
	}
}

// check refuses a step that falls at no time or at more than one.
func (s Step) check() error {
	_, at := minutes(s.At)
	switch {
	case s.Kind == "":
		return errors.New("kind is missing")
	case s.Only != "" && s.Only != Unconfirmed:
		return fmt.Errorf("only: %q: want unconfirmed, or leave it out", s.Only)
	case s.When == "booking" && s.DaysBefore == 0 && s.HoursBefore == 0,
		s.When == "" && s.DaysBefore > 0 && s.HoursBefore == 0 && at == nil,
		s.When == "" && s.DaysBefore == 0 && s.HoursBefore > 0:
		return nil
	}
	return errors.New("want one of: when: booking; " +
		`days_before: 3 with at: "10:00"; hours_before: 3`)
}
