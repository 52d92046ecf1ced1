package patient

import (
	"time"

	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/replies"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// danger: the fixed words at once, and a person is paged. Nothing else that the text says is acted on; it is noted for staff.
func (t *turn) danger() {
	t.talk.Choices = nil
	say, title := t.dangerWords()
	title += t.unanswerable()
	for _, k := range t.verdict.Also {
		if k == kinds.OptOut || k == kinds.Stop {
			title += " They also opted out of texts: call."
		} else {
			title += " They also said: " + k + " (noted, not acted on)."
		}
	}
	t.release("isn't waited for: see the urgent channel.")
	t.say(say, nil)
	t.page(handlers.UrgentChannel, t.verdict.Kind, title, t.now.Add(t.h.Base.Clinic.PageEvery()))
}

// dangerWords are those that fit who writes, and what the desk is told of it.
func (t *turn) dangerWords() (say, title string) {
	called := "They were told to call " + t.h.Base.Clinic.Lines.Emergency + ". "
	if !t.hears() {
		called = "Nobody has told them to call " + t.h.Base.Clinic.Lines.Emergency + ". "
	}
	switch {
	case t.verdict.About == screen.AboutNow:
		return replies.CrisisNow, "May be in danger at this moment. " + called + "Reach them now."
	case t.verdict.Kind == kinds.Emergency:
		return replies.Emergency, "Medical emergency. " + called + "Reach them now."
	case t.verdict.About == screen.AboutOther:
		return replies.CrisisOther, "Writes of somebody who may be in danger. Reach them now."
	}
	return replies.Crisis, "May be in danger. Reach them now."
}

// concern: a text may be more than it seems. It has had its ordinary answer, and gets the line with 988 besides, even while a person talks with
// them; somebody reads it soon. Nothing pauses.
func (t *turn) concern() {
	if !t.verdict.Concern || danger(t.verdict) {
		return
	}
	kind, also := t.e.Reply.Kind, t.e.Reply.Also[:len(t.e.Reply.Also):len(t.e.Reply.Also)]
	switch {
	case kind == kinds.Clinical: // a nurse sees it whatever it is
		t.e.Reply.Also = append(also, kinds.Concern)
	case told(kind):
		t.e.Reply.Also = append(also, kind)
		fallthrough
	default:
		t.e.Reply.Kind = kinds.Concern
	}
	t.say(replies.ConcernLine, nil)
	t.join()
	t.page(handlers.UrgentChannel, kinds.Concern, "May be more than it seems: please read.", t.now.Add(t.h.Base.Clinic.ReadWithin()))
}

// told says whether a kind is done and told to the patient, so that it is named beside a concern; an answer or a person tells nothing more.
func told(kind string) bool {
	switch kind {
	case "", kinds.Answer, kinds.Choices, kinds.Courtesy, kinds.Handoff:
		return false
	}
	return true
}

// clinical: a nurse must see it today; no advice.
func (t *turn) clinical() {
	if !t.talk.Person(t.now) {
		t.say(replies.Clinical, knowledge.Fill{"by": t.by()})
	}
	by := t.h.Base.Clinic.NurseBy(t.now)
	t.page(handlers.DeskChannel, kinds.Clinical, "For a nurse, by "+knowledge.When(by, "en")+".", by)
}

// personStands is how long a person's last words stand before the fixed words are said again.
const personStands = 10 * time.Minute

// paused: while somebody may be in danger, what they write goes straight to that thread, and the bot gives no answers of its own but the fixed
// words that somebody is told: each time, but not twice for what was written in one go. The first text after the alarm always gets them.
func (t *turn) paused() {
	alarm := t.state.Urgent()
	t.e.Reply.Kind = kinds.Handoff
	t.verdict.Concern = false // whoever has the alarm reads it
	t.tell(handlers.UrgentChannel, alarm.Kind, "", true)
	stands := burstTime
	if t.talk.Person(t.now) {
		stands = personStands
	}
	if last := t.talk.Stood; !last.Before(alarm.Began()) && t.now.Before(last.Add(stands)) {
		return
	}
	t.talk.Stood = t.now
	if alarm.Seen() {
		t.say(replies.StandsTold, nil)
	} else {
		t.say(replies.Stands, nil)
	}
}
