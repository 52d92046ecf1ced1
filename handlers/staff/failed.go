package staff

import (
	"context"
	"fmt"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
)

// failed lists the texts that failed and that staff have neither sent again nor dismissed.
func (h *Handler) failed(ctx context.Context, _ handlers.Command, _ string) (string, error) {
	all, err := h.Texts.Failed(ctx)
	if err != nil {
		return "", err
	}
	if len(all) == 0 {
		return "No text has failed that nobody has seen to.", nil
	}
	return grid(func(line func(...string)) {
		line("CODE", "NUMBER", "TEXT", "VISIT", "FAILED", "WHY")
		for _, r := range all {
			visit := "-" // a text of no visit, such as what staff wrote
			if !r.Start.IsZero() {
				visit = h.clock(r.Start)
			}
			line(r.Code(), r.To.String(), r.Kind, visit, h.clock(r.At), r.Why)
		}
	}) + "\n`/clinic retry CODE` sends one again, `/clinic dismiss CODE` takes it off the list; " +
		"`all` in place of CODE means every one.", nil
}

// retry sends failed texts again.
func (h *Handler) retry(ctx context.Context, c handlers.Command, args string) (string, error) {
	return h.seeTo(ctx, c, args, desk.ActionRetry, "on their way again, if the rules let them")
}

// dismiss takes failed texts off the list.
func (h *Handler) dismiss(ctx context.Context, c handlers.Command, args string) (string, error) {
	return h.seeTo(ctx, c, args, desk.ActionDone, "dismissed")
}

// seeTo retries or dismisses the failed text that a code names, or all of them. action is
// desk.ActionRetry or desk.ActionDone; done is what is said of those that it worked for. A text
// that makes no sense any more, such as a reminder of a visit that has begun, is listed with the
// reason instead of being sent.
//
// Each text is an event of its own number, so an error leaves those before it done.
func (h *Handler) seeTo(
	ctx context.Context, c handlers.Command, code, action, done string,
) (string, error) {
	all, err := h.Texts.Failed(ctx)
	if err != nil {
		return "", err
	}
	n, not := 0, []string{} // how many it worked for; a line for each of the others
	for _, r := range all {
		// "all" is no code: a code has five characters.
		if code = strings.ToLower(code); code != "all" && code != r.Code() {
			continue
		}
		decide := func(s handlers.State) (handlers.Effects, error) {
			return h.seenTo(s, r.Outgoing, action, c.User, c.ID), nil
		}
		// The row is part of the event's id: by the command's alone, the second text would be taken
		// for a repeat of the first.
		did, _, err := h.Store.Turn(ctx, c.ID+":"+r.ID, r.To, decide)
		switch {
		case err != nil:
			return "", err
		case did.Kind == desk.Refused:
			not = append(not, fmt.Sprintf("%s (%s to %s) %s.", r.Code(), r.Kind, r.To, did.Note))
		default:
			n++
		}
	}
	switch {
	case n == 0 && len(not) == 0:
		return "", usage("No failed text has the code %q. /clinic failed lists them.", code)
	case len(not) == 0:
		return fmt.Sprintf("%d %s.", n, done), nil
	}
	if n > 0 {
		not = append([]string{fmt.Sprintf("%d %s.", n, done)}, not...)
	}
	return strings.Join(
		append(not, "What wasn't sent stays listed until you dismiss it."), "\n",
	), nil
}

// failedRow returns the failed text that a case is about, or a row without an id if it is about
// none. Of a text that staff have seen to already only id and number are known.
func (h *Handler) failedRow(ctx context.Context, c handlers.Case) (handlers.Outgoing, error) {
	row := handlers.Outgoing{ID: c.Row, To: c.Phone}
	if c.Row == "" {
		return row, nil
	}
	all, err := h.Texts.Failed(ctx)
	for _, r := range all {
		if r.ID == c.Row {
			row = r.Outgoing
		}
	}
	return row, err
}

// seenTo returns the effects of retrying or dismissing a failed text: the row, and the card that
// tells of it, which is closed. id names the event. Whoever has a text sent again vouches that the
// number takes texts, so an earlier finding that it doesn't (a landline, say) is cleared.
func (h *Handler) seenTo(
	s handlers.State, o handlers.Outgoing, action, user, id string,
) handlers.Effects {
	e := handlers.Effects{By: user}
	note := "dismissed this."
	if action == desk.ActionRetry {
		if bar := h.Gate.Bars(s, o); bar != "" {
			return h.notSent(s, o, "not sent: "+bar, id)
		}
		e.Retry, note = []handlers.Outgoing{o}, "had it sent again."
		if s.Reach.NoTexts { // or the gate would refuse it at once
			e.Reach = &handlers.Reach{At: h.Now()}
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
				ID: id + ":" + o.ID + ":card", Case: c.ID, Do: desk.PostCard, Due: h.Now(),
			},
			handlers.Post{
				ID: id + ":" + o.ID + ":note", Case: c.ID, Do: desk.PostNote, From: user,
				Text: note, Due: h.Now(),
			},
		)
	}
	return e
}

// notSent returns the effects of a retry that came to nothing: the text stays on the list, the
// reason is the reply for whoever gave the command, and a note on the card for whoever pressed the
// button.
func (h *Handler) notSent(s handlers.State, o handlers.Outgoing, why, id string) handlers.Effects {
	e := handlers.Effects{Reply: handlers.Reply{Kind: desk.Refused, Note: why}}
	for _, c := range s.Cases {
		if c.Row == o.ID {
			e.Posts = append(e.Posts, handlers.Post{
				ID: id + ":" + o.ID + ":not", Case: c.ID, Do: desk.PostNote, From: "bot",
				Text: why + ".", Due: h.Now(),
			})
		}
	}
	return e
}
