package desk

import (
	"context"
	"slices"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

const (
	// cardTime is how long the card of a stored alarm is waited for while the store is away, before
	// it is posted without the store: another process may be posting it.
	cardTime = 2 * time.Second
	// awayKeep is how long after the store was away an urgent card is looked for before it is posted:
	// it may have been posted without the store.
	awayKeep = 10 * time.Minute
	// mostKept bounds the alarms that are kept; of all others people have been told in summaries.
	mostKept = 1000
)

// Keep remembers an alarm that was stored, so that people are told of it should the store go away
// before they are.
func (p *Poster) Keep(c handlers.Case) { p.vigil.keep(c, p.Now(), true) }

// Stored says that the store has taken an alarm that went straight.
func (p *Poster) Stored(id string) {
	p.vigil.mu.Lock()
	defer p.vigil.mu.Unlock()
	if k := p.vigil.alarms[id]; k != nil {
		k.stored = true
	}
}

// Known returns the alarms of a number that this process remembers.
func (p *Poster) Known(phone handlers.Phone) (out []handlers.Case) {
	p.vigil.mu.Lock()
	defer p.vigil.mu.Unlock()
	for _, k := range p.vigil.alarms {
		if k.c.Phone == phone && !phone.IsZero() {
			out = append(out, k.c)
		}
	}
	return out
}

// Watch keeps what this process remembers of the open alarms as the store has it. While the store is
// away it tells people of them: it posts the cards that nobody has been shown, and reaches the
// on-call phone when an alarm's time has come, at the pauses at which a case pages. The error is the
// store's.
func (p *Poster) Watch(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, cardTime)
	defer cancel()
	alarms, err := p.Posts.Untaken(ctx)
	if err == nil {
		p.vigil.follow(alarms, p.Now())
		return nil
	}
	unshown, due := p.vigil.without(p.Now(), p.dueAt)
	for _, c := range unshown {
		p.direct(c, true)
	}
	if len(due) > 0 && p.reach(due) {
		p.vigil.rang(due, p.Now())
		p.sayWaiting(due)
	}
	return err
}

// sayWaiting has the urgent channel read who is still waiting: no line of the store's does.
func (p *Poster) sayWaiting(due []handlers.Case) {
	ctx, cancel := context.WithTimeout(context.Background(), soonEnough)
	defer cancel()
	if err := p.Board.Say(ctx, handlers.UrgentChannel, manyLine(due)); err != nil {
		p.Log.Error("desk: no line while the store is away", "cases", len(due), "err", err)
	}
}

// dueAt returns when the on-call phone is to be told of an alarm while the store is away: again, at
// growing pauses, if it was before.
func (p *Poster) dueAt(k *kept) time.Time {
	last := k.c.Rung
	if k.rung.After(last) {
		last = k.rung
	}
	if last.IsZero() {
		return p.onCallAt(k.c)
	}
	return last.Add(p.Base.Clinic.PageAfter(k.c.Pages + max(0, k.rounds-1)))
}

// keep remembers an alarm.
func (v *vigil) keep(c handlers.Case, now time.Time, stored bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !stored {
		v.away = now
	}
	if !c.Untaken() || v.alarms[c.ID] != nil || len(v.alarms) >= mostKept {
		return
	}
	if v.alarms == nil {
		v.alarms = map[string]*kept{}
	}
	v.alarms[c.ID] = &kept{c: c, since: now, stored: stored}
}

// follow takes the alarms that nobody has from the store.
func (v *vigil) follow(alarms []handlers.Case, now time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	all := make(map[string]*kept, len(alarms))
	for _, c := range alarms[:min(len(alarms), mostKept)] {
		k := v.alarms[c.ID]
		if k == nil {
			k = &kept{since: now}
		}
		k.c, k.stored, all[c.ID] = c, true, k
	}
	for id, k := range v.alarms {
		if !k.stored {
			all[id] = k
		}
	}
	v.alarms = all
}

// without notes that the store is away. It returns the alarms whose cards are to be posted without
// it, oldest first, and those of which the on-call phone is to be told by now.
func (v *vigil) without(now time.Time, dueAt func(*kept) time.Time) (unshown, due []handlers.Case) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.away = now
	for _, k := range v.alarms {
		switch {
		case k.stored && !k.shown && !k.tried && k.c.Thread == "" && !now.Before(k.since.Add(cardTime)):
			k.tried = true
			unshown = append(unshown, k.c)
		case k.owed, !now.Before(dueAt(k)):
			due = append(due, k.c)
		}
	}
	byAge := func(a, b handlers.Case) int { return a.Began().Compare(b.Began()) }
	slices.SortFunc(unshown, byAge)
	slices.SortFunc(due, byAge)
	return unshown, due
}

// rang notes that the on-call phone was told of some alarms.
func (v *vigil) rang(cases []handlers.Case, now time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, c := range cases {
		if k := v.alarms[c.ID]; k != nil {
			k.rung, k.owed = now, false
			k.rounds++
		}
	}
}

// saw notes that the desk was shown an alarm, or that it wasn't and the on-call phone neither, which
// is owed the next round then.
func (v *vigil) saw(id string, shown bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if k := v.alarms[id]; k != nil {
		k.shown, k.owed = shown, !shown
	}
}

// wasAway says whether the store was away lately.
func (v *vigil) wasAway(now time.Time) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return !v.away.IsZero() && now.Sub(v.away) < awayKeep
}
