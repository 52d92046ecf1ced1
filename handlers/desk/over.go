package desk

import (
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// End says that a visit is over, off or at another time, so that what staff were to do about it is
// done with.
type End struct {
	Visit string // the visit's id
	Why   string // the end of a sentence for staff: "the visit moved"
	At    time.Time
	// Gone says that the patient doesn't come then: whoever asked for another time still waits for
	// an answer.
	Gone bool
	Came bool // the patient is there, and may still need somebody to take them home
	// Tasks says that only tasks end: what the patient writes of the visit goes on.
	Tasks bool
}

// Over returns the effects of closing a number's open cases that are about a visit, with a note that
// says why. A case of danger stays open, and so does a conversation that a person has.
func Over(s handlers.State, end End) (e handlers.Effects) {
	for _, c := range s.Cases {
		ride := strings.HasPrefix(c.Matter, handlers.MatterRide+":")
		switch {
		case c.Visit != end.Visit || end.Visit == "" || !ends(s, c, end.At):
		case end.Came && ride:
		case c.Matter == "" && (end.Tasks || end.Gone && c.Kind == kinds.Reschedule):
		default:
			e.Add(Closed(c, "Closed: "+end.Why+".", end.At))
		}
	}
	return e
}

// ends reports whether an open case may end by itself.
func ends(s handlers.State, c handlers.Case, now time.Time) bool {
	return c.Open && c.Channel != handlers.UrgentChannel &&
		(c.Matter != "" || !s.Conversation.Person(now))
}

// Closed returns the effects of closing a case that ends by itself, with a note in its thread.
func Closed(c handlers.Case, note string, now time.Time) handlers.Effects {
	c.Open = false
	return handlers.Effects{Cases: []handlers.Case{c}, Posts: []handlers.Post{
		{ID: c.ID + ":over:card", Case: c.ID, Do: PostCard, Due: now},
		{
			ID: c.ID + ":over", Case: c.ID, Do: PostNote, From: "bot", Text: note,
			Due: now.Add(time.Millisecond),
		},
	}}
}

// Consented returns what a change of consent among an event's effects means for the number's open
// cases: each card says whether they can be texted, and whoever was to call because they had opted
// out is spared that once they opt in.
func Consented(
	s handlers.State, of handlers.Effects, event string, now time.Time,
) (e handlers.Effects) {
	if of.Consent == nil || of.Consent.Out == s.Consent.Out {
		return e
	}
	for _, c := range s.Cases {
		told := slices.ContainsFunc(of.Cases, func(k handlers.Case) bool { return k.ID == c.ID })
		switch {
		case !c.Open || told:
		case c.Matter == handlers.MatterOptOut && !of.Consent.Out:
			e.Add(Closed(c, "Closed: they opted in again.", now))
		case c.OptOut != of.Consent.Out:
			c.OptOut = of.Consent.Out
			e.Cases = append(e.Cases, c)
			e.Posts = append(e.Posts, handlers.Post{
				ID: event + ":consent:" + c.ID, Case: c.ID, Do: PostCard, Due: now,
			})
		}
	}
	return e
}
