package staff

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/knowledge/language"
)

// book books a visit from PHONE DATE TIME TYPE [LANG] NAME; date and time are by the clinic's
// clock. A visit of that number at that time is the one that is meant, so that a booking that is
// given twice, or again with a name put right, is one visit. It can't move a visit for the same
// reason: another time is another visit.
func (h *Handler) book(ctx context.Context, c handlers.Command, args string) (string, error) {
	phone, rest, err := h.phone(args)
	if err != nil {
		return "", err
	}
	f := strings.Fields(rest)
	if len(f) < 4 {
		return "", usage("Say the date, the time, the type of visit and the name.")
	}
	start, err := h.Start(f[0]+" "+f[1], h.Base.Clinic.Location())
	if err != nil { // it says which form of date and time it wants
		return "", errUsage{err.Error()}
	}
	if !start.After(h.Now()) { // a slip in the date: no reminder could be sent
		return "", usage("That time has passed.")
	}
	v := handlers.Visit{Phone: phone, Start: start, Type: f[2]}
	if _, ok := h.Base.Clinic.VisitTypes[v.Type]; !ok {
		return "", h.noType(v.Type)
	}
	f = f[3:]
	// "en" or "es" is the language only if a name follows it.
	if len(f) > 1 && language.Spoken(f[0]) == f[0] {
		v.Lang, f = f[0], f[1:]
	}
	v.Name = strings.Join(f, " ")
	if v.ID, err = h.visitAt(ctx, phone, start); err != nil {
		return "", err
	}
	v.ID = cmp.Or(v.ID, "desk-"+c.ID)
	what, err := h.Visits.Book(ctx, v)
	if err != nil {
		return "", err
	}
	done := map[visits.Outcome]string{
		visits.Imported: "Booked", visits.Updated: "Changed", visits.Unchanged: "Already booked",
	}[what]
	out := fmt.Sprintf(
		"%s: %s, %s%s.", done, phone, h.clock(start), veil.Veiled(", "+v.Type, ""),
	)
	if why := h.Gate.Untexted(phone); why != "" {
		out += " Nothing will be texted to them: it is " + why + ". Please call."
	}
	return out, nil
}

// visitAt is the id of a number's visit at a time, "" if there is none.
func (h *Handler) visitAt(
	ctx context.Context, phone handlers.Phone, start time.Time,
) (string, error) {
	s, err := h.Store.Peek(ctx, phone)
	if err != nil {
		return "", err
	}
	for _, v := range s.Visits {
		if v.Start.Equal(start) {
			return v.ID, nil
		}
	}
	return "", nil
}
