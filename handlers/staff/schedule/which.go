package schedule

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
)

// Which says which visit an act is about.
type Which struct {
	Who act.Who `json:"who"`
	// At is when it starts, as staff write it; "" if the patient has only one that can be meant. It
	// holds nothing but a day and a time.
	At    string `json:"at,omitempty"`
	Visit string `json:"visit,omitempty"` // the mark of the visit, in a button
}

func (w Which) About() act.Who { return w.Who }

// parseWhich reads whom a line is about, and the time of a visit if one is written.
func parseWhich(k *act.Kit, args string) (Which, error) {
	who, rest := k.WhomWhen(args)
	if rest == "" {
		return Which{Who: k.AllOf(args)}, nil
	}
	r := k.Reader()
	r.Else, r.Back = k.Now(), true
	m, ok := r.Moment(rest)
	switch {
	case !ok:
		return Which{}, act.Usage("I can't read that time. Write it like fri 9, or 12/4 2 PM.")
	case m.Rest != "":
		return Which{}, act.Usage("Say whom and when, and nothing else.")
	}
	return Which{Who: who, At: rest}, nil
}

// mark is what a button calls a visit: ids of other systems may hold anything.
func mark(id string) string { return fmt.Sprintf("%.6x", sha256.Sum256([]byte(id))) }

// is reports whether a visit is the one that is meant, as far as that says.
func is(k *act.Kit, w Which, v handlers.Visit) bool {
	if w.Visit != "" {
		return mark(v.ID) == w.Visit
	}
	if w.At == "" {
		return true
	}
	r := k.Reader() // a visit that has begun may be meant as well
	r.Else = v.Start
	if !v.Start.After(r.Now) {
		r.Now = v.Start.Add(-time.Second)
	}
	m, ok := r.Moment(w.At)
	r.Now, r.Back = k.Now(), true // "yesterday 9" is said from today
	back, past := r.Moment(w.At)
	return ok && slices.ContainsFunc(m.At, v.Start.Equal) ||
		past && slices.ContainsFunc(back.At, v.Start.Equal)
}

// lastWeek is how far back a visit is looked for that isn't said by its time: staff note later who
// came.
const lastWeek = 7 * 24 * time.Hour

// visit returns the visit that is meant among those that fit an act, with the state of its number:
// one of today or ahead, or else one of the days before. If several may be, the error asks which, with a button each that does the act that then returns;
// none says what to say if there is none.
func visit(
	ctx context.Context, k *act.Kit, w Which, fits func(handlers.Visit) bool, none string,
	then func(Which) act.Act,
) (handlers.Visit, handlers.State, error) {
	people, err := k.People(ctx, w.Who)
	if err != nil {
		return handlers.Visit{}, handlers.State{}, err
	}
	var found, past []handlers.Visit
	states := map[handlers.Phone]handlers.State{}
	for _, p := range people {
		s, known := states[p.Phone]
		if !known {
			if s, err = k.Store.Peek(ctx, p.Phone); err != nil {
				return handlers.Visit{}, s, err
			}
			states[p.Phone] = s
		}
		meant := func(v handlers.Visit) bool {
			return fits(v) && is(k, w, v) && (p.Name == "" || handlers.SamePatient(p.Name, v.Name))
		}
		for _, v := range s.Visits {
			if meant(v) {
				found = append(found, v)
			}
		}
		for _, v := range s.Past {
			if meant(v) && (w != Which{Who: w.Who} || k.Now().Sub(v.Start) < lastWeek) {
				past = append(past, v)
			}
		}
	}
	if len(found) == 0 {
		found = past
	}
	switch len(found) {
	case 0:
		return handlers.Visit{}, handlers.State{}, act.Usage("%s", none)
	case 1:
		return found[0], states[found[0].Phone], nil
	}
	return handlers.Visit{}, handlers.State{}, whichVisit(ctx, k, found, then)
}

// whichVisit asks which of several visits is meant.
func whichVisit(
	ctx context.Context, k *act.Kit, found []handlers.Visit, then func(Which) act.Act,
) error {
	if len(found) > act.MostPeople {
		return act.Usage("%d visits may be meant: say which, by date and time.", len(found))
	}
	var buttons []answer.Button
	for _, v := range found {
		w, err := Exactly(ctx, k, v)
		if err != nil {
			return err
		}
		buttons = append(buttons, answer.Button{
			Text: k.Called(v.Name, v.Phone) + ", " + k.Clock(v.Start), Do: act.Encode(then(w)),
		})
	}
	return act.AskError{Answer: answer.Say("%d visits may be meant. Which?", len(found)).
		Add(answer.Part{Buttons: buttons})}
}

// Exactly says of a visit which it is, as a button may.
func Exactly(ctx context.Context, k *act.Kit, v handlers.Visit) (Which, error) {
	who, err := k.Ref(ctx, v.Phone)
	return Which{Who: who, Visit: mark(v.ID)}, err
}
