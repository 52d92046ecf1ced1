package staff

import (
	"context"
	"errors"

	"github.com/beacon-clinic/beacon/handlers/answer"
)

// Why shows for each number meant, in one table, why each of its texts was or wasn't sent, what
// will become of those that are planned, and the same of slots that were offered to it or weren't.
type Why struct {
	Who Who `json:"who"`
}

func (Why) name() string { return "why" }

func (w Why) who() Who { return w.Who }

func (Why) of(who Who) Act { return Why{who} }

func parseWhy(h *Handler, args string) (Act, error) {
	return Why{h.allOf(args)}, nil
}

func (w Why) do(ctx context.Context, h *Handler, _ Asked) (out answer.Answer, err error) {
	phones, err := h.numbers(ctx, w.Who)
	if err != nil {
		return out, err
	}
	for _, p := range phones {
		// Each is a table with the same columns; only the first has a heading.
		texts, err1 := h.Reminders.Why(ctx, p)
		offers, err2 := h.Waitlist.Why(ctx, p)
		if err := errors.Join(err1, err2); err != nil {
			return answer.Answer{}, err
		}
		out = out.Add(answer.Part{Text: p.String()})
		out = out.Add(answer.Rows(nil, append(texts, offers...)).Parts...)
	}
	return out, nil
}
