package desk

import (
	"context"
	"fmt"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// page looks at a case that pages until somebody has it. It returns when to look again; zero if
// somebody has it. Each round pings the desk once, with a note that replaces that of the round
// before, so that the thread doesn't fill with them. The on-call phone is reached as well if nobody
// took an alarm in time or its card isn't posted. The pauses between rounds grow.
//
// A look may come more than once, or from two processes. The number of the round is in the event
// id, so a round takes place once.
func (p *Poster) page(ctx context.Context, c handlers.Case) (time.Time, error) {
	if !c.Open || c.TakenBy != "" {
		return time.Time{}, nil
	}
	now := p.Now()
	if at, waits := p.unrung(c); waits && !now.Before(at) {
		if err := p.ring(
			ctx, c, fmt.Sprintf("oncall:%s:%d", c.ID, c.Began().UnixMilli()),
		); err != nil {
			return time.Time{}, err
		}
		c.Rung = now
	}
	if now.Before(c.Page.Truncate(time.Millisecond)) { // the queue counts milliseconds
		if at, waits := p.unrung(c); waits && at.Before(c.Page) {
			return at, nil
		}
		return c.Page, nil
	}
	next := now.Add(p.Base.Clinic.PageAfter(c.Pages + 1))
	// The round reaches the on-call phone unless this look just has, above.
	var rows []handlers.Outgoing
	if c.Untaken() && c.Rung.Before(now) && (c.Thread == "" || !now.Before(p.onCallAt(c))) {
		var err error
		if rows, err = p.rings(ctx, now); err != nil {
			return time.Time{}, err
		}
	}
	decide := func(s handlers.State) (handlers.Effects, error) {
		return round(s, c, now, next, rows), nil
	}
	_, _, err := p.Store.Turn(ctx, fmt.Sprintf("page:%s:%d", c.ID, c.Pages), c.Phone, decide)
	if err == nil {
		p.Meter.Posted("page")
	}
	if at, waits := p.unrung(c); waits && at.After(now) && at.Before(next) {
		next = at
	}
	return next, err
}

// unrung returns when the on-call phone is first reached for an alarm: when nobody has taken it in
// time, or after deskTime if its card isn't posted by then. It returns false if that was planned
// already, or if the case is no untaken alarm.
func (p *Poster) unrung(c handlers.Case) (time.Time, bool) {
	at := p.onCallAt(c)
	if soon := c.At.Add(deskTime).Truncate(time.Millisecond); c.Thread == "" && soon.Before(at) {
		at = soon
	}
	return at, c.Untaken() && c.Rung.IsZero()
}

// onCallAt returns when the on-call phone is reached for an alarm that nobody has taken: the
// clinic's oncall_minutes after the alarm began.
func (p *Poster) onCallAt(c handlers.Case) time.Time {
	return c.Began().Add(p.Base.Clinic.OnCall()).Truncate(time.Second)
}

// round returns the effects of one round of paging: the note in the thread, the rows to the on-call
// phone, and when the next round is. There are none if somebody has taken or closed the case since
// c was read.
func round(
	s handlers.State, c handlers.Case, now, next time.Time, rows []handlers.Outgoing,
) (e handlers.Effects) {
	for _, open := range s.Cases {
		if open.ID != c.ID || open.TakenBy != "" {
			continue
		}
		line := func(n int) string { return fmt.Sprintf("%s:page:%d", c.ID, n) }
		note := handlers.Post{
			ID: line(open.Pages), Case: c.ID, Do: PostNote, From: "bot", Ping: "here", Due: now,
			Text: fmt.Sprintf(
				"Nobody has this yet, %d minutes on.", int(now.Sub(c.Began()).Minutes()),
			),
		}
		if open.Pages > 0 {
			// The first round pings who is active (here), later ones everybody (channel).
			note.Ping, note.Clear = "channel", line(open.Pages-1)
		}
		if len(rows) > 0 {
			e.Texts, open.Rung = rows, now
		}
		open.Pages++
		open.Page = next
		e.Cases = []handlers.Case{open}
		if c.Thread != "" { // without a thread there is no place for it, and the card will ping
			e.Posts = []handlers.Post{note}
		}
	}
	return e
}

// deskTime is how long an urgent card may take to appear before the on-call phone is tried.
const deskTime = time.Minute

// withPage schedules a look at a case that must not be left alone: when its page is due, or, for an
// alarm, after deskTime at the latest, since its card may not have been posted.
func withPage(e handlers.Effects, id string, c handlers.Case) handlers.Effects {
	if c.Page.IsZero() {
		return e
	}
	do, due := PostPage, c.Page
	switch soon := c.At.Add(deskTime); {
	case c.Concern():
		do = PostRead
	case c.Channel == handlers.UrgentChannel && soon.Before(due):
		due = soon
	}
	e.Posts = append(e.Posts, handlers.Post{ID: c.ID + ":page", Case: id, Do: do, Due: due})
	return e
}
