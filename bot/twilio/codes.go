package twilio

import (
	"strconv"
	"strings"
	"time"
)

// fault says whose fault it is that a text or a call didn't go through; what is done about it
// follows from that.
type fault int

const (
	number    fault = iota + 1 // the number's, for good: no text will ever reach it
	recipient                  // theirs: they opted out, block us, or can't be reached from ours
	content                    // the text's own
	network                    // the carriers', or a limit of theirs: it passes by itself
	itself                     // Twilio's own: it passes by itself
	clinic                     // the clinic's set-up: nothing goes through until somebody mends it
)

// passes says whether another try can help: by itself, or once somebody has mended the set-up.
func (f fault) passes() bool { return f == network || f == itself || f == clinic }

// meaning is what an error code of Twilio's comes to.
type meaning struct {
	fault fault
	why   string        // for staff, after "A text did not reach the patient: "
	mend  string        // of clinic: what to do about it
	wait  time.Duration // of what passes: not tried again before then; 0 is soon
	tries int           // of what passes: tried so often at most; 0 is as often as makes sense
	daily bool          // it passes at midnight Pacific, when US carriers count anew
}

// group are codes that are dealt with alike; codes holds a line each: the code, and why.
type group struct {
	meaning
	codes string
}

// unsure is how long a text waits of which nobody says why it failed: it may come late by itself.
const unsure = 30 * time.Minute

// table is every code that a send, a call or a receipt can bring and that has a way of its own.
// source: twilio.com/docs/api/errors, Twilio's own list and the page of each code
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

// unknown is what a code that isn't in the table is taken for: by its range, where Twilio keeps
// one matter to a range, else by how it came. status is that of the answer, 0 of a receipt. The
// words say that it is a guess.
func unknown(code, status int) meaning {
	m, taken := meaning{fault: content}, "this text's own fault"
	switch {
	case code == 0 && status == 0:
		why := "the carrier could not deliver it, and Twilio doesn't say why"
		return meaning{fault: network, wait: unsure, tries: 2, why: why}
	case in(code, 10000, 10999), in(code, 20000, 20999),
		status == 401, status == 403, status == 404:
		m, taken = meaning{fault: clinic, mend: mendKeys}, "one of the account or its keys"
	case in(code, 21700, 21799), in(code, 30100, 30199):
		m, taken = meaning{fault: clinic, mend: mendService}, "one of the messaging service"
	case in(code, 30437, 30531) && code != 30500:
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

func in(code, from, to int) bool { return code >= from && code <= to }

// after is how long what may go through later waits at least.
func (m meaning) after(now time.Time) time.Duration {
	if !m.daily {
		return m.wait
	}
	pacific, err := time.LoadLocation("America/Los_Angeles")
	if err != nil { // cannot be: package main has every zone built in
		return 12 * time.Hour
	}
	l := now.In(pacific)
	return time.Date(l.Year(), l.Month(), l.Day()+1, 0, 5, 0, 0, pacific).Sub(now)
}
