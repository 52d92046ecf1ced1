package patient

import (
	"slices"
	"strings"

	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/replies"

	"github.com/beacon-clinic/beacon/handlers"
)

// optOut: recorded at once and for everything. The bare keyword is answered by the carrier, other words once by us; then silence.
func (t *turn) optOut() {
	if !t.state.Consent.Out {
		t.e.Consent = &handlers.Consent{Out: true, At: t.now, Way: "text", Words: t.text.Body, Basic: t.state.Consent.Basic}
	}
	t.release("has opted out of texts.")
	t.confirmed()
	if t.e.Reply.Kind == kinds.OptOut && t.text.OptOut == "" {
		t.say(replies.OptedOut, nil)
	}
	// CANCEL and END stop all texts at the carrier, but may have meant the visit; and who says it in words of their own may have meant more.
	switch ahead := len(t.ahead()) > 0; {
	case ahead && ambiguousStop(t.read.Keyword):
		t.tell(handlers.DeskChannel, kinds.Stop, "Opted out with a visit ahead; may have meant the visit. Call them.", true)
	case ahead && t.e.Reply.Kind == kinds.OptOut:
		t.tell(handlers.DeskChannel, kinds.OptOut, "Opted out in their own words, with a visit ahead. Call them about the visit.", true)
	}
}

// confirmed takes what an opt-out says besides of coming: "no more texts please, but I'll be there".
func (t *turn) confirmed() {
	if !slices.Contains(t.verdict.Also, kinds.Confirm) {
		return
	}
	if meant := t.meant(kinds.Confirm); len(meant) > 0 && len(t.oneDay(meant)) == len(meant) {
		kind := t.e.Reply.Kind
		t.answerVisit(kinds.Confirm, meant...)
		t.e.Reply.Kind, t.e.Reply.Bodies = kind, nil
	}
}

// discretion switches how much reminders say.
func (t *turn) discretion(basic bool) {
	c := t.state.Consent
	c.At, c.Way, c.Words, c.Basic = t.now, "text", t.text.Body, basic
	t.e.Consent = &c
	t.e.Reply.Kind = kinds.Answer
	if basic {
		t.say(replies.Basic, nil)
	} else {
		t.say(replies.Detail, nil)
	}
}

// optIn: recorded; answered once unless the carrier has.
func (t *turn) optIn() {
	// A bare yes opts in at the carrier; from who never opted out it is a yes to something else.
	if !t.state.Consent.Out && strings.EqualFold(strings.Trim(t.text.Body, " .!"), "yes") {
		t.courtesy()
		return
	}
	if !t.state.Consent.Out && t.text.OptOut == "" && t.read.Keyword == "" { // "sign me up" asks for something else
		t.e.Reply.Kind = ""
		t.question()
		return
	}
	t.e.Consent = &handlers.Consent{Out: false, At: t.now, Way: "text", Words: t.text.Body, Basic: t.state.Consent.Basic}
	if t.text.OptOut == "" {
		t.say(replies.OptedIn, nil)
	}
}
