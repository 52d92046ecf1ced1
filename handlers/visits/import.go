package visits

import (
	"context"
	"fmt"

	"github.com/beacon-clinic/beacon/handlers"
)

// Import books visits one by one and counts the outcomes; a visit with State Cancelled is taken off
// instead. Those come first: another visit of the import may fill the time that they leave, which
// must not be offered to the waitlist as well. progress is called after each. At the first error
// Import stops: the count is of the visits that are done, and the same import again does the rest.
func (b *Books) Import(
	ctx context.Context, visits []handlers.Visit, progress func(done, of int),
) (map[Outcome]int, error) {
	count, done := map[Outcome]int{}, 0
	for _, off := range []bool{true, false} {
		for _, v := range visits {
			if off != (v.State == handlers.Cancelled) {
				continue
			}
			what, err := Cancelled, error(nil)
			if off {
				err = b.cancel(ctx, v.ID)
			} else {
				what, err = b.put(ctx, v, handlers.Cancelled)
			}
			if err != nil {
				return count, fmt.Errorf(
					"visit %s (%d of %d are done): %w", v.ID, done, len(visits), err,
				)
			}
			count[what]++
			done++
			progress(done, len(visits))
		}
	}
	return count, nil
}
