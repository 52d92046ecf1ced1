package staff

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

// Find lists the patients who are so called, or whose numbers end so, with their visits; or the
// visits of a day.
type Find struct {
	Who Who `json:"who"`
}

func (Find) name() string { return "find" }

func (f Find) who() Who { return f.Who }

func (f Find) of(who Who) Act { return Find{who} }

func parseFind(h *Handler, args string) (Act, error) {
	if args == "" {
		return nil, usage("Say a first name, the last digits of a number, or a day.")
	}
	if m, ok := h.reader().Day(args); ok && strings.TrimSpace(m.Rest) == "" {
		return parseToday(h, args)
	}
	return Find{h.allOf(args)}, nil
}

func (f Find) do(ctx context.Context, h *Handler, _ Asked) (out answer.Answer, err error) {
	people, err := h.people(ctx, f.Who)
	if err != nil {
		return out, err
	}
	var rows [][]string
	for _, p := range people {
		s, err := h.Store.Peek(ctx, p.phone)
		if err != nil {
			return out, err
		}
		rows = append(rows, h.found(s, p)...)
	}
	out = answer.Rows([]string{"PATIENT", "VISIT", "STATE"}, rows)
	if len(people) != 1 {
		return out, nil
	}
	who, err := h.ref(ctx, people[0].phone)
	if err != nil {
		return out, err
	}
	return out.Add(answer.Part{Buttons: []answer.Button{
		{Text: "Move a visit", Do: Encode(Move{Which: Which{Who: who}})},
		{Text: "Take a visit off", Do: Encode(Off{Which: Which{Who: who}})},
		{Text: "Texts, and why", Do: Encode(Why{who})},
		{Text: "May they be texted?", Do: Encode(Consent{Who: who})},
	}}), nil
}

// found returns the rows of a patient in a list: each visit ahead, or else the last one.
func (h *Handler) found(s handlers.State, p person) (rows [][]string) {
	var last handlers.Visit
	for _, v := range slices.Concat(s.Past, s.Visits) {
		switch {
		case p.name != "" && !handlers.SamePatient(p.name, v.Name):
		case v.Open(h.Now()):
			rows = append(rows, []string{called(v.Name, s.Phone), h.clock(v.Start), h.stands(s, v)})
		default:
			last = v
		}
	}
	switch {
	case len(rows) > 0:
	case last.ID == "":
		rows = [][]string{{called(p.name, s.Phone), "-", "no visit known"}}
	default:
		rows = [][]string{{called(last.Name, s.Phone), h.clock(last.Start), h.stands(s, last)}}
	}
	return rows
}

// stands says how a visit stands, in words.
func (h *Handler) stands(s handlers.State, v handlers.Visit) string {
	return s.Standing(h.Base.Clinic, v, h.Now()).String()
}

// person is a patient whom staff may mean.
type person struct {
	phone handlers.Phone
	name  string // as their visits have it; "" where a number was given
}

// mostPeople is how many patients are shown to choose from; of more, staff say more.
const mostPeople = 12

// people returns whom staff mean; somebody at least.
func (h *Handler) people(ctx context.Context, who Who) (out []person, err error) {
	text := string(who)
	ref, isRef := strings.CutPrefix(text, "@")
	p, rest, notPhone := h.phone(text)
	digits := strings.Trim(text, "0123456789") == ""
	switch {
	case text == "":
		return nil, usage("Say whom: a first name, or the last digits of the number.")
	case isRef:
		p, known, err := h.Patients.ByRef(ctx, ref)
		if err == nil && !known {
			err = usage("Nothing is known of that patient any more.")
		}
		return []person{{phone: p}}, err
	case notPhone == nil && rest == "":
		return []person{{phone: p}}, nil
	case digits && len(text) < 4:
		return nil, usage("Say four digits at least, or a name.")
	case digits:
		out, err = h.byDigits(ctx, text)
	default:
		out, err = h.byName(ctx, text)
	}
	switch {
	case err != nil:
		return nil, err
	case len(out) == 0 && digits:
		return nil, usage("Nothing is known of a number that ends in %s.", who)
	case len(out) == 0:
		return nil, usage("Nobody of that name has a visit, or had one lately.")
	case len(out) > mostPeople:
		return nil, usage("%d patients are so called: say more of the name, or the last digits.",
			len(out))
	}
	return out, nil
}

// byDigits returns the numbers that end in some digits, of those that something is known of.
func (h *Handler) byDigits(ctx context.Context, digits string) (out []person, err error) {
	all, err := h.Patients.Numbers(ctx, digits[len(digits)-4:])
	for _, p := range all {
		if strings.HasSuffix(p.E164(), digits) {
			out = append(out, person{phone: p})
		}
	}
	return out, err
}

// farAhead is how far ahead visits are looked through for a name.
const farAhead = 2 * 365 * 24 * time.Hour

// byName returns the patients who are so called, the one with the nearest visit first: each word
// begins a word of their name, whatever its case and accents. It reads the visits from LookBack on,
// in steps of 500: of 2,000 that takes some 30 ms, and no name need stand in a key.
func (h *Handler) byName(ctx context.Context, name string) (out []person, err error) {
	words, now := handlers.NameWords(name), h.Now()
	if len(words) == 0 {
		return nil, nil
	}
	visits, err := h.Patients.Visits(ctx, now.Add(-handlers.LookBack), now.Add(farAhead))
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(visits, func(a, b handlers.Visit) int {
		return cmp.Compare(a.Start.Sub(now).Abs(), b.Start.Sub(now).Abs())
	})
	for _, v := range visits {
		same := func(p person) bool {
			return p.phone == v.Phone && handlers.SamePatient(p.name, v.Name)
		}
		if isCalled(v.Name, words) && !slices.ContainsFunc(out, same) {
			out = append(out, person{v.Phone, v.Name})
		}
	}
	return out, nil
}

// isCalled reports whether each of some words begins a word of a name.
func isCalled(name string, words []string) bool {
	has := handlers.NameWords(name)
	for _, w := range words {
		if !slices.ContainsFunc(has, func(n string) bool { return strings.HasPrefix(n, w) }) {
			return false
		}
	}
	return true
}

// one returns the number that staff mean. It must be one: an act that changes something must not
// reach somebody else who has the same digits, or the same name.
func (h *Handler) one(ctx context.Context, who Who) (handlers.Phone, error) {
	phones, err := h.numbers(ctx, who)
	switch {
	case err != nil:
		return handlers.Phone{}, err
	case len(phones) > 1:
		return handlers.Phone{}, errSeveral{who, phones}
	}
	return phones[0], nil
}

// numbers returns the numbers of those whom staff mean.
func (h *Handler) numbers(ctx context.Context, who Who) (out []handlers.Phone, err error) {
	people, err := h.people(ctx, who)
	for _, p := range people {
		if !slices.Contains(out, p.phone) {
			out = append(out, p.phone)
		}
	}
	return out, err
}

// ref returns what a button calls a number.
func (h *Handler) ref(ctx context.Context, p handlers.Phone) (Who, error) {
	ref, err := h.Patients.Ref(ctx, p)
	return Who("@" + ref), err
}

// errSeveral is the error of an act that must be about one patient where several may be meant.
type errSeveral struct {
	who    Who
	phones []handlers.Phone
}

func (e errSeveral) Error() string { return "staff: several patients may be meant" }

// choosable is an act that a button can hold for each of several patients.
type choosable interface {
	// of returns the act about somebody; nil if it holds what mustn't stand in a button.
	of(who Who) Act
}

// which asks whom of several patients an act is about: with a button each, if the act holds nothing
// that mustn't stand in one.
func (h *Handler) which(ctx context.Context, e errSeveral, a Act) (answer.Answer, error) {
	act, ok := a.(choosable)
	ok = ok && act.of("") != nil
	what := fmt.Sprintf("%d patients may be meant.", len(e.phones))
	if strings.Trim(string(e.who), "0123456789") == "" {
		what = fmt.Sprintf("%d numbers end in %s.", len(e.phones), e.who)
	}
	if ok {
		what += " Which?"
	} else {
		what += " Say it again with more of the name or of the number."
	}
	out := answer.Say("%s", what)
	var rows [][]string
	var buttons []answer.Button
	for _, p := range e.phones {
		s, err := h.Store.Peek(ctx, p)
		if err != nil {
			return answer.Answer{}, err
		}
		of := h.found(s, person{phone: p})
		rows = append(rows, of...)
		if !ok {
			continue
		}
		who, err := h.ref(ctx, p)
		if err != nil {
			return answer.Answer{}, err
		}
		buttons = append(buttons, answer.Button{Text: of[0][0] + ", " + of[0][1], Do: Encode(act.of(who))})
	}
	if len(buttons) > 0 {
		return out.Add(answer.Part{Buttons: buttons}), nil
	}
	return out.Add(answer.Rows(nil, rows).Parts...), nil
}
