// Package patient answers a patient's text: danger first, then consent, then the visit, then the question; what has no sure answer goes to a
// person.
package patient

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// Handler receives the texts.
type Handler struct {
	Base  *knowledge.Base
	Store handlers.Store
	Gate  *handlers.Texter
	Desk  handlers.Desk // the page of a patient in danger goes out here when the store is away
	Live  bool          // what awaits the clinic's review goes to a person
	Now   func() time.Time
	Meter handlers.Meter
	Log   *slog.Logger
}

// Receive answers one text. The same text again (by its id) gets the same reply and does nothing twice. An error means that nothing
// was stored and the text should come again.
func (h *Handler) Receive(ctx context.Context, t handlers.Text) (handlers.Reply, error) {
	began := h.Now()
	rule := ""
	reply, again, err := h.Store.Turn(ctx, t.ID, t.From, func(s handlers.State) (handlers.Effects, error) {
		turn := h.decide(s, t)
		rule = turn.verdict.Rule
		turn.e.Reply = h.Gate.Reply(s, turn.e.Reply)
		return turn.e, turn.err
	})
	if err != nil {
		if danger := h.Base.Screen(t.Body, screen.Context{}); danger.Kind == knowledge.Crisis || danger.Kind == knowledge.Emergency {
			return h.without(ctx, t, err)
		}
		return handlers.Reply{}, err
	}
	if !again {
		h.Meter.Answered(reply.Kind, h.Now().Sub(began))
		h.Log.Info("text answered", "from", t.From, "id", t.ID, "kind", reply.Kind, "rule", rule, "entry", reply.Entry, "bodies", len(reply.Bodies))
	}
	return reply, nil
}

// Ask says what the bot would make of a text from a number in the given state; nothing is stored, nothing sent.
func (h *Handler) Ask(s handlers.State, body string) (handlers.Reply, error) {
	t := h.decide(s, handlers.Text{ID: "ask", Body: body, At: h.Now()})
	if t.e.Reply.Also == nil {
		t.e.Reply.Also = []string{}
	}
	return t.e.Reply, t.err
}

// pageTime bounds the page of a patient in danger, within the time that a carrier waits for the words.
const pageTime = 4 * time.Second

// without answers a patient in danger while the store is away: the fixed words, and the page straight to the desk.
func (h *Handler) without(ctx context.Context, t handlers.Text, why error) (handlers.Reply, error) {
	h.Log.Error("store is away: a patient in danger is answered without it", "from", t.From, "id", t.ID, "err", why)
	turn := h.decide(handlers.State{Phone: t.From}, t)
	// The store may have used up all the time that the text had.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), pageTime)
	defer cancel()
	for _, c := range turn.e.Cases {
		if _, err := h.Desk.Card(ctx, c, false); err != nil {
			h.Log.Error("page failed", "from", t.From, "id", t.ID, "err", err)
			turn.err = errors.Join(turn.err, err)
		}
	}
	h.Meter.Answered(turn.e.Reply.Kind, 0)
	// The patient gets the words even when the page failed.
	return turn.e.Reply, nil
}
