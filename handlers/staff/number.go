package staff

import (
	"context"
	"regexp"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
)

// Who is which patient staff mean: the number, or its last four digits.
type Who string

// whom reads whom the arguments of a line are about, and returns what follows.
func (h *Handler) whom(args string) (Who, string) {
	if p, rest, err := h.phone(args); err == nil {
		return Who(p.E164()), rest
	}
	first, rest, _ := strings.Cut(strings.TrimSpace(args), " ")
	return Who(first), strings.TrimSpace(rest)
}

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

// one returns the number that staff mean. It must be one: an act that changes something must not
// reach somebody else who has the same digits.
func (h *Handler) one(ctx context.Context, who Who) (handlers.Phone, error) {
	phones, err := h.numbers(ctx, who)
	if err == nil && len(phones) > 1 {
		err = usage("%d numbers end in %s: give the whole one.", len(phones), who)
	}
	if err != nil {
		return handlers.Phone{}, err
	}
	return phones[0], nil
}

// numbers returns the numbers that staff mean by four digits, all of which are shown, or the one
// that they gave whole. Of four digits only those are found that something is known of.
func (h *Handler) numbers(ctx context.Context, who Who) ([]handlers.Phone, error) {
	if last4.MatchString(string(who)) {
		phones, err := h.Patients.Numbers(ctx, string(who))
		if err == nil && len(phones) == 0 {
			err = usage("Nothing is known of a number that ends in %s.", who)
		}
		return phones, err
	}
	p, _, err := h.phone(string(who))
	return []handlers.Phone{p}, err
}
