package handlers

import (
	"fmt"
	"log/slog"
	"regexp"
)

// Phone is a telephone number. It shows its last four digits only, wherever it is printed or
// logged; E164 gives it whole. The zero Phone is no number.
type Phone struct{ e164 string }

// e164 is ITU-T E.164: a plus, then up to 15 digits that don't begin with zero.
var e164 = regexp.MustCompile(`^\+[1-9]\d{6,14}$`)

// NewPhone takes a number in E.164 form ("+12125550101").
func NewPhone(s string) (Phone, error) {
	if !e164.MatchString(s) {
		return Phone{}, fmt.Errorf("phone: want E.164 like +12125550101")
	}
	return Phone{s}, nil
}

// E164 is the number whole, for the carrier and for keys; never for a log.
func (p Phone) E164() string { return p.e164 }

// IsZero says that there is no number.
func (p Phone) IsZero() bool { return p.e164 == "" }

// Last4 is what staff and logs may see.
func (p Phone) Last4() string {
	if len(p.e164) < 4 {
		return ""
	}
	return p.e164[len(p.e164)-4:]
}

// String masks: "…0101".
func (p Phone) String() string { return "…" + p.Last4() }

// Format masks under every verb: %+v of a struct would otherwise show the field.
func (p Phone) Format(f fmt.State, _ rune) { fmt.Fprint(f, p.String()) }

// LogValue masks in logs.
func (p Phone) LogValue() slog.Value { return slog.StringValue(p.String()) }

// MarshalText is for the store, which keeps the number whole.
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
