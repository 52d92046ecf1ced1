package staff

import (
	"fmt"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/knowledge"
)

// errUsage is the error of bad input. Command shows what, a sentence for staff, with the usage.
type errUsage struct{ what string }

func (e errUsage) Error() string { return e.what }

// usage formats an errUsage.
func usage(format string, args ...any) error { return errUsage{fmt.Sprintf(format, args...)} }

// first returns the veiled first name of a patient, "-" if none is known.
func first(name string) string {
	name = knowledge.First(name)
	return veil.Veiled(or(name, "-"), "")
}

// or returns s, or other if s is empty.
func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// clock words a time by the clinic's clock, in English, as the desk reads it.
func (h *Handler) clock(t time.Time) string {
	return knowledge.DeskClock(h.Base.Clinic, h.Now()).When(t, "en")
}

// noType returns the errUsage of an unknown visit type, which says which there are.
func (h *Handler) noType(name string) error {
	types := strings.Join(h.Base.Clinic.Types(), ", ")
	return usage("There is no visit type %q. There are %s.", name, types)
}
