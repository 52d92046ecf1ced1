package settings

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// otherWaits is the key of desk.waits for every kind of case that has none of its own.
const otherWaits = "other"

// waits are how many open minutes a case of a kind waits before staff are told again, unless
// clinic.yaml says otherwise. 0 is never.
func waits(reply int) map[string]int {
	return map[string]int{
		kinds.Handoff:    reply, // what the patient was told: see reply_minutes
		kinds.Late:       10,    // the visit begins, and somebody must say whether they are still seen
		kinds.Clinical:   reply, // once somebody has it; before that it pages
		kinds.Decline:    2 * reply,
		kinds.Reschedule: 2 * reply, // they were told that a person writes, but not when
		kinds.Ride:       2 * reply, // it opens a day ahead
		kinds.Unprepared: 30,        // what can still be followed gets less by the hour
		kinds.Series:     8 * 60,    // a working day: weeks are left
		otherWaits:       2 * reply,
	}
}

// leastWait and mostWait bound a wait, in minutes: cases are first looked at after the one, and what
// waits for more than a week isn't waited for.
const (
	leastWait = 5
	mostWait  = 7 * 24 * 60
)

// settleWaits checks desk.waits and fills in what it leaves out.
func (d *Desk) settleWaits(fault report) {
	reply := d.ReplyMinutes
	if reply <= 0 {
		reply = 60
	}
	all := waits(min(reply, mostWait/2))
	for _, kind := range slices.Sorted(maps.Keys(d.Waits)) {
		if _, known := all[kind]; !known {
			fault([]string{"desk", "waits", kind}, "desk.waits.%s: there is no such kind: want one of %s",
				kind, strings.Join(slices.Sorted(maps.Keys(all)), ", "))
		}
		n := d.Waits[kind]
		if n != 0 && n < leastWait || n < 0 || n > mostWait {
			fault([]string{"desk", "waits", kind},
				"desk.waits.%s: %d: want open minutes, %d to %d, or 0 for never; left out it is %d",
				kind, n, leastWait, mostWait, all[kind])
		}
		all[kind] = n
	}
	d.Waits = all
}

// Wait returns for how long, in hours in which the clinic is open, a case of a kind may wait until
// staff are told again; 0 if they never are.
func (c *Clinic) Wait(kind string) time.Duration {
	n, known := c.Desk.Waits[kind]
	if !known {
		n = c.Desk.Waits[otherWaits]
	}
	return inMinutes(n)
}
