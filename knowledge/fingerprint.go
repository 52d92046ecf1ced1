package knowledge

import (
	"cmp"
	"slices"

	"github.com/beacon-clinic/beacon/knowledge/language"
)

// Fingerprint returns the hash of all that the base says and reads by: two bots with the same
// fingerprint answer alike. What staff have published isn't part of it, because all bots learn that.
// Comments and the order of files don't count.
func (b *Base) Fingerprint() string {
	byID := func(x, y *Entry) int { return cmp.Compare(x.ID, y.ID) }
	entries := slices.SortedFunc(slices.Values(b.Entries), byID)
	said := map[string]language.Words{}
	for name, r := range b.replies {
		said[name] = r.words
	}
	for name, t := range b.templates {
		said["!"+name] = t.words
	}
	return hashOf(b.Clinic, entries, said, b.rules, b.model.Sources, b.model.own)
}
