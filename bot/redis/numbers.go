package redis

import (
	"context"
	"errors"
	"slices"

	"github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/handlers"
)

// mostNumbers bounds how many numbers with the same last four digits are returned.
const mostNumbers = 50

// Numbers returns the numbers that end in four digits and have had a turn, in no order. Of more
// than mostNumbers it is a random choice.
func (r *Redis) Numbers(ctx context.Context, last4 string) ([]handlers.Phone, error) {
	known, err := r.names(ctx)
	if err != nil {
		return nil, err
	}
	lately := &redis.ZRangeBy{Min: num(ms(r.now())), Max: "+inf", Count: mostNumbers}
	all, err := r.db.ZRevRangeByScore(ctx, r.keys.last4(known.digits(last4)), lately).Result()
	if err != nil || len(all) == 0 {
		return nil, wrap("list numbers", err)
	}
	phones := make([]string, len(all))
	for i, n := range all {
		phones[i] = r.keys.phone(who(n))
	}
	found, err := r.db.MGet(ctx, phones...).Result()
	if err != nil {
		return nil, wrap("read numbers", err)
	}
	return r.openPhones(found)
}

// openPhones opens stored numbers; what has expired is left out.
func (r *Redis) openPhones(found []any) (out []handlers.Phone, err error) {
	for _, one := range found {
		plain, err := r.seals.open(inPhone, text(one))
		if err != nil {
			return nil, wrap("read number", err)
		}
		if p, err := handlers.NewPhone(plain); err == nil {
			out = append(out, p)
		}
	}
	return out, nil
}

// Ref returns what a number is called where it must not stand itself, in a button say: the keyed
// hash by which keys name it.
func (r *Redis) Ref(ctx context.Context, p handlers.Phone) (string, error) {
	known, err := r.names(ctx)
	return string(known.who(p)), err
}

// ByRef returns the number that is called so; ok is false if it had no turn, or is forgotten.
func (r *Redis) ByRef(ctx context.Context, ref string) (p handlers.Phone, ok bool, err error) {
	sealed, err := r.db.Get(ctx, r.keys.phone(who(ref))).Result()
	if errors.Is(err, redis.Nil) {
		return p, false, nil
	}
	if err != nil {
		return p, false, wrap("read number", err)
	}
	plain, err := r.seals.open(inPhone, sealed)
	if err != nil {
		return p, false, wrap("read number", err)
	}
	p, err = handlers.NewPhone(plain)
	return p, err == nil, err
}

// Consents returns the last keepConsents changes of a number's consent, oldest first.
func (r *Redis) Consents(ctx context.Context, p handlers.Phone) ([]handlers.Consent, error) {
	known, err := r.names(ctx)
	if err != nil {
		return nil, err
	}
	all, err := r.db.LRange(ctx, r.keys.consents(known.who(p)), 0, -1).Result()
	if err != nil {
		return nil, wrap("read consents", err)
	}
	return decodeAll[handlers.Consent](r.seals, inConsents, anys(all))
}

// Owned is what the store holds of a number.
type Owned struct {
	Keys []string // the keys that concern the number, sorted; a slot among them may concern others
	// Members are the set members and hash fields that name the number, by the key that they share
	// with other numbers. Queues and other sets of the clinic hold ids only.
	Members map[string][]string
}

// Keys lists what the store holds of a number. It reads in several steps, so what is written
// meanwhile may be missing.
func (r *Redis) Keys(ctx context.Context, p handlers.Phone) (Owned, error) {
	known, err := r.names(ctx)
	if err != nil {
		return Owned{}, err
	}
	replies, err := r.matching(ctx, r.keys.done(known.who(p), "*"))
	if err != nil {
		return Owned{}, wrap("list replies of a number", err)
	}
	own, err := r.keysOf(ctx, known.who(p), replies)
	if err != nil {
		return Owned{}, wrap("list keys of a number", err)
	}
	staff, err := r.ownOf(ctx, p)
	if err != nil {
		return Owned{}, err
	}
	own = append(own, staff...)
	members, err := r.membersOf(ctx, known, p)
	return Owned{Keys: own, Members: members}, wrap("list what names a number", err)
}

// keysOf lists the keys of a number that exist, sorted: those that are named by it, those of the
// ids that these hold, those in its index, the threads of its cases, and its replies, which are
// given.
func (r *Redis) keysOf(ctx context.Context, n who, replies []string) ([]string, error) {
	pipe := r.db.Pipeline()
	index := pipe.ZRange(ctx, r.keys.of(n), 0, -1)
	visits := pipe.ZRange(ctx, r.keys.visitsOf(n), 0, -1)
	cases := pipe.SMembers(ctx, r.keys.casesOf(n))
	texts := pipe.ZRange(ctx, r.keys.textsOf(n), 0, -1)
	offers := pipe.ZRange(ctx, r.keys.offersOf(n), 0, -1)
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, err
	}
	all := r.keys.ofNumber(n)
	for _, name := range index.Val() {
		all = append(all, r.keys.prefix+name)
	}
	all = append(all, replies...)
	for _, id := range visits.Val() {
		all = append(all, r.keys.visit(id))
	}
	for _, id := range cases.Val() {
		all = append(all, r.keys.caseOf(id))
	}
	for _, id := range texts.Val() {
		all = append(all, r.keys.text(id), r.keys.words(id))
	}
	for _, id := range offers.Val() {
		all = append(all, r.keys.slot(id))
	}
	threads, err := r.threadsOf(ctx, all)
	if err != nil {
		return nil, err
	}
	all = append(all, threads...)
	slices.Sort(all)
	return r.existing(ctx, slices.Compact(all))
}

// matching looks through all keys for those of a pattern.
func (r *Redis) matching(ctx context.Context, pattern string) (out []string, err error) {
	node, err := r.home(ctx)
	if err != nil {
		return nil, err
	}
	for scan := node.Scan(ctx, 0, pattern, scanBatch).Iterator(); ; {
		if !scan.Next(ctx) {
			return out, scan.Err()
		}
		out = append(out, scan.Val())
	}
}

// scanBatch is how many keys one look goes through: the server does nothing else meanwhile.
const scanBatch = 1000

// threadsOf returns the keys of the threads of those of some keys that are cases.
func (r *Redis) threadsOf(ctx context.Context, all []string) (out []string, err error) {
	var threads []*redis.StringCmd
	pipe := r.db.Pipeline()
	for _, key := range all {
		if r.keys.isCase(key) {
			threads = append(threads, pipe.HGet(ctx, key, "thread"))
		}
	}
	if len(threads) == 0 {
		return nil, nil
	}
	_, _ = pipe.Exec(ctx) // each command has its own error
	for _, one := range threads {
		switch err := one.Err(); err {
		case nil:
			out = append(out, r.keys.thread(one.Val()))
		case redis.Nil: // its card was never posted
		default:
			return nil, err
		}
	}
	return out, nil
}

// existing returns those of some keys that exist, in their order.
func (r *Redis) existing(ctx context.Context, all []string) (out []string, err error) {
	there := make([]*redis.IntCmd, len(all))
	_, err = r.db.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, key := range all {
			there[i] = p.Exists(ctx, key)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i, key := range all {
		if there[i].Val() == 1 {
			out = append(out, key)
		}
	}
	return out, nil
}

// membersOf returns what names a number in keys that it shares with others.
func (r *Redis) membersOf(
	ctx context.Context, known names, p handlers.Phone,
) (map[string][]string, error) {
	out := map[string][]string{}
	key, member := r.keys.last4(known.digits(p.Last4())), string(known.who(p))
	switch err := r.db.ZScore(ctx, key, member).Err(); {
	case err == nil:
		out[key] = []string{member}
	case !errors.Is(err, redis.Nil):
		return nil, err
	}
	wishes, err := r.Wishes(ctx)
	for _, w := range wishes {
		if w.Phone == p {
			out[r.keys.waitlist()] = append(out[r.keys.waitlist()], known.wishField(w))
		}
	}
	if err != nil {
		return nil, err
	}
	links, err := r.allLinks(ctx)
	for _, l := range links {
		if l.Phone == p {
			out[r.keys.links()] = append(out[r.keys.links()], known.linkField(l))
		}
	}
	return out, err
}
