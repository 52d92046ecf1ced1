package staff

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/knowledge/language"
)

// Book books a visit. A visit of that number at that time is the one that is meant, so that a
// booking that is given twice, or again with a name put right, is one visit. It can't move a visit
// for the same reason: another time is another visit.
type Book struct {
	Who   Who       `json:"who"`
	Start time.Time `json:"start"`
	Type  string    `json:"type"`
	Lang  string    `json:"lang,omitempty"`
	Name  string    `json:"name,omitempty"`
}

func (Book) name() string { return "book" }

func (b Book) who() Who { return b.Who }

// parseBook reads PHONE DATE TIME TYPE [LANG] NAME; date and time are by the clinic's clock.
// Without them it asks for them by a form.
func parseBook(h *Handler, args string) (Act, error) {
	if args == "" {
		return BookForm{}, nil
	}
	phone, rest, err := h.phone(args)
	if err != nil {
		return nil, err
	}
	f := strings.Fields(rest)
	if len(f) < 4 {
		return nil, usage("Say the date, the time, the type of visit and the name.")
	}
	start, err := h.Start(f[0]+" "+f[1], h.Base.Clinic.Location())
	if err != nil { // it says which form of date and time it wants
		return nil, errUsage{err.Error()}
	}
	b := Book{Who: Who(phone.E164()), Start: start, Type: f[2]}
	f = f[3:]
	// "en" or "es" is the language only if a name follows it.
	if len(f) > 1 && language.Spoken(f[0]) == f[0] {
		b.Lang, f = f[0], f[1:]
	}
	b.Name = strings.Join(f, " ")
	return b, nil
}

func (b Book) do(ctx context.Context, h *Handler, a Asked) (answer.Answer, error) {
	var none answer.Answer
	phone, err := h.one(ctx, b.Who)
	if err != nil {
		return none, err
	}
	if !b.Start.After(h.Now()) { // a slip in the date: no reminder could be sent
		return none, usage("That time has passed.")
	}
	if _, ok := h.Base.Clinic.VisitTypes[b.Type]; !ok {
		return none, h.noType(b.Type)
	}
	v := handlers.Visit{Phone: phone, Start: b.Start, Type: b.Type, Lang: b.Lang, Name: b.Name}
	if v.ID, err = h.visitAt(ctx, phone, b.Start); err != nil {
		return none, err
	}
	v.ID = cmp.Or(v.ID, "desk-"+a.ID)
	what, err := h.Visits.Book(ctx, v)
	if err != nil {
		return none, err
	}
	done := map[visits.Outcome]string{
		visits.Imported: "Booked", visits.Updated: "Changed", visits.Unchanged: "Already booked",
	}[what]
	out := fmt.Sprintf(
		"%s: %s, %s%s.", done, phone, h.clock(b.Start), veil.Veiled(", "+v.Type, ""),
	)
	if why := h.Gate.Untexted(phone); why != "" {
		out += " Nothing will be texted to them: it is " + why + ". Please call."
	}
	return answer.Say("%s", out), nil
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
