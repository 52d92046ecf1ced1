package visits

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/guard"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// Outbox is the queue of what is to be written to other systems.
type Outbox interface {
	// ClaimWriteBacks takes up to n of what is due, each until the lease ends.
	ClaimWriteBacks(
		ctx context.Context, now time.Time, n int, lease time.Duration,
	) ([]handlers.WriteBack, error)
	// SettleWriteBack ends one, or has it tried again then. One that was overtaken by what the
	// patient said since stays as it is.
	SettleWriteBack(ctx context.Context, b handlers.WriteBack, again time.Time) error
}

// System is another system that takes what patients answer.
type System interface {
	// WriteBack writes an answer. The same again changes nothing. [handlers.ErrOvertaken] says that
	// it isn't written for good. The error is shown to staff: it names nobody.
	WriteBack(ctx context.Context, b handlers.WriteBack, now time.Time) error
}

// Writer writes what patients answer to the systems that their visits come from, and tells the desk
// of what it couldn't write.
type Writer struct {
	Base    *knowledge.Base
	Store   handlers.Store
	Visits  Finder
	Outbox  Outbox
	Systems map[string]System // by the name of their feed
	Now     func() time.Time
	Log     *slog.Logger
}

const (
	// writeTime bounds one attempt; writeLease is longer, so that nobody else makes it meanwhile.
	writeTime  = 90 * time.Second
	writeLease = 2 * time.Minute
	// writeRounds bounds one Deliver.
	writeRounds = 100
	// A system that fails is tried again after a minute, then after twice as long each time.
	writeAgain   = time.Minute
	writeSeldom  = time.Hour
	mostDoubling = 10
	// How long an answer is tried: half the time until the visit, so that a person has the other
	// half, within these.
	leastPatience = 10 * time.Minute
	mostPatience  = 24 * time.Hour
)

// Deliver writes what is due, one at a time, until nothing is. The error is the store's: a system
// that fails is none, but is tried again.
func (w *Writer) Deliver(ctx context.Context) (unread error) {
	for round := 0; round < writeRounds && ctx.Err() == nil; round++ {
		all, err := w.Outbox.ClaimWriteBacks(ctx, w.Now(), 1, writeLease)
		unread = errors.Join(unread, err)
		if len(all) == 0 {
			return unread
		}
		for _, b := range all {
			if err := w.deliver(ctx, b); err != nil {
				return errors.Join(unread, err)
			}
		}
	}
	return unread
}

// deliver writes one answer and settles it, unless it holds no longer: the desk or the feed has
// changed the visit, or the patient asks for another time.
func (w *Writer) deliver(ctx context.Context, b handlers.WriteBack) error {
	v, known, err := w.Visits.Visit(ctx, b.ID)
	if err != nil {
		return err
	}
	if !known || v.State != b.State || !v.Start.Equal(b.Start) {
		return w.Outbox.SettleWriteBack(ctx, b, time.Time{})
	}
	err = w.write(ctx, b)
	// What was done by now is recorded even if the process ends.
	ctx = context.WithoutCancel(ctx)
	now := w.Now()
	switch {
	case err == nil:
		w.Log.Info("feed: answer written back", "feed", b.Feed, "state", b.State)
		return w.Outbox.SettleWriteBack(ctx, b, time.Time{})
	case errors.Is(err, context.Canceled):
		return w.Outbox.SettleWriteBack(ctx, b, now)
	case !errors.Is(err, handlers.ErrOvertaken) && now.Before(b.At.Add(patience(b))):
		w.Log.Warn("feed: answer not written back, will try again", "feed", b.Feed, "err", err)
		again := writeAgain << min(b.Tries, mostDoubling)
		return w.Outbox.SettleWriteBack(ctx, b, now.Add(min(again, writeSeldom)))
	}
	w.Log.Warn("feed: answer not written back", "feed", b.Feed, "err", err)
	if err := w.tell(ctx, b, err); err != nil {
		return err
	}
	return w.Outbox.SettleWriteBack(ctx, b, time.Time{})
}

// write writes one answer to its system. A panic of one system is its failure.
func (w *Writer) write(ctx context.Context, b handlers.WriteBack) (err error) {
	to := w.Systems[b.Feed]
	if to == nil {
		return fmt.Errorf("clinic.yaml has no such feed any more: %w", handlers.ErrOvertaken)
	}
	ctx, cancel := context.WithTimeout(ctx, writeTime)
	defer cancel()
	if p := guard.Run(func() { err = to.WriteBack(ctx, b, w.Now()) }); p != nil {
		w.Log.Error("feed: panicked", "feed", b.Feed, "panic", p)
		return errors.New("the program failed at it")
	}
	return err
}

// patience is how long an answer is tried before a person is told.
func patience(b handlers.WriteBack) time.Duration {
	return min(max(b.Start.Sub(b.At)/2, leastPatience), mostPatience)
}

// tell brings an answer that couldn't be written to the desk, once.
func (w *Writer) tell(ctx context.Context, b handlers.WriteBack, why error) error {
	now := w.Now()
	id := fmt.Sprintf("back:%s:%d", b.ID, b.At.UnixMilli())
	said := "Confirmed"
	switch b.State {
	case handlers.Declined:
		said = "Can't come"
	case handlers.Off:
		said = "Taken off: the visit"
	}
	when := knowledge.DeskClock(w.Base.Clinic, now).When(b.Start, "en")
	c := handlers.Case{
		ID: id, Channel: handlers.DeskChannel, Kind: kinds.NotWritten, At: now, Open: true,
		Title: fmt.Sprintf("%s %s, which couldn't be written to %q: %v. Please see to it there.",
			said, when, b.Feed, why),
		Matter: handlers.Matter(handlers.MatterWrite, b.ID), Visit: b.ID, Until: b.Start,
	}
	_, _, err := w.Store.Turn(ctx, id, b.Phone, func(s handlers.State) (handlers.Effects, error) {
		return desk.OpenCase(s, c), nil
	})
	return err
}
