package act

import (
	"cmp"
	"fmt"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/knowledge"
)

// First returns the veiled first name of a patient, "-" if none is known.
func First(name string) string {
	name = knowledge.First(name)
	return veil.Veiled(cmp.Or(name, "-"), "")
}

// Clock words a time by the clinic's clock, in English, as the desk reads it.
func (k *Kit) Clock(t time.Time) string {
	return knowledge.DeskClock(k.Base.Clinic, k.Now()).When(t, "en")
}

// Called names a patient for staff: the first name, veiled, and the number's last digits.
func Called(name string, p handlers.Phone) string {
	if name = knowledge.First(name); name != "" {
		return veil.Veiled(name+" ", "") + p.String()
	}
	return p.String()
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
