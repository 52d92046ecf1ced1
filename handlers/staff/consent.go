package staff

import (
	"context"
	"fmt"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/veil"
)

// consent shows the history of consent of a whole number, or of each that ends in four digits: what
// the clinic can show if a patient, or a regulator, asks why they were or weren't texted.
func (h *Handler) consent(ctx context.Context, _ handlers.Command, args string) (string, error) {
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
				may := "yes"
				switch {
				case c.Out:
					may = "no"
				case c.Basic:
					may = "yes, discreetly"
				}
				// Quoted: a patient's words may hold what breaks a table, such as tabs and line
				// ends.
				line(
					p.String(), c.At.In(h.Base.Clinic.Location()).Format("2006-01-02 15:04"), may,
					c.Way, veil.Veiled(fmt.Sprintf("%q", c.Words), "(not shown here)"),
				)
			}
		}
	}), err
}
