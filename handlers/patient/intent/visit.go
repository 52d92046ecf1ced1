package intent

import (
	"slices"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// Most is the most choices that a text offers.
const Most = 3

// aboutVisit reports whether a kind says something of a visit.
func aboutVisit(kind string) bool {
	switch kind {
	case kinds.Confirm, kinds.Decline, kinds.Reschedule, kinds.Late:
		return true
	}
	return false
}

// changeVisit chooses the visit that a text changes, or asks back which. A visit is changed only if
// no other can be meant, by the open questions and by the day and hour that the text names.
func (k known) changeVisit(i Intent, kind string) Intent {
	if k.shared() {
		return k.changeOf(i, kind)
	}
	meant := k.meant(i.Said, kind)
	named, names := k.named(meant)
	if kind == kinds.Reschedule { // the time that it names may be the one that is wanted
		names = len(named) == 1
	}
	switch {
	case names && len(named) > 0:
		meant = named
	case names && len(meant) > 0 && kind != kinds.Late && kind != kinds.Reschedule:
		return k.askBack(i, kind) // it names a time at which there is no visit
	}
	switch {
	case len(meant) == 0 && (i.Said.Bare != "" || k.number() == 1):
		return k.nothingAsked(i)
	case len(meant) == 0 && kind == kinds.Late:
		return i.as(LateForNone)
	case len(meant) == 0:
		return i.about(NoVisit, kind)
	case len(meant) == 1, kind == kinds.Confirm && k.ofOneDay(meant):
		return i.about(ChangeVisit, kind, meant...) // one text asks of all visits of a day
	}
	return i.about(WhichVisit, kind, meant[:min(Most, len(meant))]...)
}

// changeVisitLate does what a late text plainly says of a visit that hasn't been booked or moved
// since. It can't ask back, so anything unclear is a person's.
func (k known) changeVisitLate(i Intent, kind string) Intent {
	meant := slices.DeleteFunc(slices.Clone(k.meant(i.Said, kind)), k.changed)
	sure := len(meant) == 1 || len(meant) > 1 && kind == kinds.Confirm && k.ofOneDay(meant)
	if k.shared() {
		m := k.meantOf(i.Said, kind)
		sure = m.sure && len(m.visits) > 0 && !k.whose.mixed && !k.whose.none &&
			!slices.ContainsFunc(m.visits, k.changed)
	}
	if sure {
		return i.about(ChangeVisit, kind, meant...)
	}
	return i.as(ForPerson)
}

// askBack chooses how the patient is asked whether an act is meant that the text only looks like.
// What the text asks besides is answered all the same.
func (k known) askBack(i Intent, act string) Intent {
	if act == kinds.OptOut {
		i = i.about(AskBack, act)
	} else {
		meant := k.meant(i.Said, act)
		switch {
		case k.shared() && (k.whose.mixed || k.whose.none):
			return i.about(Mixed, act)
		case k.shared() && len(meant) > 0:
			return k.askWhose(i, act, meant)
		}
		if named, names := k.named(meant); names && len(named) > 0 {
			meant = named
		}
		switch {
		case len(meant) == 0:
			return i.about(NoneMeant, act)
		case len(meant) > 1 && act != kinds.Confirm:
			i.Asks = act
			return i.about(WhichVisit, act, meant[:min(Most, len(meant))]...)
		}
		i = i.about(AskBack, act, meant[0])
	}
	i.Asks, i.Besides = act, besides(i.Said)
	return i
}

// besides returns the entry that a text surely asks for beside what it does; nil if there is none.
func besides(v screen.Verdict) *screen.Entry {
	if !v.Besides || v.Sure == 0 {
		return nil
	}
	return &v.Entries[0]
}

// nothingAsked takes a YES or NO that answers no question: it changes nothing. The patient is asked
// back, by number, what they mean; who has been asked back before, or has no visit ahead, gets a
// person.
func (k known) nothingAsked(i Intent) Intent {
	if len(k.ahead) == 0 || len(k.State.Conversation.Choices) > 0 {
		return i.as(NothingAsked)
	}
	return i.about(VisitStands, "", k.ahead[0])
}

// regrets takes a yes after a visit was given up to a person: its time may be another's by now.
// False if the text is no yes, none was given up, or another visit stands that it can be about.
func (k known) regrets(i Intent) (Intent, bool) {
	if len(k.ahead) > 0 {
		return i, false
	}
	given := slices.IndexFunc(k.State.Visits, func(v handlers.Visit) bool {
		return v.State == handlers.Declined && v.Start.After(k.Now)
	})
	yes := k.Words.In(screen.Context{Visit: true})
	if given < 0 || yes.Kind != kinds.Confirm && yes.Bare != screen.Yes && k.number() != 1 {
		return i, false
	}
	return i.about(Regrets, "", k.State.Visits[given]), true
}

// meant returns the visits that an answer can mean. A confirmation means those that a reminder has
// asked about, or, unasked, any that stand: it does no harm. A bare NO means only what was asked,
// and so does a bare YES after a text about a free slot, or while a person talks with them. Who is
// late means the next visit, which may have begun.
func (k known) meant(v screen.Verdict, kind string) []handlers.Visit {
	if k.shared() {
		return k.meantOf(v, kind).visits
	}
	if v.Bare != "" || k.number() == 1 {
		asked, slot := k.asked()
		if len(asked) > 0 || slot || v.Bare != screen.Yes ||
			k.State.Conversation.Person(k.Now) {
			return asked
		}
	}
	switch kind {
	case kinds.Confirm:
		if asked := k.awaiting(); len(asked) > 0 {
			return asked
		}
	case kinds.Late:
		near := k.near()
		return near[:min(1, len(near))]
	}
	return k.ahead
}

// awaiting returns the visits ahead that a reminder has asked about, and that have no answer. It
// goes by the clinic's plan, not by the rows, which aren't read for most texts.
func (k known) awaiting() (out []handlers.Visit) {
	for _, v := range k.ahead {
		asked := moved(v) || k.Base.Clinic.Asked(v.Type, v.Start, v.Zone, k.wrote())
		if asked && v.Awaits(k.Now) {
			out = append(out, v)
		}
	}
	return out
}

// lateFor is how long after its start a visit is still meant by who is late.
const lateFor = time.Hour

// near returns the visits that one can be late for: those of the next 24 hours, and those that
// began less than lateFor ago.
func (k known) near() (out []handlers.Visit) {
	for _, v := range k.State.Visits {
		if in := v.Start.Sub(k.Now); v.Stands() && in > -lateFor && in < 24*time.Hour {
			out = append(out, v)
		}
	}
	return out
}
