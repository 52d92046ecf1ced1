package patient

import (
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers/desk"

	"github.com/beacon-clinic/beacon/knowledge/kinds"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

// wrote is when the text was written, as far as is known: a fetched one some time ago.
func (t *turn) wrote() time.Time {
	if t.text.Fetched {
		return t.text.At
	}
	return t.now
}

// since says whether something happened after the text was written: it can't be what the text is
// about.
func (t *turn) since(at time.Time) bool { return t.text.Fetched && at.After(t.text.At) }

// overtaken says whether a text that was written later has been handled before it.
func (t *turn) overtaken() bool { return t.since(t.state.Conversation.At) }

// isLate says whether the bot gives a text no answer any more: it was written too long ago, they
// have written since or were answered, a visit was booked or moved since, or the carrier doesn't
// show its words.
func (t *turn) isLate() bool {
	if !t.text.Fetched {
		return false
	}
	blank := strings.TrimSpace(t.text.Body) == "" && t.text.Media == 0
	old := t.now.Sub(t.text.At) > t.h.Base.Clinic.Stale()
	return old || blank || t.text.Answered || t.overtaken() ||
		slices.ContainsFunc(t.ahead(), t.changed)
}

// fetchedLate goes the way of route for a text that reads as danger or comes too late for an
// answer: what it says plainly is done, everything else is a person's, and nothing is said but
// the words in danger.
func (t *turn) fetchedLate() {
	newer := t.since(t.state.Consent.At)
	switch kind := t.verdict.Kind; {
	case danger(t.verdict):
		t.lateDanger()
	case (kind == kinds.OptOut || kind == kinds.Stop) && !t.optedInSince():
		t.optOut()
	case kind == kinds.Start && !newer:
		t.optIn()
	case (kind == kinds.Basic || kind == kinds.Detail) && !newer:
		t.discretion(kind == kinds.Basic)
	case kind == kinds.Clinical:
		t.clinical()
	case t.state.Urgent() != nil:
		t.e.Reply.Kind = kinds.Handoff
		t.verdict.Concern = false // whoever has the alarm reads it
		t.tell(handlers.UrgentChannel, t.state.Urgent().Kind, "", true)
	case kind == kinds.Courtesy && (t.state.Consent.Out || t.overtaken()):
		t.courtesy()
	case t.state.Consent.Out:
		t.unreachable()
	case t.overtaken():
		t.forPerson(t.gist())
	case t.latePick(), t.ride(true):
	case t.talk.Person(t.now):
		t.toPerson()
	case kind == kinds.Courtesy && (t.verdict.Asks == "" || !t.open()):
		t.courtesy()
	case len(t.offers()) > 0, t.missed() != nil && t.verdict.Offer != "":
		t.forPerson("May be their answer to a free time that was offered to them. Nothing was changed.")
	case t.regrets():
	case kind == kinds.Glad:
		t.glad()
	case kind == kinds.Chat && !t.waiting():
		t.chat()
	default:
		t.lateVisit()
	}
}

// lateDanger: the fixed words however late it is, and a person is paged. Who has had the words
// since they wrote gets them once.
func (t *turn) lateDanger() {
	t.danger()
	alarm := t.state.Urgent()
	if t.text.Answered || alarm != nil && !alarm.Began().Before(t.text.At) {
		t.e.Reply.Bodies = nil
	}
}

// optedInSince says whether they asked for texts again after they wrote this. Twilio, too, goes
// by the last word.
func (t *turn) optedInSince() bool {
	c := t.state.Consent
	return !c.Out && t.since(c.At) && t.h.Base.Read(c.Words, nil).Kind == kinds.Start
}

// lateVisit does what is plainly said of a visit that stood when it was written; anything else
// goes to a person.
func (t *turn) lateVisit() {
	kind := t.verdict.Kind
	switch kind {
	case kinds.Confirm, kinds.Decline, kinds.Reschedule, kinds.Late:
	default:
		t.forPerson(t.gist())
		return
	}
	meant := slices.DeleteFunc(t.meant(kind), t.changed)
	switch {
	case len(meant) == 1, len(meant) > 1 && kind == kinds.Confirm && len(t.oneDay(meant)) == len(meant):
		t.answerVisit(kind, meant...)
	default:
		t.forPerson(t.gist())
	}
}

// changed says whether a visit was booked, or moved to where it is, after the text was written:
// what the text says is about another time then. The rows of a visit's texts are planned when it
// is booked or moved.
func (t *turn) changed(v handlers.Visit) bool {
	return !slices.ContainsFunc(t.rows, func(r handlers.Record) bool {
		of := r.Visit == v.ID && r.Start.Equal(v.Start)
		return of && len(r.History) > 0 && !t.since(r.History[0].At)
	})
}

// latePick takes a number that was asked for before they wrote: an act is done, an answer is a
// person's to give.
func (t *turn) latePick() bool {
	n, offered := t.chosen(), t.talk.Choices
	if n == 0 || n > len(offered) {
		return false
	}
	act, id, visit := strings.Cut(offered[n-1], " ")
	done := !visit && (act == kinds.OptOut || act == keepTexts)
	for _, v := range t.ahead() { // a choice of a slot's isn't one of these
		done = done || visit && v.ID == id && !t.changed(v)
	}
	if done {
		return t.pick()
	}
	t.forPerson("Picks " + num(n) + " of what they were offered: " + act + ". Nothing was changed.")
	return true
}

// forPerson hands the text to a person.
func (t *turn) forPerson(title string) {
	t.e.Reply.Kind = kinds.Handoff
	t.tell(handlers.DeskChannel, kinds.Handoff, title, true)
}

// gist is what a text seems to be about, for staff.
func (t *turn) gist() string {
	switch v := t.verdict; v.Kind {
	case kinds.Person:
		return "Asks for a person."
	case kinds.OptOut, kinds.Stop, kinds.Start, kinds.Basic, kinds.Detail:
		return "Writes about their consent (" + v.Kind + "), which they changed since. Nothing was changed."
	case kinds.Confirm, kinds.Decline, kinds.Reschedule, kinds.Late:
		return "Writes about a visit (" + v.Kind + "). Nothing was changed."
	default:
		switch {
		case strings.TrimSpace(t.text.Body) == "" && t.text.Media == 0:
			return "Sent a text whose words the carrier doesn't show."
		case v.Asks != "":
			return "May mean: " + v.Asks + ". Nothing was changed."
		case v.Sure > 0:
			return "Asks about " + v.Entries[0].ID + "."
		case t.text.Media > 0:
			return "Sent a picture."
		}
		return "Writes what the bot has no sure answer to."
	}
}

// mark has what the desk is told of a text say when it was written, where that isn't now. The
// line is a note of its own where the text only joins a thread: there the title isn't shown.
func (t *turn) mark(e handlers.Effects, c handlers.Case) handlers.Effects {
	shown := slices.ContainsFunc(e.Posts, func(p handlers.Post) bool {
		return p.Case == c.ID || p.Do == desk.PostNote && p.Text == c.Title
	})
	if !shown && len(e.Posts) > 0 {
		e.Posts = append(e.Posts, handlers.Post{
			ID: c.ID + ":bot", Case: e.Posts[0].Case, Do: desk.PostNote, From: "bot",
			Text: t.written(), Due: c.At,
		})
	}
	return e
}

// dated says whether the desk is to be told when the text was written.
func (t *turn) dated() bool { return t.late || t.text.Fetched && danger(t.verdict) }

// written says when a text was written, and that it had no answer.
func (t *turn) written() string {
	when := "Written " + knowledge.When(t.text.At.In(t.h.Base.Clinic.Location()), "en")
	switch {
	case t.text.Answered:
		return when + ". The bot's record of it is lost; the carrier shows that they had a reply."
	case danger(t.verdict):
		return when + ", while the bot was away."
	case t.verdict.Besides && t.verdict.Kind != "":
		return when + ", while the bot was away; what it asks besides wasn't answered."
	}
	return when + ", while the bot was away; they had no answer."
}
