package handlerstest

import (
	"context"
	"maps"
	"slices"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/budget"
)

// writeSpend counts what an answer costs, and a text that isn't answered.
func (s *Store) writeSpend(p handlers.Phone, e handlers.Effects) {
	if e.Spend != nil {
		for _, period := range e.Spend.Periods {
			s.used[period.Name] = e.Spend.Counts(period, s.used[period.Name])
		}
	}
	if e.Refused == nil {
		return
	}
	now, r := s.Now(), &s.refused
	if now.Sub(r.To) > budget.StretchGap {
		*r = budget.Stretch{From: now, Count: map[string]int{}}
	}
	r.To = now
	r.Count[e.Refused.Why]++
	if last4 := p.Last4(); len(r.Ends) < budget.MostEnds && !slices.Contains(r.Ends, last4) {
		r.Ends = append(r.Ends, last4)
		slices.Sort(r.Ends)
	}
}

// Used returns how much of what answers may cost is used up, by the period's name.
func (s *Store) Used(context.Context) (map[string]budget.Used, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.used), s.err
}

// Refused returns the last stretch in which texts weren't answered for what an answer would cost.
func (s *Store) Refused(context.Context) (budget.Stretch, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.refused
	out.Count, out.Ends = maps.Clone(out.Count), slices.Clone(out.Ends)
	return out, s.err
}
