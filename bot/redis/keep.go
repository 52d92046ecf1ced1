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

// The lifetimes that are no choice of the clinic's; see Keep for the others. Each counts from the
// last write of its key, unless it says otherwise.
const (
	// keepTurn is that of the version of a number or of a slot. An expired one begins again at 0,
	// so it must outlast every turn that has read the version before.
	keepTurn = 48 * time.Hour
	// keepSlot is that of a slot, after its start if that is still to come.
	keepSlot = 30 * day
	// keepFreed is how long after a slot became free staff can list it.
	keepFreed = 7 * day
	// keepOffer is how long after an offer a late answer to it is still understood.
	keepOffer = 72 * time.Hour
	// keepWords is that of the body of an asked text, which is kept until the text is delivered:
	// if it isn't, it may be sent again.
	keepWords = 72 * time.Hour
	// keepPost is that of a post, and of what is written to other systems, from when it was last
	// tried.
	keepPost = 7 * day
	// keepPending is that of an act of staff that isn't done: longer than a bot can be away with it.
	keepPending = 48 * time.Hour
	// keepPace is that of the pace and of a day's count: longer than the day that is counted.
	keepPace = 48 * time.Hour
	// keepRefused is that of what wasn't answered: longer than a day that is counted. keepSpent is
	// that of the counts.
	keepRefused = 48 * time.Hour
	keepSpent   = 48 * time.Hour
	// keepHeld is how long it is known that somebody was posting the first card of a case, so that
	// the next one who would looks for it first.
	keepHeld = 10 * time.Minute
	// keepRing is that of when the on-call phone was told: longer than any pause between rounds.
	keepRing = 72 * time.Hour
	// keepUnasked is how long an unasked text is remembered. A number that had none for so long
	// is told anew how to opt out.
	keepUnasked = 400 * day
	// keepDoubt is how long after a restart of the server a text may be one that it has forgotten.
	keepDoubt = 24 * time.Hour
	keepProbe = time.Minute
	// keepFigures is that of a day's figures, which are numbers and tell of nobody: two years can be
	// compared.
	keepFigures = 800 * day
	// keepFeed is that of what is kept of a feed. One that isn't looked at for so long is read anew.
	keepFeed = 90 * day
	// keepHandled is how long it is known that a signed request was handled. Twilio's signature has
	// no date, so a request can be believed until the auth token is another; SECURITY.md says to
	// rotate it every year. This is a year, and a month for whoever is late: at some 200 bytes
	// each, 16 MB of 200 texts a day.
	keepHandled = 400 * day
	// keepOwn is that of a phone of a member of staff, since they said so or last called from it.
	keepOwn = 400 * day
)

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
