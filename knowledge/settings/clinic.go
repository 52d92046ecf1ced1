package settings

import (
	"maps"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/beacon-clinic/beacon/knowledge/language"
)

// Clinic holds the settings of clinic.yaml. Make one with [Parse].
type Clinic struct {
	Placeholder      bool                      `yaml:"placeholder"`       // live mode refuses it
	AnswerUnreviewed bool                      `yaml:"answer_unreviewed"` // send unreviewed entries
	Name             string                    `yaml:"name"`
	Phone            string                    `yaml:"phone"` // E.164
	UrgentPhone      string                    `yaml:"urgent_phone"`
	Zone             string                    `yaml:"zone"`      // an IANA name
	ZoneName         language.Words            `yaml:"zone_name"` // see [Clinic.Place]
	Hours            map[string]Span           `yaml:"hours"`     // by day: mon, tue …
	Holidays         []string                  `yaml:"holidays"`
	Lines            Lines                     `yaml:"lines"`
	VisitTypes       map[string]VisitType      `yaml:"visit_types"`
	Reminders        Reminders                 `yaml:"reminders"`
	Texts            Texts                     `yaml:"texts"`
	Feeds            []Feed                    `yaml:"feeds"`
	After            After                     `yaml:"after"`
	Reach            Reach                     `yaml:"reach"`
	Pace             Pace                      `yaml:"pace"`
	Price            Price                     `yaml:"price"`
	Replies          Replies                   `yaml:"replies"`
	Waitlist         Waitlist                  `yaml:"waitlist"`
	Desk             Desk                      `yaml:"desk"`
	Roles            Roles                     `yaml:"roles"` // who may do what at the desk
	Keep             Keep                      `yaml:"keep"`
	Matching         Matching                  `yaml:"matching"`
	NeverUnasked     []string                  `yaml:"never_unasked"` // barred from unasked texts
	Facts            map[string]language.Words `yaml:"facts"`         // what any sentence may quote

	zone  *time.Location
	zones *zones
	doc   *yaml.Node // the file, for the lines of its faults
}

// Types returns the names of the visit types, sorted.
func (c *Clinic) Types() []string { return slices.Sorted(maps.Keys(c.VisitTypes)) }

// Indiscreet returns the first word of never_unasked that a text holds, "" if it holds none.
// Anybody may see a reminder on a locked phone, so none may say what is treated. Parts of words
// count, whatever their case.
func (c *Clinic) Indiscreet(text string) string {
	text = strings.ToLower(text)
	for _, w := range c.NeverUnasked {
		if strings.Contains(text, strings.ToLower(w)) {
			return w
		}
	}
	return ""
}

// Lines are the national hotlines.
type Lines struct {
	Crisis    string   `yaml:"crisis"`
	Emergency string   `yaml:"emergency"`
	Old       []string `yaml:"old"` // numbers that must no longer be given
}

// Matching sets how strict the matcher is, which answers for entries that the model hasn't learnt.
// 0 leaves it to the matcher; see match.Settings.
type Matching struct {
	Outside float64 `yaml:"outside"` // expected share of questions from outside the base
	Wrong   float64 `yaml:"wrong"`   // tolerated share of wrong answers
}
