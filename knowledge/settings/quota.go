package settings

// Replies limits what the bot's answers may cost, in SMS segments to all numbers together. Danger
// is outside of it.
type Replies struct {
	Quota `yaml:",inline"`
	// Strangers is how much of it answers to numbers that the clinic knows nothing of may take.
	Strangers Quota `yaml:"strangers"`
}

// Quota is how many segments there may be in a minute, an hour and a day by the clinic's clock.
type Quota struct {
	PerMinute int `yaml:"per_minute"`
	PerHour   int `yaml:"per_hour"`
	PerDay    int `yaml:"per_day"`
}

// settle fills in the defaults: see clinic.yaml for their reasons.
func (r *Replies) settle(fault report) {
	for _, one := range []struct {
		name            string
		all, strangers  *int
		or, orStrangers int
	}{
		{"per_minute", &r.PerMinute, &r.Strangers.PerMinute, 300, 120},
		{"per_hour", &r.PerHour, &r.Strangers.PerHour, 2000, 600},
		{"per_day", &r.PerDay, &r.Strangers.PerDay, 5000, 2000},
	} {
		if *one.all == 0 {
			*one.all = one.or
		}
		if *one.strangers == 0 {
			*one.strangers = min(one.orStrangers, max(1, *one.all/2))
		}
		if *one.all < 0 || *one.strangers < 0 || *one.strangers >= *one.all {
			fault([]string{"replies", one.name}, "replies.%s: want %d or another number of segments "+
				"above 1, and strangers.%s below it, so that patients are answered while strangers "+
				"write", one.name, one.or, one.name)
		}
	}
}
