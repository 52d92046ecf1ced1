// Package budget counts what the bot's answers cost, and says where a text may cost more than one.
package budget

import "time"

// Period is a span of time over which the segments of the bot's answers are counted, those to all
// numbers together, and how many there may be of them.
type Period struct {
	Name       string // "minute", "hour" or "day"
	From, Ends time.Time
	Most       int // segments of all answers
	Strangers  int // of these, segments of answers to strangers
}

// Used is how many segments of a period are used up.
type Used struct {
	From           time.Time // when the period began
	All, Strangers int
}

// In returns what is used up of a period; used is what the store holds under its name. A count of
// the next period is of a process whose clock is ahead, and is gone on with. Any other is over.
func (u Used) In(p Period) Used {
	if u.From.Before(p.From) || u.From.After(p.Ends) {
		return Used{From: p.From}
	}
	return u
}

// Holds reports whether so many segments more are within the period's limits.
func (p Period) Holds(u Used, segments int, stranger bool) bool {
	u = u.In(p)
	return u.All+segments <= p.Most && (!stranger || u.Strangers+segments <= p.Strangers)
}

// Spend is what the answer to a text takes of what answers may cost.
type Spend struct {
	Segments int
	Stranger bool // the number is a stranger's: see handlers.State.Stranger
	// Periods are those that it counts in. Nothing at all is written if one doesn't hold it: the
	// turn is then decided anew. Without limits, it counts all the same.
	Periods   []Period
	Unlimited bool
}

// Counts adds the segments to what is used up of a period.
func (s Spend) Counts(p Period, u Used) Used {
	u = u.In(p)
	u.All += s.Segments
	if s.Stranger {
		u.Strangers += s.Segments
	}
	return u
}

// Holds reports whether all periods hold the spend. used is by a period's name.
func (s Spend) Holds(used map[string]Used) bool {
	for _, p := range s.Periods {
		if !s.Unlimited && !p.Holds(used[p.Name], s.Segments, s.Stranger) {
			return false
		}
	}
	return true
}

// Why the bot doesn't answer a text that it would have answered.
const (
	RefusedReach     = "reach"     // the number is in a country that the clinic doesn't text
	RefusedStrangers = "strangers" // what answers to strangers may cost is used up
	RefusedAll       = "all"       // what all answers may cost is used up
)

// Refused is a text that wasn't answered for what an answer would cost.
type Refused struct {
	Why string // RefusedReach …
}

// Stretch is a time in which texts weren't answered, from the first of them. It is over when none
// came for StretchGap.
type Stretch struct {
	From, To time.Time
	Count    map[string]int // of texts, by why
	Ends     []string       // the last digits of the first MostEnds numbers
}

const (
	// StretchGap ends a stretch: whoever floods a clinic pauses for less.
	StretchGap = time.Hour
	// MostEnds is as many numbers as a person reads on a card.
	MostEnds = 30
)

// Total returns how many texts weren't answered.
func (s Stretch) Total() (n int) {
	for _, one := range s.Count {
		n += one
	}
	return n
}

// Place is where a number is, as far as the price of a text to it goes by that.
type Place struct {
	Country string // ISO 3166: "US"; "" if it is in none, or Special
	// Special is what the number is instead of an ordinary one of a country, in words for staff: "a
	// premium-rate number". Nobody is texted there.
	Special string
}
