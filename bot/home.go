package main

import (
	"context"
	"sync"
	"time"

	"github.com/beacon-clinic/beacon/handlers/answer"
)

// homeAge is how old what Home shows may be where no visit and no case has changed: a text may have
// failed, or a quarter of an hour may have made somebody late.
const homeAge = 30 * time.Second

// home draws the Home of the desk once for all who look at it: twenty open ones cost no more than
// one. It is safe for concurrent use.
type home struct {
	mu      sync.Mutex
	changed int64     // the store's count when it was drawn
	drawn   time.Time // zero before
	shown   answer.Answer
}

// home returns what Home shows now.
func (a *app) home(ctx context.Context, _ string) (answer.Answer, error) {
	h := &a.drawn
	h.mu.Lock()
	defer h.mu.Unlock()
	changed, err := a.store.Changed(ctx)
	if err != nil {
		return answer.Answer{}, err
	}
	now := a.now()
	if !h.drawn.IsZero() && changed == h.changed && now.Sub(h.drawn) < homeAge {
		return h.shown, nil
	}
	shown, err := a.staff.Home(ctx)
	if err != nil {
		return answer.Answer{}, err
	}
	h.changed, h.drawn, h.shown = changed, now, shown
	return shown, nil
}
