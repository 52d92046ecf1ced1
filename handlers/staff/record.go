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

// recordCommand writes a command down. Of its arguments only whom it is about is kept.
func (h *Handler) recordCommand(ctx context.Context, c handlers.Command, name, args string) error {
	if verb, rest, _ := strings.Cut(args, " "); name == "waitlist" {
		switch verb = strings.ToLower(verb); verb {
		case "add", "list", "remove": // any other word may be a name
			name, args = name+" "+verb, rest
		}
	}
	a := audit.Act{Event: c.ID, User: c.User, Do: "command " + name}
	if p, _, err := h.phone(args); err == nil {
		a.Phone = p
	} else {
		first, _, _ := strings.Cut(args, " ")
		a.About = last4.FindString(first) // anything else may be words
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
