package handlers_test

import (
	"slices"
	"testing"

	"github.com/beacon-clinic/beacon/handlers"
)

func TestSamePatient(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{a: "Pat Doe", b: "Pat Doe", same: true},
		{a: "Pat Doe", b: "  pat   DOE ", same: true},
		{a: "Doe, Pat", b: "Pat Doe", same: true},
		{a: "DOE,PAT J", b: "Pat Doe", same: true},
		{a: "Pat J. Doe", b: "Pat Doe", same: true},
		{a: "Pat J. Doe", b: "Pat James Doe", same: true},
		{a: "Pat J. Doe", b: "Pat K. Doe"},
		{a: "José Pérez", b: "Jose Perez", same: true},
		{a: "Jose\u0301 Peŕez", b: "JOSE PEREZ", same: true},
		{a: "Mr. Pat Doe", b: "Pat Doe", same: true},
		{a: "Sra. Ana Ruiz", b: "Ruiz, Ana", same: true},
		{a: "O'Brien, Mary Ann", b: "Mary Ann OBrien", same: true},
		{a: "O’Brien-Doe, Mary", b: "Mary O'Brien Doe", same: true},
		{a: "Pat", b: "Pat Doe", same: true},
		{a: "Pat D.", b: "Pat Doe", same: true},
		{a: "Pat Doe", b: "Pat Doe Jr."},
		{a: "Pat Doe, Jr.", b: "Doe, Pat Jr", same: true},
		{a: "Pat Doe Sr", b: "Pat Doe Jr"},
		{a: "Mary Ann Doe", b: "Mary Doe"},
		{a: "Ada Doe", b: "Ben Doe"},
		{a: "Pat Doe", b: "Pat Roe"},
		{a: "Doe Pat", b: "Pat Doe"},
		{a: "", b: "", same: true},
		{a: "", b: "Pat Doe"},
		{a: "Mr.", b: "Mr. Doe"},
	} {
		if got := handlers.SamePatient(c.a, c.b); got != c.same {
			t.Errorf("%q and %q: %v", c.a, c.b, got)
		}
		if got := handlers.SamePatient(c.b, c.a); got != c.same {
			t.Errorf("%q and %q: %v", c.b, c.a, got)
		}
	}
}

func TestPatients(t *testing.T) {
	var visits []handlers.Visit
	for _, name := range []string{"Ada Example", "Ben Example", "Example, Ada", "ADA B EXAMPLE"} {
		visits = append(visits, handlers.Visit{Name: name})
	}
	want := []string{"Ada Example", "Ben Example"}
	if got := handlers.Patients(visits); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
