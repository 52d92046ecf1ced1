package intent

import (
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// What a choice may say beside an entry's id, or an act and the id of a visit or slot: see Choice.
const (
	Keep     = "keep"       // with a visit: it stays as it is
	KeepText = "keep_texts" // they go on getting texts
)

// Choice names an act on a visit or a slot as one of the choices of a conversation: "decline v1".
// An entry's id stands there by itself; it holds no blank, which tells them apart.
func Choice(act, id string) string { return act + " " + id }

// bothSep stands between the visits of a choice of several: no id holds it.
const bothSep = "\n"

// ChoiceOfAll names an act on several visits as one choice: see [Choice].
func ChoiceOfAll(act string, visits []handlers.Visit) string {
	var ids []string
	for _, v := range visits {
		ids = append(ids, v.ID)
	}
	return Choice(act, strings.Join(ids, bothSep))
}

// ChoicesStand is how long after the last text a number counts as an answer to choices. A "2" that
// comes later is more likely about something else, and might give up a visit.
const ChoicesStand = time.Hour

// picks takes the number of a choice that was offered. Anything else is a new text: no choice traps
// anybody, and small talk leaves it open. Choices that were offered too long ago are closed. A yes
// picks the only entry that was offered; of several entries it picks none, and a person reads it.
func (k known) picks(i Intent) (Intent, bool) {
	if at := k.State.Conversation.At; !at.IsZero() && k.Now.Sub(at) > ChoicesStand {
		i.Talk.Choices = nil
	}
	offered, n := i.Talk.Choices, k.number()
	if n == 0 && i.Said.Bare == screen.Yes && len(offered) > 0 && k.Base.Entry(offered[0]) != nil {
		if len(offered) > 1 {
			return i.as(PickUnclear), true
		}
		n = 1
	}
	if act, last := k.askedBack(offered); last && n == 0 {
		switch {
		case i.Said.Bare == screen.Yes:
			n = 1
		case i.Said.Bare == screen.No && act == kinds.OptOut: // it may be "no more"
			return i.as(PickUnclear), true
		case i.Said.Bare == screen.No:
			n = 2
		case act != kinds.OptOut && k.smallYes(i.Said):
			if visits, stand := k.chosen(offered[0]); stand {
				return i.about(VisitStands, "", visits[0]), true
			}
		}
	}
	if n == 0 || n > len(offered) {
		return i, false
	}
	i.Talk.Choices = nil
	return k.picked(i, offered[n-1])
}

// askedBack returns the act that was asked back, whether it is meant or all is to stay as it is, and
// whether that question is the last thing that the patient read: then a bare YES or NO answers it.
// Before that was so, a "yes" to "shall we give up your visit?" confirmed it.
func (k known) askedBack(offered []string) (act string, last bool) {
	if len(offered) != 2 {
		return "", false
	}
	act, _, _ = strings.Cut(offered[0], " ")
	keep, _, _ := strings.Cut(offered[1], " ")
	at, _ := k.sentAt()
	return act, (keep == Keep || keep == KeepText) && !at.After(k.State.Conversation.At)
}

// smallYes reports whether a text says yes in a word that may be about the visit as well as about
// the change of it that was asked back: "C", "ok". Neither may be guessed.
func (k known) smallYes(v screen.Verdict) bool {
	return v.Asks == kinds.Confirm ||
		v.Kind == kinds.Confirm && len(strings.Fields(k.Words.Body)) == 1
}

// chosen returns the visits that a choice is about; false if one doesn't stand any more, or it is
// about none.
func (k known) chosen(choice string) (out []handlers.Visit, stand bool) {
	_, id, _ := strings.Cut(choice, " ")
	for _, one := range strings.Split(id, bothSep) {
		v, stands := find(k.ahead, one)
		if !stands {
			return nil, false
		}
		out = append(out, v)
	}
	return out, true
}

// picked returns the intent of a choice. False if its visit doesn't stand any more, or its entry is
// gone: then the number is read as any other text.
func (k known) picked(i Intent, choice string) (Intent, bool) {
	act, id, of := strings.Cut(choice, " ")
	switch {
	case choice == kinds.OptOut:
		i.Kind = kinds.OptOut
		return k.optOut(i), true
	case choice == KeepText:
		return i.as(KeepTexts), true
	case !of && k.Base.Entry(choice) == nil:
		return i, false
	case !of:
		i.Picked = choice
		return i.as(PickEntry), true
	case act == screen.Take || act == screen.Leave:
		return k.pickedOffer(i, act, id), true
	}
	visits, stand := k.chosen(choice)
	if !stand {
		return i, false
	}
	for _, v := range visits {
		if !k.whose.of(v.Name) { // "1 for Ben", and the first is Ada's
			return i.about(Mixed, act), true
		}
	}
	return k.pickedVisits(i, act, visits), true
}

// picksByName takes the name of a patient as the choice of their visit, while it is open which
// visit is meant: "Ada", "for Ben please", "both". It must be the only visit of hers that was
// offered. "Neither" is a person's, and so is an answer that says otherwise than what was asked.
func (k known) picksByName(i Intent) (Intent, bool) {
	w, act, offered := k.whose, "", []handlers.Visit(nil)
	for _, choice := range i.Talk.Choices {
		a, id, of := strings.Cut(choice, " ")
		if v, ok := find(k.ahead, id); of && ok {
			act, offered = a, append(offered, v)
		}
	}
	if !k.shared() || !w.plain || !w.names() || len(handlers.Patients(offered)) < 2 {
		return i, false
	}
	meant := k.ofNamed(offered)
	switch {
	case w.says != "" && !fitsAct(w.says, act):
		return i, false
	case w.none:
		i.Talk.Choices = nil
		return i.about(Mixed, act), true
	case len(meant) == 0:
		return i, false
	case !onceEach(meant):
		return k.askWhose(i, act, meant), true
	}
	i.Talk.Choices = nil
	return k.pickedVisits(i, act, meant), true
}

// fitsAct reports whether an answer agrees with what it was asked about.
func fitsAct(says, act string) bool {
	switch says {
	case saysYes, saysYesES: // to the question whose it is
		return true
	case saysC, saysCES:
		return act == kinds.Confirm
	case saysCant, saysCantES, saysOff, saysOffES:
		return act == kinds.Decline
	case saysSet, saysSetES:
		return act == screen.RideArranged
	case saysHelp, saysHelpES:
		return act == screen.RideHelp
	}
	return false
}

// pickedVisits returns the intent of a choice of visits.
func (k known) pickedVisits(i Intent, act string, visits []handlers.Visit) Intent {
	switch act {
	case Keep:
		return i.about(KeepVisit, "", visits...)
	case screen.RideArranged, screen.RideHelp:
		i.RideHome = RideHome{Answer: act, Visits: visits}
		return i.as(Ride)
	}
	return i.about(ChangeVisit, act, visits...)
}

// pickedOffer returns the intent of the choice of a slot, whose offer may have ended since it was
// asked back.
func (k known) pickedOffer(i Intent, answer, id string) Intent {
	for _, s := range k.offers {
		switch {
		case s.ID != id:
		case answer == screen.Leave || i.Kind == kinds.Decline:
			return i.of(OfferLeave, s)
		default:
			return i.of(OfferTake, s)
		}
	}
	if answer == screen.Take {
		if i, does := k.tooLate(i, k.ended(i.Said.Bare)); does {
			return i
		}
	}
	return i.as(Courtesy) // it is over, and nothing else was meant
}

// picksLate takes the number of a choice in a late text. A choice of a visit that hasn't changed
// since, or about consent, is done. Any other is a person's: an answer comes too late, and a slot
// may be gone.
func (k known) picksLate(i Intent) (Intent, bool) {
	n, offered := k.number(), i.Talk.Choices
	if _, last := k.askedBack(offered); last && n == 0 && i.Said.Bare != "" {
		return i.as(ForPerson), true
	}
	if n == 0 || n > len(offered) {
		return i, false
	}
	act, id, visit := strings.Cut(offered[n-1], " ")
	done := !visit && (act == kinds.OptOut || act == KeepText)
	for _, v := range k.ahead { // a choice of a slot's isn't one of these
		done = done || visit && v.ID == id && !k.changed(v)
	}
	if done {
		return k.picks(i)
	}
	i.Picked, i.Number = act, n
	return i.as(LatePick), true
}
