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
	With       Most   `yaml:"with_consent"` // in place of those two where consent is recorded
	RideBy     string `yaml:"ride_by"`      // a time like 12:00, see [Clinic.RideDue]
	// Together is for how many minutes the text of a booking that is one of a series waits for
	// others, so that one text tells of all.
	Together int    `yaml:"together_minutes"`
	Plan     []Step `yaml:"plan"`
}

// Most is how many unasked texts a number gets: in a day, and in any seven days.
type Most struct {
	PerDay  int `yaml:"max_per_day"`
	PerWeek int `yaml:"max_per_week"`
}

// exempt is what the health-care exemption allows to a number whose consent isn't recorded.
//
// source: 47 CFR 64.1200(a)(9)(iv)
var exempt = Most{PerDay: 1, PerWeek: 3}

// Caps returns how many unasked texts a number may get in a day and in any seven days, by whether
// its consent is recorded.
func (r Reminders) Caps(consent bool) (perDay, perWeek int) {
	if consent {
		return r.With.PerDay, r.With.PerWeek
	}
	return r.MaxPerDay, r.MaxPerWeek
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
	if r.Together == 0 {
		r.Together = 10
	}
	if r.Together < 1 || r.Together > 120 {
		fault([]string{"reminders", "together_minutes"},
			"reminders.together_minutes: %d: want 1 to 120", r.Together)
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
	r.settleCaps(fault)
	if r.Window == (Span{}) {
		r.Window = Span{9 * 60, 20 * 60}
	}
}

// settleCaps checks the caps and fills in the defaults.
func (r *Reminders) settleCaps(fault report) {
	for _, one := range []struct {
		name     string
		is, with *int
		most     int
	}{
		{name: "max_per_day", is: &r.MaxPerDay, with: &r.With.PerDay, most: exempt.PerDay},
		{name: "max_per_week", is: &r.MaxPerWeek, with: &r.With.PerWeek, most: exempt.PerWeek},
	} {
		if *one.is == 0 {
			*one.is = one.most
		}
		if *one.with == 0 {
			*one.with = *one.is
		}
		if *one.is < 0 || *one.is > one.most {
			fault([]string{"reminders", one.name}, "reminders.%s: %d: want 1 to %d, which is what 47 CFR 64.1200(a)(9)(iv) "+
				"allows without recorded consent; a higher one goes under with_consent", one.name,
				*one.is, one.most)
		}
		if least := min(*one.is, one.most); *one.with < least {
			fault([]string{"reminders", "with_consent", one.name},
				"reminders.with_consent.%s: %d: want %d or more, as without consent", one.name,
				*one.with, least)
		}
	}
}

// check refuses a step that falls at no time or at more than one.
func (s Step) check() error {
	_, at := minutes(s.At)
	switch {
	case s.Kind == "":
		return errors.New("kind is missing")
	case s.HoursBefore > 0 && s.HoursBefore < leastHours:
		return fmt.Errorf("hours_before: %g: want %d or more: later than that, a text reaches a "+
			"patient who is on the way", s.HoursBefore, leastHours)
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
