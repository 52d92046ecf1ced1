package gate

import "time"

const (
	// spare stretches the pause between two segments beyond what the clinic's limit asks for. The
	// carrier counts when a request arrives, and the network moves that by some milliseconds:
	// without the spare, a second could see one segment too many.
	spare = 1.018
	// ahead is how far in the future a send's moment may lie; the send then sleeps until it. It
	// is longer than the pause between two looks at the ledger, so that no moment goes unused under
	// a backlog. It is no longer than that, since a reply has to wait for every moment that was
	// given out before it came.
	ahead = 800 * time.Millisecond
)

// Pace returns the clinic's pace for today. Unasked texts may not use the last segments of the day
// (the reserve in clinic.yaml), which are kept for texts that somebody waits for.
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
