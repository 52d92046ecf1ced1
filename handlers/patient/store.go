package patient

import (
	"context"
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
// that of the first time.
func (h *Handler) store(ctx context.Context, t handlers.Text, words knowledge.Reading) (s stored) {
	rows, err := h.rows(ctx, t, words)
	if err != nil {
		return stored{err: err}
	}
	// Turn may call decide again with a newer state: what it sets here is that of the last call.
	decide := func(state handlers.State) (handlers.Effects, error) {
		b := h.decide(state, t, words, rows)
		h.ration(b, state)
		s.alarms, s.cost = b.opened(), b.cost()
		return b.e, b.err
	}
	s.reply, s.again, s.err = h.Store.Turn(ctx, t.ID, t.From, decide)
	if s.err == nil && !s.again {
		h.count(s.cost)
	}
	return s
}

// rows returns the number's rows of the ledger if the text may need them to be understood: if it is
// nothing but a YES or NO (or a 1, which answers like a YES), or long enough to be a text of ours
// that came back. Most texts are neither, and save the store a read. The error is the store's.
func (h *Handler) rows(
	ctx context.Context, t handlers.Text, words knowledge.Reading,
) ([]handlers.Record, error) {
	if words.Bare == "" && words.Keyword != "1" && len(strings.Fields(t.Body)) < mayQuote {
		return nil, nil
	}
	return h.History.Records(ctx, t.From)
}

// mayQuote is the fewest words of a text that may be one of ours that came back: package clean
// takes fewer for the patient's own, even between quotation marks.
const mayQuote = 4

// logAnswer logs what a text was answered with, without a word of either.
func (h *Handler) logAnswer(t handlers.Text, r handlers.Reply) {
	h.Log.Info("text answered", "from", t.From, "id", t.ID, "kind", r.Kind,
		"rule", r.Pattern(), "bodies", len(r.Bodies))
}
