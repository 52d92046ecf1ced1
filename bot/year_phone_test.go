package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// text has a patient text, and notes what that does to their visits.
func (y *year) text(p *person, body string) {
	y.texts++
	r, err := y.app.patient.Receive(
		y.t.Context(),
		handlers.Text{ID: fmt.Sprint("SM", y.texts), From: p.phone, Body: body, At: y.clock.Now()},
	)
	if err != nil {
		y.t.Fatal(err)
	}
	y.happened["texted "+body+": "+r.Kind]++
	s, err := y.app.store.Peek(y.t.Context(), p.phone)
	if err != nil {
		y.t.Fatal(err)
	}
	p.out, p.basic, p.given = s.Consent.Out, s.Consent.Basic, !s.Consent.Given.IsZero()
	if body == "STOP" && !p.out || body == "START" && p.out {
		y.fault("%s of %v wasn't heard", body, p.phone)
	}
	for _, v := range s.Visits {
		y.visits[v.ID].State = v.State
	}
}

// receive is a patient's phone: it compares each text with what the patient knows.
func (y *year) receive(o handlers.Outgoing) (string, error) {
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.rnd.IntN(50) == 0 { // the carrier is busy, until the night perhaps
		y.happened["refused by the carrier for a while"]++
		return "", &handlers.Refusal{
			Retry: true, After: time.Duration(y.rnd.IntN(14)) * time.Hour, Why: "busy",
		}
	}
	now := y.clock.Now()
	y.leaves = append(y.leaves, now)
	sid := fmt.Sprint("SM-", len(y.leaves))
	if !o.Unasked {
		return sid, nil
	}
	p, v, c := y.byPhone[o.To], y.visits[o.Visit], y.app.base.Clinic
	local := now.In(c.Zoned(p.zone))
	minute := local.Hour()*60 + local.Minute()
	n, gsm := knowledge.Segments(o.Body)
	prepare := settings.Step{Kind: kinds.Prepare, DaysBefore: 1, At: "11:00"}
	asks := slices.ContainsFunc(
		c.Reminders.Plan,
		func(s settings.Step) bool { return s.Kind == o.Kind && s.Only == "unconfirmed" },
	)
	twice := false
	for _, row := range append(strings.Fields(o.With), o.ID) { // of the visits that it tells of
		y.sent[row]++
		twice = twice || y.sent[row] > 1
	}
	day, week := 1, 1
	for _, at := range p.had {
		if at.In(local.Location()).Format(time.DateOnly) == local.Format(time.DateOnly) {
			day++
		}
		if now.Sub(at) < 7*24*time.Hour {
			week++
		}
	}
	p.had = append(p.had, now)
	perDay, perWeek := c.Reminders.Caps(p.given)
	if p.given && o.Kind == kinds.Prepare {
		perDay, perWeek = day, week
	}
	for what, wrong := range map[string]bool{
		"outside the window": minute < c.Reminders.Window.From ||
			minute >= c.Reminders.Window.To,
		"on a holiday":          c.Holiday(local),
		"of a visit that isn't": v == nil,
		"of a visit that moved": v != nil && !v.Start.Equal(o.Start),
		"after the visit":       !now.Before(o.Start) != o.After,
		"of a visit that was declined": v != nil && (!v.Stands() && !o.After ||
			v.State == handlers.Reschedule && o.Kind != kinds.Prepare && !o.After),
		"asking after C":               v != nil && asks && v.State == handlers.Confirmed,
		"after an opt-out":             p.out,
		"twice":                        twice,
		"beyond the cap of a day":      day > perDay,
		"beyond the cap of seven days": week > perWeek,
		"longer than two segments":     n > 2 || !gsm,
		"after a text that says more": o.Kind == "booked" &&
			y.later[asTold(o.Visit, o.Start)],
		"on a day when nobody is there": o.Kind == kinds.Prepare && v != nil &&
			!c.Attended(local) && handlers.SameDay(now, o.Set, local.Location()) &&
			!c.Leaves(prepare, v.Start, c.Zoned(p.zone), true).Before(y.bookedAt[v.ID]),
		"with nothing to prepare": o.Kind == kinds.Prepare && v != nil &&
			!c.VisitTypes[v.Type].Prepares(),
		"with a word that none may hold": c.Indiscreet(o.Body) != "" ||
			strings.Contains(strings.ToUpper(o.Body), "CANCEL"),
		"before it is due": now.Before(o.Due.Truncate(time.Millisecond)),
	} {
		if wrong {
			y.fault("%s of %s to %v, %s: %v; %q", o.Kind, o.ID, o.To, what, local, o.Body)
		}
	}
	kind := o.Kind
	if kind != "booked" && !o.After {
		y.later[asTold(o.Visit, o.Start)] = true
	}
	if strings.Contains(o.With, "\n") && kind == "booked" {
		y.happened["series told in one text"]++
	}
	if y.table[kind] == nil {
		y.table[kind] = map[string]int{}
	}
	y.table[kind][now.Format("2006-01")]++
	y.after(p, o, sid, asks)
	return sid, nil
}

// after is what a text brings: receipts, late, twice and in any order, and often an answer.
func (y *year) after(p *person, o handlers.Outgoing, sid string, asks bool) {
	for _, state := range []string{"delivered", "sent", "delivered"} {
		r := gate.Receipt{ID: o.ID, SID: sid, State: state}
		if state == "delivered" && y.rnd.IntN(100) == 0 {
			r.State, r.Code = "undelivered", 30007
		}
		y.at(y.during(time.Minute), func() {
			r.At = y.clock.Now()
			if err := y.app.texter.Receipt(context.Background(), r); err != nil {
				y.t.Error(err)
			}
		})
	}
	if asks && y.rnd.IntN(10) < 6 {
		y.at(y.during(6*time.Hour), func() { y.text(p, "C") })
	}
}
