package settings

// Desk sets how long the desk may take.
type Desk struct {
	PersonHours     float64 `yaml:"person_hours"`
	ReplyMinutes    int     `yaml:"reply_minutes"`
	NurseMinutes    int     `yaml:"nurse_minutes"`     // open hours until a nurse's task pages
	ConcernMinutes  int     `yaml:"concern_minutes"`   // until an unread concern is an alarm
	PageMinutes     int     `yaml:"page_minutes"`      // between two pages of an untaken case
	PageMostMinutes int     `yaml:"page_most_minutes"` // the longest pause: it doubles until then
	OnCallMinutes   int     `yaml:"oncall_minutes"`    // until the on-call phone is texted and rung
	OnCallPhone     string  `yaml:"oncall_phone"`
	StaleMinutes    int     `yaml:"stale_minutes"` // after which the bot doesn't answer a text
}

// settle checks the settings and fills in the defaults.
func (d *Desk) settle(fault report) {
	if m := d.ConcernMinutes; m < 0 {
		fault([]string{"desk", "concern_minutes"},
			"desk.concern_minutes: %d: want the minutes in which somebody reads it, 1 or more; "+
				"left out it is 15", m)
	}
	if m := d.StaleMinutes; m < 0 || m > 24*60 {
		fault([]string{"desk", "stale_minutes"},
			"desk.stale_minutes: %d: want the minutes after which a person answers in place of "+
				"the bot, 1 to 1440; left out it is 10", m)
	}
	if d.PersonHours == 0 {
		d.PersonHours = 4
	}
	for _, m := range []struct {
		field    *int
		fallback int
	}{
		{field: &d.ReplyMinutes, fallback: 60},
		{field: &d.NurseMinutes, fallback: 60},
		{field: &d.ConcernMinutes, fallback: 15},
		{field: &d.PageMinutes, fallback: 5},
		{field: &d.PageMostMinutes, fallback: 60},
		{field: &d.OnCallMinutes, fallback: 10},
		{field: &d.StaleMinutes, fallback: 10},
	} {
		if *m.field == 0 {
			*m.field = m.fallback
		}
	}
}
