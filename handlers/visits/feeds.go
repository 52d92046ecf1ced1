package visits

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// Feeds reads what is kept of feeds besides their visits.
type Feeds interface {
	// Links returns which patients a feed means by its codes.
	Links(ctx context.Context, feed string) ([]handlers.Link, error)
	// Case reads a case by its id; ok is false if there is none.
	Case(ctx context.Context, id string) (c handlers.Case, ok bool, err error)
}

// Followed counts what came of a look at a feed.
type Followed struct {
	Booked, Updated, Unchanged, Off int
	Untexted                        int // without a number, so not booked
	// Held says that nothing was done, since the feed lacks so many visits that a person must agree
	// first.
	Held bool
}

// Follow compares what a feed gives with the visits that it gave before, and does what has changed:
// books, moves, takes off. The same again changes nothing. f is what was kept of the feed at the
// last look; the result is what is to be kept of this one. After an error nothing of it is: what
// was done by then is found done at the next look.
//
// Whose word wins:
//
//   - The patient's answer stands as long as the feed gives the visit as it was when they answered.
//   - So does what a person at the desk did: moved, changed or took off. Once the feed gives another
//     time, name, number or type, that is the newer word.
//   - A feed's cancellation beats both.
//   - What a feed has no more is taken off if it is ahead and the next look lacks it too.
func (b *Books) Follow(
	ctx context.Context, f handlers.Feed, g handlers.Given,
) (handlers.Feed, Followed, error) {
	m, err := b.match(ctx, g)
	if err != nil {
		return f, Followed{}, err
	}
	f.Ahead, f.Faults = m.ahead, slices.Concat(g.Faults, m.faults)
	agreed, held, err := b.shrunk(ctx, &f, m)
	if err != nil || held {
		return f, Followed{Held: held}, err
	}
	if _, err := b.Doubt(ctx, m.given); err != nil {
		return f, Followed{}, err
	}
	if _, err := b.Ask(ctx, fmt.Sprintf("the feed %q", g.Feed), m.given, nil); err != nil {
		return f, Followed{}, err
	}
	if err := b.raise(ctx, g, m); err != nil {
		return f, Followed{}, err
	}
	did, err := b.takeIn(ctx, m)
	if err != nil {
		return f, did, err
	}
	missing := f.Missing
	f.Missing = nil
	for _, v := range m.lacks {
		if !slices.Contains(missing, v.ID) && !agreed[v.ID] && !g.Sure {
			f.Missing = append(f.Missing, v.ID)
			continue
		}
		if _, err := b.cancel(ctx, v.ID); err != nil {
			return f, did, err
		}
		did.Off++
	}
	f.Ahead += did.Booked - did.Off
	did.Untexted = len(m.unlinked)
	if !g.Whole && did.Untexted == 0 { // it says nothing of the others
		return f, did, nil
	}
	f.Untexted = did.Untexted
	err = b.tellUnlinked(ctx, &f, m.unlinked)
	return f, did, err
}

// takeIn books, moves and takes off what a feed gives. Visits that are off come first: another may
// take their time, which must not be offered to the waitlist as well. One that fails keeps no other
// from being taken in, as long as the store answers.
func (b *Books) takeIn(ctx context.Context, m matched) (did Followed, all error) {
	for _, off := range []bool{true, false} {
		for _, v := range m.given {
			if off != (v.State == handlers.Cancelled) {
				continue
			}
			what, err := b.takeOne(ctx, v, m.known)
			if errors.Is(err, handlers.ErrAway) || ctx.Err() != nil {
				return did, errors.Join(all, err, ctx.Err())
			}
			all = errors.Join(all, err)
			switch what {
			case Imported:
				did.Booked++
			case Updated:
				did.Updated++
			case Cancelled:
				did.Off++
			default:
				did.Unchanged++
			}
		}
	}
	return did, all
}

// takeOne takes in one visit of a feed.
func (b *Books) takeOne(
	ctx context.Context, v handlers.Visit, ahead map[string]handlers.Visit,
) (Outcome, error) {
	old, known := ahead[v.ID]
	if !known {
		var err error
		if old, known, err = b.Visits.Visit(ctx, v.ID); err != nil {
			return "", err
		}
	}
	switch {
	case v.State == handlers.Cancelled && known && old.Open(b.Now()):
		return b.cancel(ctx, v.ID)
	case v.State == handlers.Cancelled, !known && !v.Start.After(b.Now()):
		return Unchanged, nil
	case v.State == handlers.Arrived || v.State == handlers.Missed:
		if !known || old.State == v.State {
			return Unchanged, nil
		}
		_, err := b.Came(ctx, v.ID, v.State)
		return Updated, err
	case known && said(old, v) &&
		(changed(old, v) || slices.Equal(old.Doubts, agreed(old, v).Doubts)):
		return Unchanged, nil
	}
	return b.put(ctx, v, handlers.Cancelled, handlers.Off)
}

// raise notes what can hardly be right of what a feed gives anew, asks staff about it on a card, and
// records who consented to be texted: all that before anything of it is booked.
func (b *Books) raise(ctx context.Context, g handlers.Given, m matched) error {
	var news []handlers.Visit
	var at []int
	for i, v := range m.given {
		old, known := m.known[v.ID]
		if known && said(old, v) && (changed(old, v) || !old.Held() && !v.Held()) {
			continue
		}
		news, at = append(news, v), append(at, i)
	}
	if _, err := b.Doubt(ctx, news); err != nil {
		return err
	}
	for i, v := range news {
		m.given[at[i]] = v
	}
	if _, err := b.Ask(ctx, fmt.Sprintf("the feed %q", g.Feed), news, nil); err != nil {
		return err
	}
	for _, p := range g.Consents {
		if _, err := b.Consented(ctx, p, handlers.WayImport, ""); err != nil {
			return err
		}
	}
	return nil
}

// said reports whether a feed says of a visit what it said before.
func said(old, v handlers.Visit) bool {
	return old.Version == v.Version && old.External == v.External && old.State != handlers.Cancelled
}

// changed reports whether a visit isn't as the feed gives it: the desk has changed it, if that is
// what the feed gave before.
func changed(old, v handlers.Visit) bool {
	return !old.Start.Equal(v.Start) || old.Phone != v.Phone || old.Name != v.Name ||
		old.Type != v.Type
}

// The least of the visits ahead that a feed may lack at once without a person's word: more than a
// tenth, and at least three.
const (
	shrunkLeast = 3
	shrunkPart  = 10
)

// shrunk says whether a feed lacks so much that nothing of it is done (held), and which visits a
// person has agreed to take off. It asks on a card, and takes the card back if the visits are there
// again.
func (b *Books) shrunk(
	ctx context.Context, f *handlers.Feed, m matched,
) (agreed map[string]bool, held bool, err error) {
	agreed = map[string]bool{}
	var asked handlers.Case
	if f.Shrunk != "" {
		var there bool
		if asked, there, err = b.Feeds.Case(ctx, f.Shrunk); err != nil {
			return nil, false, err
		}
		if !there { // forgotten: it is asked anew
			f.Shrunk, f.Lacks = "", nil
		}
	}
	if asked.Agreed {
		for _, id := range f.Lacks {
			agreed[id] = true
		}
	}
	rest := 0 // that nobody has agreed to
	for _, v := range m.lacks {
		if !agreed[v.ID] {
			rest++
		}
	}
	many := rest >= shrunkLeast && rest*shrunkPart > m.ahead
	switch {
	case !many && asked.Open:
		err = b.closeFeed(ctx, f.Shrunk, "has them again: nothing was taken off.")
	case many && (f.Shrunk == "" || asked.Agreed):
		f.Lacks = nil
		for _, v := range m.lacks {
			f.Lacks = append(f.Lacks, v.ID)
		}
		f.Shrunk, err = b.askShrunk(ctx, *f, len(m.lacks), m.ahead)
	}
	if !many {
		f.Shrunk, f.Lacks = "", nil
	}
	return agreed, many, err
}

// ahead returns the visits of a feed that start after now, in whatever state they are.
func (b *Books) ahead(ctx context.Context, feed string) ([]handlers.Visit, error) {
	now := b.Now()
	all, err := b.Visits.Visits(ctx, now, now.AddDate(farYears, 0, 0))
	return slices.DeleteFunc(all, func(v handlers.Visit) bool { return v.Source != feed }), err
}

// farYears is how far ahead visits can lie.
const farYears = 100

// lost reports whether a visit that a feed gave before should be among what it gives, and so was
// taken off if it isn't.
func lost(v handlers.Visit, g handlers.Given, now time.Time) bool {
	return g.Whole && v.Open(now) && v.Start.Before(g.Until)
}
