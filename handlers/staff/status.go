package staff

import (
	"context"
	"fmt"
	"sort"

	"github.com/beacon-clinic/beacon/handlers/answer"
)

// Status shows what waits, what of Redis, Twilio and Slack can't be used, and whether the bots
// agree. It never fails: while the store is away it is what staff look at, so what can't be counted
// is shown as unknown. It holds nothing about patients and may be given in any channel.
type Status struct{}

func (Status) name() string { return "status" }

func (Status) do(ctx context.Context, h *Handler, _ Asked) (answer.Answer, error) {
	cases, err1 := h.Cases.OpenCases(ctx)
	texts, err2 := h.Texts.Waiting(ctx)
	failed, err3 := h.Texts.FailedTexts(ctx)
	// All three are read from Redis, so any error is that it is away.
	count := func(n int64, err error) string {
		if err != nil {
			return "unknown: Redis is away"
		}
		return fmt.Sprint(n)
	}
	ready := h.Health.Away(ctx)
	names := make([]string, 0, len(ready))
	for name := range ready {
		names = append(names, name)
	}
	sort.Strings(names) // a map's order would change from one answer to the next
	rows := [][]string{
		{"waiting at the desk", count(cases, err1)},
		{"texts planned", count(texts, err2)},
		{"texts failed", count(failed, err3)},
	}
	for _, name := range names {
		state := "ok"
		if ready[name] != nil {
			state = "not reachable: " + ready[name].Error()
			if w, ok := ready[name].(interface{ Works() bool }); ok && w.Works() {
				state = ready[name].Error()
			}
		}
		rows = append(rows, []string{name, state})
	}
	if says := h.Health.Bots(); says != "" {
		rows = append(rows, []string{"bots", says})
	}
	return answer.Rows(nil, rows), nil
}
