package home

import (
	"context"
	"fmt"
	"sort"

	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
)

// Status shows what waits, what of Redis, Twilio and Slack can't be used, and whether the bots
// agree. It never fails: while the store is away it is what staff look at, so what can't be counted
// is shown as unknown. It holds nothing about patients and may be given in any channel.
type Status struct{}

func (Status) Name() string { return "status" }

func (Status) Do(ctx context.Context, k *act.Kit, _ act.Asked) (answer.Answer, error) {
	cases, err1 := k.Cases.OpenCases(ctx)
	texts, err2 := k.Texts.Waiting(ctx)
	failed, err3 := k.Texts.FailedTexts(ctx)
	// All three are read from Redis, so any error is that it is away.
	count := func(n int64, err error) string {
		if err != nil {
			return "unknown: Redis is away"
		}
		return fmt.Sprint(n)
	}
	ready := k.Health.Away(ctx)
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
	if says := k.Health.Bots(); says != "" {
		rows = append(rows, []string{"bots", says})
	}
	return answer.Rows(nil, rows), nil
}
