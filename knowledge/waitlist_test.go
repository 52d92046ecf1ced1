package knowledge_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

func TestACopyOfTheScreenWithoutOffersHasTheShippedOnes(t *testing.T) {
	b, err := knowledge.Load(fstest.MapFS{
		"faq/a.yaml":    {Data: []byte(`[{id: hours, asks: {en: [hours]}, answer: {en: We are open.}}]`)},
		"screen/a.yaml": {Data: []byte("classes:\n  confirm:\n    exact: [c]\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if v := b.Read("YES", nil).In(screen.Context{Offer: true}); v.Offer != screen.Take || v.Bare != screen.Yes {
		t.Errorf("%+v", v)
	}
}

func TestWaitlistSettings(t *testing.T) {
	shipped, err := os.ReadFile("clinic.yaml")
	if err != nil {
		t.Fatal(err)
	}
	before, after, _ := strings.Cut(string(shipped), "\nwaitlist:\n")
	_, after, _ = strings.Cut(after, "\n\n")
	for settings, want := range map[string]string{
		"":                                 "",
		"waitlist: {on: true}":             "",
		"waitlist: {offer_minutes: 1}":     "waitlist: want at_once of 1 or more",
		"waitlist: {at_once: -1}":          "waitlist: want at_once of 1 or more",
		"waitlist: {notice_hours: -3}":     "waitlist: want at_once of 1 or more",
		"waitlist: {at_once: 2, once: no}": "field once not found",
	} {
		_, err := knowledge.Load(fstest.MapFS{
			"clinic.yaml": {Data: []byte(before + "\n" + settings + "\n\n" + after)},
			"faq/a.yaml":  {Data: []byte(`[{id: hours, asks: {en: [hours]}, answer: {en: We are open.}}]`)},
		})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", settings, err, want)
		}
	}
}
