package paper

import (
	"fmt"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/language"
	"github.com/beacon-clinic/beacon/knowledge/replies"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// The patients of the examples.
const (
	pat  = "Pat Example"
	alex = "Alex Example"
)

// sample words the examples of a page in one language.
type sample struct {
	b      *knowledge.Base
	lang   string
	clock  knowledge.Clock
	visits []time.Time // of the examples, soonest first, all at one time of day
}

// newSample returns the examples of a page that is made now. Their visits are some days ahead, when
// the clinic is open for them.
func newSample(b *knowledge.Base, lang string, now time.Time) sample {
	s := sample{b: b, lang: lang, clock: knowledge.ClinicClock(b.Clinic, "", now)}
	const from, most, early = 6, 60, 14*60 + 30 // no example at one o'clock, which Spanish says apart
	local := now.In(b.Clinic.Location())
	for d := from; d < most && len(s.visits) < 12; d++ {
		at := settings.OnDay(local, d, early)
		if b.Clinic.Attended(at) || d > most/2 { // a clinic may have no hours set
			s.visits = append(s.visits, at)
		}
	}
	return s
}

// visit is when the visit of the examples begins.
func (s sample) visit() time.Time { return s.visits[0] }

// when says a visit's day and time.
func (s sample) when(t time.Time) string { return s.clock.When(t, s.lang) }

// word returns a sentence; "" if the clinic's words can't be filled, which its own place says.
func (s sample) word(name string, own knowledge.Fill) string {
	out, _ := s.b.Reply(name, s.lang, own)
	return out
}

// fill returns an example for all that a sentence may have filled in.
func (s sample) fill(name string) knowledge.Fill {
	c, visit := s.b.Clinic, s.visit()
	leave := s.leaveOffs(s.prepared())
	shut := settings.OnDay(visit, 0, 23*60+59)
	place := ""
	if address := c.Facts["address"].In(s.lang); address != "" {
		place = " " + strings.TrimSuffix(address, ".") + "."
	}
	opens := c.Opens(shut)
	if opens.IsZero() { // a clinic without hours
		opens = visit
	}
	minutes := fmt.Sprint(c.Desk.ReplyMinutes)
	return knowledge.Fill{
		"first": s.b.Greet(pat), "name": knowledge.First(pat), "last": knowledge.First(alex),
		"when": s.when(visit), "visit.when": s.when(visit), "old": s.when(s.visits[3]),
		"time": s.clock.Time(visit, s.lang), "at": s.clock.Time(visit.Add(-6*time.Hour), s.lang),
		"until":           s.clock.Time(visit.Add(-24*time.Hour), s.lang),
		"visit.leave_off": leave, "prepare": leave, "place": place,
		"opens": s.when(opens), "minutes": minutes,
		"by": s.word(replies.ByOpen, knowledge.Fill{"minutes": minutes}),
		"n":  "3", "of": "6", "list": s.list(name),
		"last4": "0123", "kind": "crisis", "count": "2", "why": "no connection",
	}
}

// prepared returns the visit type of the examples: the one with most to prepare.
func (s sample) prepared() (out string) {
	most := -1
	for _, name := range s.b.Clinic.Types() {
		t := s.b.Clinic.VisitTypes[name]
		if n := len(t.Prepare.LeaveOffs(s.visit(), time.Time{})); n > most {
			most, out = n, name
		}
	}
	return out
}

// leaveOffs says what is to be left off before a visit of a type.
func (s sample) leaveOffs(kind string) string {
	starts := s.visits[:1]
	var out []string
	for _, l := range s.b.Clinic.LeaveOffs([]string{kind}, starts, time.Time{}) {
		rule, err := s.b.LeaveOff(l, starts, s.clock, s.lang)
		if err == nil {
			out = append(out, rule)
		}
	}
	return strings.Join(out, " ")
}

// list returns what stands in the list of a sentence.
func (s sample) list(name string) string {
	when := func(i int) knowledge.Fill { return knowledge.Fill{"when": s.when(s.visits[i])} }
	ours := []string{
		knowledge.First(pat) + " " + s.when(s.visits[0]),
		knowledge.First(alex) + " " + s.when(s.visits[1]),
	}
	switch name {
	case replies.And:
		return knowledge.First(pat)
	case replies.NextVisit:
		return s.when(s.visit())
	case replies.AllVisits:
		return s.clock.Days(s.visits[:3], s.lang)
	case replies.WhichVisit:
		return numbered(s.when(s.visits[0]), s.when(s.visits[1]))
	case replies.WhichPatient, replies.WhichRide, replies.WhichRideHelp:
		return numbered(append(ours, s.word(replies.Both, nil))...)
	case replies.OfferWhich:
		return numbered(s.word(replies.ThisOffer, when(0)), s.word(replies.ThisVisit, when(1)))
	case replies.Choices:
		var names []string
		for _, e := range s.b.All() {
			if len(names) < 2 && !e.Outside {
				names = append(names, e.Label(s.lang))
			}
		}
		return numbered(names...)
	}
	return strings.Join(ours, ", ")
}

// numbered lists what a patient chooses from by number.
func numbered(names ...string) string {
	for i, name := range names {
		names[i] = fmt.Sprintf("%d %s", i+1, name)
	}
	return strings.Join(names, ", ")
}

// label returns what visits of a type are called.
func (s sample) label(kind string) string {
	return s.b.Clinic.VisitTypes[kind].Label.In(language.All()[0])
}
