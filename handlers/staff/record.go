package staff

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/audit"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
)

// Everything that shows a patient's matters to staff, or acts on them, is written down first, at
// the doors of this package: an entry without an act does no harm, an act without one does.

// recordAct writes an act down, with whom it is about: who was named, else the patient of a card.
func (h *Handler) recordAct(ctx context.Context, asked act.Asked) error {
	do := "command " + strings.ReplaceAll(asked.Act.Name(), "_", " ")
	a := audit.Act{Event: asked.ID, User: asked.User, Do: do}
	if of, is := asked.Act.(act.Follows); is {
		p, _, err := h.Pending.Pending(ctx, of.Pending())
		if err != nil {
			return err
		}
		a.Phone = p.Phone
		return recorded(h.Audit.Record(ctx, a))
	}
	of, names := asked.Act.(act.About)
	if !names || of.About() == "" {
		c, ok, err := h.Card(ctx, caseOf(asked.Act), asked.Thread)
		if ok || err != nil {
			return errors.Join(err, h.recordCase(ctx, c, asked.ID, asked.User, do))
		}
		return recorded(h.Audit.Record(ctx, a))
	}
	var err error
	if a.Phone, a.About, err = h.recordable(ctx, of.About()); err != nil {
		return err
	}
	return recorded(h.Audit.Record(ctx, a))
}

// caseOf returns the id of the case that an act names; "" if it names none.
func caseOf(a act.Act) string {
	if of, ok := a.(act.OnCase); ok {
		return of.CaseID()
	}
	return ""
}

// recordRefused writes down that an act wasn't done for want of a right.
func (h *Handler) recordRefused(ctx context.Context, asked act.Asked) error {
	return recorded(h.Audit.Record(ctx, audit.Act{
		Event: asked.ID + ":refused", User: asked.User,
		Do: "refused " + strings.ReplaceAll(asked.Act.Name(), "_", " "),
	}))
}

// recordable returns whom an act is about as it may be written down: the number if it is one's, else
// the digits that were typed. A name isn't written down.
func (h *Handler) recordable(
	ctx context.Context, who act.Who,
) (p handlers.Phone, about string, err error) {
	if act.IsLast4(string(who)) {
		about = string(who)
	}
	phones, err := h.Numbers(ctx, who)
	var nobody act.UsageError
	switch {
	case errors.As(err, &nobody): // the act says so itself
		return p, about, nil
	case err == nil && len(phones) == 1:
		return phones[0], "", nil
	}
	return p, about, err
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
