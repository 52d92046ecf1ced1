package staff

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/veil"
)

// consent shows the history of consent of a whole number, or of each that ends in four digits: what
// the clinic can show if a patient, or a regulator, asks why they were or weren't texted. With the
// word given it records a consent that staff were given, on a form at intake say.
func (h *Handler) consent(
	ctx context.Context, c handlers.Command, args string,
) (string, error) {
	number, how, given := strings.Cut(args+" ", " given ")
	if given {
		return h.consented(ctx, c, number, strings.TrimSpace(how))
	}
	phones, err := h.numbers(ctx, args)
	if err != nil {
		return "", err
	}
	return grid(func(line func(...string)) {
		line("NUMBER", "WHEN", "MAY BE TEXTED", "WAY", "WORDS")
		for _, p := range phones {
			var all []handlers.Consent
			if all, err = h.Patients.Consents(ctx, p); err != nil {
				return
			}
			if len(all) == 0 { // a number that never said anything may be texted
				line(p.String(), "-", "yes", "-", "never said anything about it")
			}
			for _, c := range all {
				// Quoted: a patient's words may hold what breaks a table, such as tabs and line
				// ends.
				line(
					p.String(), h.minute(c.At), may(c), c.Way,
					veil.Veiled(fmt.Sprintf("%q", c.Words), "(not shown here)"),
				)
			}
		}
	}), err
}

// may says whether a consent lets a number be texted, and how.
func may(c handlers.Consent) string {
	out := "yes"
	switch {
	case c.Out:
		return "no"
	case c.Basic:
		out = "yes, discreetly"
	}
	if !c.Given.IsZero() {
		out += ", consent recorded"
	}
	return out
}

// consented records a consent, with how it was given.
func (h *Handler) consented(
	ctx context.Context, c handlers.Command, number, how string,
) (string, error) {
	p, rest, err := h.who(ctx, number)
	switch {
	case err != nil:
		return "", err
	case rest != "" || how == "":
		return "", usage("Say how it was given, like: consent 0101 given form of Dec 1")
	}
	did, err := h.Visits.Consented(ctx, p, handlers.WayIntake, how)
	switch {
	case err != nil:
		return "", err
	case did.Out:
		return p.String() + " has opted out: only a START from their own phone changes that.", nil
	case did.Words != how:
		return fmt.Sprintf(
			"The consent of %s is recorded since %s (%s).", p, h.minute(did.Given), did.Way,
		), nil
	}
	h.Log.Info("consent recorded", "of", p, "user", c.User)
	return fmt.Sprintf("Recorded: %s has consented to be texted.", p), nil
}

// minute words a moment by the clinic's clock, to the minute.
func (h *Handler) minute(t time.Time) string {
	return t.In(h.Base.Clinic.Location()).Format("2006-01-02 15:04")
}
