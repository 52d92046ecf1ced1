package staff

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
)

// Which says which visit an act is about.
type Which struct {
	Who Who `json:"who"`
	// At is when it starts, as staff write it; "" if the patient has only one that can be meant. It
	// holds nothing but a day and a time.
	At    string `json:"at,omitempty"`
	Visit string `json:"visit,omitempty"` // the mark of the visit, in a button
}

func (w Which) who() Who { return w.Who }

// parseWhich reads whom a line is about, and the time of a visit if one is written.
func (h *Handler) parseWhich(args string) (Which, error) {
	who, rest := h.whomWhen(args)
	if rest == "" {
		return Which{Who: h.allOf(args)}, nil
	}
	r := h.reader()
	r.Else = h.Now()
	m, ok := r.Moment(rest)
	switch {
	case !ok:
		return Which{}, usage("I can't read that time. Write it like fri 9, or 12/4 2 PM.")
	case m.Rest != "":
		return Which{}, usage("Say whom and when, and nothing else.")
	}
	return Which{Who: who, At: rest}, nil
}

// mark is what a button calls a visit: ids of other systems may hold anything.
func mark(id string) string { return fmt.Sprintf("%.6x", sha256.Sum256([]byte(id))) }

// is reports whether a visit is the one that is meant, as far as that says.
func (h *Handler) is(w Which, v handlers.Visit) bool {
	if w.Visit != "" {
		return mark(v.ID) == w.Visit
	}
	if w.At == "" {
		return true
	}
	r := h.reader() // a visit that has begun may be meant as well
	r.Else = v.Start
	if !v.Start.After(r.Now) {
		r.Now = v.Start.Add(-time.Second)
	}
	m, ok := r.Moment(w.At)
	return ok && slices.ContainsFunc(m.At, v.Start.Equal)
}

// visit returns the visit that is meant among those that fit an act, with the state of its number.
// If several may be, the error asks which, with a button each that does act; none says what to say
// if there is none.
func (h *Handler) visit(
	ctx context.Context, w Which, fits func(handlers.Visit) bool, none string,
	act func(Which) Act,
) (handlers.Visit, handlers.State, error) {
	people, err := h.people(ctx, w.Who)
	if err != nil {
		return handlers.Visit{}, handlers.State{}, err
	}
	var found []handlers.Visit
	states := map[handlers.Phone]handlers.State{}
	for _, p := range people {
		s, known := states[p.phone]
		if !known {
			if s, err = h.Store.Peek(ctx, p.phone); err != nil {
				return handlers.Visit{}, s, err
			}
			states[p.phone] = s
		}
		for _, v := range s.Visits {
			if fits(v) && h.is(w, v) && (p.name == "" || handlers.SamePatient(p.name, v.Name)) {
				found = append(found, v)
			}
		}
	}
	switch len(found) {
	case 0:
		return handlers.Visit{}, handlers.State{}, usage("%s", none)
	case 1:
		return found[0], states[found[0].Phone], nil
	}
	return handlers.Visit{}, handlers.State{}, h.whichVisit(ctx, found, act)
}

// errAsk is the error of an act that asks something back first.
type errAsk struct{ answer.Answer }

func (errAsk) Error() string { return "staff: asked back" }

// whichVisit asks which of several visits is meant.
func (h *Handler) whichVisit(
	ctx context.Context, found []handlers.Visit, act func(Which) Act,
) error {
	if len(found) > mostPeople {
		return usage("%d visits may be meant: say which, by date and time.", len(found))
	}
	var buttons []answer.Button
	for _, v := range found {
		w, err := h.exactly(ctx, v)
		if err != nil {
			return err
		}
		buttons = append(buttons, answer.Button{
			Text: called(v.Name, v.Phone) + ", " + h.clock(v.Start), Do: Encode(act(w)),
		})
	}
	return errAsk{answer.Say("%d visits may be meant. Which?", len(found)).
		Add(answer.Part{Buttons: buttons})}
}

// exactly says of a visit which it is, as a button may.
func (h *Handler) exactly(ctx context.Context, v handlers.Visit) (Which, error) {
	who, err := h.ref(ctx, v.Phone)
	return Which{Who: who, Visit: mark(v.ID)}, err
}
