package staff

import (
	"context"
	"fmt"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/audit"
)

// Everything that shows a patient's matters to staff, or acts on them, is written down first, at
// the doors of this package: an entry without an act does no harm, an act without one does.

// recordAct writes an act down, with whom it is about.
func (h *Handler) recordAct(ctx context.Context, asked Asked) error {
	a := audit.Act{
		Event: asked.ID, User: asked.User,
		Do: "command " + strings.ReplaceAll(asked.Act.name(), "_", " "),
	}
	if of, ok := asked.Act.(about); ok {
		if p, _, err := h.phone(string(of.who())); err == nil {
			a.Phone = p
		} else {
			a.About = last4.FindString(string(of.who())) // anything else may be words
		}
	}
	return recorded(h.Audit.Record(ctx, a))
}

// recordCase writes down what is done about a case. A case of danger is seen to even if that
// fails, which the log then tells: nothing may keep a person from a patient in danger.
func (h *Handler) recordCase(ctx context.Context, c handlers.Case, event, user, do string) error {
	err := recorded(h.Audit.Record(ctx, audit.Act{
		Event: event, User: user, Do: do, Phone: c.Phone, About: c.ID,
	}))
	if err != nil && c.Channel == handlers.UrgentChannel {
		h.Log.Error("done without the audit", "do", do, "user", user, "case", c.ID, "err", err)
		return nil
	}
	return err
}

// recorded words the error of the audit.
func recorded(err error) error {
	if err != nil {
		return fmt.Errorf("not done, since it can't be written down: %w", err)
	}
	return nil
}
