package settings

import "regexp"

// Desk sets how long the desk may take. Whatever is left out of the file has its default after
// Parse.
type Desk struct {
	PersonHours     float64 `yaml:"person_hours"`      // how long the bot leaves a talk to a person
	ReplyMinutes    int     `yaml:"reply_minutes"`     // within which a person answers
	NurseMinutes    int     `yaml:"nurse_minutes"`     // open hours until a nurse's task pages
	ConcernMinutes  int     `yaml:"concern_minutes"`   // until an unread concern is an alarm
	PageMinutes     int     `yaml:"page_minutes"`      // between two pages of an untaken case
	PageMostMinutes int     `yaml:"page_most_minutes"` // the longest pause: it doubles until then
	OnCallMinutes   int     `yaml:"oncall_minutes"`    // until the on-call phone is texted and rung
	OnCallPhone     string  `yaml:"oncall_phone"`
	// OnCallGroup is the Slack user group that is told of what still waits after staff were told
	// again; left out, everybody in the desk's channel is.
	OnCallGroup string `yaml:"oncall_group"`
	// Waits are the open minutes that a case of a kind may wait until staff are told again, other
	// those of any other kind; 0 is never.
	Waits        map[string]int `yaml:"waits"`
	StaleMinutes int            `yaml:"stale_minutes"` // after which the bot doesn't answer a text
	// RevealNumbers and RevealWords let one member of staff at a time see a patient's number, or
	// words, in a Slack that doesn't show them to all. The number of a patient in danger is shown
	// without.
	RevealNumbers bool `yaml:"reveal_numbers"`
	RevealWords   bool `yaml:"reveal_words"`
	// Names is what staff read of a patient's name in a Slack that doesn't show words: NamesFirst or
	// NamesInitials.
	Names string `yaml:"names"`
}

// What staff read of a patient's name.
const (
	NamesFirst    = "first"    // "Ana E."
	NamesInitials = "initials" // "A. E."
)

// settleNames checks what staff read of a name.
func (d *Desk) settleNames(fault report) {
	if d.Names == "" {
		d.Names = NamesFirst
	}
	if d.Names != NamesFirst && d.Names != NamesInitials {
		fault([]string{"desk", "names"}, "desk.names: %q: want first (Ana E.) or initials (A. E.); "+
			"left out it is first", d.Names)
	}
}

// e164 is the form of ITU-T E.164, for numbers of North America with their ten digits.
// handlers.NewPhone takes the same, but handlers is above this room.
var e164 = regexp.MustCompile(`^\+(1[2-9]\d{9}|[2-9]\d{6,14})$`)

// settle checks the settings and fills in the defaults. Each is bounded, since a slip like 100000
// would mean that nobody is ever called. The message says the default, so that whoever is unsure
// can leave the line out.
func (d *Desk) settle(fault report) {
	if d.OnCallPhone != "" && !e164.MatchString(d.OnCallPhone) {
		fault([]string{"desk", "oncall_phone"},
			"desk.oncall_phone: want a number with its country, like +12125550112, so that it can "+
				"be rung")
	}
	if d.OnCallGroup != "" && !slackGroup.MatchString(d.OnCallGroup) {
		fault([]string{"desk", "oncall_group"},
			"desk.oncall_group: %q: want the id of a Slack user group, like S0123ABCD", d.OnCallGroup)
	}
	d.settleWaits(fault)
	d.settleNames(fault)
	if d.PersonHours == 0 {
		d.PersonHours = 4
	}
	if d.PersonHours < 0 || d.PersonHours > 7*24 {
		fault([]string{"desk", "person_hours"},
			"desk.person_hours: %g: want the hours that a person's talk lasts, up to 168; left "+
				"out it is 4", d.PersonHours)
	}
	const day = 24 * 60
	for _, m := range []struct {
		name string
		is   *int
		or   int // the default
		most int
		what string
	}{
		{"reply_minutes", &d.ReplyMinutes, 60, 7 * day, "within which a person answers"},
		{"nurse_minutes", &d.NurseMinutes, 60, 7 * day, "within which a nurse answers"},
		{"concern_minutes", &d.ConcernMinutes, 15, day, "in which somebody reads it"},
		{"page_minutes", &d.PageMinutes, 5, day, "after which the desk is paged again"},
		{
			"page_most_minutes", &d.PageMostMinutes, max(60, d.PageMinutes), day,
			"to which the pauses between pages grow",
		},
		{"oncall_minutes", &d.OnCallMinutes, 10, day, "after which the on-call phone is told"},
		{
			"stale_minutes", &d.StaleMinutes, 10, day,
			"after which a person answers in place of the bot",
		},
	} {
		if *m.is < 0 || *m.is > m.most {
			fault([]string{"desk", m.name},
				"desk.%s: %d: want the minutes %s, 1 to %d; left out it is %d",
				m.name, *m.is, m.what, m.most, m.or)
		}
		if *m.is == 0 {
			*m.is = m.or
		}
	}
	if d.PageMostMinutes < d.PageMinutes {
		fault([]string{"desk", "page_most_minutes"},
			"desk.page_most_minutes: %d: want no less than desk.page_minutes (%d), from which the "+
				"pauses grow", d.PageMostMinutes, d.PageMinutes)
	}
}
