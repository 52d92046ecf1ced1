package learning

import (
	"context"
	"errors"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// Why a proposal isn't settled as somebody asked for.
var (
	ErrNone    = errors.New("learning: there is no such proposal")
	ErrOwn     = errors.New("learning: whoever proposes can't approve")
	ErrUntried = errors.New("learning: what it would change isn't known yet")
	ErrSettled = errors.New("learning: it is in another state by now")
	ErrUnfit   = errors.New("learning: what was published since leaves no room for it")
)

// cardOf returns the id of a proposal's case, and its matter.
func cardOf(id string) string { return "proposal:" + id }

// ProposalOf returns the id of the proposal that a case at the desk is about, "" if it is about none.
func ProposalOf(c handlers.Case) string {
	if c.Kind != kinds.Proposal {
		return ""
	}
	return c.ID[len(cardOf("")):]
}

// Propose stores a lesson for a second person to approve, and tells the desk. It returns what is
// wrong with the lesson, by field; then nothing is stored. The same event proposes once.
func (s *School) Propose(
	ctx context.Context, event, by, from string, l knowledge.Lesson,
) (p Proposal, unfit []knowledge.Unfit, err error) {
	if unfit = s.Base.CheckLesson(l); len(unfit) > 0 {
		return p, unfit, nil
	}
	p = Proposal{
		ID: idOf(event), Lesson: l, State: Waiting, Case: from,
		Steps: []Step{{State: Waiting, By: by, At: s.Now()}},
	}
	if _, err := s.Store.SaveProposal(ctx, p); err != nil { // one that is there is the same event's
		return p, nil, err
	}
	return p, nil, s.card(ctx, handlers.Case{
		ID: cardOf(p.ID), Channel: handlers.DeskChannel, Kind: kinds.Proposal, Open: true,
		At: s.Now(), Title: "The bot would learn " + Named(l) + ". A second person decides.",
	})
}

// card posts a card of its own at the desk, once for its id.
func (s *School) card(ctx context.Context, c handlers.Case) error {
	_, _, err := s.Desk.Turn(ctx, c.ID, handlers.Phone{},
		func(handlers.State) (handlers.Effects, error) {
			return handlers.Effects{
				Cases: []handlers.Case{c},
				Posts: []handlers.Post{{ID: c.ID + ":card", Case: c.ID, Do: desk.PostCard, Due: c.At}},
			}, nil
		})
	return err
}

// Named says in the desk's words what a lesson is: how many wordings of which entry. Staff wrote
// them, so nothing of it is a patient's.
func Named(l knowledge.Lesson) string {
	n := 0
	for _, asks := range l.Asks {
		n += len(asks)
	}
	what := plural(n, "wording") + " of " + l.Entry
	if l.Whole() {
		what = "a new answer, " + l.Entry + ", with " + plural(n, "wording")
	}
	return what
}

// Approve publishes a proposal for somebody who didn't propose it. It must have been tried on what
// the bots know now, so that who approves has seen what would change.
func (s *School) Approve(ctx context.Context, id, by string) (Proposal, error) {
	all, err := s.Store.Proposals(ctx)
	if err != nil {
		return Proposal{}, err
	}
	now := s.knows(all)
	return s.settle(ctx, id, Step{State: Published, By: by, At: s.Now()}, func(p Proposal) error {
		switch {
		case p.By() == by:
			return ErrOwn
		case p.Trial == nil || p.Of != now:
			return ErrUntried
		case !s.fits(p.Lesson, all):
			return ErrUnfit
		}
		return nil
	}, Waiting)
}

// fits reports whether a lesson can still be learnt: two may be proposed under one new name, and the
// entry that wordings are of may be taken back before they are published.
func (s *School) fits(l knowledge.Lesson, all []Proposal) bool {
	wordings := knowledge.Lesson{Entry: l.Entry}
	return room(s.Base, wordings, all) != l.Whole()
}

// Reject ends a proposal that waits. Whoever proposed it may take it back.
func (s *School) Reject(ctx context.Context, id, by string) (Proposal, error) {
	step := Step{State: Rejected, By: by, At: s.Now()}
	return s.settle(ctx, id, step, func(Proposal) error { return nil }, Waiting)
}

// Undo takes back what was published, and with an answer the wordings of it, which would teach
// nothing any more. One person is enough: a wrong answer must end at once.
func (s *School) Undo(ctx context.Context, id, by string) (Proposal, error) {
	step := Step{State: Undone, By: by, At: s.Now()}
	any := func(Proposal) error { return nil }
	p, err := s.settle(ctx, id, step, any, Published)
	if err != nil || !p.Lesson.Whole() {
		return p, err
	}
	all, err := s.Store.Proposals(ctx)
	for _, of := range all {
		if of.State == Published && !room(s.Base, of.Lesson, all) {
			_, failed := s.settle(ctx, of.ID, step, any, Published)
			err = errors.Join(err, failed)
		}
	}
	return p, err
}

// settleTries is how often a proposal is read anew because others wrote it meanwhile.
const settleTries = 10

// settle brings a proposal from one state to another, and closes its card. What the same person
// has done already is done.
func (s *School) settle(
	ctx context.Context, id string, step Step, may func(Proposal) error, from string,
) (Proposal, error) {
	for range settleTries {
		p, ok, err := s.find(ctx, id)
		switch {
		case err != nil:
			return p, err
		case !ok:
			return p, ErrNone
		case p.State == step.State && p.Last().By == step.By:
			return p, s.close(ctx, p)
		case p.State != from:
			return p, ErrSettled
		}
		if err := may(p); err != nil {
			return p, err
		}
		is := p.to(step)
		if step.State == Published {
			is.Lesson = is.Lesson.Review(s.today())
		}
		if ok, err := s.Store.SaveProposal(ctx, is); err != nil {
			return p, err
		} else if ok {
			return is, s.close(ctx, is)
		}
	}
	return Proposal{}, handlers.ErrConflict
}

// close closes the card of a proposal that is settled, and has it say what became of it. The card of
// one that was settled before is closed already, so it isn't among the desk's open ones.
func (s *School) close(ctx context.Context, p Proposal) error {
	c, ok, err := s.Cards.Case(ctx, cardOf(p.ID))
	if err != nil || !ok { // it isn't kept any more
		return err
	}
	c.Open, c.TakenBy, c.Title = false, p.Last().By, became(p)
	event := cardOf(p.ID) + ":" + p.State
	_, _, err = s.Desk.Turn(ctx, event, handlers.Phone{},
		func(handlers.State) (handlers.Effects, error) {
			return handlers.Effects{
				Cases: []handlers.Case{c},
				Posts: []handlers.Post{{ID: event, Case: c.ID, Do: desk.PostCard, Due: s.Now()}},
			}, nil
		})
	return err
}

// became says what became of a proposal.
func became(p Proposal) string {
	switch what := Named(p.Lesson); {
	case p.Live():
		return "The bot has learnt " + what + "."
	case p.State == Undone:
		return "Taken back: the bot doesn't know " + what + " any more."
	case p.Last().By == "":
		return "Nobody decided in time, so the bot doesn't learn " + what + "."
	default:
		return "Rejected: the bot doesn't learn " + what + "."
	}
}
