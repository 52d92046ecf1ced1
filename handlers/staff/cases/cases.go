package cases

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
)

// caseLine names a case to staff: what it is about, and the end of its number.
func caseLine(k *act.Kit, c handlers.Case) string {
	line := desk.KindWords(c.Kind)
	if !c.Phone.IsZero() {
		line += " " + c.Phone.String()
	}
	return line
}

// chosen finds the open case that an act is about: by its id, the number's only one, or that of the
// thread in which it was asked for. Of several an answer lets staff choose; then returns the act with a
// case.
func chosen(
	ctx context.Context, k *act.Kit, a act.Asked, id string, who act.Who, then func(id string) act.Act,
) (c handlers.Case, choose answer.Answer, err error) {
	if id != "" || who == "" {
		c, ok, err := k.Card(ctx, id, a.Thread)
		if err == nil && (!ok || !c.Open) {
			err = act.Usage("That card is closed.")
		}
		return c, choose, err
	}
	phone, err := k.One(ctx, who)
	if err != nil {
		return c, choose, err
	}
	s, err := k.Store.Peek(ctx, phone)
	if err != nil {
		return c, choose, err
	}
	// What may be danger isn't put off or given to somebody: it pages until somebody has it.
	open := slices.DeleteFunc(slices.Clone(s.Cases), func(c handlers.Case) bool {
		return c.Channel == handlers.UrgentChannel
	})
	switch len(open) {
	case 0:
		return c, choose, act.Usage("No card of %s is open at the desk.", phone)
	case 1:
		return open[0], choose, nil
	}
	var buttons []answer.Button
	for _, c := range open {
		buttons = append(buttons, answer.Button{
			Text: desk.KindWords(c.Kind), Do: act.Encode(then(c.ID)),
		})
	}
	choose = answer.Say("%s has %d open cards. Which one?", phone, len(open)).
		Add(answer.Part{Buttons: buttons})
	return c, choose, nil
}

// change changes an open case under an act's event, with a note in its thread that pings whom it says.
// ok is false if it is closed by now.
func change(
	ctx context.Context, k *act.Kit, c handlers.Case, a act.Asked, note, ping string,
	change func(*handlers.Case) []handlers.Post,
) (ok bool, err error) {
	now := k.Now()
	decide := func(s handlers.State) (e handlers.Effects, err error) {
		for _, open := range s.Cases {
			if open.ID != c.ID {
				continue
			}
			e.Posts = change(&open)
			e.Cases = []handlers.Case{open}
			e.Posts = append(e.Posts,
				handlers.Post{ID: a.ID + ":card", Case: c.ID, Do: desk.PostCard, Due: now},
				handlers.Post{
					ID: a.ID + ":note", Case: c.ID, Do: desk.PostNote, From: a.User, Text: note,
					Ping: ping, Due: now,
				})
			return e, nil
		}
		e.Reply.Kind = desk.Refused
		return e, nil
	}
	did, _, err := k.Store.Turn(ctx, a.ID, c.Phone, decide)
	return err == nil && did.Kind != desk.Refused, err
}

// Waiting lists what waits at the desk, oldest first.
type Waiting struct{}

func (Waiting) Name() string { return "waiting" }

// mostOpen is how many cases the list shows.
const mostOpen = 40

func (Waiting) Do(ctx context.Context, k *act.Kit, _ act.Asked) (answer.Answer, error) {
	open, err := k.Cases.AllOpen(ctx)
	if err != nil {
		return answer.Answer{}, err
	}
	all := len(open)
	open = slices.DeleteFunc(open, func(c handlers.Case) bool { return !c.Waits() })
	var answered []answer.Part
	if n := all - len(open); n > 0 {
		answered = []answer.Part{{Small: fmt.Sprintf("%d answered and still open.", n)}}
	}
	if len(open) == 0 {
		return answer.Say("Nothing waits.").Add(answered...), nil
	}
	slices.SortStableFunc(open, func(a, b handlers.Case) int {
		urgent := func(c handlers.Case) int { // danger first, however old the rest is
			if c.Channel == handlers.UrgentChannel {
				return 0
			}
			return 1
		}
		return cmp.Or(urgent(a)-urgent(b), a.WaitsSince().Compare(b.WaitsSince()))
	})
	rest := max(0, len(open)-mostOpen)
	var rows [][]string
	for _, c := range open[:len(open)-rest] {
		name, err := k.Names(ctx, c.Phone)
		if err != nil {
			return answer.Answer{}, err
		}
		ends := c.Ends()
		if ends != "" {
			ends = "…" + ends
		}
		rows = append(rows, []string{
			ends, name, desk.KindWords(c.Kind), answer.Moment(c.WaitsSince()), holds(c), until(k, c),
		})
	}
	out := answer.Rows([]string{"NUMBER", "NAME", "WHAT", "SINCE", "WHO HAS IT", "UNTIL"}, rows)
	if rest > 0 {
		out = out.Add(answer.Part{Small: fmt.Sprintf("and %d more", rest)})
	}
	return out.Add(answered...), nil
}

// holds says who has a case.
func holds(c handlers.Case) string {
	switch {
	case c.TakenBy != "":
		return answer.Person(c.TakenBy)
	case c.For != "":
		return "for " + answer.Person(c.For)
	}
	return "nobody"
}

// until says until when a case is put off, or when it closes by itself.
func until(k *act.Kit, c handlers.Case) string {
	switch {
	case !c.Snoozed.IsZero():
		return "reminds " + answer.Moment(c.Snoozed)
	case !c.Until.IsZero():
		return answer.Moment(c.Until)
	}
	return ""
}
