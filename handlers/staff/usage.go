package staff

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/beacon-clinic/beacon/knowledge"
)

// errUsage is the error of bad input. Command shows what, a sentence for staff, with the usage.
type errUsage struct{ what string }

func (e errUsage) Error() string { return e.what }

// usage formats an errUsage.
func usage(format string, args ...any) error { return errUsage{fmt.Sprintf(format, args...)} }

// grid lays cells out in columns, in a code block: only there does Slack show columns aligned.
func grid(fill func(line func(cells ...string))) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 4, 2, ' ', 0)
	fill(func(cells ...string) { fmt.Fprintln(w, strings.Join(cells, "\t")) })
	w.Flush() // a strings.Builder doesn't fail
	return "```\n" + b.String() + "```"
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
	return knowledge.When(t.In(h.Base.Clinic.Location()), "en")
}

// noType returns the errUsage of an unknown visit type, which says which there are.
func (h *Handler) noType(name string) error {
	types := strings.Join(h.Base.Clinic.Types(), ", ")
	return usage("There is no visit type %q. There are %s.", name, types)
}
