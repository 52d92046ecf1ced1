package patient_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// What a patient answers is to be written to the system that the visit comes from, in the same step
// as it is stored here: their last word alone, and only where the clinic wants it.
func TestAnswersGoBackToWhereVisitsComeFrom(t *testing.T) {
	for name, c := range map[string]struct {
		source string // of the visit
		texts  []string
		want   string // what is to be written
	}{
		"C":                  {source: "ehr", texts: []string{"C"}, want: "confirmed at 10:00"},
		"can't come":         {source: "ehr", texts: []string{"cant make it"}, want: "declined at 10:00"},
		"one after another":  {source: "ehr", texts: []string{"C", "cant make it"}, want: "declined at 10:01"},
		"the same again":     {source: "ehr", texts: []string{"C", "C"}, want: "confirmed at 10:00"},
		"nothing of a visit": {source: "ehr", texts: []string{"where do i park?"}},
		"of a calendar":      {source: "calendar", texts: []string{"C"}},
		"of the desk":        {texts: []string{"C"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFront(t, openHours)
			clinic := *f.Base.Clinic
			clinic.Feeds = []settings.Feed{
				{Name: "ehr", SignIn: settings.SignIn{WriteBack: true}}, {Name: "calendar"},
			}
			was := f.Base.Clinic
			f.Base.Clinic = &clinic
			t.Cleanup(func() { f.Base.Clinic = was })
			f.visits(24)
			v, _, err := f.store.Visit(t.Context(), "v1")
			if err != nil {
				t.Fatal(err)
			}
			if v.Source = c.source; v.Source != "" {
				v.External = "a1"
			}
			f.store.Put(f.from, handlers.Effects{Visits: []handlers.Visit{v}})
			for _, text := range c.texts {
				f.text(t, text)
				f.clock.Set(f.clock.Now().Add(time.Minute))
			}
			all, err := f.store.ClaimWriteBacks(t.Context(), f.clock.Now(), 9, time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, b := range all {
				got = append(got, fmt.Sprintf("%s at %s", b.State, b.At.Format("15:04")))
				if b.Feed != c.source || b.External != "a1" || b.Phone != f.from ||
					!b.Start.Equal(v.Start) {
					t.Errorf("%+v", b)
				}
			}
			if all := strings.Join(got, ", "); all != c.want {
				t.Errorf("to be written: %q, want %q", all, c.want)
			}
		})
	}
}
