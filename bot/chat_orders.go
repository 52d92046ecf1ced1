//go:build !live

package main

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/staff/when"
	"github.com/beacon-clinic/beacon/handlers/veil"
)

// remembered is how many texts of a phone are shown when it is taken up.
const remembered = 6

// phone takes up a phone, or lists those that there are.
func (c *chat) phone(who string) error {
	names := c.people()
	if who == "" {
		var lines []string
		for last4, name := range names {
			mark := "  "
			if last4 == c.hand {
				mark = "> "
			}
			lines = append(lines, mark+strings.TrimSpace(last4+" "+name))
		}
		slices.SortFunc(lines, func(a, b string) int { return strings.Compare(a[2:], b[2:]) })
		c.screen.say("%s", strings.Join(lines, "\n"))
		return nil
	}
	last4, err := oneOf(names, who)
	if err != nil {
		return err
	}
	c.hand = last4
	all, err := c.messages(last4)
	if err != nil {
		return err
	}
	c.seen[last4] += 0
	c.screen.past(last4, all[max(0, len(all)-remembered):])
	return nil
}

// digits is a number's last four.
var digits = regexp.MustCompile(`^\d{4}$`)

// oneOf returns the phone that is meant: by its last four digits, or by a part of a name.
func oneOf(names map[string]string, who string) (string, error) {
	if digits.MatchString(who) {
		return who, nil
	}
	var found []string
	for last4, name := range names {
		if strings.Contains(" "+strings.ToLower(name), " "+strings.ToLower(who)) {
			found = append(found, last4)
		}
	}
	slices.Sort(found)
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return "", fmt.Errorf("no phone of %q: /phone lists them, and any four digits are a new one", who)
	}
	return "", fmt.Errorf("several may be meant: %s", strings.Join(found, ", "))
}

// why says why the last text from the phone that is held was answered as it was.
func (c *chat) why(string) error {
	all, err := c.messages(c.hand)
	if err != nil {
		return err
	}
	for _, m := range slices.Backward(all) {
		if m.Direction == "in" && len(m.Because) > 0 {
			c.screen.say("“%s”\n%s", m.Body, strings.Join(m.Because, "\n"))
			return nil
		}
	}
	return errors.New("nothing was texted from this phone yet")
}

// segments says how long a text is.
func (c *chat) segments(text string) error {
	if text == "" {
		return errors.New("want a text: /segments See you at 2 PM")
	}
	var m struct {
		Characters, Segments int
		Encoding             string
	}
	if err := c.page.post("/sandbox/measure", map[string]any{"body": text}, &m); err != nil {
		return err
	}
	c.screen.say("%d characters in %s: segments %d", m.Characters, m.Encoding, m.Segments)
	return nil
}

func (c *chat) home(string) error { return c.opens("Sam") }

// cardsOpen lists the cards that are open.
func (c *chat) cardsOpen(string) error {
	var all []deskCard
	if err := c.page.get("/sandbox/desk", &all); err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(k deskCard) bool { return !k.Open })
	slices.SortStableFunc(all, func(a, b deskCard) int {
		return cmp.Compare(b.Channel, a.Channel) // "urgent", then "desk"
	})
	if len(all) == 0 {
		c.screen.say("No card is open.")
	}
	for _, k := range all {
		state := "waits"
		if k.TakenBy != "" {
			state = k.TakenBy + " has this"
		}
		title, _, _ := strings.Cut(k.Text, "\n")
		_, who := c.screen.place(k)
		c.screen.say("%s (%s): %s", who, state, title)
	}
	return nil
}

// found returns the card of a number.
func (c *chat) found(number string) (deskCard, error) {
	var all []deskCard
	if err := c.page.get("/sandbox/desk", &all); err != nil {
		return deskCard{}, err
	}
	for _, k := range all {
		if k.number() == number {
			return k, nil
		}
	}
	return deskCard{}, fmt.Errorf("there is no card %q: /cards lists those that are open", number)
}

// card shows a card with its thread.
func (c *chat) card(number string) error {
	k, err := c.found(number)
	if err != nil {
		return err
	}
	c.screen.whole(k)
	return nil
}

// reply writes in a card's thread.
func (c *chat) reply(rest string) error {
	number, text, _ := strings.Cut(rest, " ")
	k, err := c.found(number)
	if err != nil {
		return err
	}
	return c.page.post("/sandbox/reply", map[string]any{
		"thread": k.Thread, "text": text, "user": "Sam",
	}, nil)
}

// press presses a button by its number: of a card, as it was shown last, or of an answer.
func (c *chat) press(number string) error {
	if card, of, ofCard := strings.Cut(number, "."); ofCard {
		buttons := c.screen.pressable("T" + card)
		i, err := strconv.Atoi(of)
		if err != nil || i < 1 || i > len(buttons) {
			return fmt.Errorf("there is no button %s: /card %s shows those of the card", number, card)
		}
		return c.presses("Sam", "T"+card, buttons[i-1].do)
	}
	who := cmp.Or(c.asked, "Sam")
	k := c.seat(who)
	buttons := k.buttons()
	i, err := strconv.Atoi(number)
	if err != nil || i < 1 || i > len(buttons) {
		return fmt.Errorf("there is no button %q in what was answered last; that of a card is "+
			"its number, a dot and the button's: /press 2.1", number)
	}
	return c.presses(who, k.thread, buttons[i-1].Do)
}

// fill fills in the form that was answered last.
func (c *chat) fill(text string) error {
	otherwise, err := c.fills(cmp.Or(c.asked, "Sam"), text)
	if err == nil && otherwise != "" {
		err = errors.New(otherwise)
	}
	return err
}

// span is how far the clock is to go.
var span = regexp.MustCompile(`^\+\s*(\d{1,4})\s*(m|min|h|d|w)$`)

// mostNext bounds how many due rows are gone through for one that is seen.
const mostNext = 200

// clock turns the clock, or says what it shows.
func (c *chat) clock(to string) error {
	err := error(nil)
	switch to {
	case "":
	case "next":
		// Much that is due is nothing to be seen: a lease that ends, say.
		for n := 0; n < mostNext && err == nil; n++ {
			if err = c.turn(map[string]any{"to": "next"}); c.screen.show(false) {
				break
			}
		}
	default:
		var at time.Time
		if at, err = c.moment(c.app.now().In(c.zone), to); err == nil {
			err = c.turn(map[string]any{"to": at.Format(time.RFC3339Nano)})
		}
	}
	c.screen.show(false)
	c.screen.say("It is %s.", c.app.now().In(c.zone).Format("Mon Jan 2 2006, 15:04"))
	return err
}

// moment reads when the clock is to be turned to. A day is the calendar's, which may have 23 hours.
func (c *chat) moment(now time.Time, to string) (time.Time, error) {
	if m := span.FindStringSubmatch(to); m != nil {
		n, _ := strconv.Atoi(m[1]) // can't fail: it is digits
		switch m[2] {
		case "d", "w":
			return now.AddDate(0, 0, map[string]int{"d": 1, "w": 7}[m[2]]*n), nil
		case "h":
			return now.Add(time.Duration(n) * time.Hour), nil
		}
		return now.Add(time.Duration(n) * time.Minute), nil
	}
	m, ok := when.Reader{Clinic: c.base.Clinic, Now: now}.Moment(to)
	switch {
	case !ok || !m.Timed || m.Rest != "" || len(m.At) == 0:
		return now, fmt.Errorf("want +2h, +1d, next, or a time like tomorrow 9am, not %q", to)
	case !m.Sure():
		return now, errors.New(m.Why)
	}
	return m.At[0], nil
}

// key picks up a phone that rings, or lets it ring.
func (c *chat) key(rest string) error {
	who, keys, _ := strings.Cut(rest, " ")
	last4, err := oneOf(c.people(), who)
	if err != nil {
		return err
	}
	return c.page.post("/sandbox/key", map[string]any{"phone": phoneOf(last4), "keys": keys}, nil)
}

// fail switches what is broken outside, or lists what can be.
func (c *chat) fail(what string) error {
	type failure struct {
		ID, Name, Broken, Then, Staff string
		On                            bool
	}
	var all []failure
	var err error
	switch id, off := strings.CutSuffix(what, " off"); {
	case what == "":
		err = c.page.get("/sandbox/failures", &all)
	case what == "off":
		err = c.page.post("/sandbox/fail", map[string]any{"id": "", "on": false}, &all)
	default:
		err = c.page.post("/sandbox/fail", map[string]any{"id": id, "on": !off}, &all)
	}
	if err != nil {
		return err
	}
	for _, f := range all {
		switch {
		case f.On:
			c.screen.say("ON  %s: %s\n    %s\n    Staff: %s", f.ID, f.Broken, f.Then, f.Staff)
		case what == "":
			c.screen.say("    %s: %s", f.ID, f.Name)
		}
	}
	if what != "" && !slices.ContainsFunc(all, func(f failure) bool { return f.On }) {
		c.screen.say("Nothing is broken outside.")
	}
	return nil
}

// answered shows what somebody was answered, its buttons with the numbers by which they are pressed.
func (c *chat) answered() {
	if c.told == "" {
		return
	}
	c.asked = c.told
	c.screen.answer(c.app.now(), c.asked, c.seat(c.asked).numbered(c.zone))
}

// numbered returns all that somebody reads of what they were answered.
func (k *seat) numbered(zone *time.Location) string {
	shown := k.shown
	shown.Form = nil
	lines := []string{shown.Text(true, zone)}
	form := k.shown.Form
	if form != nil {
		lines = append(lines, "Form: "+form.Title, answer.Answer{Parts: form.Parts}.Text(true, zone))
	}
	var buttons []string
	for i, b := range k.buttons() {
		buttons = append(buttons, button(strconv.Itoa(i+1), veil.Shown(b.Text, true)))
	}
	lines = append(lines, strings.Join(buttons, " "))
	if form != nil {
		for _, f := range form.Fields {
			lines = append(lines, asks(f))
			if wrong := k.wrong[f.Name]; wrong != "" {
				lines = append(lines, "  ! "+wrong)
			}
		}
		example := ""
		if len(form.Fields) > 0 {
			example = form.Fields[0].Label + " = …; …, or alone, "
		}
		lines = append(lines, fmt.Sprintf("(/fill %ssends it: “%s”)", example, form.Submit))
	}
	lines = slices.DeleteFunc(lines, func(l string) bool { return l == "" })
	return strings.Join(lines, "\n")
}

// asks says what a field asks for, and what stands in it.
func asks(f answer.Field) string {
	stands, options := veil.Shown(f.Value, true), []string{}
	for _, o := range f.Options {
		options = append(options, veil.Shown(o.Text, true))
		if o.Value == f.Value {
			stands = veil.Shown(o.Text, true)
		}
	}
	out := "  " + f.Label + " = " + stands
	switch {
	case len(options) > 0:
		out += "  (" + strings.Join(options, ", ") + ")"
	case f.Hint != "":
		out += "  (" + f.Hint + ")"
	case f.Optional:
		out += "  (may be left out)"
	}
	return out
}
