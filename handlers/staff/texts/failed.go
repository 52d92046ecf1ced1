package texts

import (
	"context"
	"fmt"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
)

// Failed lists the texts that failed and that staff have neither sent again nor dismissed.
type Failed struct{}

func (Failed) Name() string { return "failed" }

func (Failed) Do(ctx context.Context, k *act.Kit, _ act.Asked) (out answer.Answer, err error) {
	all, err := k.Texts.Failed(ctx)
	if err != nil {
		return out, err
	}
	if len(all) == 0 {
		return answer.Say("No text has failed that nobody has seen to."), nil
	}
	var rows [][]string
	for _, r := range all {
		visit := "-" // a text of no visit, such as what staff wrote
		if !r.Start.IsZero() {
			visit = k.Clock(r.Start)
		}
		rows = append(
			rows, []string{r.Code(), r.To.String(), r.Kind, visit, k.Clock(r.At), r.Why},
		)
	}
	out = answer.Rows([]string{"CODE", "NUMBER", "TEXT", "VISIT", "FAILED", "WHY"}, rows)
	return out.Add(answer.Part{
		Text: "`/clinic retry CODE` sends one again, `/clinic dismiss CODE` takes it off the list; " +
			"`all` in place of CODE means every one.",
	}), nil
}

// Retry sends a failed text, or all of them, again.
type Retry struct {
	Code string `json:"code"`
}

func (Retry) Name() string { return "retry" }

func parseRetry(_ *act.Kit, args string) (act.Act, error) { return Retry{args}, nil }

func (r Retry) Do(ctx context.Context, k *act.Kit, a act.Asked) (answer.Answer, error) {
	return seeTo(ctx, k, a, r.Code, desk.ActionRetry, "on their way again, if the rules let them")
}

// Dismiss takes a failed text, or all of them, off the list.
type Dismiss struct {
	Code string `json:"code"`
}

func (Dismiss) Name() string { return "dismiss" }

func parseDismiss(_ *act.Kit, args string) (act.Act, error) { return Dismiss{args}, nil }

func (d Dismiss) Do(ctx context.Context, k *act.Kit, a act.Asked) (answer.Answer, error) {
	return seeTo(ctx, k, a, d.Code, desk.ActionDone, "dismissed")
}

// seeTo retries or dismisses the failed text that a code names, or all of them. action is
// desk.ActionRetry or desk.ActionDone; done is what is said of those that it worked for. A text
// that makes no sense any more, such as a reminder of a visit that has begun, is listed with the
// reason instead of being sent.
//
// Each text is an event of its own number, so an error leaves those before it done.
func seeTo(
	ctx context.Context, k *act.Kit, a act.Asked, code, action, done string,
) (out answer.Answer, err error) {
	all, err := k.Texts.Failed(ctx)
	if err != nil {
		return out, err
	}
	n, not := 0, []string{} // how many it worked for; a line for each of the others
	for _, r := range all {
		// "all" is no code: a code has five characters.
		if code = strings.ToLower(code); code != "all" && code != r.Code() {
			continue
		}
		decide := func(s handlers.State) (handlers.Effects, error) {
			return SeenTo(k, s, r.Outgoing, action, a.User, a.ID), nil
		}
		// The row is part of the event's id: by the command's alone, the second text would be taken
		// for a repeat of the first.
		did, _, err := k.Store.Turn(ctx, a.ID+":"+r.ID, r.To, decide)
		switch {
		case err != nil:
			return out, err
		case did.Kind == desk.Refused:
			not = append(not, fmt.Sprintf("%s (%s to %s) %s.", r.Code(), r.Kind, r.To, did.Note))
		default:
			n++
		}
	}
	switch {
	case n == 0 && len(not) == 0:
		return out, act.Usage("No failed text has the code %q. /clinic failed lists them.", code)
	case len(not) == 0:
		return answer.Say("%d %s.", n, done), nil
	}
	if n > 0 {
		not = append([]string{fmt.Sprintf("%d %s.", n, done)}, not...)
	}
	return answer.Say("%s", strings.Join(
		append(not, "What wasn't sent stays listed until you dismiss it."), "\n",
	)), nil
}

// FailedRow returns the failed text that a case is about, or a row without an id if it is about
// none. Of a text that staff have seen to already only id and number are known.
func FailedRow(ctx context.Context, k *act.Kit, c handlers.Case) (handlers.Outgoing, error) {
	row := handlers.Outgoing{ID: c.Row, To: c.Phone}
	if c.Row == "" {
		return row, nil
	}
	all, err := k.Texts.Failed(ctx)
	for _, r := range all {
		if r.ID == c.Row {
			row = r.Outgoing
		}
	}
	return row, err
}

// SeenTo returns the effects of retrying or dismissing a failed text: the row, and the card that
// tells of it, which is closed. id names the event. Whoever has a text sent again vouches that the
// number takes texts, so an earlier finding that it doesn't (a landline, say) is cleared.
func SeenTo(
	k *act.Kit,
	s handlers.State, o handlers.Outgoing, action, user, id string,
) handlers.Effects {
	e := handlers.Effects{By: user}
	note := "dismissed this."
	if action == desk.ActionRetry {
		if bar := k.Gate.Bars(s, o); bar != "" {
			return notSent(k, s, o, "not sent: "+bar, id)
		}
		e.Retry, note = []handlers.Outgoing{o}, "had it sent again."
		if s.Reach.NoTexts { // or the gate would refuse it at once
			e.Reach = &handlers.Reach{At: k.Now()}
		}
	} else {
		e.Dismiss = []handlers.Outgoing{o}
	}
	for _, c := range s.Cases { // a text that joined another open case has no card to close
		if c.Row != o.ID {
			continue
		}
		c.Open = false
		e.Cases = append(e.Cases, c)
		e.Posts = append(
			e.Posts,
			handlers.Post{
				ID: id + ":" + o.ID + ":card", Case: c.ID, Do: desk.PostCard, Due: k.Now(),
			},
			handlers.Post{
				ID: id + ":" + o.ID + ":note", Case: c.ID, Do: desk.PostNote, From: user,
				Text: note, Due: k.Now(),
			},
		)
	}
	return e
}

// notSent returns the effects of a retry that came to nothing: the text stays on the list, the
// reason is the reply for whoever gave the command, and a note on the card for whoever pressed the
// button.
func notSent(k *act.Kit, s handlers.State, o handlers.Outgoing, why, id string) handlers.Effects {
	e := handlers.Effects{Reply: handlers.Reply{Kind: desk.Refused, Note: why}}
	for _, c := range s.Cases {
		if c.Row == o.ID {
			e.Posts = append(e.Posts, handlers.Post{
				ID: id + ":" + o.ID + ":not", Case: c.ID, Do: desk.PostNote, From: "bot",
				Text: why + ".", Due: k.Now(),
			})
		}
	}
	return e
}
