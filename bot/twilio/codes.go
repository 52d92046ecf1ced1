package twilio

import (
	"strconv"
	"strings"
	"time"
)

// fault says whose fault it is that a text or a call didn't go through. What is done follows from
// that: a number is marked as taking no texts, a text fails and goes to staff, or it is tried
// again.
type fault int

const (
	number    fault = iota + 1 // the number's, for good: no text will ever reach it
	recipient                  // the patient's: opted out, blocks us, or can't be reached from ours
	content                    // the text's: it would be refused again
	network                    // a carrier's, or a limit of its or of Twilio's: it passes by itself
	itself                     // Twilio's own: it passes by itself
	clinic                     // the clinic's set-up: nothing goes through until somebody mends it
)

// passes reports whether another try can help: in time, or once somebody has mended the set-up.
func (f fault) passes() bool { return f == network || f == itself || f == clinic }

// meaning is what an error code of Twilio's comes to. wait, tries and daily are for faults that
// pass.
type meaning struct {
	fault fault
	why   string        // for staff, after "A text did not reach the patient: "
	mend  string        // for staff, what to do about it; set exactly for clinic
	wait  time.Duration // how long to wait at least before the next try; 0 leaves it to the gate
	tries int           // how often it is tried again at most; 0 leaves it to the gate
	daily bool          // it passes at midnight Pacific, when US carriers start a new count
}

// group is a set of codes that are dealt with alike. codes has one on each line: the code, a space,
// and why the text didn't go through.
type group struct {
	meaning
	codes string
}

// unsure is how long to wait with a text of which nobody says why it failed. Some of those arrive
// late after all, and a second copy sent at once would reach the patient twice.
const unsure = 30 * time.Minute

// table returns the meaning of every code that a send, a call or a receipt can bring and that isn't
// left to unknown. source: https://www.twilio.com/docs/api/errors, the list and each code's page
func table() map[int]meaning {
	out := map[int]meaning{}
	for _, groups := range [][]group{
		recipients(), contents(), later(), accounts(), senders(), services(), registrations(),
	} {
		for _, g := range groups {
			for line := range strings.Lines(g.codes) {
				code, why, _ := strings.Cut(strings.TrimSpace(line), " ")
				if n, err := strconv.Atoi(code); err == nil {
					m := g.meaning
					m.why = why
					out[n] = m
				}
			}
		}
	}
	return out
}

// unknown returns what a code that isn't in the table is taken for: by its range where Twilio keeps
// a range to one matter, otherwise by how it came. status is the answer's HTTP status, 0 for a
// receipt; code is 0 if Twilio gave none. The words tell staff that it is a guess, and where to
// look the code up.
//
// A refusal that can't be placed is taken as the text's own fault: it is not sent again, and staff
// are told. In a receipt it is taken as one that passes, since the text was fit to be accepted.
func unknown(code, status int) meaning {
	m, taken := meaning{fault: content}, "this text's own fault"
	switch {
	case code == 0 && status == 0:
		why := "the carrier could not deliver it, and Twilio doesn't say why"
		return meaning{fault: network, wait: unsure, tries: 2, why: why}
	// Voice and accounts; the REST API; and what a status alone says of credentials and paths.
	case in(code, 10000, 10999), in(code, 20000, 20999),
		status == 401, status == 403, status == 404:
		m, taken = meaning{fault: clinic, mend: mendKeys}, "one of the account or its keys"
	case in(code, 21700, 21799), in(code, 30100, 30199):
		m, taken = meaning{fault: clinic, mend: mendService}, "one of the messaging service"
	case in(code, 30437, 30531) && code != 30500: // 30500 is a failure at Twilio: see later
		m = meaning{fault: clinic, mend: mendTollFree}
		taken = "one of a toll-free number's verification"
	case in(code, 30700, 30999):
		m, taken = meaning{fault: clinic, mend: mendRegister}, "one of our number's registration"
	case in(code, 63100, 63199):
		m, taken = meaning{fault: clinic, mend: mendChannel}, "one of our sender on that channel"
	case status == 0:
		m, taken = meaning{fault: network, wait: unsure, tries: 2}, "one that passes"
	}
	how := "Twilio refused it"
	if status > 0 {
		how += " with HTTP " + strconv.Itoa(status)
	}
	m.why = how + " for a reason that Beacon doesn't know, taken as " + taken
	if m.fault == clinic {
		m.mend = "Look the code up at twilio.com/docs/api/errors/" + strconv.Itoa(code) + ". " +
			m.mend
	}
	return m
}

// in reports whether a code is in a range, both ends included.
func in(code, from, to int) bool { return code >= from && code <= to }

// after returns how long to wait at least, from now, before the next try.
func (m meaning) after(now time.Time) time.Duration {
	if !m.daily {
		return m.wait
	}
	pacific, err := time.LoadLocation("America/Los_Angeles")
	if err != nil { // cannot be: package main has every zone built in
		return 12 * time.Hour
	}
	// Five minutes past midnight: the carriers' clocks and ours may differ. time.Date takes care of
	// the month's end and of daylight saving.
	l := now.In(pacific)
	return time.Date(l.Year(), l.Month(), l.Day()+1, 0, 5, 0, 0, pacific).Sub(now)
}
