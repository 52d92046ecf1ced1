package feed

import (
	"github.com/nyaruka/phonenumbers"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/budget"
)

// world is the region that the library gives to calling codes of no country: satellites (870, 881),
// international networks (882, 883), premium-rate (979), shared-cost (808). source: UN M.49
const world = "001"

// PlaceOf says in which country a number is, and whether it is one that costs more than an ordinary
// one. A number that the library's lists lack (a new area code) is one of the main country of its
// calling code: of +1 that is the United States, for the Caribbean countries are known by their
// area codes. The zero Phone, and a calling code that nobody has, are nowhere.
func PlaceOf(p handlers.Phone) budget.Place {
	n, err := phonenumbers.Parse(p.E164(), "")
	if err != nil {
		return budget.Place{Special: "a number of no country"}
	}
	region := phonenumbers.GetRegionCodeForNumber(n)
	if region == "" {
		region = phonenumbers.GetRegionCodeForCountryCode(int(n.GetCountryCode()))
	}
	switch phonenumbers.GetNumberType(n) {
	case phonenumbers.PREMIUM_RATE:
		return budget.Place{Special: "a premium-rate number"}
	case phonenumbers.SHARED_COST:
		return budget.Place{Special: "a shared-cost number"}
	case phonenumbers.PERSONAL_NUMBER, phonenumbers.UAN:
		return budget.Place{Special: "a number that forwards to others"}
	}
	switch region {
	case world:
		return budget.Place{Special: "a satellite or international number"}
	case phonenumbers.UNKNOWN_REGION:
		return budget.Place{Special: "a number of no country"}
	}
	return budget.Place{Country: region}
}
