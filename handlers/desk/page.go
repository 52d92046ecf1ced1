package desk

import (
	"context"
	"fmt"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

// deskTime is how long the desk has to show an urgent card before it counts as out of reach, and the on-call phone is tried.
const deskTime = time.Minute

// voiceAfter is how long after its text the on-call phone is rung.
const voiceAfter = 30 * time.Second

// page looks at a case that pages until somebody has it. Each round pings the desk; an urgent case that nobody took in time, or
// that the desk can't be shown, has the on-call phone texted and rung. It returns when to look again; zero when somebody has it.
func (p *Poster) page(ctx context.Context, c handlers.Case) (time.Time, error) {
	if !c.Open || c.TakenBy != "" {
		return time.Time{}, nil
	}
	now := p.Now()
	if now.Before(c.Page.Truncate(time.Millisecond)) && c.Thread != "" { // the queue counts milliseconds
		return c.Page, nil
	}
	alarm := c.Channel == handlers.UrgentChannel && (c.Thread == "" || !now.Before(c.Began().Add(p.Clinic.OnCall()).Truncate(time.Second)))
	_, _, err := p.Store.Turn(ctx, fmt.Sprintf("page:%s:%d", c.ID, c.Pages), c.Phone, func(s handlers.State) (handlers.Effects, error) {
		return p.round(s, c, now, alarm)
	})
	if err != nil {
		return time.Time{}, err
	}
	if c.Thread == "" {
		return now.Add(deskTime), nil
	}
	p.Meter.Posted("page")
	ping := "here" // who is there, then everybody
	if c.Pages > 0 {
		ping = "channel"
	}
	return now.Add(p.Clinic.PageEvery()), p.Desk.Note(ctx, c, handlers.Post{
		ID: fmt.Sprintf("%s:page:%d", c.ID, c.Pages), Case: c.ID, Do: handlers.PostNote, From: "bot", Ping: ping,
		Text: fmt.Sprintf("Nobody has this yet, %d minutes on.", int(now.Sub(c.Began()).Minutes())),
	})
}

// round counts a round of paging and, in an alarm, puts the text and the call to the on-call phone in the ledger.
func (p *Poster) round(s handlers.State, c handlers.Case, now time.Time, alarm bool) (e handlers.Effects, err error) {
	for _, open := range s.Cases {
		if open.ID != c.ID || open.TakenBy != "" {
			continue
		}
		if alarm {
			e.Texts, err = p.Alarm(c, open.Pages, now)
		}
		open.Pages++
		e.Cases = []handlers.Case{open}
	}
	return e, err
}

// Alarm words the text and the call to the clinic's on-call phone: the masked number and none of the patient's words. A clinic without an
// on-call phone has none.
func (p *Poster) Alarm(c handlers.Case, round int, now time.Time) ([]handlers.Outgoing, error) {
	if p.Clinic.Desk.OnCallPhone == "" {
		return nil, nil
	}
	to, err := handlers.NewPhone(p.Clinic.Desk.OnCallPhone)
	if err != nil {
		return nil, fmt.Errorf("desk.oncall_phone: %w", err)
	}
	var out []handlers.Outgoing
	for i, name := range []string{knowledge.SayOnCallText, knowledge.SayOnCallVoice} {
		body, err := p.Words(name, "en", knowledge.Fill{"last4": c.Ends(), "kind": c.Kind})
		if err != nil {
			return nil, err
		}
		out = append(out, handlers.Outgoing{
			ID: fmt.Sprintf("%s:%s:%d", name, c.ID, round), To: to, Kind: name, Body: body, Case: c.ID,
			Alarm: true, Voice: name == knowledge.SayOnCallVoice, Due: now.Add(time.Duration(i) * voiceAfter),
		})
	}
	return out, nil
}
