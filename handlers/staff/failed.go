package staff

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

// failed lists the texts that failed and that nobody has seen to yet.
func (h *Handler) failed(ctx context.Context, _ handlers.Command, _ string) (string, error) {
	all, err := h.Files.Failed(ctx)
	if err != nil {
		return "", err
	}
	if len(all) == 0 {
		return "No text has failed that nobody has seen to.", nil
	}
	return grid(func(line func(...string)) {
		line("CODE", "NUMBER", "TEXT", "VISIT", "FAILED", "WHY")
		for _, r := range all {
			visit := "-"
			if !r.Start.IsZero() {
				visit = h.clock(r.Start)
			}
			line(r.Code(), r.To.String(), r.Kind, visit, h.clock(r.At), r.Why)
		}
	}) + "\n`/clinic retry CODE` sends one again, `/clinic dismiss CODE` takes it off the list; `all` in place of CODE means every one.", nil
}

// clock is a time as the desk reads it.
func (h *Handler) clock(t time.Time) string {
	return knowledge.When(t.In(h.Base.Clinic.Location()), "en")
}

func (h *Handler) retry(ctx context.Context, c handlers.Command, args string) (string, error) {
	return h.seeTo(ctx, c, args, handlers.ActionRetry, "on their way again, if the rules let them")
}

func (h *Handler) dismiss(ctx context.Context, c handlers.Command, args string) (string, error) {
	return h.seeTo(ctx, c, args, handlers.ActionDone, "dismissed")
}

// seeTo retries or dismisses the failed texts that a code names.
func (h *Handler) seeTo(ctx context.Context, c handlers.Command, code, action, done string) (string, error) {
	all, err := h.Files.Failed(ctx)
	if err != nil {
		return "", err
	}
	n := 0
	for _, r := range all {
		if code = strings.ToLower(code); code != "all" && code != r.Code() {
			continue
		}
		_, _, err := h.Store.Turn(ctx, c.ID+":"+r.ID, r.To, func(s handlers.State) (handlers.Effects, error) {
			return h.seenTo(s, r.Outgoing, action, c.User, c.ID), nil
		})
		if err != nil {
			return "", err
		}
		n++
	}
	if n == 0 {
		return "", errUsage{fmt.Sprintf("No failed text has the code %q. /clinic failed lists them.", code)}
	}
	return fmt.Sprintf("%d %s.", n, done), nil
}

// seenTo retries or dismisses a failed text, and closes the card that tells of it. Who has it sent again says that the number can be reached.
func (h *Handler) seenTo(s handlers.State, o handlers.Outgoing, action, user, id string) handlers.Effects {
	e := handlers.Effects{By: user}
	note := "dismissed this."
	if action == handlers.ActionRetry {
		e.Retry, note = []handlers.Outgoing{o}, "had it sent again."
		if s.Reach.NoTexts {
			e.Reach = &handlers.Reach{At: h.Now()}
		}
	} else {
		e.Dismiss = []handlers.Outgoing{o}
	}
	for _, c := range s.Cases {
		if c.Row != o.ID {
			continue
		}
		c.Open = false
		e.Cases = append(e.Cases, c)
		e.Posts = append(
			e.Posts,
			handlers.Post{ID: id + ":" + o.ID + ":card", Case: c.ID, Do: handlers.PostCard, Due: h.Now()},
			handlers.Post{ID: id + ":" + o.ID + ":note", Case: c.ID, Do: handlers.PostNote, From: user, Text: note, Due: h.Now()},
		)
	}
	return e
}

// why says of every text of the numbers meant why it was or wasn't sent, or what will become of it as things stand.
func (h *Handler) why(ctx context.Context, _ handlers.Command, args string) (string, error) {
	phones, err := h.numbers(ctx, args)
	if err != nil {
		return "", err
	}
	var out []string
	for _, p := range phones {
		lines, err := h.Explain(ctx, p)
		if err != nil {
			return "", err
		}
		out = append(out, p.String()+"\n"+grid(func(line func(...string)) {
			for _, l := range lines {
				line(l...)
			}
		}))
	}
	return strings.Join(out, "\n"), nil
}
