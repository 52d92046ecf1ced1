package patient

import (
	"context"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

// store decides a text and stores what comes of it. If it was handled before, the reply is that of
// the first time.
func (h *Handler) store(ctx context.Context, t handlers.Text, words knowledge.Reading) (s stored) {
	rows, err := h.rows(ctx, t, words)
	if err != nil {
		return stored{err: err}
	}
	decide := func(state handlers.State) (handlers.Effects, error) {
		b := h.decide(state, t, words, rows)
		b.e.Reply = h.Gate.Reply(state, b.e.Reply)
		s.alarms = b.opened()
		return b.e, b.err
	}
	s.reply, s.again, s.err = h.Store.Turn(ctx, t.ID, t.From, decide)
	return s
}

// rows are the number's rows of the ledger, where the text may be something that only they give a
// meaning: a YES or NO and nothing else, or one that is long enough to bring a text of ours back.
func (h *Handler) rows(
	ctx context.Context, t handlers.Text, words knowledge.Reading,
) ([]handlers.Record, error) {
	if words.Bare == "" && words.Keyword != "1" && len(strings.Fields(t.Body)) < mayQuote {
		return nil, nil
	}
	return h.History.Records(ctx, t.From)
}

// mayQuote is how many words a text has at least that brings one of ours back.
const mayQuote = 4

func (h *Handler) logAnswer(t handlers.Text, r handlers.Reply) {
	h.Log.Info("text answered", "from", t.From, "id", t.ID, "kind", r.Kind, "rule", r.Rule,
		"entry", r.Entry, "bodies", len(r.Bodies))
}
