package gate

import "time"

const (
	// spare is by how much the segments are kept further apart than the clinic's limit asks for, so
	// that two that leave at the right time and reach the carrier a little sooner or later never
	// make one too many within a second.
	spare = 1.018
	// ahead is how far ahead of its time a text may take its segment. It is longer than the time
	// between two looks at the ledger, so that no segment is lost under a backlog, and as short as
	// that allows: a reply waits no longer for what has been promised before it.
	ahead = 800 * time.Millisecond
)

// Pace is the clinic's pace for today. Unasked texts leave the last segments of the day to texts
// that somebody waits for.
func (t *Texter) Pace() Pace {
	c := t.Clinic.Pace
	now := t.Now().In(t.Clinic.Location())
	p := Pace{
		Day:  now.Format(time.DateOnly),
		Ends: time.Date(now.Year(), now.Month(), now.Day()+1, 0, 0, 0, 0, now.Location()),
	}
	if c.PerSecond > 0 {
		p.Every = time.Duration(spare * float64(time.Second) / c.PerSecond)
		if t.Sleep != nil {
			p.Ahead = ahead
		}
	}
	if c.PerDay > 0 {
		p.PerDay = max(1, c.PerDay-c.Reserve)
	}
	return p
}
