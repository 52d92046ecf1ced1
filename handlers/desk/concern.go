package desk

import (
	"context"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// unread turns a concern that nobody has read in time into an alarm. It returns when to look again;
// zero if that isn't needed. c may be out of date; what counts is the case as the turn reads it.
func (p *Poster) unread(ctx context.Context, c handlers.Case) (time.Time, error) {
	now := p.Now()
	if !c.Open || !c.Concern() || c.TakenBy != "" {
		return time.Time{}, nil
	}
	if now.Before(c.Page.Truncate(time.Millisecond)) { // the queue counts milliseconds
		return c.Page, nil
	}
	raised := false
	decide := func(s handlers.State) (e handlers.Effects, err error) {
		raised = false // decide may be called again
		for _, open := range s.Cases {
			// If none matches, somebody read it just in time, and nothing happens.
			if open.ID == c.ID && open.Concern() && open.TakenBy == "" {
				e = Raised(
					open, "unread:"+c.ID, kinds.Crisis,
					"Nobody has read this in time: it counts as danger. Reach them now.",
					"bot", "Nobody has read this in time: it counts as danger now.",
					now, p.Base.Clinic.PageEvery(),
				)
				raised = true
			}
		}
		return e, nil
	}
	_, _, err := p.Store.Turn(ctx, "unread:"+c.ID, c.Phone, decide)
	if err == nil && raised {
		p.Log.Info("a concern that nobody has read is an alarm", "case", c.ID, "phone", c.Phone)
	}
	return time.Time{}, err
}

// Raised returns the effects that turn a concern into an alarm of that kind and title; a note in
// the thread says who raised it (from) and why, and pings everybody. Whoever had taken the concern
// hasn't taken the alarm, so it pages, first after every, until somebody does. id names the event.
func Raised(
	c handlers.Case, id, kind, title, from, why string, now time.Time, every time.Duration,
) handlers.Effects {
	c.Kind, c.Title, c.Alarmed, c.Page, c.Pages = kind, title, now, now.Add(every), 0
	c.TakenBy, c.TakenAt = "", time.Time{}
	e := handlers.Effects{Cases: []handlers.Case{c}, Posts: []handlers.Post{
		{ID: id + ":card", Case: c.ID, Do: PostCard, Due: now},
		// The card was posted without a ping, and an update pings nobody.
		{
			ID: id + ":alarm", Case: c.ID, Do: PostNote, From: from, Text: why, Ping: "channel",
			Due: now,
		},
	}}
	return withPage(
		e, c.ID, handlers.Case{ID: id, Channel: handlers.UrgentChannel, At: now, Page: c.Page},
	)
}
