package cases

import (
	"context"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
)

// Assign gives a case to a member of staff, who is pinged. It doesn't make the conversation theirs:
// that is for them to take.
type Assign struct {
	Case string  `json:"case,omitempty"`
	Who  act.Who `json:"who,omitempty"`
	To   string  `json:"to"` // the member's id
}

func (Assign) Name() string { return "assign" }

func (x Assign) About() act.Who { return x.Who }

func (x Assign) For(who act.Who) act.Act { x.Who = who; return x }

func (x Assign) CaseID() string { return x.Case }

func parseAssign(k *act.Kit, args string) (act.Act, error) {
	words := strings.Fields(args)
	if len(words) < 2 {
		return Assign{Who: k.AllOf(args)}, act.Usage("Say to whom, like: assign 0101 @sam")
	}
	who := k.AllOf(strings.Join(words[:len(words)-1], " "))
	to := strings.TrimPrefix(words[len(words)-1], "@")
	if strings.ContainsAny(to, "<>") {
		return Assign{Who: who}, act.Usage("Say to whom, like: assign 0101 @sam")
	}
	return Assign{Who: who, To: to}, nil
}

func (x Assign) Do(ctx context.Context, k *act.Kit, a act.Asked) (answer.Answer, error) {
	if x.To == "me" {
		x.To = a.User
	}
	c, choose, err := chosen(ctx, k, a, x.Case, x.Who, func(id string) act.Act {
		return Assign{Case: id, To: x.To}
	})
	if err != nil || !choose.Empty() {
		return choose, err
	}
	ok, err := change(ctx, k, c, a, "gave you this to see to.", x.To,
		func(open *handlers.Case) []handlers.Post {
			open.For = x.To
			return nil
		})
	if err != nil {
		return answer.Answer{}, err
	}
	if !ok {
		return answer.Say("That card is closed."), nil
	}
	return answer.Say("%s is for %s now.", caseLine(k, c), answer.Person(x.To)), nil
}
