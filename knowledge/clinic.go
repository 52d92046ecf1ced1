package knowledge

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Clinic is clinic.yaml.
type Clinic struct {
	Placeholder      bool                 `yaml:"placeholder"`
	AnswerUnreviewed bool                 `yaml:"answer_unreviewed"`
	Name             string               `yaml:"name"`
	Phone            string               `yaml:"phone"`
	UrgentPhone      string               `yaml:"urgent_phone"`
	Zone             string               `yaml:"zone"`
	Hours            map[string]Span      `yaml:"hours"`
	Holidays         []string             `yaml:"holidays"`
	Lines            Lines                `yaml:"lines"`
	VisitTypes       map[string]VisitType `yaml:"visit_types"`
	Reminders        Reminders            `yaml:"reminders"`
	Pace             Pace                 `yaml:"pace"`
	Waitlist         Waitlist             `yaml:"waitlist"`
	Desk             DeskRules            `yaml:"desk"`
	Matching         Matching             `yaml:"matching"`
	NeverUnasked     []string             `yaml:"never_unasked"` // words that no unasked text holds
	Facts            map[string]Words     `yaml:"facts"`

	zone *time.Location
	doc  *yaml.Node // the file, for the lines of its faults
}

// Lines are the national lines.
type Lines struct {
	Crisis    string   `yaml:"crisis"`
	Emergency string   `yaml:"emergency"`
	Old       []string `yaml:"old"` // numbers that are no longer to be given
}

// VisitType is what a kind of visit asks of a patient.
type VisitType struct {
	Label    Words   `yaml:"label"`
	Minutes  int     `yaml:"minutes"`
	RideHome bool    `yaml:"ride_home"`
	Prepare  Prepare `yaml:"prepare"`
}

// Prepare is what must be left off before a visit, in hours before its start; 0 is no rule.
type Prepare struct {
	Solids  float64 `yaml:"solids_hours"`
	Liquids float64 `yaml:"liquids_hours"`
	Nasal   float64 `yaml:"nasal_hours"`
}

// Reminders is what is sent without being asked.
type Reminders struct {
	Window     Span   `yaml:"window"`
	MaxPerDay  int    `yaml:"max_per_day"`
	MaxPerWeek int    `yaml:"max_per_week"`
	RideBy     string `yaml:"ride_by"` // on the day of the text that asks who drives the patient home: by then staff are told if nobody knows
	Plan       []Step `yaml:"plan"`
}

// Step is one reminder of the plan: at booking, days before at a local time, or hours before.
type Step struct {
	Kind        string  `yaml:"kind"`
	When        string  `yaml:"when"`
	DaysBefore  int     `yaml:"days_before"`
	At          string  `yaml:"at"`
	HoursBefore float64 `yaml:"hours_before"`
	Only        string  `yaml:"only"` // unconfirmed, or everyone
}

// Pace is how fast texts may leave, in SMS segments; 0 is no limit.
type Pace struct {
	PerSecond float64 `yaml:"segments_per_second"`
	PerDay    int     `yaml:"segments_per_day"`
	Reserve   int     `yaml:"reserve"` // of the day's segments, for what somebody waits for: no reminder takes them
}

// Matching is how strict the matcher is.
type Matching struct {
	Outside float64 `yaml:"outside"` // share of questions expected from outside the base
	Wrong   float64 `yaml:"wrong"`   // share of wrong answers tolerated
}

// DeskRules are how the desk works.
type DeskRules struct {
	PersonHours     float64 `yaml:"person_hours"`
	ReplyMinutes    int     `yaml:"reply_minutes"`
	NurseMinutes    int     `yaml:"nurse_minutes"`     // in opening hours, until a task for a nurse pages
	ConcernMinutes  int     `yaml:"concern_minutes"`   // until a text that may be more than it seems, and that nobody has read, counts as danger
	PageMinutes     int     `yaml:"page_minutes"`      // between two pages of a case that nobody has
	PageMostMinutes int     `yaml:"page_most_minutes"` // the longest pause between two: it doubles until then
	OnCallMinutes   int     `yaml:"oncall_minutes"`    // until the on-call phone is texted and rung
	OnCallPhone     string  `yaml:"oncall_phone"`
	StaleMinutes    int     `yaml:"stale_minutes"` // after which the bot gives a text no answer
}

// Span is a stretch of a day, "9:00-18:00", as minutes since midnight.
type Span struct{ From, To int }

// UnmarshalYAML reads "9:00-18:00".
func (s *Span) UnmarshalYAML(n *yaml.Node) error {
	from, to, ok := strings.Cut(n.Value, "-")
	var err1, err2 error
	s.From, err1 = minutes(from)
	s.To, err2 = minutes(to)
	if !ok || err1 != nil || err2 != nil || s.From >= s.To {
		return fmt.Errorf("line %d: %q: want a span like 9:00-18:00", n.Line, n.Value)
	}
	return nil
}

func minutes(s string) (int, error) {
	if strings.TrimSpace(s) == "24:00" { // the end of a day
		return 24 * 60, nil
	}
	t, err := time.Parse("15:04", strings.TrimSpace(s))
	return t.Hour()*60 + t.Minute(), err
}

// weekdays are the keys of hours, by time.Weekday.
var weekdays = [...]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// Location is the clinic's time zone.
func (c *Clinic) Location() *time.Location { return c.zone }

// Zoned is the location of a patient: their own zone, or the clinic's where they have none that is known.
func (c *Clinic) Zoned(zone string) *time.Location {
	if zone != "" {
		if l, err := time.LoadLocation(zone); err == nil {
			return l
		}
	}
	return c.zone
}

// Holiday says whether the clinic is closed on the day.
func (c *Clinic) Holiday(t time.Time) bool {
	day := t.Format(time.DateOnly)
	for _, h := range c.Holidays {
		if h == day {
			return true
		}
	}
	return false
}

// Open says whether the clinic is open at t.
func (c *Clinic) Open(t time.Time) bool {
	t = t.In(c.zone)
	s, ok := c.Hours[weekdays[t.Weekday()]]
	m := t.Hour()*60 + t.Minute()
	return ok && !c.Holiday(t) && m >= s.From && m < s.To
}

// Fits says whether a visit of a type that starts then begins and ends while the clinic is open.
func (c *Clinic) Fits(start time.Time, kind string) bool {
	return c.Open(start) && c.Open(start.Add(time.Duration(max(c.VisitTypes[kind].Minutes, 1))*time.Minute-time.Second))
}

// Opens is t if the clinic is open then, else when it opens next; zero if it never does.
func (c *Clinic) Opens(t time.Time) time.Time {
	t = t.In(c.zone)
	if c.Open(t) {
		return t
	}
	for d := range 30 {
		day := time.Date(t.Year(), t.Month(), t.Day()+d, 0, 0, 0, 0, c.zone)
		s, ok := c.Hours[weekdays[day.Weekday()]]
		at := time.Date(day.Year(), day.Month(), day.Day(), s.From/60, s.From%60, 0, 0, c.zone)
		if ok && !c.Holiday(day) && at.After(t) {
			return at
		}
	}
	return time.Time{}
}

// HoursText is the opening hours in a few characters: "Mon-Thu 9-6, Fri 9-5".
func (c *Clinic) HoursText(lang string) string {
	var out []string
	week := [...]int{1, 2, 3, 4, 5, 6, 0}
	for i := 0; i < len(week); {
		s, open := c.Hours[weekdays[week[i]]]
		j := i + 1
		for j < len(week) {
			if next, ok := c.Hours[weekdays[week[j]]]; ok != open || next != s {
				break
			}
			j++
		}
		if open {
			days := dayName(lang, time.Weekday(week[i]))
			if j-i > 1 {
				days += "-" + dayName(lang, time.Weekday(week[j-1]))
			}
			out = append(out, days+" "+hour12(s.From)+"-"+hour12(s.To))
		}
		i = j
	}
	return strings.Join(out, ", ")
}

func hour12(m int) string {
	h := (m/60+11)%12 + 1
	if m%60 == 0 {
		return fmt.Sprint(h)
	}
	return fmt.Sprintf("%d:%02d", h, m%60)
}

// PageEvery is how long a case that nobody has waits between two pages.
func (c *Clinic) PageEvery() time.Duration { return time.Duration(c.Desk.PageMinutes) * time.Minute }

// PageAfter is the pause before a round of paging: that of PageEvery before the first, doubled each
// time, up to desk.page_most_minutes.
func (c *Clinic) PageAfter(round int) time.Duration {
	return min(c.PageEvery()<<min(round, 10), time.Duration(c.Desk.PageMostMinutes)*time.Minute)
}

// ReadWithin is how long a text that may be more than it seems may lie unread before it counts as danger.
func (c *Clinic) ReadWithin() time.Duration {
	return time.Duration(c.Desk.ConcernMinutes) * time.Minute
}

// OnCall is how long an urgent case may wait before the on-call phone is told.
func (c *Clinic) OnCall() time.Duration { return time.Duration(c.Desk.OnCallMinutes) * time.Minute }

// Stale is how long after it was written a text may still be answered by the bot.
func (c *Clinic) Stale() time.Duration { return time.Duration(c.Desk.StaleMinutes) * time.Minute }

// NurseBy is by when a nurse is to have seen what comes at t: counted from opening.
func (c *Clinic) NurseBy(t time.Time) time.Time {
	return c.Opens(t).Add(time.Duration(c.Desk.NurseMinutes) * time.Minute)
}

// Asked says whether the plan has asked, by now, for a confirmation of a visit that starts then: the steps meant for who hasn't confirmed ask.
func (c *Clinic) Asked(start time.Time, zone string, now time.Time) bool {
	for _, s := range c.Reminders.Plan {
		if s.Only == "unconfirmed" && !s.Due(start, c.Zoned(zone)).After(now) {
			return true
		}
	}
	return false
}

// Due is when a step falls for a visit in a zone; zero for the step at booking.
func (s Step) Due(start time.Time, zone *time.Location) time.Time {
	switch {
	case s.DaysBefore > 0:
		m, _ := minutes(s.At) // checked at load
		d := start.In(zone)
		return time.Date(d.Year(), d.Month(), d.Day()-s.DaysBefore, m/60, m%60, 0, 0, zone)
	case s.HoursBefore > 0:
		return start.Add(-time.Duration(s.HoursBefore * float64(time.Hour)))
	}
	return time.Time{}
}

// RideDue is by when it is to be known who drives a patient home whom a text asks at a time: that day's ride_by, an hour after the text at least.
func (c *Clinic) RideDue(asked time.Time) time.Time {
	m, _ := minutes(c.Reminders.RideBy) // checked at load
	by := time.Date(asked.Year(), asked.Month(), asked.Day(), m/60, m%60, 0, 0, asked.Location())
	if least := asked.Add(time.Hour); by.Before(least) {
		return least
	}
	return by
}

// Indiscreet returns the first word of a text that no unasked text may hold, "" if it holds none.
func (c *Clinic) Indiscreet(text string) string {
	text = strings.ToLower(text)
	for _, w := range c.NeverUnasked {
		if strings.Contains(text, strings.ToLower(w)) {
			return w
		}
	}
	return ""
}

// Types are the names of the visit types, sorted.
func (c *Clinic) Types() []string {
	out := make([]string, 0, len(c.VisitTypes))
	for t := range c.VisitTypes {
		out = append(out, t)
	}
	sort.Strings(out)
	return out
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}
