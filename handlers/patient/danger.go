package patient

import (
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

// danger: the fixed words at once, and a person is paged. Nothing else that the text says is acted on; it is noted for staff.
func (t *turn) danger() {
	say, title := knowledge.SayCrisis, "May be in danger. Reach them now."
	if t.verdict.Kind == knowledge.Emergency {
		say, title = knowledge.SayEmergency, "Medical emergency. They were told to call "+t.h.Base.Clinic.Lines.Emergency+". Reach them now."
	}
	for _, k := range t.verdict.Also {
		if k == knowledge.OptOut || k == knowledge.Stop {
			title += " They also opted out of texts: call."
		} else {
			title += " They also said: " + k + " (noted, not acted on)."
		}
	}
	t.release("isn't waited for: see the urgent channel.")
	t.say(say, nil)
	t.page(handlers.UrgentChannel, t.verdict.Kind, title, t.now.Add(t.h.Base.Clinic.PageEvery()))
}

// clinical: a nurse must see it today; no advice.
func (t *turn) clinical() {
	if !t.talk.Person(t.now) {
		t.say(knowledge.SayClinical, knowledge.Fill{"by": t.by()})
	}
	by := t.h.Base.Clinic.NurseBy(t.now)
	t.page(handlers.DeskChannel, knowledge.Clinical, "For a nurse, by "+knowledge.When(by, "en")+".", by)
}

// paused: while somebody may be in danger, what they write goes straight to that thread, and the bot gives no answers of its own.
func (t *turn) paused() {
	t.e.Reply.Kind = knowledge.Handoff
	t.tell(handlers.UrgentChannel, t.state.Urgent().Kind, "", true)
}
