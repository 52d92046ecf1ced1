package settings

// Pace limits how fast texts may leave, in SMS segments; 0 is no limit. Carriers hold back or drop
// what a number sends faster than it is registered for.
type Pace struct {
	PerSecond float64 `yaml:"segments_per_second"`
	PerDay    int     `yaml:"segments_per_day"`
	Reserve   int     `yaml:"reserve"` // of the day's segments, kept from reminders for replies
}

// Price is what a segment costs with the carriers' fees, for the figures; 0 if nobody has said.
type Price struct {
	Segment  float64 `yaml:"segment"`
	Currency string  `yaml:"currency"` // as it is written before an amount; "$" if left out
}

// settle fills in the currency, and refuses a price below zero.
func (p *Price) settle(fault report) {
	if p.Currency == "" {
		p.Currency = "$"
	}
	if p.Segment < 0 {
		fault([]string{"price"}, "price.segment: want what a segment costs, like 0.012, or 0")
	}
}

// check refuses limits below zero, and a reserve that leaves reminders nothing.
func (p Pace) check(fault report) {
	if p.PerSecond < 0 || p.PerDay < 0 || p.Reserve < 0 || p.PerDay > 0 && p.Reserve >= p.PerDay {
		fault([]string{"pace"}, "pace: want segments_per_second and segments_per_day of 0 "+
			"(no limit) or more, and a reserve below segments_per_day")
	}
}
