package patient

import (
	"context"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// CatchUp handles a text from the carrier's list whose webhook may have failed. The text keeps its
// id, so one that was handled before changes nothing. Its reply leaves through the ledger. refused
// says that this process refused the webhook, so that a reply which was stored all the same has
// reached nobody. CatchUp returns what came of the text (desk.CaughtDanger, …), "" if it was
// handled before. After an error the same text may be given to it again. Texts of one number should
// come in the order in which they were written: an earlier one that comes later is a person's.
func (h *Handler) CatchUp(
	ctx context.Context, t handlers.Text, refused bool,
) (what string, err error) {
	began := h.Now()
	t.Fetched = true
	words := h.Base.Read(t.Body, nil)
	// Unlike a text by webhook it always needs the rows: by them it is known whether a visit was
	// booked or moved after it was written.
	var took cost
	decide := func(s handlers.State, rows []handlers.Record) (handlers.Effects, error) {
		b := h.decide(s, t, words, rows)
		h.ration(b, s)
		b.transcribe(s)
		took = b.cost()
		b.intoLedger()
		what = b.became()
		return b.e, b.err
	}
	reply, again, err := h.History.TurnWithRecords(ctx, t.ID, t.From, decide)
	if err != nil {
		return "", err
	}
	// It may have been told of while the store was away. toDesk names the alarm of a text by the
	// text's id.
	h.memory.forget(writerOf(t))
	h.Poster.Stored("text:" + t.ID)
	switch {
	// It was stored, although its webhook ended in an error: the store's answer was lost, say.
	case again && refused && !t.Answered && !t.Mute && len(reply.Bodies) > 0:
		return h.undelivered(ctx, t, reply)
	case again:
		return "", nil
	}
	h.count(took)
	h.Meter.Answered(reply.Kind, h.Now().Sub(began))
	h.Log.Info("text caught up on", "from", t.From, "id", t.ID, "kind", reply.Kind,
		"rule", reply.Pattern(), "what", what,
		"age", began.Sub(t.At).Round(time.Second))
	return what, nil
}

// TellWithoutStore handles a text of danger from the carrier's list while the store is away, when
// nobody can know whether it was handled before. The writer gets the fixed words, unless the list
// shows that they had an answer, and people are told. CatchUp stores the text when the store is
// back.
func (h *Handler) TellWithoutStore(ctx context.Context, t handlers.Text) {
	t.Fetched = true
	b := h.withoutStore(t, h.Base.Read(t.Body, nil))
	h.memory.forget(writerOf(t)) // the poster knows the alarm
	b.intoLedger()               // the rows are sent below, past the ledger
	if len(b.e.Texts) > 0 {
		if err := h.Gate.SendNow(ctx, b.e.Texts); err != nil {
			h.Log.Error("words not sent to a patient in danger",
				"from", t.From, "id", t.ID, "err", err)
		}
	}
	for _, c := range b.opened() {
		h.Poster.StraightAgain(c)
	}
	h.Log.Error("a text of danger was fetched while the store is away: people are told without it",
		"from", t.From, "id", t.ID)
}

// undelivered sends a reply that was stored but never reached the patient. If it has become stale,
// a person is asked to answer instead.
func (h *Handler) undelivered(
	ctx context.Context, t handlers.Text, reply handlers.Reply,
) (what string, err error) {
	id := "undelivered:" + t.ID // an event of its own: the text's id is taken
	decide := func(s handlers.State) (handlers.Effects, error) {
		said := screen.Verdict{Kind: reply.Kind}
		// The text isn't read again. What it did stands, only the stored words must still leave.
		b := h.build(h.Now(), t, intent.Intent{State: s, Talk: s.Conversation, Said: said})
		if b.now.Sub(t.At) <= h.Base.Clinic.Stale() || intent.InDanger(said) {
			what = desk.CaughtAnswered
			b.e.Reply = h.Gate.Reply(s, reply)
			b.intoLedger()
			return b.e, nil
		}
		what = desk.CaughtPerson
		return desk.OpenCase(s, handlers.Case{
			ID: id, Channel: handlers.DeskChannel, Kind: kinds.Handoff, Open: true,
			Title: "What they wrote (" + reply.Kind + ") was taken, " +
				"but the bot's answer didn't reach them. " + b.written(),
			Text: t.Body, Source: t.ID, At: b.now,
		}), nil
	}
	if _, again, err := h.Store.Turn(ctx, id, t.From, decide); err != nil || again {
		return "", err
	}
	h.Log.Info("text caught up on: it was handled, but its answer lost", "from", t.From,
		"id", t.ID, "what", what)
	return what, nil
}
