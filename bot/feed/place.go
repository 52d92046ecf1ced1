package feed

import (
	"strings"
	"sync"

	"github.com/nyaruka/phonenumbers"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/budget"
)

// world is the region that the library gives to calling codes of no country: satellites (870, 881),
// international networks (882, 883), premium-rate (979), shared-cost (808). source: UN M.49
const world = "001"

// Places says where numbers are, and remembers it: to look one up costs as much as to read a text.
// The zero value is ready; it is safe for concurrent use.
type Places struct {
	mu    sync.Mutex
	known map[string]budget.Place // by block
}

// mostPlaces is how many blocks are remembered: far more than the patients of a clinic have, and a
// megabyte. Whoever floods it with numbers from all over makes it begin anew.
const mostPlaces = 10_000

// Of is PlaceOf.
func (p *Places) Of(n handlers.Phone) budget.Place {
	block := blockOf(n.E164())
	p.mu.Lock()
	at, known := p.known[block]
	p.mu.Unlock()
	if known {
		return at
	}
	at = PlaceOf(n)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil || len(p.known) >= mostPlaces {
		p.known = map[string]budget.Place{}
	}
	p.known[block] = at
	return at
}

// blockOf returns what all numbers of one place begin with. In North America that is calling code,
// area code and exchange, of which numbers are handed out ten thousand at a time (source: ATIS,
// Central Office Code Assignment Guidelines). Elsewhere it is the number itself.
func blockOf(e164 string) string {
	const block = len("+1212555")
	if strings.HasPrefix(e164, "+1") && len(e164) > block {
		return e164[:block]
	}
	return e164
}

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
