package feed_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/bot/feed"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/budget"
)

func TestPlaceOf(t *testing.T) {
	for _, c := range []struct {
		name, phone, country, special string
	}{
		{name: "New York", phone: "+12125550101", country: "US"},
		{name: "toll-free", phone: "+18335550101", country: "US"},
		{name: "an area code that nobody has yet", phone: "+19765550101", country: "US"},
		{name: "Toronto", phone: "+14165550101", country: "CA"},
		{name: "Puerto Rico", phone: "+17875550101", country: "PR"},
		{name: "Guam", phone: "+16715550101", country: "GU"},
		{name: "Jamaica", phone: "+18765550101", country: "JM"},
		{name: "Jamaica's other code", phone: "+16585550101", country: "JM"},
		{name: "Dominican Republic", phone: "+18095550101", country: "DO"},
		{name: "Antigua", phone: "+12685550101", country: "AG"},
		{name: "Bermuda", phone: "+14415550101", country: "BM"},
		{name: "premium rate", phone: "+19005550101", special: "a premium-rate number"},
		{name: "follow me", phone: "+15005550101", special: "a number that forwards to others"},
		{name: "France", phone: "+33612345678", country: "FR"},
		{name: "French premium", phone: "+33892123456", special: "a premium-rate number"},
		{name: "a fictional British one", phone: "+447700900123", country: "GB"},
		{
			name: "British personal", phone: "+447012345678",
			special: "a number that forwards to others",
		},
		{name: "German shared cost", phone: "+49180512345", special: "a shared-cost number"},
		{name: "Iridium", phone: "+881612345678", special: satellite},
		{name: "Inmarsat", phone: "+870773111632", special: satellite},
		{name: "Thuraya", phone: "+88216123456", special: satellite},
		{name: "international network", phone: "+883510012345", special: satellite},
		{
			name: "international premium", phone: "+979123456789",
			special: "a premium-rate number",
		},
		{name: "international shared cost", phone: "+80812345678", special: "a shared-cost number"},
		{name: "nobody's calling code", phone: "+2101234567", special: "a number of no country"},
		{name: "too short", phone: "+8816123", special: satellite},
	} {
		p, err := handlers.NewPhone(c.phone)
		if err != nil {
			t.Fatal(c.name, err)
		}
		want := budget.Place{Country: c.country, Special: c.special}
		if got := feed.PlaceOf(p); got != want {
			t.Errorf("%s: %+v, want %+v", c.name, got, want)
		}
	}
	if got := feed.PlaceOf(handlers.Phone{}); got.Country != "" || got.Special == "" {
		t.Errorf("no number is at %+v", got)
	}
}

const satellite = "a satellite or international number"

// A row with a number that isn't texted is read, with a warning at its line.
func TestANumberThatIsNotTextedIsAWarning(t *testing.T) {
	r := rules(t)
	r.Untexted = func(p handlers.Phone) string {
		if feed.PlaceOf(p).Country == "FR" {
			return "a number in FR"
		}
		return ""
	}
	visits, faults, err := feed.ReadCSV(strings.NewReader("id,name,phone,start,type\n"+
		"v1,Ana,2125550101,2026-12-01 10:00,consult\n"+
		"v2,Ben,+33612345678,2026-12-01 11:00,consult\n"), r)
	if err != nil || len(visits) != 2 {
		t.Fatalf("%v, %v: want both visits", visits, err)
	}
	if len(faults) != 1 || !faults[0].Warning || faults[0].Line != 3 ||
		faults[0].Column != "phone" || !strings.Contains(faults[0].What, "a number in FR") {
		t.Errorf("%+v: want a warning of line 3", faults)
	}
}

// What is remembered of a number is true of all numbers of its block. The blocks are of every area
// code, those of countries and of premium rates among them; more of them than are remembered.
func TestPlacesRemembersWhatIsTrue(t *testing.T) {
	var places feed.Places
	rnd := rand.New(rand.NewPCG(1, 2))
	for area := 200; area < 1000; area++ {
		for range 16 {
			exchange := 200 + rnd.IntN(800)
			for _, line := range []int{0, 101, rnd.IntN(10_000), 9999} {
				p, err := handlers.NewPhone(fmt.Sprintf("+1%03d%03d%04d", area, exchange, line))
				if err != nil {
					t.Fatal(err)
				}
				if got, want := places.Of(p), feed.PlaceOf(p); got != want {
					t.Errorf("%s: %+v, want %+v", p.E164(), got, want)
				}
			}
		}
	}
}

// What looking up a number costs, and one that is remembered. Each text does it twice.
func BenchmarkPlace(b *testing.B) {
	p, err := handlers.NewPhone("+12125550101")
	if err != nil {
		b.Fatal(err)
	}
	var places feed.Places
	for name, of := range map[string]func(handlers.Phone) budget.Place{
		"new": feed.PlaceOf, "remembered": places.Of,
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				of(p)
			}
		})
	}
}
