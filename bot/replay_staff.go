package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/veil"
)

// seat is a member of staff in a conversation.
type seat struct {
	shown  answer.Answer     // what they were answered last
	thread string            // of the card whose button brought it, if one did
	wrong  map[string]string // what was wrong with the form that they filled in, by field
}

// seat returns somebody's seat.
func (s *script) seat(name string) *seat {
	if s.seats[name] == nil {
		s.seats[name] = &seat{}
	}
	return s.seats[name]
}

// sees returns all that somebody reads of what they were answered: the words, the buttons in
// brackets, a form with its fields, and what was wrong with them.
func (k *seat) sees(zone *time.Location) string {
	lines := []string{k.shown.Text(true, zone)}
	for _, b := range k.buttons() {
		lines = append(lines, "["+veil.Shown(b.Text, true)+"]")
	}
	if form := k.shown.Form; form != nil {
		lines = append(lines, form.Title, answer.Answer{Parts: form.Parts}.Text(true, zone))
		for _, f := range form.Fields {
			lines = append(lines, veil.Shown(f.Label+": "+f.Value+" "+k.wrong[f.Name], true))
		}
		lines = append(lines, "["+form.Submit+"]")
	}
	return strings.Join(lines, "\n")
}

// buttons returns the buttons of what somebody was answered, those of its form too, but for what
// submits that.
func (k *seat) buttons() (out []answer.Button) {
	parts := k.shown.Parts
	if k.shown.Form != nil {
		parts = slices.Concat(parts, k.shown.Form.Parts)
	}
	for _, p := range parts {
		out = append(out, p.Buttons...)
	}
	return out
}

// staff is a person at the desk who does or sees something.
func (s *script) staff(who, verb, rest string) (string, error) {
	switch verb {
	case "asks":
		return "", s.asks(who, rest)
	case "opens":
		return "", s.opens(who)
	case "sees":
		text := s.seat(who).sees(s.zone)
		if want, no := strings.CutPrefix(rest, "no "); no {
			return shownOr("hides "+want, text)
		}
		return shownOr("shows "+rest, text)
	case "fills":
		return s.fills(who, strings.TrimPrefix(rest, "in "))
	case "writes":
		if last4, text, ok := strings.Cut(strings.TrimPrefix(rest, "to "), ": "); ok {
			return s.writes(who, last4, text)
		}
	case "edits", "deletes":
		last4, text, _ := strings.Cut(strings.TrimPrefix(rest, "for "), ": ")
		return s.revises(who, last4, text)
	case "presses":
		if label, last4, ok := strings.Cut(rest, " in the thread of "); ok {
			return s.pressesLine(who, label, last4)
		}
		if label, ok := inQuotes(rest); ok {
			return s.pressesShown(who, label)
		}
		if button, last4, ok := strings.Cut(rest, " for "); ok {
			return s.pressesCard(who, button, last4)
		}
	}
	return "", errors.New("can't read this line; see testdata/conversations for what there is")
}

// inQuotes returns what stands between quotation marks.
func inQuotes(text string) (string, bool) {
	rest, begins := strings.CutPrefix(text, `"`)
	label, ends := strings.CutSuffix(rest, `"`)
	return label, begins && ends && !strings.Contains(label, `"`)
}

// event returns the id of the next act of staff.
func (s *script) event() string {
	s.acts++
	return "replay:" + strconv.Itoa(s.acts)
}

// came notes what an act answered, and carries out what it made due. An act that answers nothing
// leaves what was shown before.
func (s *script) came(who, thread string, shown answer.Answer, err error) error {
	if err != nil {
		return err
	}
	if k := s.seat(who); !shown.Empty() {
		*k, s.told = seat{shown: shown, thread: thread}, who
	}
	return s.settle()
}

// settle carries out what is due now, and has the bot learn what staff propose and publish, which
// it does beside that while it runs.
func (s *script) settle() error {
	ctx := context.Background()
	if err := s.learn(ctx); err != nil && !errors.Is(err, handlers.ErrAway) { // it waits until then
		return err
	}
	return s.app.page.Settle(ctx)
}

// forget has the base, which the next conversation begins with, unlearn what was published in this.
func (s *script) forget() {
	if all, err := s.app.store.Proposals(context.Background()); err != nil || len(all) > 0 {
		s.base.Learn(nil)
	}
}

// asks is a command. The page would show its words alone, without its buttons and forms.
func (s *script) asks(who, text string) error {
	out, err := s.app.staff.Command(context.Background(), handlers.Command{
		ID: s.event(), User: who, FromDesk: true, Text: text,
	})
	return s.came(who, "", out, err)
}

// opens shows somebody their Home.
func (s *script) opens(who string) error {
	out, err := s.app.staff.Home(context.Background())
	return s.came(who, "", out, err)
}

// presses is a pressed button, by its act.
func (s *script) presses(who, thread, action string) error {
	out, err := s.app.staff.Press(context.Background(), handlers.Press{
		ID: s.event(), Thread: thread, Action: action, User: who, FromDesk: true,
	})
	return s.came(who, thread, out, err)
}

// pressesShown presses a button of what somebody was answered, by what stands on it. That of a form
// submits it as it stands.
func (s *script) pressesShown(who, label string) (string, error) {
	k := s.seat(who)
	if k.shown.Form != nil && label == k.shown.Form.Submit {
		return s.fills(who, "")
	}
	for _, b := range k.buttons() {
		if veil.Shown(b.Text, true) == label {
			return "", s.presses(who, k.thread, b.Do)
		}
	}
	return "there is no such button: " + strings.ReplaceAll(k.sees(s.zone), "\n", " / "), nil
}

// pressesCard presses a button on the card of a number, or of "the slot", by its name or, in
// quotation marks, by what stands on it. If several cards have it, it is the urgent one's.
func (s *script) pressesCard(who, button, last4 string) (string, error) {
	label, named := inQuotes(button)
	thread, action, urgent := "", "", false
	err := s.cards(last4, func(c deskCard) {
		if thread == "" {
			thread, action = c.Thread, button // a button that a card has no more, as one pressed late
		}
		for _, a := range c.Actions {
			if !urgent && (a.ID == button || named && a.Text == label) {
				thread, action, urgent = c.Thread, a.ID, c.Channel == handlers.UrgentChannel
			}
		}
	})
	switch {
	case err != nil:
		return "", err
	case thread == "":
		return "there is no card of " + last4, nil
	case named && action == button:
		return "no card of " + last4 + " has that button", nil
	}
	return "", s.presses(who, thread, action)
}

// pressesLine presses a button under a line of the thread of a number's card, by what stands on it.
func (s *script) pressesLine(who, quoted, last4 string) (string, error) {
	label, _ := inQuotes(quoted)
	thread, do := "", ""
	err := s.cards(last4, func(c deskCard) {
		for _, l := range c.Replies {
			for _, b := range l.Blocks {
				for _, e := range b.Elements {
					if text, ok := e.Text.(map[string]any); ok && text["text"] == label {
						thread, do = c.Thread, e.Value
					}
				}
			}
		}
	})
	if err != nil || do == "" {
		return "no line in a thread of " + last4 + " has that button", err
	}
	return "", s.presses(who, thread, do)
}

// revises changes what somebody wrote last in a thread of a number, or, with no text, deletes it.
func (s *script) revises(who, last4, text string) (string, error) {
	thread, id := "", ""
	err := s.cards(last4, func(c deskCard) {
		for _, l := range c.Replies {
			if l.ID != "" && l.From == who && id < l.ID {
				thread, id = c.Thread, l.ID
			}
		}
	})
	if err != nil || id == "" {
		return who + " wrote nothing in a thread of " + last4, err
	}
	return "", s.page.post("/sandbox/revise", map[string]any{
		"thread": thread, "id": id, "text": text, "user": who,
	}, nil)
}

// cards visits the cards of a number, or of "the slot", those that are open first.
func (s *script) cards(last4 string, visit func(deskCard)) error {
	var cards []deskCard
	if err := s.page.get("/sandbox/desk", &cards); err != nil {
		return err
	}
	for _, open := range []bool{true, false} {
		for _, c := range cards {
			mine := strings.HasSuffix(c.Phone, last4)
			if last4 == "the slot" { // its card is no number's
				mine = c.Phone == ""
			}
			if mine && c.Open == open {
				visit(c)
			}
		}
	}
	return nil
}

// writes is what somebody writes in the thread of a number's card.
func (s *script) writes(who, last4, text string) (string, error) {
	thread := ""
	err := s.cards(last4, func(c deskCard) {
		if thread == "" {
			thread = c.Thread
		}
	})
	switch {
	case err != nil:
		return "", err
	case thread == "":
		return "there is no card of " + last4, nil
	}
	return "", s.page.post(
		"/sandbox/reply", map[string]any{"thread": thread, "text": text, "user": who}, nil,
	)
}

// fills fills in the form that somebody was answered, "Day = 2026-12-04; Time = 14:00", and submits
// it. What isn't named stays as the form has it. A choice is named by what stands there.
func (s *script) fills(who, text string) (string, error) {
	k := s.seat(who)
	form := k.shown.Form
	if form == nil {
		return "there is no form: " + strings.ReplaceAll(k.sees(s.zone), "\n", " / "), nil
	}
	values := map[string]string{}
	for _, f := range form.Fields {
		values[f.Name] = veil.Shown(f.Value, true)
	}
	for pair := range strings.SplitSeq(text, ";") {
		if text == "" {
			break
		}
		label, value, _ := strings.Cut(pair, "=")
		i := slices.IndexFunc(form.Fields, func(f answer.Field) bool {
			return f.Label == strings.TrimSpace(label)
		})
		if i < 0 {
			return fmt.Sprintf("the form doesn't ask for %q", label), nil
		}
		values[form.Fields[i].Name] = chosen(form.Fields[i], strings.TrimSpace(value))
	}
	out, wrong, err := s.app.staff.Submit(context.Background(), handlers.Submission{
		ID: s.event(), User: who, FromDesk: true, Thread: k.thread, Do: form.Do, Values: values,
	})
	if len(wrong) > 0 { // it stays open with what was filled in
		k.wrong, s.told = wrong, who
		for i, f := range form.Fields {
			form.Fields[i].Value = values[f.Name]
		}
		return "", err
	}
	k.shown = answer.Answer{} // submitted, it is gone
	return "", s.came(who, k.thread, out, err)
}

// chosen returns the value of what was filled in.
func chosen(f answer.Field, text string) string {
	for _, o := range f.Options {
		if o.Text == text {
			return o.Value
		}
	}
	return text
}
