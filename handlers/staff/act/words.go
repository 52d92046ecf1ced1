package act

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

// Named names a patient in a list, "-" if no name is known.
func (k *Kit) Named(name string) string {
	return cmp.Or(handlers.NamedFirst(k.Base.Clinic, name), "-")
}

// Clock words a time by the clinic's clock, in English, as the desk reads it.
func (k *Kit) Clock(t time.Time) string {
	return knowledge.DeskClock(k.Base.Clinic, k.Now()).When(t, "en")
}

// Called names a patient in a sentence, by name and the number's last digits.
func (k *Kit) Called(name string, p handlers.Phone) string {
	return strings.TrimSpace(handlers.NamedFirst(k.Base.Clinic, name) + " " + p.String())
}

// Names names the patients of a number; "" if none is known.
func (k *Kit) Names(ctx context.Context, p handlers.Phone) (string, error) {
	if p.IsZero() {
		return "", nil
	}
	s, err := k.Store.Peek(ctx, p)
	var names []string
	for _, name := range s.Household() {
		if name = handlers.NamedFirst(k.Base.Clinic, name); name != "" {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", "), err
}

// Minute words a moment by the clinic's clock, to the minute.
func (k *Kit) Minute(t time.Time) string {
	return t.In(k.Base.Clinic.Location()).Format("2006-01-02 15:04")
}

// Visits counts visits.
func Visits(n int) string {
	if n == 1 {
		return "1 visit"
	}
	return fmt.Sprintf("%d visits", n)
}

// Things counts what waits.
func Things(n int) string {
	if n == 1 {
		return "1 thing waits"
	}
	return fmt.Sprintf("%d things wait", n)
}
