package staff

import (
	"context"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
)

// phone takes the number that a command begins with: one word, or several of digits and punctuation
// as people write numbers.
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

// who is the one number that a command begins with: whole, or its last four digits.
func (h *Handler) who(ctx context.Context, args string) (handlers.Phone, string, error) {
	first, rest, _ := strings.Cut(strings.TrimSpace(args), " ")
	if len(first) != 4 || strings.Trim(first, "0123456789") != "" {
		return h.phone(args)
	}
	if p, rest, err := h.phone(args); err == nil { // "2125 550101"
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

// numbers are those that staff mean by four digits, or by a whole number.
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
