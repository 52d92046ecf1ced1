package desk

import (
	"context"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// Keep remembers an alarm that was stored, so that people learn of it even if the store goes away
// before they do.
func (p *Poster) Keep(c handlers.Case) { p.vigil.keep(c, p.Now(), true) }

// Stored notes that the store has taken an alarm that had gone to [Poster.Straight].
func (p *Poster) Stored(id string) { p.vigil.take(id) }

// Leave leaves alarms to other processes, which can ask the store while this one can't: those that
// the store had before known; and those that the desk was shown and that came before fetched, since
// others have their texts by then. Else the on-call phone would be told again and again of a
// patient whom somebody has long taken.
func (p *Poster) Leave(known, fetched time.Time) { p.vigil.leave(known, fetched) }

// Known returns the alarms of a number that this process remembers, for when the store can't be
// asked: a second text in danger joins the open case instead of opening another.
func (p *Poster) Known(phone handlers.Phone) []handlers.Case { return p.vigil.of(phone) }

// Watch updates from the store what this process remembers of the open alarms; call it every second
// or two. While the store is away it tells people of them instead: it posts the cards that nobody
// has been shown, and reaches the on-call phone when an alarm is due, with the pauses of ordinary
// paging. The error is the store's.
func (p *Poster) Watch(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, cardTime)
	defer cancel()
	p.vigil.reading()
	alarms, err := p.Posts.Untaken(ctx)
	if err == nil {
		p.correct(ctx, p.vigil.follow(alarms, p.Now()))
		if err = p.vigil.failing(p.Now()); err == nil {
			return nil
		}
	}
	unshown, due := p.vigil.without(p.Now(), p.dueAt)
	for _, c := range unshown {
		p.direct(c, true)
	}
	if len(due) > 0 && p.reach(due) {
		p.sayWaiting(due)
	}
	return err
}

// correct updates the cards that were posted without the store though somebody had taken or closed
// their cases: they still say that nobody has the patient. A card that can't be corrected is only
// logged.
func (p *Poster) correct(ctx context.Context, ids []string) {
	for _, id := range ids {
		c, ok, err := p.Posts.Case(ctx, id)
		if err == nil && ok {
			_, err = p.Board.Card(ctx, c, true)
		}
		if err != nil {
			p.Log.Error("desk: a card that is out of date stays", "case", id, "err", err)
		}
	}
}

// RungAt returns when the on-call phone was told of an alarm while the store was away; zero if it
// wasn't.
func (p *Poster) RungAt(id string) time.Time { return p.vigil.rungAt(id) }

// sayWaiting writes in the urgent channel who is still waiting. It stands in for the notes of a
// paging round, which can't be queued while the store is away.
func (p *Poster) sayWaiting(due []handlers.Case) {
	ctx, cancel := context.WithTimeout(context.Background(), soonEnough)
	defer cancel()
	line := many(due) + " Nobody can take a case while our store is away: reach them."
	if err := p.Board.Say(ctx, handlers.UrgentChannel, line); err != nil {
		p.Log.Error("desk: no line while the store is away", "cases", len(due), "err", err)
	}
}

// dueAt returns when the on-call phone is to be told of an alarm while the store is away: when
// nobody took it in time, and again after a pause that grows with every round, those before the
// outage included.
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
