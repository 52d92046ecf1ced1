package visits

import (
	"context"
	"fmt"

	"github.com/beacon-clinic/beacon/handlers"
)

// Import brings visits in one by one and counts what became of them: one that is Cancelled is taken
// off, any other booked. Those that are off come first, since another visit of the import may fill
// the time that they leave. progress hears of each, so that long work shows. With an error, the
// count is of those that are done; the same import again finishes it.
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
