package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"
)

// level is how a check came out.
type level string

const (
	fine    level = "ok"
	warned  level = "warning"     // it works, but not as it should
	faulty  level = "fault"       // it doesn't work
	unasked level = "not checked" // it couldn't be asked
)

// The checks that others ask for by name.
const (
	checkWrite  = "redis write"
	checkScreen = "screen"
	checkWords  = "other bots"
)

// finding is what a check found, in plain words, and what to do about it.
type finding struct {
	Name  string
	Level level
	What  string
	Do    string
	Fatal bool // no live bot starts on it
}

// good, warn, bad and skip make findings.
func good(name, what string) finding { return finding{Name: name, Level: fine, What: what} }

func warn(name, what, do string) finding {
	return finding{Name: name, Level: warned, What: what, Do: do}
}

func bad(name, what, do string) finding {
	return finding{Name: name, Level: faulty, What: what, Do: do}
}

func skip(name, what string) finding { return finding{Name: name, Level: unasked, What: what} }

// plain is an error in words for who runs the bot.
func plain(err error) string {
	slow, ok := errors.AsType[net.Error](err)
	if ok && slow.Timeout() || errors.Is(err, context.DeadlineExceeded) {
		return "no answer in time"
	}
	return err.Error()
}

// clockFault is how far clocks may be apart before Slack's calls are refused. source: Slack's
// documentation of request signing, five minutes
const clockFault = 5 * time.Minute

// clock judges how far another's clock is ahead of ours.
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
