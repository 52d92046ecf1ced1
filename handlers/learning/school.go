package learning

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

// School takes proposals to what is published. Its methods may be called concurrently. All
// exported fields are needed.
type School struct {
	Base  *knowledge.Base
	Store Store
	Desk  handlers.Store // its turns of no number open and close the cards of proposals
	Cards Cards
	Now   func() time.Time
	Log   *slog.Logger

	told atomic.Value // the event of the last digest, for this process not to make it again
}

// Cards reads the cards at the desk.
type Cards interface {
	// Case reads a case by its id, open or closed; ok is false if there is none.
	Case(ctx context.Context, id string) (c handlers.Case, ok bool, err error)
}

// Store keeps proposals, and what patients asked. All processes share it.
type Store interface {
	// Proposals returns all proposals, the oldest first.
	Proposals(ctx context.Context) ([]Proposal, error)
	// SaveProposal stores a proposal if it is as it was read, or, without a version, if there is
	// none of its id; false if not.
	SaveProposal(ctx context.Context, p Proposal) (bool, error)
	// DropProposal removes a proposal.
	DropProposal(ctx context.Context, id string) error
	// Questions returns what was asked since a time, the latest first.
	Questions(ctx context.Context, since time.Time) ([]handlers.Question, error)
}

// today returns the day by the clinic's calendar.
func (s *School) today() time.Time { return s.Now().In(s.Base.Clinic.Location()) }

// find returns a proposal by its id; ok is false if there is none.
func (s *School) find(ctx context.Context, id string) (p Proposal, ok bool, err error) {
	all, err := s.Store.Proposals(ctx)
	for _, one := range all {
		if one.ID == id {
			return one, true, err
		}
	}
	return p, false, err
}
