//go:build !live

package main

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// kind is what a line of a chat is.
type kind int

// The kinds of lines.
const (
	aText   kind = iota // of the patient whose phone is held
	aRemark             // an empty line, or one that begins with #
	anOrder             // that begins with /, but for /clinic
	anAct               // somebody does something, as in a conversation
	aCheck              // of a conversation: what must have come
)

// The lines of a conversation, as told from a patient's text. Whoever means one as a text writes
// the number before it: "0101: Dana asks for you". Sam and Dana are the desk's; in a conversation
// that is played anybody may be.
var (
	checks = regexp.MustCompile(
		`^(\d{4} hears|(answer|desk|urgent) (shows|hides)|(Dana|Sam) sees) .`,
	)
	acts = regexp.MustCompile(`^(at \d{4}-\d\d-\d\d |visit [^ ,]+,[^,]*,\+?\d|` +
		`wait (\d+(\.\d+)?[hms])+$|now (all is well|(Twilio|The carrier|Slack|Redis|Webhooks) ` +
		`(refuses|hangs|rejects|is away|is frozen|are repeated))$|/clinic( |$)|(Dana|Sam) (opens Home$|` +
		`(asks|presses|fills in|writes to \d{4}:|edits for|deletes for)( |$)))`)
	texts = regexp.MustCompile(`^\d{4}: ?.`)
)

// kindOf says what a line is. Where no phone is held, what isn't known is left to the script.
func (c *chat) kindOf(line string) kind {
	switch {
	case remark(line):
		return aRemark
	case checks.MatchString(line):
		return aCheck
	case acts.MatchString(line):
		return anAct
	case strings.HasPrefix(line, "/"):
		return anOrder
	case c.hand != "", texts.MatchString(line):
		return aText
	}
	return anAct
}

// remark reports whether a line does nothing.
func remark(line string) bool { return line == "" || strings.HasPrefix(line, "#") }

// does carries out a line and shows what comes of it. An error is a line that can't be done.
func (c *chat) does(line string) error {
	c.busy.Store(true)
	defer c.busy.Store(false)
	c.told = ""
	var otherwise string
	var err error
	kind := c.kindOf(line)
	switch kind {
	case aRemark:
		c.screen.say("%s", line)
		return nil
	case anOrder:
		if err = c.ready(); err == nil {
			err = c.order(line)
		}
	case aText:
		if !texts.MatchString(line) {
			line = c.hand + ": " + line
		}
		otherwise, err = c.line(line)
	case anAct, aCheck:
		shut := c.app == nil
		otherwise, err = c.line(line)
		if shut && c.app != nil {
			c.opened()
		}
		if err == nil && !c.still { // who types a visit sees at once what comes of it
			err = c.ready()
		}
	}
	if err == nil && c.still && kind != aCheck {
		err = c.turn(map[string]any{"advance": beat.String()})
	}
	c.screen.show(false)
	if err != nil {
		return err
	}
	c.answered()
	switch {
	case kind == aCheck && otherwise == "":
		c.screen.say("✓ %s", line)
	case kind == aCheck:
		c.faults++
		c.screen.say("✗ %s\n  %s", line, otherwise)
	case otherwise != "":
		return errors.New(otherwise)
	}
	return nil
}

// order carries out a line that begins with /.
func (c *chat) order(line string) error {
	name, rest, _ := strings.Cut(strings.TrimPrefix(line, "/"), " ")
	for _, o := range orders() {
		if o.name == name {
			return o.do(c, strings.TrimSpace(rest))
		}
	}
	return fmt.Errorf("there is no /%s: /help lists what there is", name)
}

// order is something that a line which begins with / does.
type order struct {
	name, usage, help string
	do                func(c *chat, rest string) error
}

// orders are what a line that begins with / may do, in the order of the help.
func orders() []order {
	return []order{
		{"phone", "/phone [WHO]", "hold another phone: its last four digits, or a name", (*chat).phone},
		{"why", "/why", "why the last text from it was answered as it was", (*chat).why},
		{"segments", "/segments TEXT", "how long a text is, as carriers count it", (*chat).segments},
		{"clinic", "/clinic COMMAND", "as staff, in Slack: help, today, book, move …", nil},
		{"home", "/home", "the app's Home: the day", (*chat).home},
		{"cards", "/cards", "the cards that are open, urgent ones first", (*chat).cardsOpen},
		{"card", "/card N", "a card with its thread", (*chat).card},
		{"reply", "/reply N TEXT", "write in a card's thread: the patient gets it", (*chat).reply},
		{"press", "/press N.M or M", "a button of card N, or of the last answer", (*chat).press},
		{"fill", "/fill Day = 2026-12-04; …", "fill in the form that was opened", (*chat).fill},
		{"clock", "/clock [WHEN]", "turn it: +2h, +1d, next (event), tomorrow 9am", (*chat).clock},
		{"key", "/key WHO [KEYS]", "pick up a phone that rings, or let it ring", (*chat).key},
		{"fail", "/fail [WHAT [off]]", "let something outside break; /fail off ends it", (*chat).fail},
		{"help", "/help [lines]", "this, or the lines of conversations, which work too", (*chat).help},
		{"quit", "/quit", "leave", (*chat).quit},
	}
}

// helpOf lists what lines that begin with / do.
func helpOf(all []order) string {
	var b strings.Builder
	for _, o := range all {
		fmt.Fprintf(&b, "    %-26s %s\n", o.usage, o.help)
	}
	return b.String()
}

func (c *chat) help(of string) error {
	if of == "lines" {
		c.screen.say("%s", strings.Trim(conversationHelp, "\n"))
		return nil
	}
	c.screen.say("A line is a text from the phone that you hold. Besides:\n\n%s", helpOf(orders()))
	return nil
}

func (c *chat) quit(string) error {
	c.left = true
	return nil
}
