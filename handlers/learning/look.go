package learning

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

const (
	// tryTime is how long a process may take to try a proposal before another does.
	tryTime = 2 * time.Minute
	// mostTried is how many of the last questions a proposal is tried on.
	mostTried = 1000
	// keepFiled is how long what the files have stays published besides: bots on earlier files may
	// still run.
	keepFiled = 24 * time.Hour
	// keepWaiting is how long a proposal waits for a second person.
	keepWaiting = 30 * 24 * time.Hour
	// keepSettled is how long a proposal that isn't live is shown.
	keepSettled = 365 * 24 * time.Hour
)

// Learner has one process learn what is published, and try what waits. It is for one goroutine.
type Learner struct {
	School *School
	// Files says that this process's files are current, so that they say what needn't be published
	// any more.
	Files func() bool
	known string
}

// Look learns what was published or undone since it last looked, and tries one proposal that
// waits. Learning takes seconds; questions are answered meanwhile as before.
func (l *Learner) Look(ctx context.Context) error {
	s := l.School
	all, err := s.Store.Proposals(ctx)
	if err != nil {
		return err
	}
	if now := s.knows(all); now != l.known {
		live := lessons(all)
		if l.known != "" || len(live) > 0 {
			s.Base.Learn(live)
			s.Log.Info("learnt what staff published", "lessons", len(live))
		}
		l.known = now
	}
	var faults []error
	for _, p := range all {
		faults = append(faults, l.file(ctx, p), s.expire(ctx, p))
	}
	return errors.Join(append(faults, s.try(ctx, all))...)
}

// knows returns a fingerprint of what the bots know if these are all proposals.
func (s *School) knows(all []Proposal) string {
	h := sha256.New()
	_ = json.NewEncoder(h).Encode([]any{s.Base.Fingerprint(), lessons(all)}) // plain values
	return hex.EncodeToString(h.Sum(nil)[:idSize])
}

// file notes that the files have what was published, and drops it once no bot can lack it.
func (l *Learner) file(ctx context.Context, p Proposal) error {
	s := l.School
	switch now := s.Now(); {
	case !l.Files() || !p.Live() || !s.Base.Has(p.Lesson):
		return nil
	case p.State == Published:
		_, err := s.Store.SaveProposal(ctx, p.to(Step{State: Filed, At: now}))
		return err
	case now.Sub(p.Last().At) > keepFiled:
		return s.Store.DropProposal(ctx, p.ID)
	}
	return nil
}

// expire ends what waits for too long, and forgets what was settled long ago.
func (s *School) expire(ctx context.Context, p Proposal) error {
	age := s.Now().Sub(p.Last().At)
	switch {
	case p.State == Waiting && age > keepWaiting:
		_, err := s.Reject(ctx, p.ID, "")
		return err
	case !p.Live() && p.State != Waiting && age > keepSettled:
		return s.Store.DropProposal(ctx, p.ID)
	}
	return nil
}

// try finds what a proposal would change, for the first that waits and hasn't been tried on what
// the bots know now.
func (s *School) try(ctx context.Context, all []Proposal) error {
	of := s.knows(all)
	for _, p := range all {
		if p.State != Waiting || p.Trial != nil && p.Of == of ||
			s.Now().Sub(p.Trying) < tryTime {
			continue
		}
		p.Trying = s.Now()
		if ok, err := s.Store.SaveProposal(ctx, p); err != nil || !ok {
			return err // another process tries it
		}
		asked, err := s.Store.Questions(ctx, time.Time{})
		if err != nil {
			return err
		}
		other := s.Base.Try(append(lessons(all), p.Lesson))
		trial := s.Base.Compare(other, words(asked))
		return s.tried(ctx, p.ID, of, trial)
	}
	return nil
}

// tried stores what a proposal would change, if it still waits.
func (s *School) tried(ctx context.Context, id, of string, t knowledge.Trial) error {
	p, ok, err := s.find(ctx, id)
	if err != nil || !ok || p.State != Waiting {
		return err
	}
	p.Trial, p.Of, p.Trying = &t, of, time.Time{}
	_, err = s.Store.SaveProposal(ctx, p)
	return err
}

// words returns questions as a base is asked them.
func words(asked []handlers.Question) (out []knowledge.Asked) {
	for _, q := range asked[:min(mostTried, len(asked))] {
		out = append(out, knowledge.Asked{ID: q.ID, Text: q.Ask})
	}
	return out
}
