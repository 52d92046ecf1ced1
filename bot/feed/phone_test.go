package feed_test

import (
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/bot/feed"
)

func TestParsePhone(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{in: "(212) 555-0101", want: "+12125550101"},
		{in: "212.555.0101", want: "+12125550101"},
		{in: "212 555 0101", want: "+12125550101"},
		{in: "2125550101", want: "+12125550101"},
		{in: "1-212-555-0101", want: "+12125550101"},
		{in: "+1 212 555 0101", want: "+12125550101"},
		{in: "+1 (212) 555–0101", want: "+12125550101"},
		// As contacts are copied.
		{in: "\u202a+1 212\u00a0555\u20110101\u202c", want: "+12125550101"},
		// As spreadsheets keep a plus.
		{in: "'+12125550101", want: "+12125550101"},
		{in: "tel:+1-212-555-0101", want: "+12125550101"},
		{in: "+44 20 7946 0101", want: "+442079460101"},
		{in: "011 44 20 7946 0101", want: "+442079460101"},
		{in: "+52 55 5550 0101", want: "+525555500101"},
		{in: "TEL:2125550101", want: "+12125550101"},
		{in: "212/555/0101", want: "+12125550101"},
		{in: "＋１２１２５５５０１０１", want: "+12125550101"},
		{in: "٢١٢٥٥٥٠١٠١", want: "+12125550101"},
		{in: "+800 1234 5678", want: "+80012345678"}, // a country code that is no country's
	} {
		if got, err := feed.ParsePhone(c.in); err != nil || got.E164() != c.want {
			t.Errorf("%q: got %s, %v; want %s", c.in, got.E164(), err, c.want)
		}
	}
}

// What isn't surely one number is refused, in words that say what to write.
func TestParsePhoneFaults(t *testing.T) {
	for _, c := range []struct{ in, fault string }{
		{in: "'", fault: "missing"},
		{in: "tel:", fault: "missing"},
		{in: "1", fault: "isn't a phone"},
		{in: "+", fault: "isn't a phone"},
		{in: "911", fault: "too few digits"},
		{in: "011 4", fault: "too few digits"},
		{in: "+44 1", fault: "too few digits"},
		{in: "+1 212 555 010", fault: "too few digits"},
		{in: "+4912345678901234567", fault: "too many digits"},
		{in: "00442079460101", fault: "too many digits"}, // 00 dials abroad elsewhere, not here
		{in: "2125550101.0", fault: "too many digits"},   // as a spreadsheet exports a number
		{in: "212 555 0101 #4", fault: "extension"},
		{in: "212 555 0101, Extension: 4", fault: "extension"},
		{in: "", fault: "missing"},
		{in: " \u200e ", fault: "missing"},
		{in: "555-0101", fault: "area code"},
		{in: "12345", fault: "too few digits"},
		{in: "+1 212 555 01011", fault: "too many digits"},
		{in: "012 555 0101", fault: "no such US number"},
		{in: "212 155 0101", fault: "no such US number"},
		{in: "(212) 555-0101 ext. 4", fault: "extension"},
		{in: "212-555-0101x4", fault: "extension"},
		{in: "2.12556E+09", fault: "isn't a phone"},
		{in: "call 212 555 0101", fault: "isn't a phone"},
		{in: "1-800-FLOWERS", fault: "isn't a phone"},
		{in: "212-555-0101 / 212-555-0102", fault: "too many digits"},
		{in: "+12125550101+12125550102", fault: "isn't a phone"},
		{in: "+999 212 555 0101", fault: "isn't a phone"},
		{in: strings.Repeat("2", 10_000), fault: "isn't a phone"},
		{in: "Ada Moreno", fault: "isn't a phone"},
	} {
		got, err := feed.ParsePhone(c.in)
		if err == nil || !strings.Contains(err.Error(), c.fault) || !got.IsZero() {
			t.Errorf("%q: got %s, %v; want a fault with %q", c.in, got.E164(), err, c.fault)
		}
	}
}
