package intent

import (
	"slices"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// Most is how many choices a text offers.
const Most = 3

// aboutVisit says whether a kind says something of a visit.
func aboutVisit(kind string) bool {
	switch kind {
	case kinds.Confirm, kinds.Decline, kinds.Reschedule, kinds.Late:
		return true
	}
	return false
}

// changeVisit says which visit a text changes, or how that is asked.
func (k known) changeVisit(i Intent, kind string) Intent {
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

// changeVisitLate changes what a late text plainly says of a visit that stood when it was written.
func (k known) changeVisitLate(i Intent, kind string) Intent {
	meant := slices.DeleteFunc(slices.Clone(k.meant(i.Said, kind)), k.changed)
	if len(meant) == 1 || len(meant) > 1 && kind == kinds.Confirm && k.ofOneDay(meant) {
		return i.about(ChangeVisit, kind, meant...)
	}
	return i.as(ForPerson)
}

// askBack says how it is asked whether an act is meant that the text only looks like. What it asks
// besides is answered all the same.
func (k known) askBack(i Intent, act string) Intent {
	if act == kinds.OptOut {
		i = i.about(AskBack, act)
	} else {
		meant := k.meant(i.Said, act)
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

// besides is the entry that a text surely asks for beside what it does; nil if it asks for none.
func besides(v screen.Verdict) *screen.Entry {
	if !v.Besides || v.Sure == 0 {
		return nil
	}
	return &v.Entries[0]
}

// nothingAsked takes a YES or NO that answers no question: it changes nothing. The number settles
// what was meant; who has been asked back before, or has no visit ahead, gets a person.
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

// meant are the visits that an answer can mean. A confirmation means those that a reminder has
// asked about, or, unasked, any that stand: it does no harm. A NO and nothing else means only what
// was asked, and so does a YES after a text about a free time, or to a person.
func (k known) meant(v screen.Verdict, kind string) []handlers.Visit {
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

// awaiting are the visits ahead that a reminder has asked about, and that have no answer.
func (k known) awaiting() (out []handlers.Visit) {
	for _, v := range k.ahead {
		if v.Awaits(k.Now) && k.Base.Clinic.Asked(v.Start, v.Zone, k.wrote()) {
			out = append(out, v)
		}
	}
	return out
}

// lateFor is how long after its start a visit is still meant by who is late.
const lateFor = time.Hour

// near are the visits that one can be late for: those of the next day, and those just begun.
func (k known) near() (out []handlers.Visit) {
	for _, v := range k.State.Visits {
		if in := v.Start.Sub(k.Now); v.Stands() && in > -lateFor && in < 24*time.Hour {
			out = append(out, v)
		}
	}
	return out
}
