// Package figures counts what the front desk did, by the clinic's day: the texts that were answered
// and that went to a person, how long these waited, what became of the visits, what was sent.
//
// [Counter] says what an event counts for. The store adds that up in the step that writes the
// event, so that no figure costs a round trip or counts anything twice. A figure is a number and
// tells nothing of any patient.
package figures

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Of the day on which it happened.
const (
	Answered   = "answered"    // texts of patients that the bot answered
	HandedOver = "handed_over" // texts of patients that went to a person
	Texts      = "texts"       // texts to patients
	Segments   = "segments"    // of those texts, as the carrier bills them
	Delivered  = "delivered"
	Failed     = "failed"
	OptedOut   = "opted_out"

	Alarms       = "alarms"       // cases of danger that began, or that a concern became
	AlarmsPaged  = "alarms_paged" // of these, that nobody had taken when they first paged again
	AlarmsTaken  = "alarms_taken"
	AlarmsEnded  = "alarms_ended"
	Concerns     = "concerns"        // texts that may be more than they seem
	ConcernsRead = "concerns_read"   // that a person found to be no danger
	Raised       = "concerns_raised" // that became alarms: unread, by a person, by a further text

	// Person, with a number of minutes behind it, counts the cases that a person took so long after
	// they came: see [Day.ToPerson].
	Person = "person:"
	// Kind, with a kind of package kinds behind it, counts the texts of patients of that kind.
	Kind = "kind:"
)

// Of the day of the visit, whenever it became known.
const (
	Visits    = "visits"    // all that were to take place, but for those that moved away
	Confirmed = "confirmed" // of these, that the patient had confirmed
	Arrived   = "arrived"
	Missed    = "missed"
	Declined  = "declined" // that the patient called off, no longer among Visits
)

// Tally is what an event counts for: so many more of a name on a day.
type Tally struct {
	Day  string // "2006-01-02", by the clinic's clock
	Name string
	N    int
}

// Day is what was counted of one day.
type Day struct {
	Date string         // as in Tally
	Of   map[string]int // by the names above; one that isn't there is 0
}

// ToPerson returns the median of the minutes in which a person took a case of that day; false if
// nobody took any.
func (d Day) ToPerson() (minutes int, ok bool) {
	var all []int
	for name, n := range d.Of {
		if after, is := strings.CutPrefix(name, Person); is {
			m, _ := strconv.Atoi(after) // Counter wrote it
			all = append(all, slices.Repeat([]int{m}, max(n, 0))...)
		}
	}
	if len(all) == 0 {
		return 0, false
	}
	slices.Sort(all)
	return all[len(all)/2], true
}

// Share returns how many of a hundred of the whole a part is; false if there is no whole.
func (d Day) Share(part, whole string) (percent int, ok bool) {
	if d.Of[whole] <= 0 {
		return 0, false
	}
	return (200*d.Of[part] + d.Of[whole]) / (2 * d.Of[whole]), true
}

// Sum returns what was counted on several days together; its Date is that of none.
func Sum(days []Day) Day {
	out := Day{Of: map[string]int{}}
	for _, d := range days {
		for name, n := range d.Of {
			out.Of[name] += n
		}
	}
	return out
}

// Days returns the dates of n days up to a day, oldest first. now says which day that is.
func Days(now time.Time, zone *time.Location, n int) []string {
	out := make([]string, n)
	l := now.In(zone)
	for i := range out {
		// Noon exists on every day, whatever the clocks do.
		at := time.Date(l.Year(), l.Month(), l.Day()-(n-1-i), 12, 0, 0, 0, zone)
		out[i] = at.Format(time.DateOnly)
	}
	return out
}
