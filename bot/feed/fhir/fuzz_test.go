package fhir_test

import (
	"testing"

	"github.com/beacon-clinic/beacon/handlers"
)

// FuzzLook: whatever a server answers, nothing panics, and what is read is whole.
func FuzzLook(f *testing.F) {
	f.Add(
		`{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Appointment", "id": "a"}}]}`,
	)
	f.Add(`{"resourceType": "Bundle", "link": [{"relation": "next", "url": "?x"}]}`)
	f.Fuzz(func(t *testing.T, body string) {
		e := newEHR(
			t,
			map[string]any{"GET /r4/Appointment": body, "GET /r4": `{"resourceType": "Bundle"}`},
		)
		got, err := e.fhir(t).Look(t.Context(), handlers.Feed{}, at(noon))
		if err != nil {
			return
		}
		for _, v := range got.Given.Visits {
			if v.External == "" || v.State == "" ||
				v.State == handlers.Booked && (v.Start.IsZero() || v.Type == "" || v.Name == "") {
				t.Errorf("%+v", v)
			}
		}
	})
}
