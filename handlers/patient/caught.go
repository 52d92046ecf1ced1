package patient

import (
	"context"
	"fmt"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// TellCaught shows at the desk how many texts of an outage were fetched and what came of them, in
// one line that is updated as more are. count reads the figures; it is called again if another
// process writes the line at the same time, so that the line shows the sum of all processes. The
// error is count's or the store's.
func (h *Handler) TellCaught(
	ctx context.Context, count func(context.Context) (desk.Caught, error),
) error {
	now := h.Now()
	id := fmt.Sprintf("away:%d", now.UnixNano())
	decide := func(handlers.State) (handlers.Effects, error) {
		c, err := count(ctx)
		// The case is named by the outage, so that it has one card; the turn and the post are named
		// by the moment, so that each update is made.
		one := handlers.Case{
			ID: "away:" + c.Outage, Channel: handlers.DeskChannel, Kind: kinds.Away,
			Title: h.caughtWords(c), At: now,
		}
		return handlers.Effects{
			Cases: []handlers.Case{one},
			Posts: []handlers.Post{{ID: id, Case: one.ID, Do: desk.PostCard, Due: now}},
		}, err
	}
	_, _, err := h.Store.Turn(ctx, id, handlers.Phone{}, decide) // it belongs to no number
	return err
}

// caughtWords returns that line: when the texts were written, as exactly as the desk needs it, and
// what came of how many. It is for staff, so it is in English and in the clinic's zone.
func (h *Handler) caughtWords(c desk.Caught) string {
	clock := knowledge.DeskClock(h.Base.Clinic, h.Now())
	from, until := clock.When(c.Since, "en"), clock.Time(c.Until, "en")
	when := "on " + from
	switch {
	case !clock.SameDay(c.Since, c.Until):
		when = "between " + from + " and " + clock.When(c.Until, "en")
	case clock.Time(c.Since, "en") != until:
		when = "between " + from + " and " + until
	}
	texts := "1 text that a patient"
	if n := c.Fetched(); n > 1 {
		texts = fmt.Sprintf("%d texts that patients", n)
	}
	var parts []string
	for _, p := range []struct {
		n    int
		what string
	}{
		{c.Danger, "read as danger: see the urgent channel"},
		{c.Answered, "answered by the bot"},
		{c.Person, "waiting for you, on their own cards"},
		{c.Done, "that need no answer"},
	} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	return texts + " wrote " + when + ", while the bot was away, reached it late: " +
		strings.Join(parts, "; ") + "."
}
