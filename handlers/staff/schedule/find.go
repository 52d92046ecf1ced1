package schedule

import (
	"context"
	"strings"

	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
	"github.com/beacon-clinic/beacon/handlers/staff/contact"
)

// Find lists the patients who are so called, or whose numbers end so, with their visits; or the
// visits of a day.
type Find struct {
	Who act.Who `json:"who"`
}

func (Find) Name() string { return "find" }

func (f Find) About() act.Who { return f.Who }

func (f Find) For(who act.Who) act.Act { return Find{who} }

func parseFind(k *act.Kit, args string) (act.Act, error) {
	if args == "" {
		return nil, act.Usage("Say a first name, the last digits of a number, or a day.")
	}
	if m, ok := k.Reader().Day(args); ok && strings.TrimSpace(m.Rest) == "" {
		return parseToday(k, args)
	}
	return Find{k.AllOf(args)}, nil
}

func (f Find) Do(ctx context.Context, k *act.Kit, _ act.Asked) (out answer.Answer, err error) {
	people, err := k.People(ctx, f.Who)
	if err != nil {
		return out, err
	}
	var rows [][]string
	for _, p := range people {
		s, err := k.Store.Peek(ctx, p.Phone)
		if err != nil {
			return out, err
		}
		rows = append(rows, k.Found(s, p)...)
	}
	out = answer.Rows([]string{"PATIENT", "VISIT", "STATE"}, rows)
	if len(people) != 1 {
		return out, nil
	}
	who, err := k.Ref(ctx, people[0].Phone)
	if err != nil {
		return out, err
	}
	return out.Add(answer.Part{Buttons: []answer.Button{
		{Text: "Move a visit", Do: act.Encode(Move{Which: Which{Who: who}})},
		{Text: "Take a visit off", Do: act.Encode(Off{Which: Which{Who: who}})},
		{Text: "Texts, and why", Do: act.Encode(contact.Why{Who: who})},
		{Text: "May they be texted?", Do: act.Encode(contact.Consent{Who: who})},
	}}), nil
}
