package handlerstest

import (
	"cmp"
	"context"
	"slices"

	"github.com/beacon-clinic/beacon/handlers"
)

// Waiting counts the rows that wait or are being sent.
func (s *Store) Waiting(context.Context) (n int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.rows {
		if !r.over {
			n++
		}
	}
	return n, s.err
}

// Row reads a row of the ledger; the zero row if there is none.
func (s *Store) Row(_ context.Context, id string) (o handlers.Outgoing, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.rows[id]; r != nil {
		o = r.read()
	}
	return o, s.err
}

// RowsOf reads rows by their ids, in that order, without those that aren't there.
func (s *Store) RowsOf(_ context.Context, ids []string) (out []handlers.Outgoing, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range ids {
		if r := s.rows[id]; r != nil {
			out = append(out, r.read())
		}
	}
	return out, s.err
}

// Records returns the rows of a number with their history, in the order in which they were to
// leave.
func (s *Store) Records(_ context.Context, p handlers.Phone) ([]handlers.Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.records(
		func(r *row) bool { return r.text.To == p },
		func(a, b *row) int { return a.planned.Compare(b.planned) }), s.err
}

// TurnWithRecords is Turn for who also needs the number's rows.
func (s *Store) TurnWithRecords(
	ctx context.Context, id string, p handlers.Phone,
	decide func(handlers.State, []handlers.Record) (handlers.Effects, error),
) (handlers.Reply, bool, error) {
	return s.Turn(ctx, id, p, func(state handlers.State) (handlers.Effects, error) {
		rows, err := s.Records(ctx, p)
		if err != nil {
			return handlers.Effects{}, err
		}
		return decide(state, rows)
	})
}

// Failed returns the failed rows that staff have neither dismissed nor sent again, newest first.
func (s *Store) Failed(context.Context) ([]handlers.Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.records(
		func(r *row) bool { return !r.failed.IsZero() },
		func(a, b *row) int {
			return cmp.Or(b.failed.Compare(a.failed), cmp.Compare(b.id, a.id))
		}), s.err
}

// records returns the rows that a condition holds for, with their history.
func (s *Store) records(in func(*row) bool, order func(a, b *row) int) (out []handlers.Record) {
	for _, r := range s.sorted(order) {
		if in(r) {
			out = append(out, handlers.Record{Outgoing: r.read(), History: slices.Clone(r.log)})
		}
	}
	return out
}

// sorted returns all rows in an order, and by id where that is the same.
func (s *Store) sorted(order func(a, b *row) int) []*row {
	all := make([]*row, 0, len(s.rows))
	for _, r := range s.rows {
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b *row) int {
		return cmp.Or(order(a, b), cmp.Compare(a.id, b.id))
	})
	return all
}

// FailedTexts counts the rows that Failed returns.
func (s *Store) FailedTexts(ctx context.Context) (int64, error) {
	all, err := s.Failed(ctx)
	return int64(len(all)), err
}

// Texts returns what a test asks of the ledger: all rows by due time, without those that are void
// or were left out when they were planned.
func (s *Store) Texts() (out []handlers.Outgoing) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.sorted(func(a, b *row) int { return a.text.Due.Compare(b.text.Due) }) {
		leftOut := r.text.State == handlers.Skipped && r.text.At.IsZero()
		if r.text.State != handlers.Void && !leftOut {
			out = append(out, r.text)
		}
	}
	return out
}

// Text returns a row of the ledger, void or not, without a claim's token; the zero row if there is
// none.
func (s *Store) Text(id string) (o handlers.Outgoing) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.rows[id]; r != nil {
		o = r.text
	}
	return o
}
