package patient

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/beacon-clinic/beacon/handlers/guard"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/knowledge"
)

// Danger has a way of its own: the words leave within wordsTime, whatever the store does, and if it
// hasn't stored the text within bookTime, people are told without it.
const (
	wordsTime = 400 * time.Millisecond
	bookTime  = 2 * time.Second
)

// missed holds the texts of patients in danger that the store hasn't taken, until it does.
type missed struct {
	mu    sync.Mutex
	texts []missedText
	work  sync.WaitGroup // texts whose storing outlives their answer
}

type missedText struct {
	text handlers.Text
	c    handlers.Case
	told *desk.Reached
	rung int // rounds of the on-call phone since
}

// mostMissed bounds what is held; more patients in danger than that in one outage have all been told of.
const mostMissed = 1000

// stored is what came of storing a text.
type stored struct {
	reply handlers.Reply
	again bool
	err   error
}

// endangered answers a patient in danger. The words come first: what the store makes of the text is
// waited for only briefly, and without it they are those of a number that nothing is known of.
func (h *Handler) endangered(ctx context.Context, t handlers.Text, read knowledge.Reading) handlers.Reply {
	done := make(chan stored, 1)
	h.missed.work.Go(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), bookTime)
		defer cancel()
		s := h.book(ctx, t, read)
		if s.err != nil {
			h.straight(t, read, s.err)
		}
		done <- s
	})
	wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), wordsTime)
	defer cancel()
	select {
	case s := <-done:
		if s.err == nil {
			if !s.again {
				h.logAnswer(t, s.reply)
			}
			return s.reply
		}
	case <-wait.Done():
	}
	return h.decide(handlers.State{Phone: t.From}, t, read, nil).e.Reply
}

// book stores a text. A panic on the way is an error of the store's.
func (h *Handler) book(ctx context.Context, t handlers.Text, read knowledge.Reading) (s stored) {
	p := guard.Run(func() {
		rows, err := h.texts(ctx, t, read)
		if s.err = err; err == nil {
			s.reply, s.again, s.err = h.turn(ctx, t, read, rows)
		}
	})
	if p != nil {
		h.panicked(t, p)
		s.err = p
	}
	return s
}

// straight has people told of a text that the store hasn't taken, and holds it until it does.
func (h *Handler) straight(t handlers.Text, read knowledge.Reading, why error) {
	h.Log.Error("store is away: people are told of a patient in danger without it", "from", t.From, "id", t.ID, "err", why)
	var cases []handlers.Case
	p := guard.Run(func() { cases = h.decide(handlers.State{Phone: t.From}, t, read, nil).e.Cases })
	if p != nil {
		h.panicked(t, p)
		cases = h.wordsAlone(t, read).e.Cases
	}
	for _, c := range cases {
		m := missedText{text: t, c: c, told: h.Poster.Straight(c)}
		h.missed.mu.Lock()
		if len(h.missed.texts) < mostMissed {
			h.missed.texts = append(h.missed.texts, m)
		}
		h.missed.mu.Unlock()
	}
}

// Wait waits for what is still being stored of texts that were answered.
func (h *Handler) Wait() { h.missed.work.Wait() }

// Restore stores what was missed, once the store answers again. Until then nobody can take those
// cases, so the on-call phone is told of them again, at the pauses at which a case pages.
func (h *Handler) Restore(ctx context.Context) error {
	h.missed.mu.Lock()
	texts := h.missed.texts
	h.missed.texts = nil
	h.missed.mu.Unlock()
	var all error
	var left []missedText
	for i, m := range texts {
		if ctx.Err() != nil || errors.Is(all, handlers.ErrAway) { // the others wait as well
			left = append(left, texts[i:]...)
			break
		}
		if err := h.store(ctx, m); err != nil {
			all = errors.Join(all, err)
			left = append(left, m)
			continue
		}
		h.Log.Info("stored what came while the store was away", "id", m.text.ID)
	}
	h.ringAgain(left)
	h.missed.mu.Lock()
	h.missed.texts = append(left, h.missed.texts...)
	h.missed.mu.Unlock()
	return all
}

// store stores a text that was missed. A panic is its own matter.
func (h *Handler) store(ctx context.Context, m missedText) (err error) {
	decide := func(s handlers.State) (handlers.Effects, error) {
		turn := h.decide(s, m.text, h.Base.Read(m.text.Body, nil), nil)
		for i := range turn.e.Posts {
			turn.e.Posts[i].Again = m.told.Shown.Load()
		}
		return turn.e, turn.err
	}
	if p := guard.Run(func() { _, _, err = h.Store.Turn(ctx, m.text.ID, m.text.From, decide) }); p != nil {
		return p
	}
	return err
}

// ringAgain tells the on-call phone of the cases whose time has come, in one round.
func (h *Handler) ringAgain(texts []missedText) {
	var cases []handlers.Case
	var due []int
	for i, m := range texts {
		at := m.c.At.Add(h.Base.Clinic.OnCall())
		if m.rung > 0 || m.told.Rung.Load() {
			at = m.c.At
			for round := range m.rung + 1 {
				at = at.Add(h.Base.Clinic.PageAfter(round))
			}
		}
		if m.told.Owed.Load() || !h.Now().Before(at) {
			cases, due = append(cases, m.c), append(due, i)
		}
	}
	if len(cases) == 0 {
		return
	}
	if !h.Poster.RingAgain(cases) {
		return
	}
	for _, i := range due {
		if !texts[i].told.Owed.Swap(false) {
			texts[i].rung++
		}
		texts[i].told.Rung.Store(true)
	}
}
