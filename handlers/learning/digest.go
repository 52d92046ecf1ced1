package learning

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// digestDay is the day on which the desk is told what the bot learnt in the week before.
const digestDay = time.Monday

// Digest is what the bot learnt since a time, and what waits for people.
type Digest struct {
	Since     time.Time
	Published []Proposal
	Undone    []Proposal
	Waiting   []Proposal
	Gaps      []Gap // what was asked since more than once and nothing answers
	Answered  int   // questions since that an entry answered
	Missed    int   // and that went to a person
}

// Empty reports whether there is nothing to tell.
func (d Digest) Empty() bool {
	return len(d.Published)+len(d.Undone)+len(d.Waiting)+len(d.Gaps) == 0
}

// Title says it in a paragraph, without what patients asked.
func (d Digest) Title() string {
	var out []string
	add := func(n int, what string, list []Proposal) {
		if n == 0 {
			return
		}
		var names []string
		for _, p := range list {
			names = append(names, p.Lesson.Entry)
		}
		if len(names) > 0 {
			what += " (" + strings.Join(names, ", ") + ")"
		}
		out = append(out, fmt.Sprintf(what, n))
	}
	add(len(d.Published), "%d published", d.Published)
	add(len(d.Undone), "%d taken back", d.Undone)
	add(len(d.Waiting), "%d wait for a second person", d.Waiting)
	add(len(d.Gaps), "%d things were asked more than once and nothing answers them", nil)
	if len(out) == 0 {
		out = []string{"nothing new"}
	}
	return fmt.Sprintf("What the bot learnt this week: %s. Of %d questions, %d went to a person. "+
		"`/clinic gaps` and `/clinic taught` show more.",
		strings.Join(out, "; "), d.Answered+d.Missed, d.Missed)
}

// Week returns the digest of the last seven days.
func (s *School) Week(ctx context.Context) (d Digest, err error) {
	d.Since = s.Now().AddDate(0, 0, -7)
	all, err := s.Store.Proposals(ctx)
	if err != nil {
		return d, err
	}
	for _, p := range all {
		switch {
		case p.State == Waiting:
			d.Waiting = append(d.Waiting, p)
		case p.State == Undone && p.Last().At.After(d.Since):
			d.Undone = append(d.Undone, p)
		case p.Live() && p.since().After(d.Since):
			d.Published = append(d.Published, p)
		}
	}
	asked, err := s.Store.Questions(ctx, d.Since)
	if err != nil {
		return d, err
	}
	for _, q := range asked {
		if q.Missed() {
			d.Missed++
		} else {
			d.Answered++
		}
	}
	gaps, err := s.Gaps(ctx, d.Since)
	for _, g := range gaps {
		if len(g.Questions) > 1 {
			d.Gaps = append(d.Gaps, g)
		}
	}
	return d, err
}

// since returns when a proposal was published.
func (p Proposal) since() time.Time {
	for _, s := range p.Steps {
		if s.State == Published {
			return s.At
		}
	}
	return time.Time{}
}

// Tell tells the desk of the week on a Monday, once the clinic is open; on a Monday that it is shut,
// and of a week with nothing to tell, it doesn't. Any number of processes may call it, as often as
// they like: the day is the event.
func (s *School) Tell(ctx context.Context) error {
	now := s.today()
	if now.Weekday() != digestDay || !s.Base.Clinic.Open(now) {
		return nil
	}
	event := "digest:" + now.Format(time.DateOnly)
	if s.told.Load() == event {
		return nil
	}
	d, err := s.Week(ctx)
	if err != nil {
		return err
	}
	if !d.Empty() {
		err = s.card(ctx, handlers.Case{
			ID: event, Channel: handlers.DeskChannel, Kind: kinds.Digest, At: s.Now(),
			Title: d.Title(),
		})
	}
	if err == nil {
		s.told.Store(event)
	}
	return err
}
