package cases

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
	"github.com/beacon-clinic/beacon/knowledge"
)

// Snooze puts a case off: whoever does it is reminded in its thread, and until then nobody is told
// again that it waits. Without a time the answer has some to choose from.
type Snooze struct {
	Case  string    `json:"case,omitempty"`
	Who   act.Who   `json:"who,omitempty"`
	Until time.Time `json:"until,omitzero"`
}

func (Snooze) Name() string { return "snooze" }

func (s Snooze) About() act.Who { return s.Who }

func (s Snooze) For(who act.Who) act.Act { s.Who = who; return s }

func (s Snooze) CaseID() string { return s.Case }

// parseSnooze reads "0101 3pm", "ana tomorrow 9", "ana lee in 2 hours", "ana 20 min".
func parseSnooze(k *act.Kit, args string) (act.Act, error) {
	who, rest, span := k.WhomUntil(args, func(s string) bool { _, ok := spanOf(s); return ok })
	if !span {
		who, rest = k.WhomWhen(args)
	}
	s := Snooze{Who: who}
	if who == "" || rest == "" {
		return s, nil
	}
	if d, ok := spanOf(rest); ok {
		s.Until = k.Now().Add(d)
		return s, nil
	}
	meant, ok := k.Reader().Moment(rest)
	switch {
	case !ok:
		return s, act.Usage("When? Like 3pm, tomorrow 9, in 2 hours.")
	case len(meant.At) == 0:
		return s, act.Usage("%s", meant.Why)
	}
	s.Until = meant.At[0] // the answer says which it is
	return s, nil
}

// mostSnooze is the longest that something is put off at once: a card is kept for weeks only.
const mostSnooze = 14 * 24 * time.Hour

// soon is a time from now: "in 20 minutes", "2h".
var soon = regexp.MustCompile(`^(?i:in +)?(\d{1,3}) *(?i:(m|min|minutes?)|(h|hrs?|hours?))$`)

// spanOf reads a time from now.
func spanOf(s string) (time.Duration, bool) {
	found := soon.FindStringSubmatch(strings.TrimSpace(s))
	if found == nil {
		return 0, false
	}
	n, _ := strconv.Atoi(found[1]) // three digits
	if found[2] != "" {
		return time.Duration(n) * time.Minute, true
	}
	return time.Duration(n) * time.Hour, true
}

func (s Snooze) Do(ctx context.Context, k *act.Kit, a act.Asked) (answer.Answer, error) {
	c, choose, err := chosen(ctx, k, a, s.Case, s.Who, func(id string) act.Act {
		return Snooze{Case: id, Until: s.Until}
	})
	if err != nil || !choose.Empty() {
		return choose, err
	}
	now := k.Now()
	switch {
	case c.Channel == handlers.UrgentChannel:
		return answer.Say("What may be danger can't be put off."), nil
	case s.Until.IsZero():
		return snoozes(k, c), nil
	case !s.Until.After(now):
		return answer.Say("That has passed: choose a later time."), nil
	case s.Until.Sub(now) > mostSnooze:
		return answer.Say("That is more than two weeks ahead: choose a sooner time."), nil
	}
	at := knowledge.DeskClock(k.Base.Clinic, now).When(s.Until, "en")
	ok, err := change(ctx, k, c, a, "is reminded of this on "+at+".", "",
		func(open *handlers.Case) []handlers.Post {
			open.Snoozed, open.SnoozedBy = s.Until, a.User
			return []handlers.Post{desk.Look(*open, a.ID, now)}
		})
	if err != nil {
		return answer.Answer{}, err
	}
	if !ok {
		return answer.Say("That card is closed."), nil
	}
	return answer.Say("You are reminded of it on %s.", at), nil
}

// snoozes offers times to be reminded of a case at.
func snoozes(k *act.Kit, c handlers.Case) answer.Answer {
	now := k.Now().In(k.Base.Clinic.Location())
	tomorrow := time.Date(now.Year(), now.Month(), now.Day()+1, 0, 0, 0, 0, now.Location())
	var buttons []answer.Button
	for _, in := range []struct {
		text string
		at   time.Time
	}{
		{"In 20 minutes", now.Add(20 * time.Minute)},
		{"In an hour", now.Add(time.Hour)},
		{"In 3 hours", now.Add(3 * time.Hour)},
		{"Next morning", k.Base.Clinic.Opens(tomorrow)},
	} {
		if in.at.IsZero() {
			continue
		}
		buttons = append(buttons, answer.Button{
			Text: in.text, Do: act.Encode(Snooze{Case: c.ID, Until: in.at.Truncate(time.Minute)}),
		})
	}
	return answer.Say("When shall I remind you of it?").Add(
		answer.Part{Buttons: buttons},
		answer.Part{Small: "Any other time: /clinic snooze " + c.Ends() + " tomorrow 3pm"},
	)
}
