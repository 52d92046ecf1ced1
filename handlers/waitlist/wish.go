package waitlist

import (
	"context"
	"errors"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/knowledge"
)

// ErrOptedOut says that a number wasn't put on the waitlist, since no offer would reach it.
var ErrOptedOut = errors.New("waitlist: the number has opted out of texts")

// Add puts a number on the waitlist for staff, under an event's id: w says which number, for which
// type, from which day on, with how much notice and who says so. It returns what staff are told of
// the visit that a slot is to come before, "" if there is none; or ErrOptedOut.
func (h *Handler) Add(ctx context.Context, id string, w handlers.Wish) (before string, err error) {
	decide := func(s handlers.State) (handlers.Effects, error) {
		if s.Consent.Out { // kept as the reply, so that the same command again is told the same
			return handlers.Effects{Reply: handlers.Reply{Kind: desk.Refused}}, nil
		}
		wish := newWish(s, w.Type, w.By, h.Now())
		wish.From, wish.Notice = w.From, w.Notice
		return handlers.Effects{
			Wishes: []handlers.Wish{wish}, Reply: handlers.Reply{Note: h.before(s, wish)},
		}, nil
	}
	did, _, err := h.Store.Turn(ctx, id, w.Phone, decide)
	if err == nil && did.Kind == desk.Refused {
		err = ErrOptedOut
	}
	return did.Note, err
}

// AddPatient puts the patient of a case on the waitlist, for the type of their next visit, as a
// button of its card says. id names the event.
func (h *Handler) AddPatient(s handlers.State, c handlers.Case, by, id string) handlers.Effects {
	now := h.Now()
	e := handlers.Effects{}
	kind := ""
	text := "No visit ahead says which type: /clinic waitlist add " + s.Phone.Last4() + " TYPE."
	for _, v := range s.Visits {
		if kind == "" && v.Open(now) {
			kind = v.Type
		}
	}
	if kind != "" && s.Consent.Out {
		kind, text = "", "Has opted out of texts, so no offer would reach them."
	}
	if kind != "" {
		w := newWish(s, kind, by, now)
		e.Wishes = []handlers.Wish{w}
		text = "put them on the waitlist for " + kind + h.before(s, w) + "."
	}
	c.Wish = false
	e.Cases = []handlers.Case{c}
	e.Posts = []handlers.Post{
		{ID: id + ":card", Case: c.ID, Do: desk.PostCard, Due: now},
		{ID: id + ":note", Case: c.ID, Do: desk.PostNote, From: by, Text: text, Due: now},
	}
	return e
}

// newWish puts a number on the waitlist of a type, to come before the soonest visit of that type
// that it has.
func newWish(s handlers.State, kind, by string, now time.Time) handlers.Wish {
	w := handlers.Wish{Phone: s.Phone, Type: kind, At: now, By: by}
	for _, v := range s.Visits {
		if !v.Open(now) {
			continue
		}
		if w.Name == "" {
			w.Name, w.Lang, w.Zone = v.Name, v.Lang, v.Zone
		}
		if v.Type == kind && w.Visit == "" {
			w.Visit, w.Start, w.Name, w.Lang, w.Zone = v.ID, v.Start, v.Name, v.Lang, v.Zone
		}
	}
	return w
}

// before says which visit a wish is to come before.
func (h *Handler) before(s handlers.State, w handlers.Wish) string {
	v, ok := replaces(w, s)
	if !ok {
		return ""
	}
	return ", to come before the visit of " + h.clock(v.Start) +
		", which it then takes the place of"
}

// clock is a time as the desk reads it.
func (h *Handler) clock(t time.Time) string {
	return knowledge.When(t.In(h.Base.Clinic.Location()), "en")
}

// Remove takes a number off the waitlist for staff, under an event's id: of one type, or of all if
// kind is "". An offer that was made to them stands until it ends. False: it isn't on the list.
func (h *Handler) Remove(
	ctx context.Context, id string, p handlers.Phone, kind string,
) (bool, error) {
	wishes, err := h.Register.Wishes(ctx)
	if err != nil {
		return false, err
	}
	var gone []handlers.Wish
	for _, w := range wishes {
		if w.Phone == p && (kind == "" || kind == w.Type) {
			gone = append(gone, w)
		}
	}
	if len(gone) == 0 {
		return false, nil
	}
	_, _, err = h.Store.Turn(ctx, id, p, func(handlers.State) (handlers.Effects, error) {
		return handlers.Effects{Unwish: gone}, nil
	})
	return true, err
}

// Place is a place on the waitlist.
type Place struct {
	handlers.Wish
	Before time.Time // the start of the visit that a slot is to come before; zero if there is none
}

// List returns who waits, in the order in which they are asked.
func (h *Handler) List(ctx context.Context) ([]Place, error) {
	wishes, err := h.Register.Wishes(ctx)
	if err != nil {
		return nil, err
	}
	var out []Place
	for _, w := range wishes {
		s, err := h.Store.Peek(ctx, w.Phone)
		if err != nil {
			return nil, err
		}
		if isOver(w, s, h.Now()) {
			continue
		}
		v, _ := replaces(w, s)
		out = append(out, Place{w, v.Start})
	}
	return out, nil
}

// replaces returns the visit that a slot would take the place of, as it stands; false if the state
// holds none.
func replaces(w handlers.Wish, s handlers.State) (handlers.Visit, bool) {
	for _, v := range s.Visits {
		if w.Visit != "" && v.ID == w.Visit {
			return v, true
		}
	}
	for _, v := range s.Visits {
		if w.Visit != "" && v.Type == w.Type && v.Start.Equal(w.Start) {
			return v, true
		}
	}
	return handlers.Visit{}, false
}

// isOver says whether a wish has ended: the visit that it was to come before is past, or isn't the
// number's any more. A state forgets a visit some time after its start, so one that it doesn't hold
// is past.
func isOver(w handlers.Wish, s handlers.State, now time.Time) bool {
	v, ok := replaces(w, s)
	return w.Visit != "" && !(ok && v.Start.After(now))
}
