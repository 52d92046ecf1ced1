package redis

import (
	"context"

	"github.com/beacon-clinic/beacon/handlers"
)

// mostNumbers bounds how many numbers with the same last four digits are looked at.
const mostNumbers = 50

// Numbers are those that end in four digits and that anything is known of.
func (r *Redis) Numbers(ctx context.Context, last4 string) ([]handlers.Phone, error) {
	all, err := r.db.SRandMemberN(ctx, keyLast4(last4), mostNumbers).Result()
	if err != nil {
		return nil, wrap("read numbers", err)
	}
	var out []handlers.Phone
	for _, s := range all {
		if p, err := handlers.NewPhone(s); err == nil {
			out = append(out, p)
		}
	}
	return out, nil
}

// Consents is the consent ledger of a number, oldest first.
func (r *Redis) Consents(ctx context.Context, p handlers.Phone) ([]handlers.Consent, error) {
	all, err := r.db.LRange(ctx, keyConsents(p.E164()), 0, -1).Result()
	if err != nil {
		return nil, wrap("read consents", err)
	}
	out := make([]handlers.Consent, len(all))
	for i, s := range all {
		if err := unmarshal(s, &out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}
