//go:build !live

package main

import (
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/beacon-clinic/beacon/bot/console"
	"github.com/beacon-clinic/beacon/handlers/staff"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
)

// typed does what somebody types, while the sandbox's clock runs.
func (c *chat) typed(t *console.Terminal) error {
	c.screen.write = func(lines string) { _, _ = io.WriteString(t, lines) }
	c.screen.width, c.screen.color, c.screen.typed = t.Width, c.w.color, true
	if err := c.begin(); err != nil {
		return errors.Join(err, t.Close())
	}
	c.screen.say("Nothing leaves this machine. You hold the phone of %s: type a text and press "+
		"Enter. /help says what else there is, Ctrl-D leaves.", c.screen.known()[c.hand])
	ctx, leave := context.WithCancel(c.w.ctx)
	defer leave()
	stop := start(ctx, []func(context.Context){
		c.app.every("due", tick, c.app.page.Settle),
		c.app.every("show", tick, func(context.Context) error { return c.shown(t) }),
	})
	defer stop()
	lines := make(chan string, ahead)
	c.prompt(t)
	go func() {
		defer leave()
		c.read(t, lines)
	}()
	for {
		select {
		case <-ctx.Done():
			return t.Close()
		case line := <-lines:
			if err := c.does(line); err != nil {
				c.screen.say("! %s", err)
			}
			c.prompt(t)
			if c.left {
				return t.Close()
			}
		}
	}
}

// ahead is how many lines may be typed ahead of the one that is being done.
const ahead = 64

// read reads lines until there are no more, or Ctrl-C was pressed twice.
func (c *chat) read(t *console.Terminal, lines chan<- string) {
	interrupts := 0
	for {
		line, err := t.ReadLine()
		switch line = strings.TrimSpace(line); {
		case errors.Is(err, console.ErrInterrupt) && c.busy.Load():
			c.stop()
		case errors.Is(err, console.ErrInterrupt) && interrupts == 0:
			interrupts++
			c.screen.say("Ctrl-C once more, or Ctrl-D, leaves.")
		case err != nil:
			return
		default:
			interrupts = 0
			select {
			case lines <- line:
			default:
				c.screen.say("That line was dropped: too many wait for the one that is being done.")
			}
		}
	}
}

// stop ends a turn of the clock that goes on.
func (c *chat) stop() {
	_ = c.page.post("/sandbox/clock", map[string]any{"stop": true}, nil) // nothing can be wrong in it
}

// shown shows what has happened, and how far the clock is while it turns.
func (c *chat) shown(t *console.Terminal) error {
	c.screen.show(false)
	if c.busy.Load() {
		if turns := c.screen.turned(); turns != "" {
			t.Prompt(turns + "> ")
		}
	}
	return nil
}

// prompt says whose phone is held.
func (c *chat) prompt(t *console.Terminal) { t.Prompt(c.screen.person(c.hand) + "> ") }

// complete returns what the last word of a line may become.
func (c *chat) complete(before string) []string {
	words := strings.Fields(before + "x")
	if len(words) == 1 && strings.HasPrefix(before, "/") {
		var out []string
		for _, o := range orders() {
			out = append(out, "/"+o.name+" ")
		}
		return out
	}
	if len(words) != 2 {
		return nil
	}
	switch words[0] {
	case "/phone", "/key":
		return slices.Sorted(maps.Keys(c.screen.known()))
	case "/press":
		return c.screen.presses()
	case "/card", "/reply":
		return c.screen.numbers()
	case "/clock":
		return []string{"+1h", "+1d", "next", "tomorrow 9am"}
	case "/help":
		return []string{"lines"}
	case "/fail":
		return append(c.failures(), "off")
	case "/clinic":
		return commandNames()
	}
	return nil
}

// commandNames returns the names of what staff can type.
func commandNames() (out []string) {
	help, _ := staff.Help{}.Do(context.Background(), nil, act.Asked{}) // it can't fail
	for _, p := range help.Parts {
		for _, row := range p.Table.Rows {
			out = append(out, strings.Fields(row[0])[1]+" ")
		}
	}
	return out
}

// failures returns what can be let fail.
func (c *chat) failures() (out []string) {
	var all []struct{ ID string }
	_ = c.page.get("/sandbox/failures", &all) // nothing to offer
	for _, f := range all {
		out = append(out, f.ID)
	}
	return out
}
