package handlers

import (
	"fmt"
	"log/slog"
	"regexp"
)

// Phone is a telephone number. Wherever it is printed or logged it shows only its last four digits;
// E164 returns all of it. The zero Phone is no number.
type Phone struct{ e164 string }

// e164 is ITU-T E.164: a plus, then up to 15 digits that don't begin with zero.
var e164 = regexp.MustCompile(`^\+[1-9]\d{6,14}$`)

// NewPhone returns the phone of a number in E.164 form ("+12125550101").
func NewPhone(s string) (Phone, error) {
	if !e164.MatchString(s) {
		return Phone{}, fmt.Errorf("phone: want E.164 like +12125550101")
	}
	return Phone{s}, nil
}

// E164 returns the whole number, for the carrier and for keys. It must never be logged.
func (p Phone) E164() string { return p.e164 }

// IsZero reports whether there is no number.
func (p Phone) IsZero() bool { return p.e164 == "" }

// Last4 returns the last four digits, which staff and logs may see.
func (p Phone) Last4() string {
	if len(p.e164) < 4 {
		return ""
	}
	return p.e164[len(p.e164)-4:]
}

// String returns the masked number: "…0101".
func (p Phone) String() string { return "…" + p.Last4() }

// Format prints the masked number for every verb: %+v of a struct would otherwise show the field.
func (p Phone) Format(f fmt.State, _ rune) { fmt.Fprint(f, p.String()) }

// LogValue returns the masked number.
func (p Phone) LogValue() slog.Value { return slog.StringValue(p.String()) }

// MarshalText returns the whole number, for the store.
func (p Phone) MarshalText() ([]byte, error) { return []byte(p.e164), nil }

// UnmarshalText reads what MarshalText wrote.
func (p *Phone) UnmarshalText(b []byte) (err error) {
	if len(b) == 0 {
		*p = Phone{}
		return nil
	}
	*p, err = NewPhone(string(b))
	return err
}

// Address is a number on a channel: where a text comes from or goes to. A number is the same
// patient on all of them; who may be texted, and what is known of them, goes by Phone alone.
type Address struct {
	Channel string // "" is SMS; "whatsapp", "rcs"
	Phone   Phone
}
