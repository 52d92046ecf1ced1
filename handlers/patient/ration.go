package patient

import (
	"slices"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/budget"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// ration has the gate rule on the answer to a text and counts what it costs. If the clinic doesn't
// text the number, or what answers may cost is used up, the answer is taken back. Danger is outside
// of it, and so is a number with an open alarm; a hint at danger is counted, but always answered. s
// is the state that the text was decided from.
func (h *Handler) ration(b *builder, s handlers.State) {
	answers := len(b.e.Reply.Bodies)
	b.e.Reply = h.Gate.Reply(s, b.e.Reply)
	if intent.InDanger(b.in.Said) || b.text.Sender != "" {
		return
	}
	if why := h.Gate.Untexted(s.Phone); why != "" {
		if answers > 0 || len(b.e.Posts) > 0 {
			b.refuse(s, answers, budget.RefusedReach,
				"Texts from a number that we don't text ("+why+"), so they got no answer: call.")
		}
		return
	}
	cost := h.Gate.Cost(s, b.e.Reply.Bodies, b.now)
	cost.Unlimited = b.e.Reply.Kind == kinds.Concern ||
		slices.Contains(b.e.Reply.Also, kinds.Concern)
	if cost.Stranger && cost.Segments == 0 && len(b.e.Posts) > 0 {
		// A card costs somebody's time. Without this, a flood that gets no answers would be one of
		// cards.
		cost.Segments = 1
	}
	switch {
	case s.Urgent() != nil || cost.Segments == 0:
	case cost.Holds(s.Used):
		b.e.Spend = &cost
	case cost.Stranger:
		b.refuse(s, answers, budget.RefusedStrangers, "")
	default:
		b.refuse(s, answers, budget.RefusedAll, "Got no answer, for the bot has answered as "+
			"much as it may (replies in clinic.yaml).")
	}
}

// refuse takes the answer back. What a patient wrote becomes a person's; answers is how many bodies it
// had, and title tells why. Of what a
// stranger wrote the desk gets no card but the one of the stretch, see TellRefused: whoever floods
// the clinic has many numbers. Only their consent stands, and what may be danger.
func (b *builder) refuse(s handlers.State, answers int, why, title string) {
	b.e.Refused = &budget.Refused{Why: why}
	b.e.Reply.Bodies = nil
	// They weren't asked anything, and nothing was said.
	b.talk.Choices, b.talk.Said = nil, b.talk.Said[min(answers, len(b.talk.Said)):]
	if !s.Stranger() {
		if s.Urgent() == nil { // else it is in the alarm's thread
			b.tell(kinds.Handoff, title, true)
		}
		return
	}
	all := b.e
	b.e = handlers.Effects{
		Reply: all.Reply, Consent: all.Consent, Refused: all.Refused, Once: all.Once,
	}
	b.waits = ""
	for _, c := range all.Cases {
		if c.Channel == handlers.UrgentChannel {
			b.e.Cases = append(b.e.Cases, c)
		}
	}
	for _, p := range all.Posts {
		if desk.Urgent(p.Case, all.Cases, s.Cases) {
			b.e.Posts = append(b.e.Posts, p)
		}
	}
}

// cost is what a text's answer took, for the meter.
type cost struct {
	segments int
	refused  string // why it isn't answered
}

// cost returns what the answer took, as it leaves.
func (b *builder) cost() cost {
	if b.e.Refused != nil {
		return cost{refused: b.e.Refused.Why}
	}
	return cost{segments: gate.Weigh(b.e.Reply.Bodies)}
}

// count has the meter count what an answer took.
func (h *Handler) count(c cost) {
	if c.refused != "" {
		h.Meter.Unanswered(c.refused)
	}
	if c.segments > 0 {
		h.Meter.Replied(c.segments)
	}
}
