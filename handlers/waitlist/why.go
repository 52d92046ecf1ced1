package waitlist

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/knowledge"
)

// Why returns, for staff, since when a number is on the waitlist and for what, and why each slot
// that became free lately was or wasn't offered to it. Each line of the table has five cells: what
// (a slot, or "waitlist"), a text's kind, when, a short finding, and the reason. For a slot that is
// still on offer it says how things stand. The error is the store's.
func (h *Handler) Why(ctx context.Context, p handlers.Phone) ([][]string, error) {
	s, err := h.Store.Peek(ctx, p)
	if err != nil {
		return nil, err
	}
	all, err := h.Register.Wishes(ctx)
	if err != nil {
		return nil, err
	}
	freed, err := h.Register.FreedSlots(ctx)
	if err != nil {
		return nil, err
	}
	had, err := h.Register.UnaskedAt(ctx, p)
	if err != nil {
		return nil, err
	}
	w := account{h: h, s: s, had: had, now: h.Now()}
	for i, one := range all {
		if one.Phone == p {
			w.wish(one, all[:i])
			w.mine = append(w.mine, one)
		}
	}
	if len(w.mine) == 0 {
		w.line("waitlist", "", "", "isn't on it", "/clinic waitlist add "+p.Last4()+" TYPE")
	}
	for i := range freed {
		w.slot(&freed[i])
	}
	return w.out, nil
}

// account gathers the lines of Why.
type account struct {
	h    *Handler
	s    handlers.State
	had  []time.Time     // when the number was sent unasked texts
	mine []handlers.Wish // the number's
	now  time.Time
	out  [][]string
}

// line adds a line of five cells; see [Handler.Why].
func (w *account) line(cells ...string) { w.out = append(w.out, cells) }

// when returns a time as staff read it, in the clinic's zone.
func (w *account) when(t time.Time) string {
	return knowledge.DeskClock(w.h.Base.Clinic, w.now).When(t, "en")
}

// wish adds the line of a place on the list. before is the list up to it, from which the place
// among those who wait for the same type is counted.
func (w *account) wish(one handlers.Wish, before []handlers.Wish) {
	n := 1
	for _, b := range before {
		if b.Type == one.Type {
			n++
		}
	}
	parts := []string{fmt.Sprintf(
		"number %d%s, put there by %s", n, veil.Veiled(" for "+one.Type, " for its type"),
		one.By,
	)}
	if v, ok := replaces(one, w.s); isOver(one, w.s, w.now) {
		parts = append(parts, hasBeen)
	} else if ok {
		parts = append(parts, "to come before the visit of "+w.when(v.Start))
	}
	if !one.From.IsZero() {
		parts = append(
			parts,
			"no day before "+knowledge.DeskClock(w.h.Base.Clinic, w.now).Date(one.From, "en"),
		)
	}
	if one.Notice > 0 {
		parts = append(parts, fmt.Sprintf("with %gh of notice", one.Notice.Hours()))
	}
	if !w.h.Base.Clinic.Waitlist.On {
		parts = append(parts, "but offers are off: waitlist.on in clinic.yaml")
	}
	w.line("waitlist", "", w.when(one.At), "waits since", strings.Join(parts, "; "))
}

// slot adds the line of a slot: how its offer to the number went, or why there was none. A number
// that isn't on the list, and wasn't offered the slot, has no such line.
func (w *account) slot(s *handlers.Slot) {
	if offer := s.To(w.s.Phone); offer != nil {
		w.line(s.Named(w.h.Base.Clinic), KindOffer, w.when(offer.At), "offered", w.went(s, offer))
	} else if len(w.mine) > 0 {
		w.line(s.Named(w.h.Base.Clinic), KindOffer, w.when(s.At), "not offered", w.passed(s))
	}
}

// went returns what became of an offer.
func (w *account) went(s *handlers.Slot, offer *handlers.Offer) string {
	until := knowledge.Time(offer.Until.In(w.h.Base.Clinic.Location()))
	switch offer.State {
	case handlers.OfferLeft:
		return offer.To.String() + " " + offer.Why
	case handlers.OfferLapsed:
		return "they didn't answer by " + until
	case handlers.OfferSkipped:
		return "the text couldn't be sent: " + offer.Why
	case handlers.OfferTaken:
		return "they took it"
	case handlers.OfferGone:
		return "it went before they answered: " + s.End
	}
	return "they have until " + until + " to answer"
}

// passed returns why a slot wasn't offered to a number on the waitlist. It goes by the state of the
// number as it is now, since that of then isn't stored; a bar that began after the slot was over
// doesn't count.
func (w *account) passed(s *handlers.Slot) string {
	at, over := w.now, s.State != handlers.SlotOpen
	if over { // when it ended isn't stored; when it became free is the best that there is
		at = s.At
	}
	i := slices.IndexFunc(w.mine, func(one handlers.Wish) bool { return one.Type == s.Type })
	one := w.mine[max(i, 0)]
	if no := misfit(s, one, at, w.h.Base.Clinic); no != "" {
		return no
	}
	one, no := wished(w.s, one, s, w.h.Base.Clinic, at)
	switch bar, since := barred(w.s); {
	case no != "":
		return no
	case bar != "" && !since.After(at): // if it is over they may have been barred since
		return bar
	case over && one.At.After(s.At):
		return "they came on the list after it had become free: " + s.End
	case s.State == handlers.SlotTaken:
		return "another was first: " + s.End
	case over:
		return "it was over before they could be asked: " + s.End
	}
	return w.waits(s, one)
}

// waits returns what an open slot waits for before it is offered to a number that it fits: others
// who are being asked, or something about the number.
func (w *account) waits(s *handlers.Slot, one handlers.Wish) string {
	n, last := 0, "" // how many offers stand, and until when the last of them does
	for _, other := range s.Offers {
		if other.Stands() {
			n++
			last = fmt.Sprintf(
				"%s has until %s to answer", other.To,
				knowledge.Time(other.Until.In(w.h.Base.Clinic.Location())),
			)
		}
	}
	if n >= w.h.Base.Clinic.Waitlist.AtOnce {
		return "another is first: " + last
	}
	at, no := w.h.when(w.s, one, w.had, w.now)
	switch {
	case no == "":
		return "not yet: it is offered in the order of the list, and looked at next on " +
			w.when(s.Next)
	case at.After(w.h.tooNear(s.Start, one)):
		return no + "; after that it is too near"
	}
	return fmt.Sprintf("not yet: %s; not before %s", no, w.when(at))
}
