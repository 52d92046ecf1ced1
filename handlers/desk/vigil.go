package desk

import (
	"slices"
	"sync"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

const (
	// cardTime is how long the card of a stored alarm may be missing while the store is away. Then
	// it is posted without the store. Until then another process may be posting it.
	cardTime = 2 * time.Second
	// awayKeep is how long after an outage of the store the desk is searched for an urgent card
	// before it is posted, since it may have been posted without the store.
	awayKeep = 10 * time.Minute
	// mostKept bounds the memory that the remembered alarms take. People learn of any more from
	// summaries.
	mostKept = 1000
)

// vigil remembers the alarms that nobody has taken, so that this process can tell people of them
// while the store is away. It is held in memory alone, and every process has its own.
type vigil struct {
	mu     sync.Mutex
	alarms map[string]*kept // by the case's id
	reads  int              // how often the store's list was read; see follow
	away   time.Time        // when the store was last found to be away; zero if it never was
	failed time.Time        // since when no urgent post can be claimed; zero if they can
	why    error            // of failed
}

// kept is an alarm, and what people were told of it without the store.
type kept struct {
	c      handlers.Case
	since  time.Time // when this process learnt of it
	stored bool      // the store has it, so a list without it means that it is over
	reads  int       // vigil.reads when the store took it, or this process learnt of it
	tried  bool      // its card was handed over to be posted without the store
	shown  bool      // its card is at the desk
	owed   bool      // nobody was told, so the next round to the on-call phone includes it
	rung   time.Time // when the on-call phone was last told of it
	rounds int       // how often the on-call phone was told of it
}

// keep remembers an alarm. If the store doesn't have it, the store counts as away. An alarm that is
// remembered already is left as it is, with what people were told of it.
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
	v.alarms[c.ID] = &kept{c: c, since: now, stored: stored, reads: v.reads}
}

// claimed notes whether urgent posts could be claimed. A store that can be read but takes no writes
// (its memory is full, say) is as good as away, and claims are what shows that.
func (v *vigil) claimed(err error, now time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch {
	case err == nil:
		v.failed, v.why = time.Time{}, nil
	case v.failed.IsZero():
		v.failed, v.why = now, err
	}
}

// failing returns the error for which no urgent post could be claimed for cardTime or longer; nil
// if they can be. One failed claim isn't enough: the next may succeed.
func (v *vigil) failing(now time.Time) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.failed.IsZero() || now.Sub(v.failed) < cardTime {
		return nil
	}
	return v.why
}

// handOver notes that an alarm's card was handed over to be posted without the store.
func (v *vigil) handOver(id string, now time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.away = now
	if k := v.alarms[id]; k != nil {
		k.tried = true
	}
}

// rungAt returns when the on-call phone was told of an alarm without the store; zero if it wasn't.
func (v *vigil) rungAt(id string) time.Time {
	v.mu.Lock()
	defer v.mu.Unlock()
	if k := v.alarms[id]; k != nil {
		return k.rung
	}
	return time.Time{}
}

// reading notes that the store's list of alarms is about to be read. Call it before the read, so
// that follow can tell what was stored during the read.
func (v *vigil) reading() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.reads++
}

// follow replaces what is remembered by the store's list of alarms that nobody has taken. An alarm
// that isn't in the list is over (taken, cleared or closed), with two exceptions, which are kept:
// the store may not have it yet, or may have taken it after the list was read. It returns the ids
// of those that are over but whose cards were posted without the store, and so are out of date.
func (v *vigil) follow(alarms []handlers.Case, now time.Time) (over []string) {
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
		switch {
		case !k.stored, all[id] == nil && k.reads == v.reads:
			all[id] = k
		case all[id] == nil && k.tried:
			over = append(over, id)
		}
	}
	v.alarms = all
	return over
}

// without notes that the store is away. It returns the alarms whose cards must be posted without
// it, and those that the on-call phone must be told of by now, both oldest first. An alarm in
// unshown counts as handed over; if posting its card fails, saw makes it due.
func (v *vigil) without(now time.Time, dueAt func(*kept) time.Time) (unshown, due []handlers.Case) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.away = now
	for _, k := range v.alarms {
		missing := k.stored && !k.shown && !k.tried && k.c.Thread == ""
		switch {
		case missing && !now.Before(k.since.Add(cardTime)):
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

// rang notes that the on-call phone was told of these alarms, which makes the pause until the next
// time longer.
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

// saw notes whether the desk was shown an alarm. If it wasn't, the on-call phone must be told of it
// in its next round; rang takes that back.
func (v *vigil) saw(id string, shown bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if k := v.alarms[id]; k != nil {
		k.shown, k.owed = shown, !shown
	}
}

// wasAway reports whether the store was away within the last awayKeep.
func (v *vigil) wasAway(now time.Time) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return !v.away.IsZero() && now.Sub(v.away) < awayKeep
}

// leave forgets the alarms that the store had before known, and those that the desk was shown and
// that came before fetched.
func (v *vigil) leave(known, fetched time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for id, k := range v.alarms {
		if k.stored && k.since.Before(known) || k.shown && k.since.Before(fetched) {
			delete(v.alarms, id)
		}
	}
}

// take notes that the store has taken an alarm.
func (v *vigil) take(id string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if k := v.alarms[id]; k != nil {
		k.stored, k.reads = true, v.reads
	}
}

// of returns the remembered alarms of a number, in no order; none of the zero Phone, which is that
// of every sender without a number.
func (v *vigil) of(phone handlers.Phone) (out []handlers.Case) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, k := range v.alarms {
		if k.c.Phone == phone && !phone.IsZero() {
			out = append(out, k.c)
		}
	}
	return out
}
