package redis

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/beacon-clinic/beacon/handlers/audit"
)

// Verified is what a look at the whole audit found.
type Verified struct {
	Entries     int64       // that are there and in order
	First, Last audit.Acted // of those
	Trimmed     int64       // how many entries before the first have outlived their time
	Head        Head        // where the chain ends
	// Broken is the number of the first entry that isn't as it was written; 0 if all are. Why says
	// what is wrong with it.
	Broken int64
	Why    string
}

// Verify reads the whole audit and reports the first entry that isn't as it was written. known is
// a head that was written down elsewhere, or the zero Head: against it shows a chain whose end was
// cut off, or that was begun anew. Acts may be written down, and days outlive their time, meanwhile.
// The error is the store's.
func (r *Redis) Verify(ctx context.Context, known Head) (v Verified, err error) {
	for range 3 {
		_, before, err1 := r.auditEnd(ctx, r.keys.auditAnchor())
		v, err = r.verify(ctx, known)
		_, after, err2 := r.auditEnd(ctx, r.keys.auditAnchor())
		if err != nil || v.Broken == 0 || before == after || err1 != nil || err2 != nil {
			break
		}
	}
	return v, err
}

func (r *Redis) verify(ctx context.Context, known Head) (Verified, error) {
	head, ends, err1 := r.auditEnd(ctx, r.keys.auditHead())
	anchor, begins, err2 := r.auditEnd(ctx, r.keys.auditAnchor())
	for _, err := range []error{err1, err2} {
		if err != nil && !errors.Is(err, errSeal) {
			return Verified{}, err
		}
	}
	err1, err2 = cmp.Or(err1, r.seals.bare(ends)), cmp.Or(err2, r.seals.bare(begins))
	c := chain{seals: r.seals, known: known, end: anchor}
	c.Head, c.Trimmed = head, anchor.N
	switch {
	case err1 != nil:
		c.broken(anchor.N+1, "the end of the chain was changed: "+err1.Error())
	case err2 != nil:
		c.broken(1, "the beginning of the chain was changed: "+err2.Error())
	case head.N == 0 && anchor.Day != "":
		c.broken(anchor.N+1, "cut off: the end of the chain is missing")
	case head.N == 0 && known.N > 0:
		c.broken(1, fmt.Sprintf("cut off: there were %d entries", known.N))
	case head.N > 0 && anchor.Day == "":
		c.broken(1, "the beginning of the chain is missing")
	}
	if c.Broken > 0 || head.N == 0 {
		return c.Verified, nil
	}
	c.meet(anchor)
	if err := r.auditDays(ctx, shift(anchor.Day, 1), head.Day, c.see); err != nil {
		return Verified{}, err
	}
	if c.end.N > head.N { // written down meanwhile, if the end of the chain knows of it
		var err error
		if c.Head, err = r.AuditHead(ctx); err != nil {
			return Verified{}, err
		}
	}
	c.close()
	return c.Verified, nil
}

// bare returns an error if a part of the audit isn't sealed though there are keys: anybody could have
// written it.
func (s seals) bare(stored string) error {
	if _, _, is := unpackSeal(stored); is || stored == "" || s.newest == "" {
		return nil
	}
	return errors.New("it lies in clear, as what was stored before there were keys; " +
		"`bot keys rotate` seals that")
}

// chain is a walk along the audit.
type chain struct {
	Verified
	seals seals
	known Head
	end   Head // of what was walked so far
}

// broken notes the first entry that is wrong.
func (c *chain) broken(n int64, why string) {
	if c.Broken == 0 {
		c.Broken, c.Why = n, why
	}
}

// see walks over the next stored entry. Once one is missing it only looks whether that comes later;
// it returns false when there is nothing left to find out.
func (c *chain) see(day, stored string) bool {
	plain, err := c.seals.open(inAudit, stored)
	var e audit.Acted
	if err = cmp.Or(err, c.seals.bare(stored)); err == nil {
		err = json.Unmarshal([]byte(plain), &e)
	}
	if c.Broken > 0 {
		if err == nil && e.N == c.Broken {
			c.Why = "out of order: it stands behind another"
		}
		return e.N != c.Broken
	}
	next := c.end.N + 1
	switch {
	case errors.Is(err, ErrKey):
		c.broken(next, err.Error())
	case err != nil:
		c.broken(next, "changed: "+err.Error())
	case e.N < next:
		c.broken(next, fmt.Sprintf("out of order: entry %d stands in its place", e.N))
	case e.N > next:
		c.broken(next, fmt.Sprintf("missing: entry %d follows", e.N))
		return true
	case e.Prev != c.end.Hash && c.Entries == 0:
		c.broken(next, "changed: it doesn't follow what outlived its time before it")
	case e.Prev != c.end.Hash:
		c.broken(c.end.N, "changed: the entry after it has another hash of it")
	}
	if c.Broken > 0 {
		return false
	}
	if c.Entries == 0 {
		c.First = e
	}
	c.Entries, c.Last = c.Entries+1, e
	c.end = Head{N: e.N, Hash: hashOf(plain), Day: day}
	c.meet(c.end)
	return c.Broken == 0
}

// meet holds an end of the chain against those that were written down: the stored one, and the one
// that is known.
func (c *chain) meet(end Head) {
	switch {
	case end.N == 0:
	case end.N == c.known.N && end.Hash != c.known.Hash:
		c.broken(end.N, "changed: it isn't the one that was written down as "+c.known.String())
	case end.N == c.Head.N && end.Hash != c.Head.Hash:
		c.broken(end.N, "changed: the end of the chain has another hash of it")
	}
}

// close looks whether the chain ends where it should.
func (c *chain) close() {
	switch {
	case c.end.N < c.Head.N:
		c.broken(c.end.N+1, fmt.Sprintf("cut off: there were %d entries", c.Head.N))
	case c.end.N > c.Head.N:
		c.broken(c.Head.N+1, "the end of the chain doesn't know of it")
	case c.known.N > c.end.N:
		c.broken(c.end.N+1, fmt.Sprintf("cut off: there were %d entries", c.known.N))
	}
}
