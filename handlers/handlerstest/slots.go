package handlerstest

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// slot is a freed slot, and its version: how often it was written.
type slot struct {
	s       handlers.Slot
	version int
}

// read returns the slot as a caller gets it, which may change its offers.
func (x slot) read() handlers.Slot {
	out := x.s
	out.Offers = append([]handlers.Offer(nil), x.s.Offers...)
	out.Version = strconv.Itoa(x.version)
	return out
}

// freedLately is how long FreedSlots lists a slot.
const freedLately = 7 * 24 * time.Hour

// writeWaitlist writes slots and wishes. A slot that is freed again while it is stored is left as
// it is.
func (s *Store) writeWaitlist(e handlers.Effects) {
	for _, one := range e.Slots {
		if was, known := s.slots[one.ID]; one.Version != "" || !known {
			s.slots[one.ID] = slot{one, was.version + 1}
		}
	}
	for _, w := range e.Wishes {
		s.wishes[wishKey(w)] = w
	}
	for _, w := range e.Unwish {
		delete(s.wishes, wishKey(w))
	}
}

// wishKey is what a wish is stored by: a number has one for each visit type.
func wishKey(w handlers.Wish) string { return w.Phone.E164() + " " + w.Type }

// current reports whether slots that were read haven't changed since.
func (s *Store) current(slots []handlers.Slot) bool {
	for _, one := range slots {
		if one.Version != "" && one.Version != strconv.Itoa(s.slots[one.ID].version) {
			return false
		}
	}
	return true
}

// offers returns the slots that a number was offered, by the time of its last offer.
func (s *Store) offers(p handlers.Phone) (out []handlers.Slot) {
	for _, x := range s.slots {
		if one := x.read(); one.To(p) != nil {
			out = append(out, one)
		}
	}
	slices.SortFunc(out, func(a, b handlers.Slot) int {
		return cmp.Or(a.To(p).At.Compare(b.To(p).At), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// DueSlots returns the slots on offer that are to be looked at by now, soonest first.
func (s *Store) DueSlots(_ context.Context, now time.Time) (out []handlers.Slot, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range s.slots {
		if !x.s.Next.IsZero() && !x.s.Next.After(now) {
			out = append(out, x.read())
		}
	}
	slices.SortFunc(out, func(a, b handlers.Slot) int {
		return cmp.Or(a.Next.Compare(b.Next), cmp.Compare(a.ID, b.ID))
	})
	return out, s.err
}

// OpenSlots returns all slots on offer, soonest due first.
func (s *Store) OpenSlots(ctx context.Context) ([]handlers.Slot, error) {
	return s.DueSlots(ctx, time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC))
}

// FreedSlots returns the slots that became free in the last week, oldest first, whatever became of
// them. They have no version.
func (s *Store) FreedSlots(context.Context) (out []handlers.Slot, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range s.slots {
		if one := x.read(); !one.At.Before(s.Now().Add(-freedLately)) {
			one.Version = ""
			out = append(out, one)
		}
	}
	slices.SortFunc(out, func(a, b handlers.Slot) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID))
	})
	return out, s.err
}

// Slot reads a slot by its id; ok is false if there is none.
func (s *Store) Slot(_ context.Context, id string) (handlers.Slot, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	x, ok := s.slots[id]
	return x.read(), ok, s.err
}

// ChangeSlot writes effects that are of no number's turn, if the slots among them are still as they
// were read. One of them must have been read.
func (s *Store) ChangeSlot(_ context.Context, e handlers.Effects) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	read := func(one handlers.Slot) bool { return one.Version != "" }
	if !slices.ContainsFunc(e.Slots, read) {
		return false, errors.New("handlerstest: change slot: no slot that was read")
	}
	if s.err != nil || !s.current(e.Slots) {
		return false, s.err
	}
	s.write(handlers.Phone{}, e)
	return true, nil
}

// Wishes returns the waitlist, longest waiting first.
func (s *Store) Wishes(context.Context) (out []handlers.Wish, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.wishes {
		out = append(out, w)
	}
	slices.SortFunc(out, func(a, b handlers.Wish) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(wishKey(a), wishKey(b)))
	})
	return out, s.err
}

// NextSlot returns when the next slot is to be looked at; zero if none is on offer.
func (s *Store) NextSlot(ctx context.Context) (next time.Time, err error) {
	open, err := s.OpenSlots(ctx)
	if len(open) > 0 {
		next = open[0].Next
	}
	return next, err
}
