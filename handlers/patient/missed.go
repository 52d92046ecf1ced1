package patient

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

// missed holds the texts of patients in danger that came while the store was away, until they are stored.
type missed struct {
	mu    sync.Mutex
	texts []missedText
}

type missedText struct {
	text    handlers.Text
	c       handlers.Case
	shown   bool // the desk has the card
	alarmed bool // the on-call phone was told
}

// pageTime is how long the desk and the on-call phone are given then: the patient waits for the words.
const pageTime = 4 * time.Second

// mostMissed bounds what is held; more patients in danger than that in one outage have all been shown at the desk.
const mostMissed = 1000

// without answers a patient in danger while the store is away: the fixed words, and the page straight to the desk. If that is away as
// well, the on-call phone is told at once. The text is stored when the store is back.
func (h *Handler) without(ctx context.Context, t handlers.Text, read knowledge.Reading, why error) handlers.Reply {
	h.Log.Error("store is away: a patient in danger is answered without it", "from", t.From, "id", t.ID, "err", why)
	turn := h.decide(handlers.State{Phone: t.From}, t, read, nil)
	// The store may have used up all the time that the text had.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), pageTime)
	defer cancel()
	for _, c := range turn.e.Cases {
		h.tell(ctx, t, c)
	}
	h.Meter.Answered(turn.e.Reply.Kind, 0)
	return turn.e.Reply
}

// tell tells people of a case that can't be stored now, and keeps its text until it can.
func (h *Handler) tell(ctx context.Context, t handlers.Text, c handlers.Case) {
	m := missedText{text: t, c: c}
	_, err := h.Desk.Card(ctx, c, false)
	if err != nil {
		h.Log.Error("page failed", "from", t.From, "id", t.ID, "err", err)
		m.alarmed = h.alarm(ctx, c)
	}
	m.shown = err == nil
	h.missed.mu.Lock()
	defer h.missed.mu.Unlock()
	if len(h.missed.texts) < mostMissed {
		h.missed.texts = append(h.missed.texts, m)
	}
}

func (h *Handler) alarm(ctx context.Context, c handlers.Case) bool {
	rows, err := h.Alarm(c, 0, h.Now())
	if err == nil {
		err = h.Gate.AlarmNow(ctx, rows)
	}
	if err != nil {
		h.Log.Error("on-call phone not told", "phone", c.Phone, "err", err)
	}
	return err == nil
}

// Restore stores what was missed, once the store answers again; until then nobody can take those cases, so the on-call phone is told of each
// that is older than the clinic allows.
func (h *Handler) Restore(ctx context.Context) error {
	h.missed.mu.Lock()
	defer h.missed.mu.Unlock()
	var all error
	var left []missedText
	for _, m := range h.missed.texts {
		err := h.store(ctx, m)
		if err == nil {
			h.Log.Info("stored what came while the store was away", "id", m.text.ID)
			continue
		}
		all = errors.Join(all, err)
		if !m.alarmed && h.Now().Sub(m.c.At) >= h.Base.Clinic.OnCall() {
			m.alarmed = h.alarm(ctx, m.c)
		}
		left = append(left, m)
	}
	h.missed.texts = left
	return all
}

// store stores a text that was missed. A panic is its own matter: the others are stored all the
// same.
func (h *Handler) store(ctx context.Context, m missedText) (err error) {
	decide := func(s handlers.State) (handlers.Effects, error) {
		turn := h.decide(s, m.text, h.Base.Read(m.text.Body, nil), nil)
		for i := range turn.e.Posts {
			turn.e.Posts[i].Again = m.shown
		}
		return turn.e, turn.err
	}
	p := handlers.Guard(func() {
		_, _, err = h.Store.Turn(ctx, m.text.ID, m.text.From, decide)
	})
	if p != nil {
		return p
	}
	return err
}
