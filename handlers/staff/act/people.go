package act

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
)

// Found returns the rows of a patient in a list: each visit ahead, or else the last one.
func (k *Kit) Found(s handlers.State, p Person) (rows [][]string) {
	var last handlers.Visit
	for _, v := range slices.Concat(s.Past, s.Visits) {
		switch {
		case p.Name != "" && !handlers.SamePatient(p.Name, v.Name):
		case v.Open(k.Now()):
			rows = append(rows, []string{k.Called(v.Name, s.Phone), k.Clock(v.Start), k.Stands(s, v)})
		default:
			last = v
		}
	}
	switch {
	case len(rows) > 0:
	case last.ID == "":
		rows = [][]string{{k.Called(p.Name, s.Phone), "-", "no visit known"}}
	default:
		rows = [][]string{{k.Called(last.Name, s.Phone), k.Clock(last.Start), k.Stands(s, last)}}
	}
	return rows
}

// Stands says how a visit stands, in words.
func (k *Kit) Stands(s handlers.State, v handlers.Visit) string {
	return s.Standing(k.Base.Clinic, v, k.Now()).String()
}

// Person is a patient whom staff may mean.
type Person struct {
	Phone handlers.Phone
	Name  string // as their visits have it; "" where a number was given
}

// MostPeople is how many patients are shown to choose from; of more, staff say more.
const MostPeople = 12

// People returns whom staff mean; somebody at least.
func (k *Kit) People(ctx context.Context, who Who) (out []Person, err error) {
	text := string(who)
	ref, isRef := strings.CutPrefix(text, "@")
	p, rest, notPhone := k.Number(text)
	digits := strings.Trim(text, "0123456789") == ""
	switch {
	case text == "":
		return nil, Usage("Say whom: a first name, or the last digits of the number.")
	case isRef:
		p, known, err := k.Patients.ByRef(ctx, ref)
		if err == nil && !known {
			err = Usage("Nothing is known of that patient any more.")
		}
		return []Person{{Phone: p}}, err
	case notPhone == nil && rest == "":
		return []Person{{Phone: p}}, nil
	case digits && len(text) < 4:
		return nil, Usage("Say four digits at least, or a name.")
	case digits:
		out, err = k.byDigits(ctx, text)
	default:
		out, err = k.byName(ctx, text)
	}
	switch {
	case err != nil:
		return nil, err
	case len(out) == 0 && digits:
		return nil, Usage("Nothing is known of a number that ends in %s.", who)
	case len(out) == 0:
		return nil, k.nobody(ctx, text)
	case len(out) > MostPeople:
		return nil, Usage("%d patients are so called: say more of the name, or the last digits.",
			len(out))
	}
	return out, nil
}

// nobody is the error of a name that nobody has. Where somebody has its first word, the others were
// hardly meant as one.
func (k *Kit) nobody(ctx context.Context, name string) error {
	if words := strings.Fields(name); len(words) > 1 {
		first, err := k.byName(ctx, words[0])
		switch {
		case err != nil:
			return err
		case len(first) > 0:
			return Usage("I can't read what follows the name. Write a time like fri 9, or 12/4 2 PM.")
		}
	}
	return Usage("Nobody of that name has a visit, or had one lately.")
}

// byDigits returns the numbers that end in some digits, of those that something is known of.
func (k *Kit) byDigits(ctx context.Context, digits string) (out []Person, err error) {
	all, err := k.Patients.Numbers(ctx, digits[len(digits)-4:])
	for _, p := range all {
		if strings.HasSuffix(p.E164(), digits) {
			out = append(out, Person{Phone: p})
		}
	}
	return out, err
}

// farAhead is how far ahead visits are looked through for a name.
const farAhead = 2 * 365 * 24 * time.Hour

// byName returns the patients who are so called, the one with the nearest visit first: each word
// begins a word of their name, whatever its case and accents. It reads the visits from LookBack on,
// in steps of 500: of 2,000 that takes some 30 ms, and no name need stand in a key.
func (k *Kit) byName(ctx context.Context, name string) (out []Person, err error) {
	words, now := handlers.NameWords(name), k.Now()
	if len(words) == 0 {
		return nil, nil
	}
	visits, err := k.Patients.Visits(ctx, now.Add(-handlers.LookBack), now.Add(farAhead))
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(visits, func(a, b handlers.Visit) int {
		return cmp.Compare(a.Start.Sub(now).Abs(), b.Start.Sub(now).Abs())
	})
	for _, v := range visits {
		same := func(p Person) bool {
			return p.Phone == v.Phone && handlers.SamePatient(p.Name, v.Name)
		}
		if isCalled(v.Name, words) && !slices.ContainsFunc(out, same) {
			out = append(out, Person{Phone: v.Phone, Name: v.Name})
		}
	}
	return out, nil
}

// isCalled reports whether each of some words begins a word of a name; two may stand for one, as in
// "o brien".
func isCalled(name string, words []string) bool {
	has := handlers.NameWords(name)
	for i := 1; i < len(words); i++ {
		one := slices.Concat(words[:i-1], []string{words[i-1] + words[i]}, words[i+1:])
		if begins(has, one) {
			return true
		}
	}
	return begins(has, words)
}

// begins reports whether each of some words begins one of others.
func begins(has, words []string) bool {
	for _, w := range words {
		if !slices.ContainsFunc(has, func(n string) bool { return strings.HasPrefix(n, w) }) {
			return false
		}
	}
	return true
}

// One returns the number that staff mean. It must be one: an act that changes something must not
// reach somebody else who has the same digits, or the same name.
func (k *Kit) One(ctx context.Context, who Who) (handlers.Phone, error) {
	phones, err := k.Numbers(ctx, who)
	switch {
	case err != nil:
		return handlers.Phone{}, err
	case len(phones) > 1:
		return handlers.Phone{}, SeveralError{who, phones}
	}
	return phones[0], nil
}

// Numbers returns the numbers of those whom staff mean.
func (k *Kit) Numbers(ctx context.Context, who Who) (out []handlers.Phone, err error) {
	people, err := k.People(ctx, who)
	for _, p := range people {
		if !slices.Contains(out, p.Phone) {
			out = append(out, p.Phone)
		}
	}
	return out, err
}

// Ref returns what a button calls a number.
func (k *Kit) Ref(ctx context.Context, p handlers.Phone) (Who, error) {
	ref, err := k.Patients.Ref(ctx, p)
	return Who("@" + ref), err
}

// Which asks whom of several patients an act is about: with a button each, if the act holds nothing
// that mustn't stand in one.
func (k *Kit) Which(ctx context.Context, e SeveralError, a Act) (answer.Answer, error) {
	one, ok := a.(Choosable)
	ok = ok && one.For("") != nil
	what := fmt.Sprintf("%d patients may be meant.", len(e.Phones))
	if strings.Trim(string(e.Who), "0123456789") == "" {
		what = fmt.Sprintf("%d numbers end in %s.", len(e.Phones), e.Who)
	}
	if ok {
		what += " Which?"
	} else {
		what += " Say it again with more of the name or of the number."
	}
	out := answer.Say("%s", what)
	var rows [][]string
	var buttons []answer.Button
	for _, p := range e.Phones {
		s, err := k.Store.Peek(ctx, p)
		if err != nil {
			return answer.Answer{}, err
		}
		of := k.Found(s, Person{Phone: p})
		rows = append(rows, of...)
		if !ok {
			continue
		}
		who, err := k.Ref(ctx, p)
		if err != nil {
			return answer.Answer{}, err
		}
		buttons = append(buttons, answer.Button{
			Text: of[0][0] + ", " + of[0][1], Do: Encode(one.For(who)),
		})
	}
	if len(buttons) > 0 {
		return out.Add(answer.Part{Buttons: buttons}), nil
	}
	return out.Add(answer.Rows(nil, rows).Parts...), nil
}
