package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

const (
	// firstLook is how soon after something was asked it is first looked at. No wait is shorter: the
	// settings refuse one.
	firstLook = 5 * time.Minute
	// mostLook is the longest pause between two looks, since a post that nobody touches is forgotten
	// after some days.
	mostLook = 24 * time.Hour
	// mostTold is how often staff are told again: once whoever has the case, or who is there, then
	// the on-call group.
	mostTold = 2
)

// begin has what c asks wait in the case open, or ends the waiting if c says that staff have written
// themselves. It returns the post that looks at the case, if none does yet.
func begin(open *handlers.Case, c handlers.Case) []handlers.Post {
	switch {
	case !c.Open || c.Channel == handlers.UrgentChannel: // that pages
		return nil
	case c.TakenBy != "":
		*open = open.Answered()
		open.TakenBy = c.TakenBy
	case open.Since.IsZero():
		open.Since = c.At
	case open.Told > 0 && c.Title != "":
		open.Again, open.Told = c.At, 0
	default:
		return nil // it is looked at already
	}
	return []handlers.Post{Look(*open, c.ID, c.At)}
}

// Look returns the post that looks at a case: whether it has waited too long, is to be remembered,
// or makes no sense any more. event names what makes a look needed.
func Look(c handlers.Case, event string, now time.Time) handlers.Post {
	due := now.Add(firstLook)
	for _, at := range []time.Time{c.Until, c.Snoozed} {
		if !at.IsZero() && at.Before(due) {
			due = at
		}
	}
	return handlers.Post{ID: event + ":wait", Case: c.ID, Do: PostWait, Due: due}
}

// waits looks at an ordinary case. It returns when to look again; zero if that isn't needed. A look
// may come more than once, or from two processes: what it finds due happens once, since the moment at
// which it fell due is in the event's id.
func (p *Poster) waits(ctx context.Context, c handlers.Case) (time.Time, error) {
	due, what := p.falls(c)
	if due.IsZero() {
		return due, nil
	}
	now := p.Now()
	if now.Before(due) {
		return sooner(due, now.Add(mostLook)), nil
	}
	id := fmt.Sprintf("wait:%s:%s:%d", c.ID, what, due.UnixMilli())
	decide := func(s handlers.State) (handlers.Effects, error) {
		for _, open := range s.Cases {
			if at, is := p.falls(open); open.ID == c.ID && is == what && at.Equal(due) {
				if what == fallsEnd && !ends(s, open, now) {
					return handlers.Effects{}, errTalk // not done: it is looked at again
				}
				return p.waited(open, what, id, now), nil
			}
		}
		return handlers.Effects{}, nil
	}
	switch _, _, err := p.Store.Turn(ctx, id, c.Phone, decide); {
	case errors.Is(err, errTalk):
		return now.Add(firstLook), nil
	case err != nil:
		return time.Time{}, err
	}
	is, ok, err := p.Posts.Case(ctx, c.ID)
	if err != nil || !ok {
		return time.Time{}, err
	}
	next, _ := p.falls(is)
	if next.IsZero() {
		return next, nil
	}
	return sooner(next, now.Add(mostLook)), nil
}

// errTalk is why a case isn't closed yet: a person talks with the patient.
var errTalk = errors.New("desk: a person talks with them")

// sooner returns the earlier of two times.
func sooner(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// What can fall due in an ordinary case.
const (
	fallsEnd   = "end"   // it makes no sense any more
	fallsSnooz = "snooz" // whoever snoozed it is reminded
	fallsTell  = "tell"  // staff are told again
)

// falls returns what next falls due in a case, and when; the zero time if nothing does.
func (p *Poster) falls(c handlers.Case) (at time.Time, what string) {
	if !c.Open || c.Channel == handlers.UrgentChannel {
		return at, ""
	}
	at, what = c.Until, fallsEnd
	if !c.Waits() && c.Snoozed.After(at) { // who answered still wants to be reminded
		at = time.Time{}
	}
	earlier := func(t time.Time, is string) {
		if !t.IsZero() && (at.IsZero() || t.Before(at)) {
			at, what = t, is
		}
	}
	if !c.Snoozed.IsZero() {
		earlier(c.Snoozed, fallsSnooz)
	} else {
		earlier(p.tellAt(c), fallsTell)
	}
	return at.Truncate(time.Millisecond), what // as the queue counts
}

// tellAt returns when staff are told again of a case that waits; zero if they aren't. Only hours in
// which the clinic is open count.
func (p *Poster) tellAt(c handlers.Case) time.Time {
	pages := !c.Page.IsZero() && c.TakenBy == ""
	wait := p.Base.Clinic.Wait(c.Kind)
	if c.Since.IsZero() || c.Told >= mostTold || pages || wait == 0 {
		return time.Time{}
	}
	from := c.Since
	for _, t := range []time.Time{c.Again, c.TakenAt} {
		if t.After(from) {
			from = t
		}
	}
	return p.Base.Clinic.OpenAfter(from, time.Duration(c.Told+1)*wait)
}

// waited returns the effects of what has fallen due in an open case.
func (p *Poster) waited(
	c handlers.Case, what, id string, now time.Time,
) handlers.Effects {
	clock := knowledge.DeskClock(p.Base.Clinic, now)
	note := handlers.Post{
		ID: id, Case: c.ID, Do: PostNote, From: "bot", Ping: c.TakenBy, Due: now,
	}
	if note.Ping == "" {
		note.Ping = c.For
	}
	if note.Ping == "" {
		note.Ping = "here"
	}
	switch what {
	case fallsEnd:
		why := "it made sense until " + clock.When(c.Until, "en")
		if !c.Waits() {
			why = "it was answered, and nothing more was asked"
		}
		return Closed(c, "Closed: "+why+".", now)
	case fallsSnooz:
		note.Text = "Here is the reminder that you asked for."
		if c.SnoozedBy != "" {
			note.Ping = c.SnoozedBy
		}
		c.Snoozed, c.SnoozedBy = time.Time{}, ""
		if !c.Since.IsZero() { // it has waited on purpose
			c.Again, c.Told = now, 0
		}
	case fallsTell:
		note.Text = "This waits since " + clock.When(c.Since, "en") + "."
		if c.Told++; c.Told == mostTold {
			note.Text = "This still waits, since " + clock.When(c.Since, "en") + "."
			if note.Ping = p.Base.Clinic.Desk.OnCallGroup; note.Ping == "" {
				note.Ping = "channel"
			}
		}
	}
	card := handlers.Post{ID: id + ":card", Case: c.ID, Do: PostCard, Due: now.Add(time.Millisecond)}
	return handlers.Effects{
		Cases: []handlers.Case{c}, Posts: []handlers.Post{note, card},
	}
}
