package waitlist

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/knowledge"
)

// ErrOptedOut is the error of [Handler.Add] for a number that has opted out of texts: no offer
// would reach it.
var ErrOptedOut = errors.New("waitlist: the number has opted out of texts")

// Add puts a number on the waitlist for staff, under an event's id. Of w it uses Phone, Type, From,
// Notice and By; the rest comes from the number's visits. A number that waits for the type already
// gets the new wish in place of the old, but keeps its place on the list: staff who correct the
// notice must not send a patient to its end. Add returns what staff are told of the visit that a
// slot would replace, "" if there is none. The error is ErrOptedOut or the store's.
func (h *Handler) Add(ctx context.Context, id string, w handlers.Wish) (before string, err error) {
	wishes, err := h.Register.Wishes(ctx)
	if err != nil {
		return "", err
	}
	had := slices.IndexFunc(wishes, func(one handlers.Wish) bool {
		return one.Phone == w.Phone && one.Type == w.Type
	})
	decide := func(s handlers.State) (handlers.Effects, error) {
		if s.Consent.Out {
			// The refusal is stored as the event's reply, so that the same command, sent again
			// by Slack, is answered the same.
			return handlers.Effects{Reply: handlers.Reply{Kind: desk.Refused}}, nil
		}
		wish := newWish(s, w.Type, w.By, h.Now())
		wish.From, wish.Notice = w.From, w.Notice
		if had >= 0 && !isOver(wishes[had], s, h.Now()) {
			wish.At = wishes[had].At
		}
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

// AddPatient returns the effects of the button that puts the patient of a case on the waitlist, for
// the type of their next visit. If there is no such visit, or the number has opted out, a note says
// so instead. Either way the button goes. id names the event, and by is who pressed.
func (h *Handler) AddPatient(s handlers.State, c handlers.Case, by, id string) handlers.Effects {
	now := h.Now()
	e := handlers.Effects{}
	kind := ""
	text := "No visit ahead says which type: /clinic waitlist add " + s.Phone.Last4() + " TYPE."
	switch ahead := waiting(s, "", now); {
	case len(handlers.Patients(ahead)) > 1:
		text = "Several patients share the phone, and it isn't known who waits: " +
			"/clinic waitlist add " + s.Phone.Last4() + " TYPE."
	case len(ahead) > 0:
		kind = ahead[0].Type
	}
	if kind != "" && s.Consent.Out {
		kind, text = "", "Has opted out of texts, so no offer would reach them."
	}
	if kind != "" {
		w := newWish(s, kind, by, now)
		e.Wishes = []handlers.Wish{w}
		text = "put them on the waitlist" + veil.Veiled(" for "+kind, "") + h.before(s, w) + "."
	}
	c.Wish = false
	e.Cases = []handlers.Case{c}
	e.Posts = []handlers.Post{
		{ID: id + ":card", Case: c.ID, Do: desk.PostCard, Due: now},
		{ID: id + ":note", Case: c.ID, Do: desk.PostNote, From: by, Text: text, Due: now},
	}
	return e
}

// waiting returns the number's visits ahead of a type ("" is any), soonest first, that an earlier
// time may take the place of. Where several patients share the phone and one of them has asked for
// another time, it is theirs.
func waiting(s handlers.State, kind string, now time.Time) (all []handlers.Visit) {
	var asked []handlers.Visit
	for _, v := range s.Visits {
		if !v.Open(now) || kind != "" && v.Type != kind {
			continue
		}
		all = append(all, v)
		if v.State == handlers.Reschedule {
			asked = append(asked, v)
		}
	}
	if len(asked) > 0 && len(s.Patients()) > 1 {
		return asked
	}
	return all
}

// newWish returns the wish of a number for a type: to come before its soonest visit of that type,
// if it has one. The name, language and zone are those of that visit, or else of its next one; of
// several patients with one phone none is named who has no such visit.
func newWish(s handlers.State, kind, by string, now time.Time) handlers.Wish {
	w := handlers.Wish{Phone: s.Phone, Type: kind, At: now, By: by}
	if of := waiting(s, kind, now); len(of) > 0 {
		v := of[0]
		w.Visit, w.Start, w.Name, w.Lang, w.Zone = v.ID, v.Start, v.Name, v.Lang, v.Zone
	} else if next := waiting(s, "", now); len(next) > 0 {
		w.Lang, w.Zone = next[0].Lang, next[0].Zone
		if len(s.Patients()) == 1 {
			w.Name = next[0].Name
		}
	}
	return w
}

// before returns how staff are told which visit a slot would replace; "" if none.
func (h *Handler) before(s handlers.State, w handlers.Wish) string {
	v, ok := replaces(w, s)
	if !ok {
		return ""
	}
	return ", to come before the visit of " + s.Whose(h.Base, v.Name, h.clock(v.Start)) +
		", which it then takes the place of"
}

// clock returns a time as staff read it, in the clinic's zone.
func (h *Handler) clock(t time.Time) string {
	return knowledge.DeskClock(h.Base.Clinic, h.Now()).When(t, "en")
}

// Remove takes a number off the waitlist for staff, under an event's id: for the visit type kind,
// or for all types if kind is "". An offer that was made already stands until it ends. Remove
// returns false if the number isn't on the list, as also when the same event comes again.
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

// List returns who waits, in the order in which they are asked. Wishes that are over are left out
// even while they are still stored.
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

// replaces returns the visit that a slot would replace, as it stands; false if the state has none.
// It looks for the visit's id first. If staff have booked it anew under another id, it is
// recognised by its type, its start and its patient.
func replaces(w handlers.Wish, s handlers.State) (handlers.Visit, bool) {
	for _, v := range s.Visits {
		if w.Visit != "" && v.ID == w.Visit {
			return v, true
		}
	}
	for _, v := range s.Visits {
		if w.Visit != "" && v.Type == w.Type && v.Start.Equal(w.Start) &&
			theirs(w, v) {
			return v, true
		}
	}
	return handlers.Visit{}, false
}

// theirs reports whether a visit is that of the patient who waits, as far as their name is known.
func theirs(w handlers.Wish, v handlers.Visit) bool {
	return w.Name == "" || handlers.SamePatient(w.Name, v.Name)
}

// isOver reports whether a wish is over: the visit that it was to come before is past, or isn't the
// number's any more. A state has no visits that started more than a day ago, so a visit that it
// lacks counts as past. A wish without a visit is never over.
func isOver(w handlers.Wish, s handlers.State, now time.Time) bool {
	v, ok := replaces(w, s)
	return w.Visit != "" && !(ok && v.Start.After(now))
}
