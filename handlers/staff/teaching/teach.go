package teaching

import (
	"context"
	"strings"

	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/language"
)

// Teach proposes a wording of an entry, so that the bot recognises it: the short way of Propose.
type Teach struct {
	Entry string `json:"entry"`
	Ask   string `json:"ask"`
}

func (Teach) Name() string { return "teach" }

func parseTeach(_ *act.Kit, args string) (act.Act, error) {
	entry, ask, _ := strings.Cut(args, " ")
	return Teach{entry, strings.Join(strings.Fields(ask), " ")}, nil
}

func (t Teach) Do(ctx context.Context, k *act.Kit, a act.Asked) (out answer.Answer, err error) {
	l := knowledge.Lesson{Entry: t.Entry}
	if t.Ask != "" {
		lang := language.Spoken(k.Base.Read(t.Ask, nil).Lang)
		l.Asks = map[string][]string{lang: {t.Ask}}
	}
	p, unfit, err := k.School.Propose(ctx, a.ID, a.User, "", l)
	if err != nil {
		return out, err
	}
	if len(unfit) > 0 {
		return out, act.Usage("%s", unfit[0].What)
	}
	return proposed(p), nil
}
