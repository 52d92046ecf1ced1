package staff

import (
	"context"
	"fmt"
	"slices"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// Rights say who of the staff may do what. Without roles everybody may do everything.
type Rights struct {
	Roles settings.Roles
	// Members returns the users of a user group. It is a func since the group is a vendor's.
	Members func(ctx context.Context, group string) ([]string, error)
}

// Has reports whether somebody has a right (settings.MayDesk …). The error is that of a group which
// can't be asked for: they may have it.
func (r Rights) Has(ctx context.Context, user, right string) (bool, error) {
	has, groups := r.Roles.Has(user, right)
	var unknown error
	for _, group := range groups {
		if has {
			break
		}
		users, err := r.Members(ctx, group)
		if err != nil {
			unknown = err
			continue
		}
		has = slices.Contains(users, user)
	}
	if has {
		return true, nil
	}
	return false, unknown
}

// What somebody is told whose act isn't done for want of a right.
const (
	noRight = "Not done: you aren't among those who may %s. Ask whoever keeps `roles` in clinic.yaml."
	noWord  = "Not done: Slack can't say just now whether you may do this. Try again in a minute."
)

// rightWords words what a right lets people do.
func rightWords(right string) string {
	switch right {
	case settings.MayWords:
		return "see what patients wrote"
	case settings.MayNumbers:
		return "see patients' numbers"
	case settings.MayPublish:
		return "approve what the bot says"
	case settings.MayBroadcast:
		return "confirm a text to many"
	case settings.MayAudit:
		return "see who did and saw what"
	}
	return "work at the desk"
}

// needs returns the rights that an act takes.
func needs(r act.Row, a act.Act) (out []string) {
	if r.Desk {
		out = append(out, settings.MayDesk)
	}
	if l, ok := a.(act.Limited); ok {
		out = append(out, l.Right())
	}
	return out
}

// barred returns what whoever asked is told if they lack a right; "" if they have them all. Nothing
// of a role, nor of Slack's, stands between a patient in danger and a person.
func (h *Handler) barred(ctx context.Context, asked act.Asked, rights ...string) (string, error) {
	for _, right := range rights {
		has, unknown := h.Rights.Has(ctx, asked.User, right)
		if has {
			continue
		}
		saves := right == settings.MayDesk || right == settings.MayNumbers
		danger, err := h.ofDanger(ctx, asked)
		switch {
		case err != nil:
			return "", err
		case saves && danger:
			continue
		}
		h.Log.Warn("act refused for want of a right", "right", right, "user", asked.User,
			"unknown", unknown)
		if unknown != nil {
			return noWord, nil
		}
		return fmt.Sprintf(noRight, rightWords(right)), nil
	}
	return "", nil
}

// ofDanger reports whether what is asked is about a patient who may be in danger.
func (h *Handler) ofDanger(ctx context.Context, asked act.Asked) (bool, error) {
	c, ok, err := h.Card(ctx, caseOf(asked.Act), asked.Thread)
	if ok || err != nil {
		return c.Open && c.Channel == handlers.UrgentChannel, err
	}
	of, ok := asked.Act.(act.About)
	if !ok || of.About() == "" {
		return false, nil
	}
	phone, err := h.One(ctx, of.About())
	if err != nil { // nobody, or several: the act says so, to who may ask
		return false, nil
	}
	s, err := h.Store.Peek(ctx, phone)
	return s.InDanger(), err
}
