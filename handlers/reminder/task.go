package reminder

import (
	"fmt"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

// Task looks at a visit when staff may be left something to do: nobody has said who drives the patient home, or no text says how to prepare. It
// returns what the desk is told, and what became of the row. Who is called about the preparation is asked about the ride home in the same call.
func (h *Handler) Task(s handlers.State, o handlers.Outgoing, now time.Time) (handlers.Effects, string) {
	v, ok := find(s.Visits, o.Visit)
	switch {
	case !ok:
		return handlers.Effects{}, "there is no such visit any more"
	case !v.Start.Equal(o.Start):
		return handlers.Effects{}, "the visit moved"
	case !v.Start.After(now):
		return handlers.Effects{}, "the visit has begun"
	case v.State == handlers.Declined, v.State == handlers.Reschedule:
		return handlers.Effects{}, "the patient doesn't come then"
	}
	title, note := "", ""
	switch o.Kind {
	case knowledge.DiscreetKind:
		title, note = h.discreet(s, v, now)
	case knowledge.UnpreparedKind:
		title, note = h.late(v, now), "how to prepare is to be said"
	default:
		title, note = h.ride(v)
	}
	if title == "" {
		return handlers.Effects{}, note
	}
	e := handlers.OpenCase(s, handlers.Case{ID: o.Event("task"), Channel: handlers.DeskChannel, Kind: o.Kind, At: now, Open: true, Title: title})
	if o.Kind == knowledge.DiscreetKind {
		e.Void, e.VoidWhy = []string{rowID(v, knowledge.RideKind)}, "the desk calls them about the preparation"
	}
	return e, "the desk has a task: " + note
}

// ride is the task to ask who drives a patient home; none if that is known.
func (h *Handler) ride(v handlers.Visit) (title, note string) {
	switch {
	case v.Ride == handlers.RideArranged:
		return "", "the patient said that the ride home is arranged"
	case v.Ride == handlers.RideHelp:
		return "", "the patient asked for help with the ride home: the desk was told then"
	}
	why := "They were asked by text and didn't answer."
	if v.Asked.IsZero() {
		why = "No text could ask them."
	}
	return fmt.Sprintf("Nobody has said who drives them home on %s. %s Ask them.", h.clinicTime(v), why), "nobody has said who drives the patient home"
}

// discreet is the task to say what the text doesn't say to a patient who gets discreet texts only; none if theirs are in full.
func (h *Handler) discreet(s handlers.State, v handlers.Visit, now time.Time) (title, note string) {
	if !s.Consent.Basic {
		return "", "the patient's texts are in full"
	}
	title = fmt.Sprintf("Gets discreet texts only: call and tell them how to prepare for their visit on %s.", h.bothTimes(v))
	return title + h.tell(v, now), "the patient gets discreet texts only, so how to prepare is to be said"
}

// late is the task to say what the text would have said that the visit came too late for.
func (h *Handler) late(v handlers.Visit, now time.Time) string {
	came := "booked"
	if v.Moves > 0 {
		came = "moved"
	}
	return fmt.Sprintf("Their visit on %s was %s too late for the text that says how to prepare.", h.bothTimes(v), came) + h.tell(v, now)
}

// tell is what staff are to say: what can still be followed in the text's own words, so that they can be read out or sent as they stand, and apart
// from it what can't be followed any more.
func (h *Handler) tell(v handlers.Visit, now time.Time) (title string) {
	if ahead, err := h.prepare(v, "en", now); err == nil && ahead != "" {
		title += fmt.Sprintf(" Tell them: %q", ahead)
		if lang := knowledge.Language(v.Lang); lang != "en" {
			own, _ := h.prepare(v, lang, now) // Load has seen that each language has it
			title += fmt.Sprintf(" (%s: %q)", lang, own)
		}
	}
	if h.Base.Clinic.VisitTypes[v.Type].RideHome && v.Ride == "" {
		title += " Ask who drives them home."
	}
	var past []knowledge.LeaveOff
	for _, l := range leaveOffs(h.Base.Clinic, v, time.Time{}) {
		if !l.At.After(now) {
			past = append(past, l)
		}
	}
	if gone, err := h.leaveOff(past, "en"); err == nil && gone != "" {
		title += fmt.Sprintf(" It is too late for %q: ask what they have had; a nurse decides whether the visit can stand.", gone)
	}
	return title
}

func (h *Handler) clinicTime(v handlers.Visit) string {
	return knowledge.When(v.Start.In(h.Base.Clinic.Location()), "en")
}

// bothTimes is when a visit is, and when that is where the patient is if their clock shows another time: what they are told goes by theirs.
func (h *Handler) bothTimes(v handlers.Visit) string {
	there := knowledge.When(v.Start.In(h.Base.Clinic.Zoned(v.Zone)), "en")
	if here := h.clinicTime(v); here != there {
		return here + " (where they are, and so in what follows: " + there + ")"
	}
	return h.clinicTime(v)
}
