package handlers_test

import (
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// Without patients' words nobody's last name is shown, however an export writes the whole one.
func TestNamed(t *testing.T) {
	for _, test := range []struct {
		name     string
		first    string // by settings.NamesFirst
		initials string
		whole    string // with words
	}{
		{name: "Ana Example", first: "Ana E.", initials: "A. E.", whole: "Ana Example"},
		{name: " Example,  Ana ", first: "Ana E.", initials: "A. E.", whole: "Example, Ana"},
		{name: "ANA MARTA DÍAZ", first: "Ana D.", initials: "A. D.", whole: "ANA MARTA DÍAZ"},
		{name: "Mr. Pat Doe Jr.", first: "Pat D.", initials: "M. J.", whole: "Mr. Pat Doe Jr."},
		{name: "Íñigo Ñandú", first: "Iñigo N.", initials: "Í. Ñ.", whole: "Íñigo Ñandú"},
		{name: "Flor", first: "Flor", initials: "F.", whole: "Flor"},
		{name: "DOE Pat", first: "D. P.", initials: "D. P.", whole: "DOE Pat"},
		{name: "Ли Вэй", first: "Л. В.", initials: "Л. В.", whole: "Ли Вэй"},
		{name: "", first: "", initials: "", whole: ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			for names, want := range map[string]string{
				settings.NamesFirst: test.first, settings.NamesInitials: test.initials,
			} {
				var c settings.Clinic
				c.Desk.Names = names
				if got := veil.Shown(handlers.Named(&c, test.name), false); got != want {
					t.Errorf("%s: %q, want %q", names, got, want)
				}
				alone := veil.Shown(handlers.NamedFirst(&c, test.name), false)
				if names == settings.NamesFirst && !strings.HasPrefix(test.first, alone) ||
					names == settings.NamesInitials && alone != "" && alone != test.initials {
					t.Errorf("%s: beside a number: %q", names, alone)
				}
				if got := veil.Shown(handlers.Named(&c, test.name), true); got != test.whole {
					t.Errorf("with words: %q, want %q", got, test.whole)
				}
			}
		})
	}
}
