package main

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/bot/twilio"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/patient"
)

const (
	catchTick = 2 * time.Second // the pause between two checks whether Redis is back
	// catchGrace is the time before the list is read after an outage, in which every process stores
	// what it answered without Redis.
	catchGrace = 5 * time.Second
	// catchSoon is the pause between two reads of the list for catchFor after an outage, since the
	// list shows a text only some seconds after it came. Otherwise the pause is catchSeldom, since
	// a webhook may be lost on its way to us at any time.
	catchSoon   = 20 * time.Second
	catchFor    = 2 * time.Minute
	catchSeldom = 5 * time.Minute
	// catchYoung is how old a text must be to be handled from the list. Before that, Twilio may
	// still try its webhook, which it does for 15 s, and a text of danger that was answered without
	// the store may still be on its way into it.
	catchYoung = 20 * time.Second
	// catchOverlap is how much of the list is read again each time: the list is late now and then,
	// and clocks differ.
	catchOverlap = 15 * time.Minute
	// catchBack is how far back the list is read if Redis doesn't know how far it was read before,
	// say because it came back empty. catchMost is the farthest it is ever read: Redis must still
	// know which texts were handled.
	catchBack = 24 * time.Hour
	catchMost = 70 * time.Hour
	// catchDanger is how far back the list is searched for danger if Redis is away at the start.
	catchDanger = time.Hour
	// catchLost is how long after it came a text that we refused, and that the list never showed,
	// is given to a person.
	catchLost = 30 * time.Minute
	// catchApart is how far apart texts of one number are handled: the desk's queue and the ledger
	// keep their order by the millisecond.
	catchApart = 5 * time.Millisecond
	// catchGap is the pause after which a fetched text counts as one of another outage.
	catchGap = 30 * time.Minute
	// mostRefused bounds how many refused texts are remembered, and how many answered ones. The
	// list has all of them.
	mostRefused = 10_000
)

// catchUp fetches from Twilio's list the texts that the bot couldn't take when they came: it was
// down, Redis was away, or the webhook got lost. Receive is called by webhooks, Look by one loop.
// mu guards the fields that both use; those from heard on belong to the loop alone.
//
// Every process catches up for itself. Two that handle the same text do it under the same id, so
// the second changes nothing.
type catchUp struct {
	patient *patient.Handler
	list    *twilio.Twilio
	store   *redis.Redis
	meter   *meter
	now     func() time.Time
	log     *slog.Logger

	mu      sync.Mutex
	refused map[string]handlers.Text // texts whose webhooks we refused, without their words; by id
	// answered are the ids of the texts that were answered while Redis was away.
	answered map[string]bool
	newly    bool // a text was refused since the last look
	up       bool // Redis answered at the last look

	heard bool        // the list needn't be searched for danger any more: see listen
	soon  time.Time   // until then the list is read often
	next  time.Time   // when it is read next
	hold  time.Time   // after an error it isn't read before then
	count desk.Caught // what was fetched and isn't counted in Redis yet
	tells bool        // the desk's line about the outage isn't up to date
}

var _ twilio.Patient = (*catchUp)(nil)

// Receive implements twilio.Patient. It remembers which texts were refused, and, while Redis is
// away, which were answered. Twilio asks again about a refused text for some seconds; one that is
// taken then needn't be fetched.
//
// A bot that leaves ordinary texts to others refuses them, and they fetch them; who may be in
// danger is answered by any.
func (c *catchUp) Receive(ctx context.Context, t handlers.Text) (handlers.Reply, error) {
	if err := c.store.Serves(); err != nil && !c.endangered(ctx, t) {
		return handlers.Reply{}, err
	}
	r, err := c.patient.Receive(ctx, t)
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case err == nil:
		delete(c.refused, t.ID)
		if !c.up && len(c.answered) < mostRefused {
			c.answered[t.ID] = true
		}
	case len(c.refused) < mostRefused:
		t.Body = "" // the list has it; a patient's words aren't kept in memory for hours
		c.refused[t.ID], c.newly = t, true
	}
	return r, err
}

// endangered reports whether a text is answered even by a bot that leaves all others to other bots:
// it reads as danger, or its number has an open alarm.
func (c *catchUp) endangered(ctx context.Context, t handlers.Text) bool {
	if c.patient.Danger(t) {
		return true
	}
	s, err := c.store.Peek(ctx, t.From)
	return err == nil && s.Urgent() != nil
}

// Look fetches what was missed if it is time to: often after an outage or a start, otherwise every
// catchSeldom. While Redis is away it only searches the list for danger, once.
func (c *catchUp) Look(ctx context.Context) error {
	if err := c.store.Writable(ctx); err != nil {
		c.mu.Lock()
		c.up = false
		c.mu.Unlock()
		return errors.Join(err, c.listen(ctx))
	}
	if err := c.store.Serves(); err != nil { // others fetch what they are to answer
		c.mu.Lock()
		c.up = false // should they be gone, it is read at once
		c.mu.Unlock()
		return err
	}
	c.heard = true // fetch handles what the list holds
	now := c.now()
	c.mu.Lock()
	clear(c.answered) // from here on the store knows what was handled
	back, newly, again := !c.up, c.newly, len(c.refused) > 0
	c.newly, c.up = false, true
	c.mu.Unlock()
	// Redis is back, or this is the first look after a start; or a text was refused although Redis
	// answers. In the second case a read that is due sooner stays where it is.
	if back || newly {
		c.soon = now.Add(catchFor)
		if grace := now.Add(catchGrace); back || grace.Before(c.next) {
			c.next = grace
		}
	}
	if now.Before(c.next) || now.Before(c.hold) {
		return nil
	}
	err := c.fetch(ctx)
	if err != nil {
		// A Twilio that asks for a longer pause gets it: to insist would cost the sends their turn.
		c.hold = c.now().Add(catchSoon)
		if no, ok := errors.AsType[*handlers.Refusal](err); ok {
			c.hold = c.now().Add(max(catchSoon, no.After))
		}
		return err
	}
	// A refused text that the list doesn't show yet is looked for until it does, or is given up.
	c.next = c.now().Add(catchSeldom)
	if again || now.Before(c.soon) {
		c.next = c.now().Add(catchSoon)
	}
	return nil
}

// listen searches the list once for texts of danger that came before a start at which Redis is
// away. Nobody can know which of them were handled, so people are told of all, and every writer who
// had no answer gets the fixed words.
func (c *catchUp) listen(ctx context.Context) error {
	now := c.now()
	if c.heard || now.Before(c.hold) {
		return nil
	}
	c.hold = now.Add(catchSoon) // a list that fails is asked again, but not at every look
	since := now.Add(-catchDanger)
	listed, err := c.list.Incoming(ctx, since, wait)
	if err != nil {
		return err
	}
	if err := c.list.Answered(ctx, listed, since, wait); err != nil {
		return err
	}
	c.heard = true
	for _, t := range listed {
		if c.patient.Danger(t) && !c.received(t.ID) {
			c.patient.TellWithoutStore(ctx, t)
		}
	}
	return nil
}

// received reports whether this process answered a text by its webhook while Redis was away.
func (c *catchUp) received(id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.answered[id]
}

// fetch reads the list from where it was last read to, and handles every text that wasn't handled.
// How far it was read is stored only after all of them were, so a failure or a crash in between
// reads the same again.
func (c *catchUp) fetch(ctx context.Context) error {
	began := c.now()
	// The texts that were answered without the store are in the list too, so they are stored first.
	if err := c.patient.Restore(ctx); errors.Is(err, handlers.ErrAway) {
		return err // a text that panics keeps nothing else from being fetched
	}
	since, err := c.since(ctx, began)
	if err != nil {
		return err
	}
	listed, err := c.list.Incoming(ctx, since, wait)
	if err != nil {
		return err
	}
	todo, err := c.unhandled(ctx, listed, since, began)
	if err != nil {
		return err
	}
	err = errors.Join(c.handle(ctx, todo), c.tell(ctx))
	if err == nil {
		err = c.store.SetCaughtTo(ctx, began)
	}
	return err
}

// since returns from when on the list is read: from where it was last read to, or from the oldest
// text that we refused, if that is older; no farther back than catchMost, and catchOverlap earlier
// than all that.
func (c *catchUp) since(ctx context.Context, now time.Time) (time.Time, error) {
	since, err := c.store.CaughtTo(ctx)
	if err != nil {
		return since, err
	}
	if since.IsZero() {
		since = now.Add(-catchBack)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, t := range c.refused {
		if t.At.Before(since) {
			since = t.At
		}
	}
	if most := now.Add(-catchMost); since.Before(most) {
		since = most
	}
	return since.Add(-catchOverlap), nil
}

// unhandled returns the texts that must be handled, in the order in which they were written, but
// with all texts of numbers in danger first: a number's order holds, and no alarm waits behind a
// backlog of questions. Texts that we refused and that the list hasn't shown for catchLost come
// last; without their words they are a person's.
func (c *catchUp) unhandled(
	ctx context.Context, listed []handlers.Text, since, now time.Time,
) ([]handlers.Text, error) {
	shown := map[string]bool{}
	ids := make([]string, len(listed))
	for i, t := range listed {
		ids[i], shown[t.ID] = t.ID, true
	}
	unhandled, err := c.store.Unhandled(ctx, ids)
	if err != nil {
		return nil, err
	}
	var lost []handlers.Text
	c.mu.Lock()
	for id, t := range c.refused {
		if shown[id] {
			unhandled[id] = true // even if it was stored, its reply has reached nobody
		} else if now.Sub(t.At) > catchLost {
			lost = append(lost, t)
		}
	}
	c.mu.Unlock()
	todo := func(t handlers.Text) bool { return unhandled[t.ID] && now.Sub(t.At) >= catchYoung }
	// Whether a text was answered takes another read of Twilio's list, of the texts that went out.
	// Nearly always nothing is to be handled, and that read is saved.
	if slices.ContainsFunc(listed, todo) {
		if err := c.list.Answered(ctx, listed, since, wait); err != nil {
			return nil, err
		}
	}
	var first, then []handlers.Text
	danger := map[handlers.Phone]bool{}
	for _, t := range listed {
		danger[t.From] = danger[t.From] || todo(t) && c.patient.Danger(t)
	}
	for _, t := range listed {
		switch {
		case todo(t) && danger[t.From]:
			first = append(first, t)
		case todo(t):
			then = append(then, t)
		}
	}
	return slices.Concat(first, then, lost), nil
}

// handle handles texts one by one. If one fails, only the later texts of its number wait for it: a
// number's texts must be handled in their order (a STOP, then a START). If Redis can't be read
// either, the rest is left for the next look. The error joins all failures.
func (c *catchUp) handle(ctx context.Context, texts []handlers.Text) (all error) {
	last, stuck := map[handlers.Phone]time.Time{}, map[handlers.Phone]bool{}
	for _, t := range texts {
		if stuck[t.From] {
			continue
		}
		if err := wait(ctx, last[t.From].Add(catchApart).Sub(c.now())); err != nil {
			return errors.Join(all, err)
		}
		c.mu.Lock()
		_, refused := c.refused[t.ID]
		c.mu.Unlock()
		what, err := c.patient.CatchUp(ctx, t, refused)
		last[t.From] = c.now()
		if err != nil {
			c.log.Error(
				"fetched text: not handled, will try again", "id", t.ID, "from", t.From, "err", err,
			)
			c.meter.Fetched("failed")
			stuck[t.From], all = true, errors.Join(all, err)
			if err := c.store.Ready(ctx); err != nil {
				return all
			}
			continue
		}
		c.mu.Lock()
		delete(c.refused, t.ID)
		c.mu.Unlock()
		if what != "" {
			c.count.Add(what, t.At)
			c.meter.Fetched(what)
		}
	}
	return all
}

// tell adds what was fetched to the figures of the outage, and shows those at the desk in one line.
// Where either fails, the figures are kept for the next look: staff must learn of every text that
// came late.
func (c *catchUp) tell(ctx context.Context) error {
	if n := c.count; n.Fetched() > 0 {
		if err := c.store.CountCaught(ctx, n, c.now(), catchGap); err != nil {
			return err
		}
		c.log.Info("texts fetched that the bot couldn't take when they came",
			"fetched", n.Fetched(), "danger", n.Danger, "answered", n.Answered,
			"person", n.Person, "done", n.Done)
		c.count, c.tells = desk.Caught{}, true
	}
	if !c.tells {
		return nil
	}
	err := c.patient.TellCaught(ctx, c.store.Caught)
	c.tells = err != nil
	return err
}

// wait waits for a duration, or until the context ends; the error is then the context's. It returns
// at once for 0 or less.
func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
