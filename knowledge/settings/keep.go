package settings

import "time"

// Keep sets for how many days what concerns a patient is kept. The program removes it then.
type Keep struct {
	Conversations int `yaml:"conversations"` // what the last texts were about, since the last one
	Answers       int `yaml:"answers"`       // what each text was answered with
	Cases         int `yaml:"cases"`         // what went to a person, since its last change
	Visits        int `yaml:"visits"`        // since their start
	Texts         int `yaml:"texts"`         // ours and what became of them
	Transcripts   int `yaml:"transcripts"`   // the words of conversations, of either side
	Numbers       int `yaml:"numbers"`       // of patients, since they were last heard of
	Strangers     int `yaml:"strangers"`     // other numbers
	Consents      int `yaml:"consents"`      // the history, since its last change
	Questions     int `yaml:"questions"`     // what was asked, without what names anybody
	Waitlist      int `yaml:"waitlist"`      // a place on it, since it was taken
	Audit         int `yaml:"audit"`         // what staff did and saw
}

// Days returns a lifetime of so many days.
func Days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

// settle checks the lifetimes and fills in the defaults.
//
// source: consents, the four years in which a text can be sued over, 28 U.S.C. 1658(a), and one more;
// audit, six years, 45 CFR 164.316(b)(2)(i);
// answers, how far back the carrier's list is read after an outage, which must be known still
func (k *Keep) settle(fault report) {
	const year = 365
	for _, one := range []struct {
		name            string
		is              *int
		least, or, most int
		why             string
	}{
		{"conversations", &k.Conversations, 1, 1, 7, "a follow-up comes within the day"},
		{"answers", &k.Answers, 3, 3, 30, "a text that comes again within three days is known by it"},
		{"cases", &k.Cases, 7, 30, year, "a case of last week is still talked of"},
		{"visits", &k.Visits, 2, 90, 10 * year, "a visit of yesterday is still answered about"},
		{"texts", &k.Texts, 31, 90, 10 * year, "the caps count the texts of a month"},
		{"transcripts", &k.Transcripts, 1, 30, year, "what was said last week is still talked of"},
		{"numbers", &k.Numbers, 31, 400, 10 * year, "staff find a patient by the last four digits"},
		{"strangers", &k.Strangers, 1, 30, year, "staff find who texted by the last four digits"},
		{
			"consents", &k.Consents, 4 * year, 5 * year, 20 * year,
			"a text can be sued over for four years",
		},
		{"questions", &k.Questions, 7, 90, year, "the digest tells of a week"},
		{"waitlist", &k.Waitlist, 1, 180, year, "who waits longer is asked anew"},
		{
			"audit", &k.Audit, 6 * year, 2192, 20 * year,
			"records of who saw what are kept for six years",
		},
	} {
		if *one.is == 0 {
			*one.is = one.or
		}
		if *one.is < one.least || *one.is > one.most {
			fault([]string{"keep", one.name}, "keep.%s: %d: want %d to %d days (%s); left out it is %d",
				one.name, *one.is, one.least, one.most, one.why, one.or)
		}
	}
}
