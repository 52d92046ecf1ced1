package gate

import (
	"slices"

	"github.com/beacon-clinic/beacon/handlers"
)

// Untexted returns why the clinic texts no number like this one: it is in another country, or a
// premium-rate, shared-cost or satellite number; "" if it may be texted. Whoever can have a number
// there makes each text cost what they like. A sender that is no number has none to refuse.
func (t *Texter) Untexted(p handlers.Phone) string {
	if p.IsZero() {
		return ""
	}
	at := t.Place(p)
	switch {
	case at.Special != "":
		return at.Special
	case !slices.Contains(t.Countries(), at.Country):
		return "a number in " + at.Country + " (reach.countries in clinic.yaml)"
	}
	return ""
}

// Countries returns the countries whose numbers the clinic texts: those of its settings, else that
// of its own phone.
func (t *Texter) Countries() []string {
	if c := t.Clinic.Reach.Countries; len(c) > 0 {
		return c
	}
	own, err := handlers.NewPhone(t.Clinic.Phone)
	if err != nil {
		return nil
	}
	return []string{t.Place(own).Country}
}
