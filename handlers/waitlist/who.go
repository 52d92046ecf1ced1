package waitlist

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

const (
	// shortest is the least time that an offer stands: less is no offer.
	shortest = 15 * time.Minute
	// round is what the end of an offer is rounded up to, so that it reads as a time.
	round = 5 * time.Minute
)

// askNext asks the next n who fit. It returns how many were asked, and when somebody who fits but
// can't be asked now can be.
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
		// until is when an offer made now ends.
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

// until is when an offer that is made now ends.
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

// sooner is the earlier of two times; a zero one is never.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// tooNear is when a slot with this start is too near for a wish, by its notice and the clinic's.
func (h *Handler) tooNear(start time.Time, w handlers.Wish) time.Time {
	return start.Add(-max(w.Notice, h.Base.Clinic.Waitlist.Notice()))
}

// overKeep is how long after its visit a wish that is over stays known, so that it can be said why
// nothing was offered.
const overKeep = 24 * time.Hour

// end takes a wish that is over off the list, unless its number was put there again meanwhile.
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

// misfit says why a wish isn't for a slot like this; "" if it is.
func misfit(slot *handlers.Slot, w handlers.Wish, now time.Time, c *settings.Clinic) string {
	switch {
	case w.Type != slot.Type:
		return "it isn't the type they wait for, " + w.Type
	case w.Phone == slot.From:
		return "it was theirs"
	case slot.Start.Before(w.From):
		return "it is too early a day: they want none before " +
			knowledge.Date(w.From.In(c.Location()), "en")
	case now.After(slot.Start.Add(-w.Notice)):
		return fmt.Sprintf("too little notice: they need %gh", w.Notice.Hours())
	}
	return ""
}

// hasBeen is said of a wish that has ended.
const hasBeen = "their visit has been, so they wait no more"

// wished says why a slot isn't what the number waits for any more, by its visits as they stand: it
// must come before the visit that the wish is about, on a day without another. If that visit is
// off, the wish comes back without it.
func wished(
	s handlers.State, w handlers.Wish, slot *handlers.Slot, c *settings.Clinic, now time.Time,
) (handlers.Wish, string) {
	if isOver(w, s, now) {
		return w, hasBeen
	}
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
					knowledge.When(v.Start.In(c.Location()), "en")
			}
			instead = v.ID
		case handlers.SameDay(v.Start, slot.Start, c.Location()):
			return w, "they have another visit that day"
		}
	}
	w.Visit = instead
	return w, ""
}

// barred says why a number is offered nothing, whatever becomes free, and since when; "" if it may
// be.
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

// when is the earliest moment at which the number can be offered something, as far as can be told
// now, and why not before.
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
			// one at a time, so that YES is plain
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

// room says whether the caps leave room for an offer now, with every reminder that goes to everyone
// still getting through.
func (h *Handler) room(s handlers.State, had []time.Time, zone *time.Location, now time.Time) bool {
	rules := h.Base.Clinic.Reminders
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
		if rules.MaxPerDay > 0 && day >= rules.MaxPerDay ||
			rules.MaxPerWeek > 0 && week >= rules.MaxPerWeek {
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

// coming are the reminders of the number's visits due within a week, soonest first.
func (h *Handler) coming(s handlers.State, now time.Time) (out []remind) {
	for _, v := range s.Visits {
		for _, step := range h.Base.Clinic.Reminders.Plan {
			zone := h.Base.Clinic.Zoned(v.Zone)
			at := step.Due(v.Start, zone)
			skipped := step.Only != "" && v.State == handlers.Confirmed
			at = h.Base.Clinic.StepInWindow(step, at, zone)
			if v.Open(now) && !skipped && at.After(now) && at.Before(v.Start) &&
				at.Before(now.AddDate(0, 0, 7)) {
				out = append(out, remind{at, step.Only == ""})
			}
		}
	}
	slices.SortFunc(out, func(a, b remind) int { return a.at.Compare(b.at) })
	return out
}

type remind struct {
	at       time.Time
	everyone bool
}
