package act

import (
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/staff/when"
)

// Who is which patient staff mean: a whole number, its last digits, or a name or the beginning of
// one. In a button it is "@" and what the store calls the number, for neither may stand there.
type Who string

// Whom reads whom the arguments of a line are about, as one word or a whole number, and returns what
// follows.
func (k *Kit) Whom(args string) (Who, string) {
	if p, rest, err := k.Number(args); err == nil {
		return Who(p.E164()), rest
	}
	first, rest, _ := strings.Cut(strings.TrimSpace(args), " ")
	return Who(first), strings.TrimSpace(rest)
}

// AllOf returns whom a line is about that says nothing else.
func (k *Kit) AllOf(args string) Who {
	if who, rest := k.Whom(args); rest == "" {
		return who
	}
	return Who(strings.Join(strings.Fields(args), " "))
}

// mostNames is how many words of a name may stand before a time.
const mostNames = 4

// WhomWhen reads whom the arguments of a line are about, up to where a day or a time begins, and
// returns the rest from there. A day that no time follows may be a name as well, as Sun and May are:
// where a time begins later, that counts.
func (k *Kit) WhomWhen(args string) (who Who, rest string) {
	day := ""
	who, rest, ok := k.WhomUntil(args, func(s string) bool {
		r := k.Reader()
		r.Back = true // what isn't meant as a name is for the act to judge
		m, ok := r.Moment(s)
		if ok && !m.Timed && day == "" {
			day = s
		}
		return ok && m.Timed
	})
	if !ok && day != "" {
		who, rest, _ = k.WhomUntil(args, func(s string) bool { return s == day })
	}
	return who, rest
}

// WhomUntil reads whom the arguments of a line are about, up to the words that something else begins
// with, and returns these; ok is false if none do. Then a name has all words, unless there are digits
// among them: those were meant for something else, and a name is the first word.
func (k *Kit) WhomUntil(args string, begins func(string) bool) (who Who, rest string, ok bool) {
	if p, rest, err := k.Number(args); err == nil {
		return Who(p.E164()), rest, begins(rest)
	}
	words := strings.Fields(args)
	for n := 1; n < min(len(words), mostNames+1); n++ {
		if rest := strings.Join(words[n:], " "); begins(rest) {
			return Who(strings.Join(words[:n], " ")), rest, true
		}
	}
	if len(words) > 1 && !strings.ContainsAny(strings.Join(words[1:], ""), "0123456789") {
		return k.AllOf(args), "", false
	}
	who, rest = k.Whom(args)
	return who, rest, false
}

// Reader reads days and times as staff write them.
func (k *Kit) Reader() when.Reader {
	return when.Reader{Clinic: k.Base.Clinic, Now: k.Now()}
}

// IsLast4 reports whether a text is the last four digits of a number.
func IsLast4(s string) bool { return len(s) == 4 && strings.Trim(s, "0123456789") == "" }

// Number reads the number that a command's arguments begin with, and returns what follows it. A
// number may be written with spaces, as "(212) 555 0101": up to three words of digits and
// punctuation are tried together, the fewest that make a number first.
func (k *Kit) Number(args string) (handlers.Phone, string, error) {
	words := strings.Fields(args)
	for n := 1; n <= min(3, len(words)); n++ {
		if strings.Trim(strings.Join(words[:n], ""), "+0123456789().-") != "" {
			continue
		}
		if p, err := k.Phone(strings.Join(words[:n], " ")); err == nil {
			return p, strings.Join(words[n:], " "), nil
		}
	}
	return handlers.Phone{}, "", Usage("Begin with the patient's number, like 212-555-0101.")
}
