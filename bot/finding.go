package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"
)

// level is how a check came out. The words are shown in tables and in /status, whose readers may
// depend on them.
type level string

const (
	fine    level = "ok"
	warned  level = "warning"     // it works, but not as it should
	faulty  level = "fault"       // it doesn't work
	unasked level = "not checked" // nobody can tell: it wasn't asked, or gave no answer
)

// The names of checks that are used in more than one place: checkWrite decides the mode of /readyz,
// checkScreen whether it is 200.
const (
	checkWrite  = "redis write"
	checkScreen = "screen"
	checkWords  = "other bots"
	checkLayout = "redis layout"
)

// ofBots is what the probe of the bots asks, see probe.of: announce makes it, too.
const ofBots = "bots"

// finding is what a check found, in plain words, and what to do about it. Whoever reads it runs the
// bot and may never have seen the code, so What says what follows for patients or staff where that
// isn't plain, and Do is something to type, click or set. Neither holds a secret, a patient's words
// or a whole number: both are logged.
type finding struct {
	Name  string // of the check; also a label of beacon_up, so it stays the same
	Level level
	What  string
	Do    string
	Fatal bool // as a fault, no live bot starts on it; one that runs goes on
}

// good makes the finding of a check that found nothing wrong.
func good(name, what string) finding { return finding{Name: name, Level: fine, What: what} }

// warn makes the finding of something that works, but not as it should.
func warn(name, what, do string) finding {
	return finding{Name: name, Level: warned, What: what, Do: do}
}

// bad makes the finding of something that doesn't work.
func bad(name, what, do string) finding {
	return finding{Name: name, Level: faulty, What: what, Do: do}
}

// skip makes the finding of something that wasn't checked; what says why.
func skip(name, what string) finding { return finding{Name: name, Level: unasked, What: what} }

// plain returns an error in words for whoever runs the bot. All ways to run out of time come to one
// sentence, which also keeps the text of a check from changing at each look.
func plain(err error) string {
	slow, ok := errors.AsType[net.Error](err)
	if ok && slow.Timeout() || errors.Is(err, context.DeadlineExceeded) {
		return "no answer in time"
	}
	return err.Error()
}

// clockFault is how far clocks may be apart before Slack's calls are refused. source: Slack's
// documentation of request signing, five minutes
// https://docs.slack.dev/authentication/verifying-requests-from-slack
const clockFault = 5 * time.Minute

// clock judges how far another's clock is ahead of ours (skew): fine up to most, then a warning,
// and from clockFault on a fault. Which of the two clocks is wrong can't be seen from here.
func clock(name, whose string, skew, most time.Duration) finding {
	if skew.Abs() <= most {
		return good(name, "it agrees with this machine's")
	}
	way := "ahead of"
	if skew < 0 {
		way = "behind"
	}
	f := warn(name,
		fmt.Sprintf(
			"%s is %v %s this machine's", whose, skew.Abs().Round(100*time.Millisecond), way,
		),
		"Let both machines keep time by NTP: what falls due is sent by the clock.")
	if skew.Abs() >= clockFault {
		f.Level, f.What = faulty, f.What+": calls signed by such a clock are refused"
	}
	return f
}
