package patient

import (
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// mostListed is the most segments of a list of visits.
const mostListed = 2

// myVisits says when the patient's next visit is, or all of them: as many as fit two segments.
func myVisits(b *builder, in intent.Intent) {
	if len(in.Visits) == 0 {
		b.say(replies.NoneAhead, nil)
		return
	}
	name := replies.AllVisits
	if in.Act == intent.NextVisit {
		name = replies.NextVisit
	}
	for n := len(in.Visits); n > 0; n-- {
		body, err := b.base.Reply(name, in.Lang, knowledge.Fill{"list": b.visits(in, n)})
		if err != nil {
			b.err = err
			return
		}
		if segments, _ := knowledge.Segments(body); segments <= mostListed || n == 1 {
			b.e.Reply.Bodies = append(b.e.Reply.Bodies, body)
			return
		}
	}
}

// visits lists the first n visits that the intent is about: by patient where several share the
// phone, with the place in its series where only one is listed of a patient.
func (b *builder) visits(in intent.Intent, n int) string {
	var names, parts []string
	of := map[string][]handlers.Visit{}
	for _, v := range in.Visits[:n] {
		name := v.Name
		for _, known := range names {
			if handlers.SamePatient(known, name) {
				name = known
			}
		}
		if len(of[name]) == 0 {
			names = append(names, name)
		}
		of[name] = append(of[name], v)
	}
	for _, name := range names {
		visits := of[name]
		var at []time.Time
		for _, v := range visits {
			at = append(at, v.Start)
		}
		list := b.clock(visits[0]).Days(at, in.Lang)
		if len(visits) == 1 {
			list += b.nth(in, visits[0])
		}
		parts = append(parts, b.whose(name, list))
	}
	return strings.Join(parts, "; ")
}

// nth returns a visit's place in its series, to follow its time; "" if it has none.
func (b *builder) nth(in intent.Intent, v handlers.Visit) string {
	n, of := in.State.Nth(v, b.base.Clinic.VisitTypes[v.Type].Within(), b.now)
	if n == 0 {
		return ""
	}
	s, err := b.base.Nth(n, of, in.Lang)
	if err != nil {
		b.err = err
	}
	return " (" + s + ")"
}
