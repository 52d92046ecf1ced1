package redis

import (
	"context"
	"slices"
	"time"

	"github.com/beacon-clinic/beacon/handlers/learning"
	"github.com/beacon-clinic/beacon/knowledge"
)

// saveProposal stores a proposal if it is as it was read.
//
// KEYS: proposals
// ARGV: id, was: as it was read, sealed; "" if it is new, is: the new one
// Returns: 1, or 0 if another is there by now
var saveProposal = newScript(declared{
	name: "saveProposal",
	keys: "proposals",
	args: "id was is",
	lua: `
if (redis.call('HGET', proposals, id) or '') ~= was then return 0 end
redis.call('HSET', proposals, id, is)
return 1`,
})

// Proposals implements learning.Store.
func (r *Redis) Proposals(ctx context.Context) ([]learning.Proposal, error) {
	all, err := r.db.HVals(ctx, r.keys.proposals()).Result()
	if err != nil {
		return nil, wrap("read proposals", err)
	}
	out := make([]learning.Proposal, len(all))
	for i, stored := range all {
		if err := r.seals.decode(inProposal, stored, &out[i]); err != nil {
			return nil, err
		}
		out[i].Version = stored
	}
	slices.SortFunc(out, func(a, b learning.Proposal) int {
		if n := a.Steps[0].At.Compare(b.Steps[0].At); n != 0 {
			return n
		}
		return slices.Compare([]string{a.ID}, []string{b.ID})
	})
	return out, nil
}

// SaveProposal implements learning.Store.
func (r *Redis) SaveProposal(ctx context.Context, p learning.Proposal) (bool, error) {
	is, err := r.seals.encode(inProposal, p)
	if err != nil {
		return false, err
	}
	n, err := saveProposal.run(ctx, r.db, r.keys,
		arg{"proposals", r.keys.proposals()},
		arg{"id", p.ID},
		arg{"was", p.Version},
		arg{"is", is}).Int()
	return n == 1, wrap("store proposal", err)
}

// DropProposal implements learning.Store.
func (r *Redis) DropProposal(ctx context.Context, id string) error {
	return wrap("drop proposal", r.db.HDel(ctx, r.keys.proposals(), id).Err())
}

// taught is a wording that staff taught in a build before there were proposals.
type taught struct{ Entry, Ask, By, At string }

// AdoptTaught makes proposals that are published of what staff taught in builds before. It may be
// called again, and by several processes at once: the field names the proposal.
func (r *Redis) AdoptTaught(ctx context.Context) error {
	all, err := r.db.HGetAll(ctx, r.keys.taught()).Result()
	if err != nil {
		return wrap("read what was taught", err)
	}
	for field, stored := range all {
		var t taught
		if err := r.seals.decode(inTaught, stored, &t); err != nil {
			return err
		}
		at, _ := time.Parse(time.DateOnly, t.At) // a day that can't be read is long ago
		p := learning.Proposal{
			ID: field, State: learning.Published,
			Lesson: knowledge.Lesson{Entry: t.Entry, Asks: map[string][]string{"en": {t.Ask}}},
			Steps: []learning.Step{
				{State: learning.Waiting, By: t.By, At: at},
				{State: learning.Published, By: t.By, At: at},
			},
		}
		if _, err := r.SaveProposal(ctx, p); err != nil {
			return err
		}
		if err := r.db.HDel(ctx, r.keys.taught(), field).Err(); err != nil {
			return wrap("adopt what was taught", err)
		}
	}
	return nil
}
