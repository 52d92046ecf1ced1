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
	catchTick   = 2 * time.Second  // how often it is looked whether Redis is back
	catchGrace  = 5 * time.Second  // first every process stores what it answered without Redis
	catchSoon   = 20 * time.Second // between two looks at the carrier's list after an outage,
	catchFor    = 2 * time.Minute  // for so long: the list shows a text some seconds after it came
	catchSeldom = 5 * time.Minute  // between two otherwise: a webhook may be lost on its way to us
	// catchYoung is how old a text must be: until then Twilio may still be asking its webhook,
	// which it does for 15 s, and one in danger that was answered without the store is stored
	// within seconds.
	catchYoung = 20 * time.Second
	// catchOverlap is how much of the list is read again: it is late now and then, and clocks
	// differ.
	catchOverlap = 15 * time.Minute
	// catchBack is how far back the list is read where Redis doesn't know how far it has been,
	// after it came back empty say; catchMost how far at most, as long as Redis knows what has
	// been handled.
	catchBack = 24 * time.Hour
	catchMost = 70 * time.Hour
	// catchDanger is how far back danger is looked for where Redis is away at the start.
	catchDanger = time.Hour
	// catchLost is after how long a text that we refused, and that the list never showed, is told
	// to a person.
	catchLost = 30 * time.Minute
	// catchApart is how far apart texts of one number are handled: the desk's queue and the
	// ledger keep their order by the millisecond.
	catchApart = 5 * time.Millisecond
	// catchGap is how long after the last text of an outage one that is fetched belongs to another.
	catchGap = 30 * time.Minute
	// mostRefused bounds how many texts are remembered to have been refused; the list has them all.
	mostRefused = 10_000
)

// catchUp brings texts in that the bot couldn't take when they came, from Twilio's list.
type catchUp struct {
	patient *patient.Handler
	list    *twilio.Twilio
	store   *redis.Redis
	meter   *meter
	now     func() time.Time
	log     *slog.Logger

	mu      sync.Mutex
	refused map[string]handlers.Text // whose webhooks were turned away, without their words
	// answered are the texts that were while Redis hadn't answered yet.
	answered map[string]bool
	newly    bool // one was, since the last look

	up    bool        // Redis answered the last time
	heard bool        // danger was looked for in the list, if Redis was away at the start
	soon  time.Time   // until then the list is looked at often
	next  time.Time   // then it is looked at next,
	hold  time.Time   // but not before then, after an error
	count desk.Caught // not counted in Redis yet
	tells bool        // the desk is to be told
}

var _ twilio.Patient = (*catchUp)(nil)

// Receive implements twilio.Patient: it remembers which texts are turned away.
func (c *catchUp) Receive(ctx context.Context, t handlers.Text) (handlers.Reply, error) {
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
		t.Body = ""
		c.refused[t.ID], c.newly = t, true
	}
	return r, err
}

// Look fetches what was missed, when it is time to: often after an outage or a start, else now
// and then.
func (c *catchUp) Look(ctx context.Context) error {
	if err := c.store.Ready(ctx); err != nil {
		c.mu.Lock()
		c.up = false
		c.mu.Unlock()
		return errors.Join(err, c.listen(ctx))
	}
	c.heard = true // what the list holds is handled in the ordinary way
	now := c.now()
	c.mu.Lock()
	clear(c.answered)
	back, newly, again := !c.up, c.newly, len(c.refused) > 0
	c.newly, c.up = false, true
	c.mu.Unlock()
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
		c.hold = c.now().Add(catchSoon)
		if no, ok := errors.AsType[*handlers.Refusal](err); ok {
			c.hold = c.now().Add(max(catchSoon, no.After))
		}
		return err
	}
	c.next = c.now().Add(catchSeldom)
	if again || now.Before(c.soon) {
		c.next = c.now().Add(catchSoon)
	}
	return nil
}

// listen looks once for danger in what came before a start at which Redis is away: nobody knows what
// was handled. Who had no answer gets the words, and people are told of all of them.
func (c *catchUp) listen(ctx context.Context) error {
	now := c.now()
	if c.heard || now.Before(c.hold) {
		return nil
	}
	c.hold = now.Add(catchSoon)
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

// received says whether this process has answered a text of danger by its webhook.
func (c *catchUp) received(id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.answered[id]
}

// fetch reads the list from where it was read to, and has every text handled that hasn't been.
func (c *catchUp) fetch(ctx context.Context) error {
	began := c.now()
	// What was answered without the store comes first: it is in the list as well.
	if err := c.patient.Restore(ctx); err != nil {
		return err
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

// since is from when on the list is read.
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

// unhandled are those of the listed texts that are to be handled, in the order in which they were
// written, but that numbers which seem in danger come first. Those that we refused and that the
// list doesn't show are among them once that has lasted too long.
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
			unhandled[id] = true // it may be stored, but its reply has reached nobody
		} else if now.Sub(t.At) > catchLost {
			lost = append(lost, t)
		}
	}
	c.mu.Unlock()
	todo := func(t handlers.Text) bool { return unhandled[t.ID] && now.Sub(t.At) >= catchYoung }
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

// handle has texts handled. One that can't be holds back the later ones of its number alone.
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

// tell counts what was fetched with what was before in the same outage, and shows it at the desk.
func (c *catchUp) tell(ctx context.Context) error {
	if n := c.count; n.Fetched() > 0 {
		if err := c.store.CountCaught(ctx, n, c.now(), catchGap); err != nil {
			return err
		}
		c.log.Info("texts fetched that the bot couldn't take when they came", "fetched", n.Fetched(),
			"danger", n.Danger, "answered", n.Answered, "person", n.Person, "done", n.Done)
		c.count, c.tells = desk.Caught{}, true
	}
	if !c.tells {
		return nil
	}
	err := c.patient.TellCaught(ctx, c.store.Caught)
	c.tells = err != nil
	return err
}

// wait waits for a duration, or until the context ends.
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
