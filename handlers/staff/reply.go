package staff

import (
	"context"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
	"github.com/beacon-clinic/beacon/handlers/staff/cases"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// Reply texts a patient what a member of staff wrote in their case's thread, and gives that member
// the conversation. When it returns nil the text is stored in the ledger, or the message is marked
// as refused with the reason. What is written in a thread that is under no card of ours is ignored.
// The error is ErrNoCase, or of the store: the event should be repeated.
func (h *Handler) Reply(ctx context.Context, r handlers.ThreadReply) error {
	c, ok, err := h.Cases.CaseIn(ctx, r.Thread)
	if err != nil {
		return err
	}
	if !ok {
		if r.Case {
			return act.ErrNoCase
		}
		return nil // staff talking among themselves
	}
	asked := act.Asked{ID: r.ID, User: r.User, Thread: r.Thread}
	barred, err := h.barred(ctx, asked, settings.MayDesk)
	if err != nil {
		return err
	}
	do := "reply"
	switch {
	case cases.Inside(c, r):
		do = "note"
	case barred != "":
		do = "refused reply"
	}
	if err := h.recordCase(ctx, c, r.ID, r.User, do); err != nil {
		return err
	}
	return cases.Reply(ctx, &h.Kit, c, r, barred)
}

// Revise acts on a message that its writer changed or deleted in a case's thread. What hasn't left
// yet leaves as it is now, or not at all. What has left can't be taken back: a line says that the
// patient has the first version, and a button sends a correction. The error is the store's: the
// event should be repeated.
func (h *Handler) Revise(ctx context.Context, r handlers.Revision) error {
	c, ok, err := h.Cases.CaseIn(ctx, r.Thread)
	if err != nil || !ok || c.Phone.IsZero() {
		return err // nothing of that thread was texted to anybody
	}
	do := "edit"
	if r.Gone {
		do = "delete"
	}
	if err := h.recordCase(ctx, c, r.ID, r.User, do); err != nil {
		return err
	}
	return cases.Revise(ctx, &h.Kit, c, r)
}
