package staff

import (
	"context"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
)

// Assign gives a case to a member of staff, who is pinged. It doesn't make the conversation theirs:
// that is for them to take.
type Assign struct {
	Case string `json:"case,omitempty"`
	Who  Who    `json:"who,omitempty"`
	To   string `json:"to"` // the member's id
}

func (Assign) name() string { return "assign" }

func (x Assign) who() Who { return x.Who }

func (x Assign) caseID() string { return x.Case }

func parseAssign(h *Handler, args string) (Act, error) {
	who, to := h.whom(args)
	to = strings.TrimPrefix(to, "@")
	if to == "" || strings.ContainsAny(to, " <>") {
		return Assign{Who: who}, usage("Say to whom, like: assign 0101 @sam")
	}
	return Assign{Who: who, To: to}, nil
}

func (x Assign) do(ctx context.Context, h *Handler, a Asked) (answer.Answer, error) {
	if x.To == "me" {
		x.To = a.User
	}
	c, choose, err := h.chosen(ctx, a, x.Case, x.Who, func(id string) Act {
		return Assign{Case: id, To: x.To}
	})
	if err != nil || !choose.Empty() {
		return choose, err
	}
	ok, err := h.change(ctx, c, a, "gave you this to see to.", x.To,
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
	return answer.Say("%s is for %s now.", h.caseLine(c), answer.Person(x.To)), nil
}
