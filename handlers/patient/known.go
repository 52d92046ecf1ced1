package patient

import (
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/knowledge"
)

// nextWhens words when visits are that may fall on different days, and whose each is if several
// patients share the phone.
func (b *builder) nextWhens(visits []handlers.Visit) string {
	var parts []string
	for _, v := range visits {
		parts = append(parts, b.when(v))
	}
	return b.list(parts, b.in.Lang)
}

// visitAnswers returns an entry's answer for somebody with a visit ahead: until what time they may
// eat and drink, not how many hours before the visit. Of several patients each has an answer of
// their own, with the name, about their next visit that asks for anything. There is none if the
// entry has no such words, or no visit has such a rule.
//
// A rule whose time has passed is told as well: who asks at noon whether they may eat must not
// read only until when they may drink.
func (b *builder) visitAnswers(in intent.Intent, id string) (out []string, err error) {
	var visits []handlers.Visit
	for _, v := range in.About {
		if rules, err := b.leaveOffs(v, b.clock(v), in.Lang); err != nil {
			return nil, err
		} else if rules != "" {
			visits = append(visits, v)
		}
	}
	for _, v := range handlers.NextOfEach(visits) {
		rules, err := b.leaveOffs(v, b.clock(v), in.Lang)
		if err != nil {
			return nil, err
		}
		body, err := b.base.VisitAnswer(id, in.Lang, knowledge.Fill{
			"visit.when": b.when(v), "visit.leave_off": rules,
		})
		if err != nil {
			return nil, err
		}
		if body != "" {
			out = append(out, body)
		}
	}
	return out, nil
}

// leaveOffs says what must be left off before a visit: for two visits of a patient on one day, what
// either asks for, from the earlier time. It is "" if there is nothing.
func (b *builder) leaveOffs(
	v handlers.Visit, clock knowledge.Clock, lang string,
) (string, error) {
	types, starts := []string{v.Type}, []time.Time{v.Start}
	for _, w := range b.in.Ahead {
		if w.ID != v.ID && handlers.SamePatient(w.Name, v.Name) && clock.SameDay(w.Start, v.Start) {
			types, starts = append(types, w.Type), append(starts, w.Start)
		}
	}
	var out []string
	for _, l := range b.base.Clinic.LeaveOffs(types, starts, time.Time{}) {
		rule, err := b.base.LeaveOff(l, starts, clock, lang)
		if err != nil {
			return "", err
		}
		out = append(out, rule)
	}
	return strings.Join(out, " "), nil
}

// near is how soon a visit is that a nurse must know of who reads what the patient writes.
const near = 48 * time.Hour

// soon tells staff, after another sentence, of the visits that are near: when they are, and from
// when what must be left off. The rules are veiled, since they tell what the patient comes for. It
// is "" if no visit is near, and where the text changes a visit, since the desk is told of that.
func (b *builder) soon() (out string) {
	if b.in.Change != "" {
		return ""
	}
	clock := knowledge.DeskClock(b.base.Clinic, b.now)
	for _, v := range b.in.Ahead {
		if v.Start.Sub(b.now) > near {
			break
		}
		out += " Their visit is on " + b.staffWhen(v) + "."
		rules, err := b.leaveOffs(v, clock, "en")
		if err != nil {
			b.err = err
		}
		if rules != "" {
			out += veil.Veiled(" "+rules, "")
		}
	}
	return out
}
