package redis

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Key is a secret that seals what is stored.
type Key struct {
	ID     string // is kept with all that the key sealed, so that the right key opens it again
	secret [32]byte
}

// keyID is the form of a key's id.
var keyID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,32}$`)

// ParseKeys reads "id:base64,id:base64…", the newest key first. A secret is 32 bytes of base64,
// with or without padding, as `openssl rand -base64 32` prints it. "" is no key at all. An error
// names the key by its place or its id and never shows a secret.
func ParseKeys(s string) ([]Key, error) {
	if strings.TrimSpace(s) == "" {
		return nil, nil
	}
	var out []Key
	seen := map[string]bool{}
	for i, part := range strings.Split(s, ",") {
		id, secret, found := strings.Cut(strings.TrimSpace(part), ":")
		switch {
		case !found || !keyID.MatchString(id):
			return nil, fmt.Errorf("key %d: want id:base64, the id of letters, digits, . _ and -",
				i+1)
		case seen[id]:
			return nil, fmt.Errorf("key %q: there are two of that id", id)
		}
		seen[id] = true
		raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(secret, "="))
		if err != nil || len(raw) != len(Key{}.secret) {
			return nil, fmt.Errorf("key %q: want 32 bytes as base64 (openssl rand -base64 32)", id)
		}
		out = append(out, Key{ID: id, secret: [32]byte(raw)})
	}
	return out, nil
}

// seals seals what is stored with AES-256-GCM, under a random nonce each. NIST SP 800-38D allows a
// key 2^32 of those, which a clinic reaches in no lifetime; keys are rotated long before.
type seals struct {
	newest string // the id of the key that seals; "" leaves all as it is
	keys   map[string]cipher.AEAD
}

// ErrKey is the error of a value that was sealed with a key that isn't there.
var ErrKey = errors.New("it is sealed with a key that BEACON_KEYS doesn't hold")

// errSeal is the error of a value that isn't as it was sealed.
var errSeal = errors.New("it was changed, or is another key's")

// sealed is what a sealed value begins with. The key's id and a colon follow, then the nonce, the
// value and the tag as base64: values go through JSON and Lua, which leave only text as it is.
const sealed = "sealed:1:"

// newSeals makes the seals of some keys, the newest first.
func newSeals(keys []Key) (seals, error) {
	s := seals{keys: map[string]cipher.AEAD{}}
	for i, k := range keys {
		block, err := aes.NewCipher(k.secret[:])
		if err != nil {
			return seals{}, fmt.Errorf("redis: key %q: %w", k.ID, err)
		}
		if s.keys[k.ID], err = cipher.NewGCMWithRandomNonce(block); err != nil {
			return seals{}, fmt.Errorf("redis: key %q: %w", k.ID, err)
		}
		if i == 0 {
			s.newest = k.ID
		}
	}
	return s, nil
}

// seal seals a value for the place in which it is stored: in another place it can't be opened, so
// whoever can write to Redis can't pass a visit off as a consent. "" stays "".
func (s seals) seal(in place, plain string) string {
	if s.newest == "" || plain == "" {
		return plain
	}
	box := s.keys[s.newest].Seal(nil, nil, []byte(plain), []byte(in))
	base := base64.RawStdEncoding
	out := make([]byte, 0, len(sealed)+len(s.newest)+1+base.EncodedLen(len(box)))
	out = append(append(append(out, sealed...), s.newest...), ':')
	return string(base.AppendEncode(out, box))
}

// open is the value that was sealed. What isn't sealed is returned as it is: it was stored before
// there were keys.
func (s seals) open(in place, stored string) (string, error) {
	id, box, is := unpackSeal(stored)
	if !is {
		return stored, nil
	}
	key, known := s.keys[id]
	if !known {
		return "", fmt.Errorf("%w: %q", ErrKey, id)
	}
	raw, err := base64.RawStdEncoding.DecodeString(box)
	if err == nil {
		raw, err = key.Open(raw[:0], nil, raw, []byte(in))
	}
	if err != nil {
		return "", fmt.Errorf("%w: what key %q sealed as %s", errSeal, id, in)
	}
	return string(raw), nil
}

// unpackSeal takes a sealed value apart. is is false if it isn't sealed.
func unpackSeal(stored string) (id, box string, is bool) {
	rest, is := strings.CutPrefix(stored, sealed)
	if !is {
		return "", "", false
	}
	id, box, is = strings.Cut(rest, ":")
	return id, box, is
}

// place is where a value is stored: the first part of its key, after the clinic's prefix. It is
// part of what is sealed, so a place that is renamed can't be read any more.
type place string

const (
	inAct      place = "act"
	inAudit    place = "audit"
	inBack     place = "back"
	inCase     place = "case"
	inConsent  place = "consent"
	inConsents place = "consents"
	inDone     place = "done"
	inDraft    place = "draft"
	inFeed     place = "feed"
	inLinks    place = "links"
	inNames    place = "names"
	inOwn      place = "own"
	inPhone    place = "phone"
	inPost     place = "post"
	inProposal place = "proposals"
	inQuestion place = "question"
	inReach    place = "reach"
	inSaid     place = "said"
	inSlot     place = "slot"
	inTalk     place = "talk"
	inTaught   place = "taught"
	inText     place = "text"
	inVisit    place = "visit"
	inWaitlist place = "waitlist"
)
