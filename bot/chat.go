//go:build !live

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"time"

	"github.com/beacon-clinic/beacon/bot/console"
	"github.com/beacon-clinic/beacon/bot/sandbox"
	"github.com/beacon-clinic/beacon/knowledge"
)

// chatCommand is `bot chat`: the sandbox's phone, desk and clock in a terminal, or by the lines of a
// pipe. It has a sandbox of its own: what a conversation's lines do is done within the process, and
// a sandbox that runs would have to be asked for it in a second way, by two who turn one clock.
type chatCommand struct {
	At string `placeholder:"TIME" help:"What the clinic's clock shows first: '2026-12-01 10:00'."`
}

// Help is what `bot chat --help` says besides.
func (chatCommand) Help() string {
	return "A line is a text from the patient's phone that you hold. What the bot, the desk and " +
		"the clock make of it comes as it happens. A line that begins with / does something " +
		"else:\n\n" + helpOf(orders()) + "\nThe lines of a conversation " +
		"(bot/testdata/conversations) do the same as there; to text what looks like one, put " +
		"the number before it:\n" + conversationHelp + "\nIn a terminal the line can be edited, " +
		"up and down bring back earlier ones, Tab completes. Ctrl-C clears the line or stops the " +
		"clock; twice, or Ctrl-D, leaves.\n\nFrom a file or a pipe (bot chat < FILE) lines are " +
		"done one after another, and the clock moves only when it is turned. The first line that " +
		"can't be done ends it with exit code 1 and the line's number; so do, at the end, lines " +
		"that say what must have come (hears, sees, shows) and are wrong."
}

// Run opens a sandbox in the process and does what is typed or piped, until that ends.
func (k chatCommand) Run(w world, c *Config) error {
	if c.live() {
		return errors.New("TWILIO_ACCOUNT_SID is set, so this bot is a clinic's, and bot chat is " +
			"for trying out: start it as TWILIO_ACCOUNT_SID= bot chat")
	}
	if terminal(w.in) && terminal(w.err) { // what wasn't learnt ahead takes seconds
		fmt.Fprintln(w.err, "Reading the clinic's words …")
	}
	base, err := loadKnowledge(c.KnowledgeDir)
	if err != nil {
		return err
	}
	start := time.Now()
	if k.At != "" {
		if start, err = clinicTime(base, k.At); err != nil {
			return fmt.Errorf("--at: %w", err)
		}
	}
	talk := newChat(w, base, start)
	defer talk.close()
	t, err := console.Open(console.Config{
		In: w.in, Out: w.out, Plain: c.variable("TERM") == "dumb", Complete: talk.complete,
	})
	switch {
	case errors.Is(err, console.ErrNone):
		return talk.piped()
	case err != nil:
		return err
	}
	return talk.typed(t)
}

// chat is a conversation that somebody has: a script whose next line isn't written yet.
type chat struct {
	*script
	start  time.Time
	still  bool   // the clock moves only when it is turned
	hand   string // the last four digits of the phone that is held; "" for none
	screen *screen
	asked  string // who was answered last, by whichever line
	left   bool   // /quit was given
	faults int    // lines that checked something and didn't find it

	busy atomic.Bool // a line is being done
}

func newChat(w world, base *knowledge.Base, start time.Time) *chat {
	c := &chat{script: newScript(w, base), start: start}
	c.screen = &screen{
		width: func() int { return 0 }, zone: base.Clinic.Location(), named: c.people,
		texts: map[string]heard{}, cards: map[string]shownCard{}, names: map[string]string{},
		write: func(lines string) { _, _ = io.WriteString(w.out, lines) },
	}
	return c
}

// begin opens the sandbox as `bot` does, with ten patients who have visits. What comes of booking
// those isn't shown.
func (c *chat) begin() error {
	if err := c.openAt(c.start); err != nil {
		return err
	}
	c.opened()
	all := sandbox.Patients(c.start, c.zone, c.base.Clinic.Fits)
	c.csv = append(c.csv, strings.Split(strings.TrimSpace(all), "\n")[1:]...)
	if err := c.ready(); err != nil {
		return err
	}
	c.screen.show(true)
	c.hand = "0101"
	return nil
}

// opened begins to watch the sandbox.
func (c *chat) opened() {
	page := c.app.page
	page.Still(c.still)
	page.Watch(func(name, data string) { c.screen.note(name, data, c.app.now()) })
	context.AfterFunc(c.w.ctx, c.stop) // a long turn of the clock too
}

// people returns who has which phone, by its last four digits.
func (c *chat) people() map[string]string {
	out := map[string]string{}
	var all []sandbox.Patient
	_ = c.page.get("/sandbox/patients", &all) // digits will do
	for _, p := range all {
		out[p.Phone[len(p.Phone)-4:]] = p.Name
	}
	return out
}

// piped does the lines of a file or a pipe.
func (c *chat) piped() error {
	c.still = true
	n := 0
	for line, err := range linesOf(c.w.ctx, c.w.in) {
		if err != nil {
			return err
		}
		n++
		if err := c.echoed(line); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		if c.left {
			break
		}
	}
	if c.faults > 0 {
		return fmt.Errorf("lines that came otherwise than written: %d", c.faults)
	}
	return nil
}

// echoed does a line and shows it, unless what it does shows it.
func (c *chat) echoed(line string) error {
	line = strings.TrimSpace(line)
	if c.app == nil && !remark(line) && !strings.HasPrefix(line, "at ") {
		if err := c.begin(); err != nil {
			return err
		}
	}
	kind := c.kindOf(line)
	if kind == anOrder || kind == anAct {
		c.screen.say("> %s", line)
	}
	return c.does(line)
}

// beat is how far the clock goes after each line of a pipe: what it made due in a moment happens,
// and what the next line does comes later. It is too little to be seen.
const beat = 10 * time.Millisecond
