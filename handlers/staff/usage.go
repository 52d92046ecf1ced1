package staff

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/beacon-clinic/beacon/knowledge"
)

// errUsage is bad input: its text is shown to the one who asked.
type errUsage struct{ what string }

func (e errUsage) Error() string { return e.what }

// usage words bad input.
func usage(format string, args ...any) error { return errUsage{fmt.Sprintf(format, args...)} }

// grid lays cells out in columns.
func grid(fill func(line func(cells ...string))) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 4, 2, ' ', 0)
	fill(func(cells ...string) { fmt.Fprintln(w, strings.Join(cells, "\t")) })
	w.Flush() // a strings.Builder doesn't fail
	return "```\n" + b.String() + "```"
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// clock is a time as the desk reads it.
func (h *Handler) clock(t time.Time) string {
	return knowledge.When(t.In(h.Base.Clinic.Location()), "en")
}

// noType says which types of visit there are.
func (h *Handler) noType(name string) error {
	types := strings.Join(h.Base.Clinic.Types(), ", ")
	return usage("There is no visit type %q. There are %s.", name, types)
}
