package staff

import (
	"regexp"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/staff/when"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/knowledge"
)

// Who is which patient staff mean: a whole number, its last digits, or a name or the beginning of
// one. In a button it is "@" and what the store calls the number, for neither may stand there.
type Who string

// whom reads whom the arguments of a line are about, as one word or a whole number, and returns what
// follows.
func (h *Handler) whom(args string) (Who, string) {
	if p, rest, err := h.phone(args); err == nil {
		return Who(p.E164()), rest
	}
	first, rest, _ := strings.Cut(strings.TrimSpace(args), " ")
	return Who(first), strings.TrimSpace(rest)
}

// allOf returns whom a line is about that says nothing else.
func (h *Handler) allOf(args string) Who {
	if who, rest := h.whom(args); rest == "" {
		return who
	}
	return Who(strings.Join(strings.Fields(args), " "))
}

// mostNames is how many words of a name may stand before a time.
const mostNames = 4

// whomWhen reads whom the arguments of a line are about, up to where a day or a time begins, and
// returns the rest from there. If none begins, whom is one word.
func (h *Handler) whomWhen(args string) (who Who, rest string) {
	if p, rest, err := h.phone(args); err == nil {
		return Who(p.E164()), rest
	}
	words := strings.Fields(args)
	for n := 1; n < min(len(words), mostNames+1); n++ {
		rest := strings.Join(words[n:], " ")
		if _, ok := h.reader().Moment(rest); ok {
			return Who(strings.Join(words[:n], " ")), rest
		}
	}
	return h.whom(args)
}

// reader reads days and times as staff write them.
func (h *Handler) reader() when.Reader {
	return when.Reader{Clinic: h.Base.Clinic, Now: h.Now()}
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

// called names a patient for staff: the first name, veiled, and the number's last digits.
func called(name string, p handlers.Phone) string {
	if name = knowledge.First(name); name != "" {
		return veil.Veiled(name+" ", "") + p.String()
	}
	return p.String()
}
