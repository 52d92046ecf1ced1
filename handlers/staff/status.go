package staff

import (
	"context"
	"fmt"
	"sort"

	"github.com/beacon-clinic/beacon/handlers"
)

func (h *Handler) status(ctx context.Context, _ handlers.Command, _ string) (string, error) {
	cases, err1 := h.Cases.OpenCases(ctx)
	texts, err2 := h.Texts.Waiting(ctx)
	failed, err3 := h.Texts.FailedTexts(ctx)
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
	sort.Strings(names)
	return grid(func(line func(...string)) {
		line("waiting at the desk", count(cases, err1))
		line("texts planned", count(texts, err2))
		line("texts failed", count(failed, err3))
		for _, name := range names {
			state := "ok"
			if ready[name] != nil {
				state = "not reachable: " + ready[name].Error()
			}
			line(name, state)
		}
	}), nil
}
