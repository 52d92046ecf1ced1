package handlers

import (
	"context"
	"time"

	"github.com/beacon-clinic/beacon/knowledge"
)

// Concern says of a case that a text may be more than it seems: somebody is to read it soon. It locks nothing and pings nobody.
func (c Case) Concern() bool { return c.Channel == UrgentChannel && c.Kind == knowledge.Concern }

// Began is when the case came; that of a concern which became an alarm, when it did.
func (c Case) Began() time.Time {
	if c.Alarmed.IsZero() {
		return c.At
	}
	return c.Alarmed
}

// Told says whether somebody of the clinic has been shown the case or has it. The card of a concern pinged nobody, so it doesn't count for the
// alarm that it became.
func (c Case) Told() bool {
	return c.TakenBy != "" || c.Thread != "" && (c.Alarmed.IsZero() || c.Pages > 0)
}

// Concern is the open case of a number whose texts may be more than they seem; nil if there is none.
func (s State) Concern() *Case {
	for i := range s.Cases {
		if c := &s.Cases[i]; c.Open && c.Concern() {
			return c
		}
	}
	return nil
}

// Raised is a concern that becomes an alarm: as kind, with a title, why and by whom said in the thread. Whoever had read it hasn't taken the
// alarm, so it pages until somebody does. id names the event.
func Raised(c Case, id, kind, title, from, why string, now time.Time, every time.Duration) Effects {
	c.Kind, c.Title, c.Alarmed, c.Page, c.Pages = kind, title, now, now.Add(every), 0
	c.TakenBy, c.TakenAt = "", time.Time{}
	e := Effects{Cases: []Case{c}, Posts: []Post{
		{ID: id + ":card", Case: c.ID, Do: PostCard, Due: now},
		// The card was posted without a ping, and an update pings nobody.
		{ID: id + ":alarm", Case: c.ID, Do: PostNote, From: from, Text: why, Ping: "channel", Due: now},
	}}
	return withPage(e, c.ID, Case{ID: id, Channel: UrgentChannel, At: now, Page: c.Page})
}

// overtake turns the card of a concern into that of the alarm that came after it.
func overtake(open, c Case) Effects {
	open.OptOut = c.OptOut
	open.More++
	e := Raised(open, c.ID, c.Kind, c.Title, "bot", c.Title, c.At, c.Page.Sub(c.At))
	e.Posts = append(e.Posts, Post{ID: c.ID + ":patient", Case: open.ID, Do: PostNote, From: "patient", Text: c.Text, Words: true, Due: c.At.Add(time.Millisecond)})
	return e
}

// unread makes an alarm of a concern that nobody has read in time. It returns when to look again; zero when that is settled.
func (p *Poster) unread(ctx context.Context, c Case) (time.Time, error) {
	now := p.Now()
	if !c.Open || !c.Concern() || c.TakenBy != "" {
		return time.Time{}, nil
	}
	if now.Before(c.Page.Truncate(time.Millisecond)) {
		return c.Page, nil
	}
	raised := false
	_, _, err := p.Store.Turn(ctx, "unread:"+c.ID, c.Phone, func(s State) (e Effects, err error) {
		raised = false
		for _, open := range s.Cases {
			if open.ID == c.ID && open.Concern() && open.TakenBy == "" { // else somebody was just in time
				e = Raised(open, "unread:"+c.ID, knowledge.Crisis, "Nobody has read this in time: it counts as danger. Reach them now.",
					"bot", "Nobody has read this in time: it counts as danger now.", now, p.Clinic.PageEvery())
				raised = true
			}
		}
		return e, nil
	})
	if err == nil && raised {
		p.Log.Info("a concern that nobody has read is an alarm", "case", c.ID, "phone", c.Phone)
	}
	return time.Time{}, err
}
