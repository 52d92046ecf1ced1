package reminder

import (
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/knowledge/settings"

	"github.com/beacon-clinic/beacon/handlers/waitlist"

	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/replies"

	"github.com/beacon-clinic/beacon/handlers"
)

// Swap books a visit that its patient took by text, confirmed as it is, and calls the one off that it takes the place of, if there is one. say is how
// to prepare, where no reminder comes in time to say it.
func (h *Handler) Swap(s handlers.State, v handlers.Visit, old *handlers.Visit, lang string) (e handlers.Effects, say string, err error) {
	e = h.book(s, handlers.Visit{}, v, false, false)
	e.Visits[0].State = handlers.Confirmed
	told := false
	for i, o := range e.Texts {
		if h.atBooking(o.Kind) || o.Kind == kinds.Unprepared {
			e.Texts[i].State, e.Texts[i].Why = handlers.Skipped, "the answer to their YES said it"
		}
		told = told || o.Kind == kinds.Prepare && o.State != handlers.Skipped
	}
	if old != nil {
		off := *old
		off.State = handlers.Declined
		e.Visits = append(e.Visits, off)
		e.Void = append(e.Void, handlers.Voids("the patient took an earlier time instead", h.rows(off)...)...)
	}
	if !told {
		e.Visits[0].Told = h.Now()
		say, err = h.prepare(e.Visits[0], lang, h.Now())
	}
	return e, say, err
}

// prepare says what must still be left off before a visit, and that somebody takes the patient home.
func (h *Handler) prepare(v handlers.Visit, lang string, now time.Time) (string, error) {
	c := h.Base.Clinic
	say, err := h.leaveOff(v, leaveOffs(c, v, now), lang)
	if err != nil || !c.VisitTypes[v.Type].RideHome {
		return say, err
	}
	ride, err := h.Base.Reply(replies.Ride, lang, nil)
	return strings.TrimSpace(say + " " + ride), err
}

// leaveOff says what must be left off and from when, a sentence each.
func (h *Handler) leaveOff(v handlers.Visit, list []settings.LeaveOff, lang string) (string, error) {
	var parts []string
	starts := []time.Time{v.Start.In(h.Base.Clinic.Zoned(v.Zone))}
	for _, l := range list {
		s, err := h.Base.LeaveOff(l, starts, lang)
		if err != nil {
			return "", err
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, " "), nil
}

// adopt puts a visit that staff book in the place of the one that its patient took by text at the same time: it is the same visit, now known by the
// clinic's own id. It keeps the patient's answer, and nobody is told of it twice.
func (h *Handler) adopt(s handlers.State, e *handlers.Effects) {
	v := &e.Visits[0]
	for _, taken := range s.Visits {
		if !waitlist.ByText(taken) || taken.ID == v.ID || !taken.Start.Equal(v.Start) || !taken.Stands() {
			continue
		}
		v.State, v.Ride, v.Asked, v.Told = taken.State, taken.Ride, taken.Asked, taken.Told
		for i, o := range e.Texts {
			if h.atBooking(o.Kind) || o.Kind == kinds.Unprepared {
				e.Texts[i].State, e.Texts[i].Why = handlers.Skipped, "the patient took the visit by text, and was told then"
			}
		}
		e.Void = append(e.Void, handlers.Voids("the clinic has booked the visit under its own id", h.rows(taken)...)...)
		taken.State = handlers.Declined
		e.Visits, e.Gone = append(e.Visits, taken), append(e.Gone, taken.ID)
		return
	}
}

// freed are the slots that a visit leaves when it moves.
func (h *Handler) freed(old handlers.Visit) []handlers.Slot {
	if !old.Open(h.Now()) {
		return nil
	}
	return waitlist.Freed(h.Base.Clinic, old, "the visit of "+old.Phone.String()+" moved", h.Now())
}
