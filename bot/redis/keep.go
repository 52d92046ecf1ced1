package redis

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/redis/go-redis/v9"
)

// Keep is how long what concerns a patient is kept. What is 0 is kept as long as defaultKeep says.
type Keep struct {
	// What is remembered of a conversation, since its last text.
	Talk time.Duration
	// What an event, a patient's text say, was answered with. At least three days: the carrier's
	// list is read so far back, and an event whose reply is gone would be answered again.
	Reply    time.Duration
	Case     time.Duration // a case at the desk, since its last change
	Visit    time.Duration // since its start
	Text     time.Duration // a text of ours and what became of it, since then
	Said     time.Duration // the words of a conversation, of either side
	Number   time.Duration // a number that a visit or a consent is known of, since its last turn
	Stranger time.Duration // any other number
	// The history of a number's consent, since its last change. That a number has opted out is kept
	// for ever, under a keyed hash and without words: see keys.out.
	Consent  time.Duration
	Question time.Duration // what a patient asked, without what names them
	Wish     time.Duration // a place on the waitlist, since it was taken
	Audit    time.Duration // what staff did and saw, by whole days
}

// day is a day of a lifetime.
const day = 24 * time.Hour

// defaultKeep is how long things are kept unless the clinic says otherwise. Consent outlives the
// four years in which a text can be sued over. source: 28 U.S.C. 1658(a). What staff did is kept for
// six years. source: 45 CFR 164.316(b)(2)(i)
var defaultKeep = Keep{
	Talk: day, Reply: 3 * day, Case: 30 * day, Visit: 90 * day, Text: 90 * day, Said: 30 * day,
	Number: 400 * day, Stranger: 30 * day, Consent: 5 * 365 * day, Question: 90 * day, Wish: 180 * day, Audit: 2192 * day,
}

// settle fills in the defaults.
func (k *Keep) settle() error {
	for _, one := range []struct{ is, or *time.Duration }{
		{&k.Talk, &defaultKeep.Talk},
		{&k.Reply, &defaultKeep.Reply},
		{&k.Case, &defaultKeep.Case},
		{&k.Visit, &defaultKeep.Visit},
		{&k.Text, &defaultKeep.Text},
		{&k.Said, &defaultKeep.Said},
		{&k.Number, &defaultKeep.Number},
		{&k.Stranger, &defaultKeep.Stranger},
		{&k.Consent, &defaultKeep.Consent},
		{&k.Question, &defaultKeep.Question},
		{&k.Wish, &defaultKeep.Wish},
		{&k.Audit, &defaultKeep.Audit},
	} {
		if *one.is == 0 {
			*one.is = *one.or
		}
	}
	if k.Reply < defaultKeep.Reply {
		return fmt.Errorf("redis: replies are kept %v, want %v or longer", k.Reply, defaultKeep.Reply)
	}
	return nil
}

// Sweep removes from the sets that live as long as the clinic what has outlived its time. All else
// expires by itself.
func (r *Redis) Sweep(ctx context.Context) error {
	now := r.now()
	_, err := r.db.Pipelined(ctx, func(p redis.Pipeliner) error {
		older := func(set string, before int64) { p.ZRemRangeByScore(ctx, set, "-inf", num(before)) }
		older(r.keys.visits(), now.Add(-r.keep.Visit).Unix())
		older(r.keys.cases(), ms(now.Add(-r.keep.Case)))
		older(r.keys.untaken(), ms(now.Add(-r.keep.Case)))
		older(r.keys.failed(), ms(now.Add(-r.keep.Text)))
		older(r.keys.questions(), ms(now.Add(-r.keep.Question)))
		older(r.keys.slots(), ms(now.Add(-keepFreed)))
		return nil
	})
	if err != nil {
		return wrap("sweep", err)
	}
	return errors.Join(r.sweepWishes(ctx, now), r.sweepLinks(ctx, now), r.sweepAudit(ctx, now))
}

// sweepWishes takes off the waitlist who has stood on it too long.
func (r *Redis) sweepWishes(ctx context.Context, now time.Time) error {
	all, err := r.Wishes(ctx)
	if err != nil {
		return err
	}
	old := slices.DeleteFunc(all, func(w handlers.Wish) bool {
		return now.Sub(w.At) <= r.keep.Wish
	})
	return sweepFields(ctx, r, r.keys.waitlist(), old, names.wishField)
}

// sweepFields removes what is old from a hash; field returns the name of its field.
func sweepFields[T any](
	ctx context.Context, r *Redis, key string, old []T, field func(names, T) string,
) error {
	if len(old) == 0 {
		return nil
	}
	known, err := r.names(ctx)
	if err != nil {
		return err
	}
	fields := make([]string, len(old))
	for i, one := range old {
		fields[i] = field(known, one)
	}
	return wrap("sweep "+key, r.db.HDel(ctx, key, fields...).Err())
}
