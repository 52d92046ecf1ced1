package staff

import (
	"context"
	"errors"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
)

// Command carries out a typed /clinic line and returns the answer for whoever gave it. Bad input, an
// unknown name and an act that isn't permitted in this channel are answered too; an error means that
// the store or another part failed. Names are matched in any case.
func (h *Handler) Command(ctx context.Context, c handlers.Command) (answer.Answer, error) {
	name, args, _ := strings.Cut(strings.TrimSpace(c.Text), " ")
	if name == "" {
		name = "help"
	}
	r, ok := rowOf(name)
	if !ok || r.Parse == nil {
		return h.nearMiss(ctx, c, name, strings.TrimSpace(args))
	}
	asked := act.Asked{ID: c.ID, User: c.User, FromDesk: c.FromDesk}
	var err error
	asked.Act, err = r.Parse(&h.Kit, strings.TrimSpace(args))
	var wrong act.UsageError
	var asks act.AskError
	switch {
	case errors.As(err, &wrong) && (c.FromDesk || !r.Desk):
		return h.wrong(r, wrong), nil
	case errors.As(err, &asks) && (c.FromDesk || !r.Desk):
		return asks.Answer, nil
	case asked.Act == nil: // said before how it is typed: it may be given at the desk only
		asked.Act, _ = r.Decode([]byte("{}"))
	}
	return h.Do(ctx, asked)
}

// Help lists the acts that are typed. It shows those of the desk in every channel: the refusal says
// where to give them.
type Help struct{}

func (Help) Name() string { return "help" }

func (Help) Do(context.Context, *act.Kit, act.Asked) (answer.Answer, error) {
	var rows [][]string
	for _, r := range table() {
		if r.Help != "" {
			rows = append(rows, []string{"/clinic " + r.Usage, r.Help})
		}
	}
	return answer.Rows(nil, rows), nil
}
