package staff

import (
	"context"
	"regexp"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
)

// last4 matches the last four digits of a number.
var last4 = regexp.MustCompile(`^\d{4}$`)

// phone reads the number that a command's arguments begin with, and returns what follows it. A
// number may be written with spaces, as "(212) 555 0101": up to three words of digits and
// punctuation are tried together, the fewest that make a number first.
func (h *Handler) phone(args string) (handlers.Phone, string, error) {
	words := strings.Fields(args)
	for n := 1; n <= min(3, len(words)); n++ {
		if strings.Trim(strings.Join(words[:n], ""), "+0123456789().-") != "" {
			continue
		}
		if p, err := h.Phone(strings.Join(words[:n], " ")); err == nil {
			return p, strings.Join(words[n:], " "), nil
		}
	}
	return handlers.Phone{}, "", usage("Begin with the patient's number, like 212-555-0101.")
}

// who reads the number that a command's arguments begin with, whole or by its last four digits, and
// returns what follows it. It must be one number: a command that changes something must not reach
// somebody else who has the same digits.
func (h *Handler) who(ctx context.Context, args string) (handlers.Phone, string, error) {
	first, rest, _ := strings.Cut(strings.TrimSpace(args), " ")
	if len(first) != 4 || strings.Trim(first, "0123456789") != "" {
		return h.phone(args)
	}
	// Four digits may also begin a whole number that is written with a space: "2125 550101".
	if p, rest, err := h.phone(args); err == nil {
		return p, rest, nil
	}
	phones, err := h.numbers(ctx, first)
	if err == nil && len(phones) > 1 {
		err = usage("%d numbers end in %s: give the whole one.", len(phones), first)
	}
	if err != nil {
		return handlers.Phone{}, "", err
	}
	return phones[0], strings.TrimSpace(rest), nil
}

// numbers returns the numbers that staff mean by four digits, all of which are shown, or the one
// that they gave whole. Of four digits only those are found that something is known of.
func (h *Handler) numbers(ctx context.Context, args string) ([]handlers.Phone, error) {
	args = strings.TrimSpace(args)
	if len(args) == 4 && strings.Trim(args, "0123456789") == "" {
		phones, err := h.Patients.Numbers(ctx, args)
		if err == nil && len(phones) == 0 {
			err = usage("Nothing is known of a number that ends in %s.", args)
		}
		return phones, err
	}
	p, _, err := h.phone(args)
	return []handlers.Phone{p}, err
}
