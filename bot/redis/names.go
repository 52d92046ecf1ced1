package redis

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"

	"github.com/beacon-clinic/beacon/handlers"
)

// names puts keyed hashes in the place of what names a person, for the names of keys and the
// members of sets: HMAC-SHA-256, cut to 128 bits. Its secret is made once, by the first process,
// and lies in Redis sealed as values are. So a number keeps its hash when keys are rotated, and
// whoever reads a backup can't try out all numbers.
type names struct{ secret []byte }

// nameSize is how many bytes of a hash are kept: two of a billion numbers share a name with a
// probability of 10^-21.
const nameSize = 16

// hash is the name of a value. what keeps hashes of different kinds apart.
func (n names) hash(what, value string) string {
	h := hmac.New(sha256.New, n.secret)
	_, _ = h.Write([]byte(what + ":" + value)) // a hash takes everything
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:nameSize])
}

// who is a phone number as keys name it; "" is nobody.
type who string

// who is what a number is called; "" for the zero phone.
func (n names) who(p handlers.Phone) who {
	if p.IsZero() {
		return ""
	}
	return who(n.hash("number", p.E164()))
}

// digits is what the last four digits of a number are called.
func (n names) digits(last4 string) string { return n.hash("last4", last4) }

// names reads the secret of the names, and makes it if there is none yet. It is read from Redis
// once a process; see keepNames.
func (r *Redis) names(ctx context.Context) (names, error) {
	if n := r.named.Load(); n != nil {
		return *n, nil
	}
	secret := make([]byte, sha256.Size)
	_, _ = rand.Read(secret) // it never fails
	return r.settleNames(ctx, secret)
}

// keepNames stores the secret of the names again if the server has lost it: it was restarted empty,
// or without its last seconds. Else the next process would make another, and what this one stores
// meanwhile, opt-outs among it, would never be found.
func (r *Redis) keepNames(ctx context.Context) error {
	n := r.named.Load()
	if n == nil {
		_, err := r.names(ctx)
		return err
	}
	_, err := r.settleNames(ctx, n.secret)
	return err
}

// storeNames offers the secret of the names. Who makes it writes first, so the layout is theirs.
//
// KEYS: names, layout
// ARGV: secret: sealed; own: the layout of this build
// Returns: the secret that is stored, sealed
var storeNames = newScript(declared{
	name: "storeNames",
	keys: "names layout",
	args: "secret own",
	lua: `
if redis.call('SETNX', names, secret) == 1 then redis.call('SETNX', layout, own) end
return redis.call('GET', names)`,
})

// settleNames offers a secret to Redis and takes the one that is there: of two processes that start
// at once the first decides.
func (r *Redis) settleNames(ctx context.Context, offered []byte) (n names, err error) {
	stored, err := storeNames.run(ctx, r.db, r.keys,
		arg{"names", r.keys.names()},
		arg{"layout", r.keys.layout()},
		arg{"secret", r.seals.seal(inNames, base64.RawStdEncoding.EncodeToString(offered))},
		arg{"own", layout}).Text()
	if err == nil {
		stored, err = r.seals.open(inNames, stored)
	}
	if err == nil {
		n.secret, err = base64.RawStdEncoding.DecodeString(stored)
	}
	if err == nil && len(n.secret) != sha256.Size {
		err = fmt.Errorf("it has %d bytes", len(n.secret))
	}
	if err != nil {
		return names{}, wrap("read the names' secret", err)
	}
	r.named.Store(&n)
	return n, nil
}
