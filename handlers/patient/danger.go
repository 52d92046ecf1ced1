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
		title += " They also said: " + k + " (noted, not acted on)."
		if k == knowledge.OptOut || k == knowledge.Stop {
			title += " Call: they don't want texts."
		}
	}
	t.say(say, nil)
	t.tell(handlers.UrgentChannel, t.verdict.Kind, title, true)
}

// clinical: a nurse must see it today; no advice.
func (t *turn) clinical() {
	if !t.talk.Person(t.now) {
		t.say(knowledge.SayClinical, knowledge.Fill{"by": t.by()})
	}
	t.tell(handlers.DeskChannel, knowledge.Clinical, "For a nurse, today.", true)
}
