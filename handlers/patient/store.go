package patient

import (
	"context"
	"errors"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

// stored is the result of storing a text.
type stored struct {
	reply  handlers.Reply
	alarms []handlers.Case // those that the text opened
	again  bool            // it was handled before
	cost   cost
	err    error
}

// store decides a text and stores what comes of it. If the text was handled before, the reply is
// that of the first time. said is the reply that has left already, nil if none has.
func (h *Handler) store(
	ctx context.Context, t handlers.Text, words knowledge.Reading, said *handlers.Reply,
) (s stored) {
	// Turn may call decide again with a newer state: what it sets here is that of the last call.
	decide := func(state handlers.State, rows []handlers.Record) (handlers.Effects, error) {
		b := h.decide(state, t, words, rows)
		h.ration(b, state)
		if said != nil {
			b.hasSaid(*said)
		}
		b.transcribe(state)
		s.alarms, s.cost = b.opened(), b.cost()
		return b.e, b.err
	}
	rows := needsRows(t, words)
	if !rows {
		s.reply, s.again, s.err = h.Store.Turn(
			ctx, t.ID, t.From, func(state handlers.State) (handlers.Effects, error) {
				if len(state.Patients()) > 1 {
					return handlers.Effects{}, errShared
				}
				return decide(state, nil)
			},
		)
	}
	if rows || errors.Is(s.err, errShared) {
		s.reply, s.again, s.err = h.History.TurnWithRecords(ctx, t.ID, t.From, decide)
	}
	if s.err == nil && !s.again {
		h.count(s.cost)
	}
	return s
}

// needsRows reports whether the number's rows of the ledger may be needed to understand a text: it
// is nothing but a YES or NO (or a 1, which answers like a YES), or long enough to be a text of
// ours that came back. Many texts are neither, and save the store reading them.
func needsRows(t handlers.Text, words knowledge.Reading) bool {
	return words.Bare != "" || words.Keyword == "1" || len(strings.Fields(t.Body)) >= mayQuote
}

// errShared ends a turn that nothing was written in: the phone is that of several patients, and
// whom an answer is about depends on what they were asked last.
var errShared = errors.New("patient: several patients share the phone")

// mayQuote is the fewest words of a text that may be one of ours that came back: package clean
// takes fewer for the patient's own, even between quotation marks.
const mayQuote = 4

// logAnswer logs what a text was answered with, without a word of either.
func (h *Handler) logAnswer(t handlers.Text, r handlers.Reply) {
	h.Log.Info("text answered", "from", t.From, "id", t.ID, "kind", r.Kind,
		"rule", r.Pattern(), "bodies", len(r.Bodies))
}

// replayed tells the operator of a text whose reply is forgotten already: the carrier tries again
// for seconds only, so somebody shows us what it once sent. Nothing is done, nobody is texted.
func (h *Handler) replayed(t handlers.Text, r handlers.Reply) {
	if r.Kind != "" {
		return
	}
	h.Meter.Replayed()
	h.Log.Warn("a text came again whose answer is forgotten: nothing is done. Who has seen the "+
		"carrier's requests? A new auth token ends it", "id", t.ID, "from", t.From)
}
