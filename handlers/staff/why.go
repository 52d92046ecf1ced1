package staff

import (
	"context"
	"errors"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
)

// why shows for each number meant, in one table, why each of its texts was or wasn't sent, what
// will become of those that are planned, and the same of slots that were offered to it or weren't.
func (h *Handler) why(ctx context.Context, _ handlers.Command, args string) (string, error) {
	phones, err := h.numbers(ctx, args)
	if err != nil {
		return "", err
	}
	var out []string
	for _, p := range phones {
		// Each is a table with the same columns; only the first has a heading.
		texts, err1 := h.Reminders.Why(ctx, p)
		offers, err2 := h.Waitlist.Why(ctx, p)
		if err := errors.Join(err1, err2); err != nil {
			return "", err
		}
		out = append(out, p.String()+"\n"+grid(func(line func(...string)) {
			for _, l := range append(texts, offers...) {
				line(l...)
			}
		}))
	}
	return strings.Join(out, "\n"), nil
}
