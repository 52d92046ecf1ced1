// Package patient answers a patient's text: danger first, then consent, then the visit, then the question; what has no sure answer goes to a
// person.
package patient

import (
	"context"
	"log/slog"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/knowledge"
)

// Handler receives the texts.
type Handler struct {
	Base  *knowledge.Base
	Store handlers.Store
	Gate  *gate.Texter
	Desk  handlers.Desk // the page of a patient in danger goes out here when the store is away
	// Alarm words what the on-call phone is told of a case, when the store is away.
	Alarm func(c handlers.Case, round int, now time.Time) ([]handlers.Outgoing, error)
	// Swap books a visit that the patient took by text, in place of another if old isn't nil.
	Swap func(s handlers.State, v handlers.Visit, old *handlers.Visit, lang string) (e handlers.Effects, prepare string, err error)
	// Records are the rows of a number's texts: what was asked last gives a bare YES or NO its meaning.
	Records func(ctx context.Context, p handlers.Phone) ([]handlers.Record, error)

	Live  bool // what awaits the clinic's review goes to a person
	Now   func() time.Time
	Meter handlers.Meter
	Log   *slog.Logger

	missed missed
}

// Receive answers one text. The same text again (by its id) gets the same reply and does nothing twice. An error means that nothing
// was stored and the text should come again.
func (h *Handler) Receive(ctx context.Context, t handlers.Text) (out handlers.Reply, err error) {
	defer h.survive(ctx, t, &out, &err)
	began := h.Now()
	read := h.Base.Read(t.Body, nil)
	rows, err := h.texts(ctx, t, read)
	if err != nil {
		if danger(read.Verdict) {
			return h.without(ctx, t, read, err), nil
		}
		return handlers.Reply{}, err
	}
	reply, again, err := h.Store.Turn(ctx, t.ID, t.From, func(s handlers.State) (handlers.Effects, error) {
		turn := h.decide(s, t, read, rows)
		turn.e.Reply = h.Gate.Reply(s, turn.e.Reply)
		return turn.e, turn.err
	})
	if err != nil {
		// A concern is no danger: like any other text it is refused, so that the carrier asks again.
		if danger(read.Verdict) {
			return h.without(ctx, t, read, err), nil
		}
		return handlers.Reply{}, err
	}
	if !again {
		h.Meter.Answered(reply.Kind, h.Now().Sub(began))
		h.Log.Info("text answered", "from", t.From, "id", t.ID, "kind", reply.Kind, "rule", reply.Rule, "entry", reply.Entry, "bodies", len(reply.Bodies))
	}
	return reply, nil
}

// Ask says what the bot would make of a text from a number in the given state, reminded of its visits; nothing is stored, nothing sent.
func (h *Handler) Ask(s handlers.State, body string) (handlers.Reply, error) {
	t := h.decide(s, handlers.Text{ID: "ask", Body: body, At: h.Now()}, h.Base.Read(body, nil), h.reminded(s))
	if t.e.Reply.Also == nil {
		t.e.Reply.Also = []string{}
	}
	return t.e.Reply, t.err
}
