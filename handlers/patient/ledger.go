package patient

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/patient/intent"
)

// intoLedger moves the reply to a fetched text into the ledger, since no webhook waits for it.
// Bodies that the writer has been sent since are left out, and a writer who has opted out gets
// nothing. The rows are named by the text, so that none is planned twice.
func (b *builder) intoLedger() {
	bodies := b.e.Reply.Bodies
	b.e.Reply.Bodies = nil
	// The text itself may have opted out or in.
	out := b.in.State.Consent.Out
	if b.e.Consent != nil {
		out = b.e.Consent.Out
	}
	if out || b.text.Mute { // unlike a webhook's response, this would be a text they don't want
		return
	}
	// A row that waits too long, say because the carrier is away, isn't sent any more. The words in
	// danger never become stale.
	var until time.Time
	if !intent.InDanger(b.in.Said) {
		until = b.text.At.Add(b.base.Clinic.Stale())
	}
	for i, body := range bodies { // a millisecond apart, since rows leave in the order of Due
		if slices.Contains(b.text.Had, strings.TrimSpace(body)) {
			continue
		}
		b.e.Texts = append(b.e.Texts, handlers.Outgoing{
			ID: fmt.Sprintf("reply:%s:%d", b.text.ID, i), To: b.text.From,
			Channel: b.talk.On(b.now),
			Kind:    gate.KindReply, Body: body, Case: b.waits, Danger: intent.InDanger(b.in.Said),
			Due: b.now.Add(time.Duration(i) * time.Millisecond), Until: until,
		})
	}
}

// became returns what came of a fetched text, as the desk counts it. A text that was both answered
// and given to a person counts as the person's.
func (b *builder) became() string {
	answer := func(o handlers.Outgoing) bool { return o.Kind == gate.KindReply }
	switch {
	case intent.InDanger(b.in.Said):
		return desk.CaughtDanger
	case b.waits != "":
		return desk.CaughtPerson
	case slices.ContainsFunc(b.e.Texts, answer):
		return desk.CaughtAnswered
	}
	return desk.CaughtDone
}
