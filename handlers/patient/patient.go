// Package patient answers a patient's text: danger first, then consent, then the visit, then the question; what has no sure answer goes to a
// person.
package patient

import (
	"context"
	"log/slog"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/knowledge"
)

// Handler receives the texts.
type Handler struct {
	Base  *knowledge.Base
	Store handlers.Store
	Gate  *gate.Texter
	// Poster tells people past the store of a patient in danger whom it can't take now.
	Poster *desk.Poster
	Visits *visits.Books
	// Records are the rows of a number's texts: what was asked last gives a bare YES or NO its meaning.
	Records func(ctx context.Context, p handlers.Phone) ([]handlers.Record, error)

	Live  bool // what awaits the clinic's review goes to a person
	Now   func() time.Time
	Meter Meter
	Log   *slog.Logger

	missed missed
}

// Meter counts what became of texts that came in.
type Meter interface {
	// Answered counts a text by the kind of its reply, and how long that took.
	Answered(kind string, took time.Duration)
	// Panicked counts a panic that was recovered.
	Panicked(what string)
}

// Receive answers one text. The same text again (by its id) gets the same reply and does nothing twice. An error means that nothing
// was stored and the text should come again.
func (h *Handler) Receive(ctx context.Context, t handlers.Text) (out handlers.Reply, err error) {
	defer h.survive(t, &out, &err)
	began := h.Now()
	read := h.Base.Read(t.Body, nil)
	if danger(read.Verdict) {
		reply := h.endangered(ctx, t, read)
		h.Meter.Answered(reply.Kind, h.Now().Sub(began))
		return reply, nil
	}
	rows, err := h.texts(ctx, t, read)
	if err != nil {
		return handlers.Reply{}, err
	}
	reply, again, err := h.turn(ctx, t, read, rows)
	if err != nil {
		return handlers.Reply{}, err
	}
	if !again {
		h.Meter.Answered(reply.Kind, h.Now().Sub(began))
		h.logAnswer(t, reply)
	}
	return reply, nil
}

// turn decides a text and stores what comes of it.
func (h *Handler) turn(ctx context.Context, t handlers.Text, read knowledge.Reading, rows []handlers.Record) (handlers.Reply, bool, error) {
	return h.Store.Turn(ctx, t.ID, t.From, func(s handlers.State) (handlers.Effects, error) {
		turn := h.decide(s, t, read, rows)
		turn.e.Reply = h.Gate.Reply(s, turn.e.Reply)
		return turn.e, turn.err
	})
}

func (h *Handler) logAnswer(t handlers.Text, r handlers.Reply) {
	h.Log.Info("text answered", "from", t.From, "id", t.ID, "kind", r.Kind, "rule", r.Rule, "entry", r.Entry, "bodies", len(r.Bodies))
}

// Ask says what the bot would make of a text from a number in the given state, reminded of its visits; nothing is stored, nothing sent.
func (h *Handler) Ask(s handlers.State, body string) (handlers.Reply, error) {
	t := h.decide(s, handlers.Text{ID: "ask", Body: body, At: h.Now()}, h.Base.Read(body, nil), h.reminded(s))
	if t.e.Reply.Also == nil {
		t.e.Reply.Also = []string{}
	}
	return t.e.Reply, t.err
}
