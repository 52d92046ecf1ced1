package visits

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/beacon-clinic/beacon/handlers"
)

// Consented records that a number's owner has consented to be texted, as staff or an import know it
// (way is handlers.WayIntake or handlers.WayImport; words are what shows it, "" for none). Nothing
// changes if that is recorded already. Nor does it if the number has opted out: only its own word
// takes that back. It reports how the consent stands afterwards.
func (b *Books) Consented(
	ctx context.Context, p handlers.Phone, way, words string,
) (stands handlers.Consent, err error) {
	id := fmt.Sprintf("consent:%s:%d", way, b.Now().UnixNano())
	decide := func(s handlers.State) (e handlers.Effects, err error) {
		stands = s.Consent
		if stands.Out || !stands.Given.IsZero() {
			return e, nil
		}
		stands.Given, stands.At, stands.Way, stands.Words = b.Now(), b.Now(), way, words
		e.Consent = &stands
		return e, nil
	}
	_, again, err := b.Store.Turn(ctx, id, p, decide)
	if again && err == nil {
		var s handlers.State
		s, err = b.Store.Peek(ctx, p)
		stands = s.Consent
	}
	return stands, err
}

// AllConsented is Consented for the numbers of an import, each once.
func (b *Books) AllConsented(ctx context.Context, numbers []handlers.Phone, way string) error {
	seen := map[handlers.Phone]bool{}
	var each []handlers.Phone
	for _, p := range numbers {
		if !seen[p] {
			seen[p], each = true, append(each, p)
		}
	}
	var mu sync.Mutex
	var all error
	inParallel(len(each), func(i int) {
		mu.Lock()
		failed := all != nil
		mu.Unlock()
		if failed {
			return
		}
		if _, err := b.Consented(ctx, each[i], way, ""); err != nil {
			mu.Lock()
			defer mu.Unlock()
			all = errors.Join(all, err)
		}
	})
	return all
}
