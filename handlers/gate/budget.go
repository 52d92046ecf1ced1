package gate

import (
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/budget"
	"github.com/beacon-clinic/beacon/knowledge"
)

// Periods returns the periods in which answers are counted at a time: the minute, the hour and the
// day, by the clinic's clock. There is none if answers cost nothing.
func (t *Texter) Periods(now time.Time) []budget.Period {
	if t.Free {
		return nil
	}
	l, limits := now.In(t.Clinic.Location()), t.Clinic.Replies
	minute, hour := l.Truncate(time.Minute), l.Truncate(time.Minute).
		Add(-time.Duration(l.Minute())*time.Minute)
	day := func(n int) time.Time {
		return time.Date(l.Year(), l.Month(), l.Day()+n, 0, 0, 0, 0, l.Location())
	}
	return []budget.Period{
		{
			Name: "minute", From: minute, Ends: minute.Add(time.Minute),
			Most: limits.PerMinute, Strangers: limits.Strangers.PerMinute,
		},
		{
			Name: "hour", From: hour, Ends: hour.Add(time.Hour),
			Most: limits.PerHour, Strangers: limits.Strangers.PerHour,
		},
		{
			Name: "day", From: day(0), Ends: day(1),
			Most: limits.PerDay, Strangers: limits.Strangers.PerDay,
		},
	}
}

// Cost returns what an answer takes of what answers may cost: its segments.
func (t *Texter) Cost(s handlers.State, bodies []string, now time.Time) budget.Spend {
	return budget.Spend{
		Segments: Weigh(bodies), Stranger: s.Stranger(), Periods: t.Periods(now),
	}
}

// Weigh returns how many segments texts have together.
func Weigh(bodies []string) (n int) {
	for _, b := range bodies {
		segments, _ := knowledge.Segments(b)
		n += segments
	}
	return n
}
