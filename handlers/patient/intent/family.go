package intent

import (
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/screen"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// shared reports whether the phone is that of several patients. Then nothing is taken to be about
// one of them, or about all, that wasn't asked so or said so by name.
func (k known) shared() bool { return len(k.patients) > 1 }

// body returns what answers a question by itself: of a text that says whose it is, the answer
// alone.
func (k known) body() string {
	if k.whose.plain && k.whose.says != "" {
		return k.whose.says
	}
	return k.Text.Body
}

// toPatients clears a text that says nothing but who comes and who doesn't, in words whose meaning
// is known: it is no sign of danger, whatever it looks like to the model. What a pattern names
// stands.
func (k known) toPatients(v screen.Verdict) screen.Verdict {
	w, named := k.whose, v.Named() && InDanger(v)
	switch {
	case !w.known || !w.names() || w.plain && w.says != "" || named:
		return v
	case w.plain || w.both:
		return screen.Verdict{}
	case InDanger(v):
		return screen.Verdict{Lang: v.Lang}
	}
	v.Concern, v.Resource = false, false
	return v
}

// asking is a text that asked about visits, and hasn't been answered for all of them.
type asking struct {
	at     time.Time
	visits []handlers.Visit // those that it still asks about
}

// atOnce is how soon one text must follow another for an answer to be about either: who finds two
// texts on their phone may answer the first.
const atOnce = 12 * time.Hour

// namesOnly reports whether the text only names patients: "Ada", "both please".
func (k known) namesOnly() bool {
	w := k.whose
	return w.plain && w.says == "" && w.names() && !w.none
}

// allOf reports whether a confirmation that nobody can be asked about again is one of all those
// visits: they are of one day, and of a shared phone it surely means them.
func (k known) allOf(visits []handlers.Visit, v screen.Verdict) bool {
	if k.shared() {
		return k.meantOf(v, kinds.Confirm).sure && !k.whose.mixed && !k.whose.none
	}
	return k.ofOneDay(visits)
}

// askedOf returns the visits that an answer is about by what was asked last, and whether that is
// sure: one text asked about all of them, and no other about somebody else at about that time.
func (k known) askedOf() (visits []handlers.Visit, sure bool) {
	asked := k.askings()
	if len(asked) == 0 {
		return nil, false
	}
	last := asked[len(asked)-1]
	visits, sure = slices.Clone(last.visits), true
	for _, q := range asked[:len(asked)-1] {
		if last.at.Sub(q.at) > atOnce {
			continue
		}
		for _, v := range q.visits {
			if _, has := find(visits, v.ID); !has {
				visits, sure = append(visits, v), false
			}
		}
	}
	slices.SortStableFunc(visits, bySoonest)
	return visits, sure
}

func bySoonest(a, b handlers.Visit) int { return a.Start.Compare(b.Start) }

// askings returns the open questions whether somebody comes, by when they were asked. The text
// that left last, after all that was written, counts as one if it reminds of a visit.
func (k known) askings() (out []asking) {
	last, when := k.sentAt()
	rows := map[string]handlers.Record{}
	for _, r := range k.Rows {
		rows[r.ID] = r
	}
	for _, r := range k.Rows {
		at := left(r)
		if at.IsZero() || k.since(at) {
			continue
		}
		q := asking{at: when[r.ID]}
		latest := at.Equal(last) && at.After(k.State.Conversation.At)
		for _, id := range append([]string{r.ID}, strings.Fields(r.With)...) {
			row, step := rows[id], k.step(rows[id].Kind)
			reminds := latest && (step.DaysBefore > 0 || step.HoursBefore > 0)
			for _, v := range k.ahead {
				asks := step.Only == settings.Unconfirmed || step.When == "booking" && moved(v)
				open := asks && v.Awaits(k.Now)
				if v.ID == row.Visit && v.Start.Equal(row.Start) && (open || reminds) {
					q.visits = append(q.visits, v)
				}
			}
		}
		if len(q.visits) > 0 {
			out = append(out, q)
		}
	}
	slices.SortStableFunc(out, func(a, b asking) int { return a.at.Compare(b.at) })
	return out
}

// meaning is what an answer from a shared phone can mean: of which visits it speaks, and whether it
// surely speaks of all of them.
type meaning struct {
	visits []handlers.Visit
	sure   bool
}

// meantOf returns what an answer from a shared phone means. What was asked last goes first; a name
// or a day decides; what neither says is in doubt.
func (k known) meantOf(v screen.Verdict, kind string) meaning {
	if kind == kinds.Late {
		return meaning{k.lateOf(), true}
	}
	bare := v.Bare != "" || k.number() == 1
	m := k.mayMean(kind, bare)
	switch {
	case len(k.whose.patients) > 0:
		m = k.byName(m, kind, bare)
	case k.whose.all:
		m = k.ofAll(m, kind)
	}
	m = k.byDay(m, kind)
	if kind != kinds.Confirm && len(m.visits) > 1 && !k.whose.names() {
		m.sure = false // a NO to what one text asked of several
	}
	says := k.whose.says
	off := says == saysOff || says == saysOffES // "cancel Ben" may well be about texts
	if k.whose.unsure || off {
		m.sure = false
	}
	if kind == kinds.Decline && !m.sure && !off && !k.whose.names() && !k.whose.unsure && k.dayless() {
		m = k.toLast(m)
	}
	return m
}

// mayMean returns what an answer can mean before it is asked whom it names.
func (k known) mayMean(kind string, bare bool) (m meaning) {
	_, slot := k.asked()
	visits, sure := k.askedOf()
	switch {
	case bare && slot:
		return m
	case bare, kind == kinds.Confirm && len(visits) > 0:
		return meaning{visits, sure}
	case kind == kinds.Confirm:
		return k.unasked()
	}
	return meaning{k.ahead, len(k.ahead) == 1}
}

// byName keeps the visits of the patients whom the text names. If nobody was asked about one of
// them, that is no answer: it is in doubt, unless the text is plain ("C for Ada").
func (k known) byName(m meaning, kind string, bare bool) meaning {
	named := k.ofNamed(m.visits)
	for _, name := range k.whose.patients {
		if !slices.ContainsFunc(named, func(v handlers.Visit) bool {
			return handlers.SamePatient(v.Name, name)
		}) {
			ahead := k.ofNamed(k.ahead)
			return meaning{ahead, k.whose.plain && !bare && onceEach(ahead)}
		}
	}
	sure := m.sure || k.whose.plain && !bare
	switch visits, _ := k.askedOf(); {
	case !bare && kind != kinds.Confirm, len(visits) > 0:
		sure = true
	}
	once := onceEach(named) || kind == kinds.Confirm && k.askedAtOnce(named)
	return meaning{named, sure && once}
}

// askedAtOnce reports whether one text asked about all visits of each patient among some: "C for
// Ada" then is about all of hers, as a C from her own phone would be.
func (k known) askedAtOnce(visits []handlers.Visit) bool {
	asked := k.askings()
	for _, name := range handlers.Patients(visits) {
		if !slices.ContainsFunc(asked, func(q asking) bool {
			return !slices.ContainsFunc(visits, func(v handlers.Visit) bool {
				_, has := find(q.visits, v.ID)
				return handlers.SamePatient(v.Name, name) && !has
			})
		}) {
			return false
		}
	}
	return true
}

// ofAll takes "both" for all that was asked, if that is about several patients.
func (k known) ofAll(m meaning, kind string) meaning {
	switch several := len(handlers.Patients(m.visits)) > 1; {
	case !several:
		return meaning{k.ahead, false}
	case kind == kinds.Confirm:
		asked, sure := k.askedOf()
		m.sure = len(asked) > 0 && (sure || onceEach(asked))
	default:
		m.sure = k.whose.plain && onceEach(m.visits)
	}
	return m
}

// byDay keeps the visits of the day and hour that the text names.
func (k known) byDay(m meaning, kind string) meaning {
	named, names := k.named(m.visits)
	switch {
	case !names:
	case len(named) == 0 && kind != kinds.Reschedule: // it names a time at which there is no visit
		m.sure = false
	case len(named) > 0 && len(named) < len(m.visits):
		asks := kind == kinds.Confirm
		visits, _ := k.askedOf()
		m = meaning{named, m.sure || len(named) == 1 && (!asks || len(visits) > 0)}
	}
	return m
}

// dayless reports whether the text names no day and no hour.
func (k known) dayless() bool {
	_, names := k.named(nil)
	return !names
}

// toLast takes a plain answer for one to the question that was asked last, if that is about one
// visit and nothing was written since.
func (k known) toLast(m meaning) meaning {
	asked := k.askings()
	if visits, sure := k.askedOf(); sure && len(visits) == 1 &&
		asked[len(asked)-1].at.After(k.State.Conversation.At) {
		return meaning{visits, true}
	}
	return m
}

// unasked returns the visits that a confirmation may mean when no text has asked: those without an
// answer, and it is in doubt. If all are confirmed it says so once more.
func (k known) unasked() (m meaning) {
	for _, v := range k.ahead {
		if v.State != handlers.Confirmed {
			m.visits = append(m.visits, v)
		}
	}
	if len(m.visits) == 0 {
		return meaning{k.ahead, true}
	}
	return m
}

// ofNamed returns those of some visits that the text can be about by the patients whom it names.
func (k known) ofNamed(visits []handlers.Visit) (out []handlers.Visit) {
	for _, v := range visits {
		if k.whose.of(v.Name) {
			out = append(out, v)
		}
	}
	return out
}

// onceEach reports whether no patient has two of the visits.
func onceEach(visits []handlers.Visit) bool {
	return len(handlers.Patients(visits)) == len(visits)
}

// lateOf returns the visits that who is late can mean: the next, and those of the others that begin
// within an hour of it. The desk is told of all; it changes none.
func (k known) lateOf() (out []handlers.Visit) {
	near := k.ofNamed(k.near())
	if days, names := k.named(near); names && len(days) > 0 {
		near = days
	}
	for _, v := range near {
		if v.Start.Sub(near[0].Start) <= time.Hour {
			out = append(out, v)
		}
	}
	return out
}

// changeOf chooses the visits of a shared phone that a text changes, or asks back whose.
func (k known) changeOf(i Intent, kind string) Intent {
	m := k.meantOf(i.Said, kind)
	switch {
	case k.whose.mixed, k.whose.none:
		return i.about(Mixed, kind)
	case len(m.visits) == 0 && (i.Said.Bare != "" || k.number() == 1):
		return k.nothingAsked(i)
	case len(m.visits) == 0 && kind == kinds.Late:
		return i.as(LateForNone)
	case len(m.visits) == 0:
		return i.about(NoVisit, kind)
	case m.sure:
		return i.about(ChangeVisit, kind, m.visits...)
	}
	return k.askWhose(i, kind, m.visits)
}

// askWhose asks back which of some visits a text is about, or, if only one is left, whether it is.
func (k known) askWhose(i Intent, kind string, visits []handlers.Visit) Intent {
	i.Asks = kind
	if len(visits) == 1 {
		i = i.about(AskBack, kind, visits...)
		i.Besides = besides(i.Said)
		return i
	}
	return k.which(i, WhichVisit, kind, visits)
}

// which has the patient asked which of some visits is meant. All of them may be, if all are asked
// about, and of several patients one each.
func (k known) which(i Intent, act Act, change string, visits []handlers.Visit) Intent {
	i.All = len(visits) <= Most && onceEach(visits)
	return i.about(act, change, visits[:min(Most, len(visits))]...)
}

// find returns the visit with an id; false if there is none.
func find(visits []handlers.Visit, id string) (handlers.Visit, bool) {
	for _, v := range visits {
		if v.ID == id {
			return v, true
		}
	}
	return handlers.Visit{}, false
}
