package contact

import (
	"context"
	"errors"
	"strings"

	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
)

// Why shows for each number meant, in one table, why each of its texts was or wasn't sent, what
// will become of those that are planned, and the same of slots that were offered to it or weren't.
type Why struct {
	Who act.Who `json:"who"`
}

func (Why) Name() string { return "why" }

func (w Why) About() act.Who { return w.Who }

func (Why) For(who act.Who) act.Act { return Why{who} }

func parseWhy(k *act.Kit, args string) (act.Act, error) {
	return Why{k.AllOf(args)}, nil
}

func (w Why) Do(ctx context.Context, k *act.Kit, _ act.Asked) (out answer.Answer, err error) {
	phones, err := k.Numbers(ctx, w.Who)
	if err != nil {
		return out, err
	}
	for _, p := range phones {
		// Each is a table with the same columns; only the first has a heading.
		texts, err1 := k.Reminders.Why(ctx, p)
		offers, err2 := k.Waitlist.Why(ctx, p)
		if err := errors.Join(err1, err2); err != nil {
			return answer.Answer{}, err
		}
		names, err := k.Names(ctx, p)
		if err != nil {
			return answer.Answer{}, err
		}
		out = out.Add(answer.Part{Text: strings.TrimSpace(names + " " + p.String())})
		out = out.Add(answer.Rows(nil, append(texts, offers...)).Parts...)
	}
	return out, nil
}
