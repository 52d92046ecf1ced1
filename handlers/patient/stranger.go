package patient

import (
	"fmt"
	"slices"

	"github.com/beacon-clinic/beacon/knowledge/kinds"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// stranger: a sender that is no number is a machine most likely, and gets nothing; but it may be
// somebody in danger. Their case is all that is kept of them, for there is no number to keep more
// by; whatever they write on joins it.
func (t *turn) stranger() {
	others := func(c handlers.Case) bool { return c.Sender != t.text.Sender }
	t.state = handlers.State{Cases: slices.DeleteFunc(slices.Clone(t.state.Cases), others)}
	t.verdict = t.read.In(screen.Context{})
	t.language()
	t.e.Reply = handlers.Reply{Kind: kinds.Machine, Lang: t.lang, Confidence: 1}
	switch alarm := t.state.Urgent(); {
	case danger(t.verdict):
		t.e.Reply.Kind, t.e.Reply.Also, t.e.Reply.Rule = t.verdict.Kind, t.verdict.Also, t.verdict.Rule
		t.danger()
	case alarm != nil:
		t.e.Reply.Kind = kinds.Handoff
		t.tell(handlers.UrgentChannel, alarm.Kind, "", true)
	}
}

// hears says whether an answer reaches who wrote.
func (t *turn) hears() bool { return !t.text.Mute && !t.state.Consent.Out }

// unanswerable is what the desk is told of a sender that is no number; "" of any other.
func (t *turn) unanswerable() string {
	if t.text.Sender == "" {
		return ""
	}
	got := "they were answered there, and"
	if t.text.Mute {
		got = "no answer reaches them, and they"
	}
	return fmt.Sprintf(" The sender is no number but %s: %s can't be texted back.", t.text.Sender, got)
}
