package waitlist

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

const (
	// shortest is the least time that an offer stands. With less, most patients would read it when
	// it is over.
	shortest = 15 * time.Minute
	// round is what the end of an offer is rounded up to, so that the text says "by 11:05 AM".
	round = 5 * time.Minute
)

// askNext asks the next n patients whom the slot fits, in the order of the list. last is when the
// slot is too near to be offered. It returns how many were asked, and when the first of those who
// fit but can't be asked now can be; zero if there is none. Wishes that are over come off the list
// on the way.
func (h *Handler) askNext(
	ctx context.Context, o *Offering, n int, last time.Time,
) (asked int, later time.Time, err error) {
	wishes, err := h.Register.Wishes(ctx)
	if err != nil {
		return 0, later, err
	}
	for _, w := range wishes {
		if asked == n {
			break
		}
		// Nobody is offered the same slot twice.
		if o.To(w.Phone) != nil || misfit(&o.Slot, w, o.Now, h.Base.Clinic) != "" {
			continue
		}
		s, err := h.Store.Peek(ctx, w.Phone)
		if err != nil {
			return 0, later, err
		}
		if isOver(w, s, o.Now.Add(-overKeep)) {
			if err := h.end(ctx, w); err != nil {
				return 0, later, err
			}
			continue
		}
		w, not := wished(s, w, &o.Slot, h.Base.Clinic, o.Now)
		if bar, _ := barred(s); bar != "" || not != "" {
			continue
		}
		had, err := h.Register.UnaskedAt(ctx, w.Phone)
		if err != nil {
			return 0, later, err
		}
		until := h.until(o.Now, last)
		switch at, _ := h.when(s, w, had, o.Now); {
		case at.Equal(o.Now) && !until.Before(o.Now.Add(shortest)):
			o.ask(w, until)
			asked++
		case at.After(o.Now) && !at.After(h.tooNear(o.Start, w)):
			later = sooner(later, at)
		}
	}
	return asked, later, nil
}

// until returns when an offer that is made now ends: after the clinic's offer_minutes, rounded up,
// but no later than last.
func (h *Handler) until(now, last time.Time) time.Time {
	at := now.Add(h.Base.Clinic.Waitlist.Stands())
	if rounded := at.Truncate(round); rounded.Before(at) {
		at = rounded.Add(round)
	}
	if at.After(last) {
		return last
	}
	return at
}

// sooner returns the earlier of two times. A zero time means never, so the other one is earlier.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// tooNear returns when a slot with this start becomes too near for a wish: by the longer of its own
// notice and the clinic's.
func (h *Handler) tooNear(start time.Time, w handlers.Wish) time.Time {
	return start.Add(-max(w.Notice, h.Base.Clinic.Waitlist.Notice()))
}

// overKeep is the least time that a wish stays on the list after its visit, offered nothing, so
// that Why can still tell staff the reason.
const overKeep = 24 * time.Hour

// end takes a wish that is over off the list, unless the number was put on it again meanwhile: the
// new wish has the same number and type, so it would be the one that is taken off. The list is read
// after the number's version, and the turn does nothing if the version has changed since.
func (h *Handler) end(ctx context.Context, w handlers.Wish) error {
	read, err := h.Store.Peek(ctx, w.Phone)
	if err != nil {
		return err
	}
	all, err := h.Register.Wishes(ctx)
	if err != nil {
		return err
	}
	same := func(one handlers.Wish) bool {
		return one.Phone == w.Phone && one.Type == w.Type && one.At.Equal(w.At)
	}
	if !slices.ContainsFunc(all, same) {
		return nil
	}
	id := fmt.Sprintf("wish:over:%s:%s:%s:%s", w.Visit, w.Type, w.Phone.Last4(), read.Version)
	decide := func(s handlers.State) (e handlers.Effects, err error) {
		if s.Version == read.Version {
			e.Unwish = []handlers.Wish{w}
		}
		return e, nil
	}
	_, _, err = h.Store.Turn(ctx, id, w.Phone, decide)
	return err
}

// misfit returns why a slot doesn't fit a wish, as far as the two of them tell; "" if it does. It
// reads no state, so that most of a long list is passed over without a look at the store.
func misfit(slot *handlers.Slot, w handlers.Wish, now time.Time, c *settings.Clinic) string {
	switch {
	case w.Type != slot.Type:
		return "it isn't the type they wait for" + veil.Veiled(", "+w.Type, "")
	case w.Phone == slot.From:
		return "it was theirs"
	case slot.Start.Before(w.From):
		return "it is too early a day: they want none before " +
			knowledge.DeskClock(c, now).Date(w.From, "en")
	case now.After(slot.Start.Add(-w.Notice)):
		return fmt.Sprintf("too little notice: they need %gh", w.Notice.Hours())
	}
	return ""
}

// hasBeen is what staff are told of a wish that is over.
const hasBeen = "their visit has been, so they wait no more"

// wished returns why a slot isn't what the number waits for, by its visits as they stand now; "" if
// it is. The slot must start before the visit that it would replace, and on a day on which the
// patient has no other visit. It also returns the wish as it now is: with the visit that the slot
// would replace, or without one if that visit is off.
func wished(
	s handlers.State, w handlers.Wish, slot *handlers.Slot, c *settings.Clinic, now time.Time,
) (handlers.Wish, string) {
	if isOver(w, s, now) {
		return w, hasBeen
	}
	// before is the visit that the slot has to come before, and instead the same once it is known
	// to stand. The visit may have another id by now; see replaces.
	instead, before := "", w.Visit
	if v, ok := replaces(w, s); ok {
		before = v.ID
	}
	for _, v := range s.Visits {
		switch {
		case !v.Open(now):
		case v.ID == before:
			if !slot.Start.Before(v.Start) {
				return w, "it isn't sooner than their visit of " +
					knowledge.DeskClock(c, now).When(v.Start, "en")
			}
			instead = v.ID
		case theirs(w, v) && handlers.SameDay(v.Start, slot.Start, c.Location()):
			return w, "they have another visit that day"
		}
	}
	w.Visit = instead
	return w, ""
}

// barred returns why a number is offered nothing at all, and since when; "" if it may be offered
// something. Unlike the reasons of when, these don't end by themselves.
func barred(s handlers.State) (why string, since time.Time) {
	switch danger := s.Urgent(); {
	case s.Consent.Out:
		return "they have opted out of texts", s.Consent.At
	case s.Reach.NoTexts:
		return "no text reaches them: " + s.Reach.Why, s.Reach.At
	case danger != nil:
		return "they may be in danger", danger.At
	}
	return "", since
}

// when returns the earliest moment at which the number can be offered something, as far as can be
// told now, and why not before; now and "" if it can be at once. had is when the number was sent
// unasked texts.
func (h *Handler) when(
	s handlers.State, w handlers.Wish, had []time.Time, now time.Time,
) (at time.Time, why string) {
	zone := h.Base.Clinic.Zoned(w.Zone)
	if in := h.Base.Clinic.InWindow(now, zone); in.After(now) {
		return in, "it is outside the hours for what nobody asked for"
	}
	if s.Conversation.Person(now) { // a YES would be said to the person
		return s.Conversation.Taken, "a person talks with them"
	}
	for _, slot := range s.Offers {
		if one := slot.To(w.Phone); slot.State == handlers.SlotOpen && one.Stands() {
			// One offer at a time: with two, nobody would know which one a YES means.
			return one.Until, "another time is being offered to them"
		}
	}
	if !h.room(s, had, zone, now) {
		l := now.In(zone)
		return h.Base.Clinic.InWindow(settings.OnDay(l, 1, 0), zone),
			"they have had their texts of the day or the week, or need the next for a reminder"
	}
	return now, ""
}

// room reports whether the caps leave room for an offer now. The reminders of the coming week that
// everybody gets (how to prepare, say) must still fit after it: they matter more than an earlier
// time. Reminders that only some get are counted if they fit, but may be displaced.
func (h *Handler) room(s handlers.State, had []time.Time, zone *time.Location, now time.Time) bool {
	perDay, perWeek := h.Base.Clinic.Reminders.Caps(!s.Consent.Given.IsZero())
	// fits reports whether a text at that time is within the caps, and counts it if so.
	fits := func(at time.Time) bool {
		day, week := 0, 0
		for _, t := range had {
			if t.In(zone).Format(time.DateOnly) == at.In(zone).Format(time.DateOnly) {
				day++
			}
			if t.After(at.AddDate(0, 0, -7)) {
				week++
			}
		}
		if perDay > 0 && day >= perDay || perWeek > 0 && week >= perWeek {
			return false
		}
		had = append(had, at)
		return true
	}
	had = slices.Clone(had)
	if !fits(now) {
		return false
	}
	for _, r := range h.coming(s, now) {
		if !fits(r.at) && r.everyone {
			return false
		}
	}
	return true
}

// coming returns the reminders of the number's visits that are due within a week, soonest first, by
// the plan in clinic.yaml.
func (h *Handler) coming(s handlers.State, now time.Time) (out []remind) {
	c := h.Base.Clinic
	for _, v := range s.Visits {
		for _, step := range c.Reminders.Plan {
			zone := c.Zoned(v.Zone)
			skipped := step.Only != "" && v.State == handlers.Confirmed
			at := c.Leaves(step, v.Start, zone, c.VisitTypes[v.Type].Prepares())
			if step.Kind == kinds.Prepare && !c.VisitTypes[v.Type].Prepares() {
				continue
			}
			if v.Open(now) && !skipped && at.After(now) && at.Before(v.Start) &&
				at.Before(now.AddDate(0, 0, 7)) {
				out = append(out, remind{at, step.Only == ""})
			}
		}
	}
	slices.SortFunc(out, func(a, b remind) int { return a.at.Compare(b.at) })
	return out
}

// remind is a reminder to come.
type remind struct {
	at       time.Time
	everyone bool // it goes to every visit, not only to those without an answer
}
