package settings

import "regexp"

// Reach sets whom the clinic texts.
type Reach struct {
	// Countries are those whose numbers are texted, as ISO 3166 codes ("US"). Without any it is the
	// country of the clinic's own phone.
	Countries []string `yaml:"countries"`
}

// iso is how a country is written: two capitals.
var iso = regexp.MustCompile(`^[A-Z]{2}$`)

// check refuses what is no country's code.
func (r Reach) check(fault report) {
	for _, c := range r.Countries {
		if !iso.MatchString(c) {
			fault([]string{"reach", "countries"},
				"reach.countries: %q: want two capitals of ISO 3166, like US, PR or CA", c)
		}
	}
}
