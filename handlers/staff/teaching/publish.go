package teaching

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/learning"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// Publish shows what a proposal would change and, once whoever saw it is sure, publishes it.
type Publish struct {
	ID   string `json:"id"`
	Sure bool   `json:"sure,omitempty"`
}

func (Publish) Name() string { return "publish" }

// Right lets everybody at the desk look: who proposed it must see what it would change.
func (p Publish) Right() string {
	if p.Sure {
		return settings.MayPublish
	}
	return settings.MayDesk
}

func parsePublish(_ *act.Kit, args string) (act.Act, error) { return Publish{ID: args}, nil }

// Fill takes the form as read: it has nothing to fill in.
func (p Publish) Fill(*act.Kit, map[string]string) (act.Act, map[string]string) {
	p.Sure = true
	return p, nil
}

func (p Publish) Do(ctx context.Context, k *act.Kit, a act.Asked) (out answer.Answer, err error) {
	if p.ID == "" && a.Thread != "" { // pressed on its card
		c, ok, err := k.Cases.CaseIn(ctx, a.Thread)
		if err != nil {
			return out, err
		}
		if !ok {
			return out, act.ErrNoCase
		}
		p.ID = learning.ProposalOf(c)
	}
	if !p.Sure {
		return review(ctx, k, p.ID, a.User)
	}
	is, err := k.School.Approve(ctx, p.ID, a.User)
	if err != nil {
		return unsettled(is, p.ID, err)
	}
	return answer.Say("Published, and known within seconds: %s.", learning.Named(is.Lesson)), nil
}

// unsettled says why a proposal wasn't settled; any other error is the store's.
func unsettled(p learning.Proposal, id string, err error) (out answer.Answer, _ error) {
	switch {
	case errors.Is(err, learning.ErrNone):
		return out, act.Usage("There is no proposal %q. /clinic taught lists them.", id)
	case errors.Is(err, learning.ErrOwn):
		return answer.Say("You proposed it, so somebody else must publish it."), nil
	case errors.Is(err, learning.ErrUntried):
		return answer.Say("What it would change is being looked at. Try again in a few seconds."), nil
	case errors.Is(err, learning.ErrUnfit):
		return answer.Say("Not published: by now another answer has its name, or the entry that it " +
			"belongs to is gone. Reject it, and propose it anew."), nil
	case errors.Is(err, learning.ErrSettled) && p.State == learning.Filed:
		return answer.Say("It stands in the files by now: whoever keeps them must change it there."), nil
	case errors.Is(err, learning.ErrSettled):
		return answer.Say("It is %s already.", p.State), nil
	}
	return out, err
}

// Forget takes back what was published, or a proposal, by its code or by a wording of it. Spaces are
// normalised as those of Teach are, or it wouldn't be found.
type Forget struct {
	What string `json:"what"`
}

func (Forget) Name() string { return "forget" }

func parseForget(_ *act.Kit, args string) (act.Act, error) {
	return Forget{strings.Join(strings.Fields(args), " ")}, nil
}

func (f Forget) Do(ctx context.Context, k *act.Kit, a act.Asked) (out answer.Answer, err error) {
	all, err := k.School.Store.Proposals(ctx)
	if err != nil {
		return out, err
	}
	for _, p := range slices.Backward(all) {
		if !p.Live() && p.State != learning.Waiting || p.ID != f.What && !asksFor(p.Lesson, f.What) {
			continue
		}
		settle := k.School.Undo
		if p.State == learning.Waiting {
			settle = k.School.Reject
		}
		if is, err := settle(ctx, p.ID, a.User); err != nil {
			return unsettled(is, p.ID, err)
		}
		return answer.Say("Forgotten: %s.", learning.Named(p.Lesson)), nil
	}
	return out, act.Usage("%q wasn't proposed. /clinic taught lists what was.", f.What)
}

// asksFor reports whether a lesson has a wording.
func asksFor(l knowledge.Lesson, ask string) bool {
	for _, asks := range l.Asks {
		if slices.Contains(asks, ask) {
			return true
		}
	}
	return false
}

// Taught lists what was proposed and published, the latest first.
type Taught struct{}

func (Taught) Name() string { return "taught" }

func (Taught) Do(ctx context.Context, k *act.Kit, _ act.Asked) (out answer.Answer, err error) {
	all, err := k.School.Store.Proposals(ctx)
	if err != nil {
		return out, err
	}
	if len(all) == 0 {
		return answer.Say("Nothing was proposed since the files were written."), nil
	}
	var rows [][]string
	for _, p := range slices.Backward(all) {
		last := p.Last()
		who := "the bot"
		if last.By != "" {
			who = answer.Person(last.By)
		}
		rows = append(rows, []string{
			p.ID, p.State, learning.Named(p.Lesson), who, answer.Moment(last.At),
		})
	}
	return answer.Rows([]string{"Code", "State", "What", "By", "When"}, rows), nil
}
