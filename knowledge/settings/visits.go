package settings

import (
	"slices"
	"time"

	"github.com/beacon-clinic/beacon/knowledge/language"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// VisitType describes a kind of visit and what it asks of a patient.
type VisitType struct {
	Label    language.Words `yaml:"label"`
	Minutes  int            `yaml:"minutes"`
	RideHome bool           `yaml:"ride_home"`
	InPerson *bool          `yaml:"in_person"` // left out: true; see [Clinic.InPerson]
	Prepare  Prepare        `yaml:"prepare"`
	Series   *Series        `yaml:"series"` // nil: each visit is by itself
}

// check refuses what no visit can ask for. name is the type's.
func (t VisitType) check(name string, fault report) {
	path := []string{"visit_types", name}
	if t.Series != nil {
		t.Series.settle(append(slices.Clone(path), "series"), name, fault)
	}
	if t.Minutes < 0 {
		fault(append(path, "minutes"), "visit_types.%s.minutes: %d: want 0 or more", name,
			t.Minutes)
	}
	for _, rule := range []struct {
		name  string
		hours float64
	}{
		{name: "solids_hours", hours: t.Prepare.Solids},
		{name: "liquids_hours", hours: t.Prepare.Liquids},
		{name: "nasal_hours", hours: t.Prepare.Nasal},
	} {
		if rule.hours < 0 {
			fault(append(path, "prepare", rule.name),
				"visit_types.%s.prepare.%s: %g: want hours before the visit, 0 (no rule) or more",
				name, rule.name, rule.hours)
		}
	}
}

// Series says that a patient has several visits of the type, which follow one another.
type Series struct {
	GapDays    int `yaml:"gap_days"`    // two of them further apart are told at the desk
	WithinDays int `yaml:"within_days"` // two further apart than this are of two series
}

// Within returns how far apart two visits of a series are at most; 0 if the type has no series.
func (t VisitType) Within() time.Duration {
	if t.Series == nil {
		return 0
	}
	return Days(t.Series.WithinDays)
}

// settle checks a series and fills in the defaults.
func (s *Series) settle(path []string, name string, fault report) {
	if s.GapDays == 0 {
		s.GapDays = 10
	}
	if s.WithinDays == 0 {
		s.WithinDays = max(21, s.GapDays+7)
	}
	switch {
	case s.GapDays < 1 || s.GapDays > 60:
		fault(append(path, "gap_days"),
			"visit_types.%s.series.gap_days: %d: want 1 to 60 days", name, s.GapDays)
	case s.WithinDays <= s.GapDays || s.WithinDays > 80:
		fault(append(path, "within_days"), "visit_types.%s.series.within_days: %d: want more "+
			"than gap_days (%d), 80 at most", name, s.WithinDays, s.GapDays)
	}
}

// Prepares reports whether there is something to prepare for such a visit, or a ride home to
// arrange.
func (t VisitType) Prepares() bool { return t.RideHome || t.Prepare != (Prepare{}) }

// Prepare sets what a patient must leave off before a visit, in hours before its start; 0 is no
// rule.
type Prepare struct {
	Solids  float64 `yaml:"solids_hours"`
	Liquids float64 `yaml:"liquids_hours"`
	Nasal   float64 `yaml:"nasal_hours"`
}

// LeaveOff is a preparation rule with the time from which it holds. Rule is the name of its
// sentence: [replies.Solids], [replies.Liquids] or [replies.Nasal].
type LeaveOff struct {
	Rule string
	At   time.Time
}

// LeaveOffs returns the rules of a visit that still lie ahead of now, in a fixed order: food,
// liquids, nasal sprays. A rule whose time has passed is left out, because it can't be followed any
// more; the desk is told of such a visit.
func (p Prepare) LeaveOffs(start, now time.Time) (out []LeaveOff) {
	for _, rule := range []struct {
		name  string
		hours float64
	}{
		{name: replies.Solids, hours: p.Solids},
		{name: replies.Liquids, hours: p.Liquids},
		{name: replies.Nasal, hours: p.Nasal},
	} {
		at := start.Add(-time.Duration(rule.hours * float64(time.Hour)))
		if rule.hours > 0 && at.After(now) {
			out = append(out, LeaveOff{Rule: rule.name, At: at})
		}
	}
	return out
}
