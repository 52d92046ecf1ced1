package intent_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// of books a visit of a patient, so many hours from now.
func (s *scene) of(name string, hours float64) *handlers.Visit {
	v := s.visit(hours)
	v.Name = name
	return v
}

// asks has one text ask about visits, so many hours ago.
func (s *scene) asks(ago float64, visits ...handlers.Visit) {
	var with []string
	for _, v := range visits[1:] {
		with = append(with, v.ID+":confirm")
	}
	for i, v := range visits {
		r := handlers.Record{Outgoing: handlers.Outgoing{
			ID: v.ID + ":confirm", Kind: "confirm", Visit: v.ID, Start: v.Start,
		}}
		if i == 0 {
			r.With = strings.Join(with, "\n")
			r.History = []handlers.Moved{{State: handlers.Sent, At: s.in(-ago)}}
		}
		s.Rows = append(s.Rows, r)
	}
}

// family is the phone of Ada, whose visit is v1, and of Ben, whose is v2.
func family(s *scene) { s.of("Ada Example", 24); s.of("Example, Ben", 72) }

// askedBoth has each of the family asked by a text of their own.
func askedBoth(ada, ben float64) func(*scene) {
	return func(s *scene) {
		family(s)
		s.asks(ada, s.State.Visits[0])
		s.asks(ben, s.State.Visits[1])
	}
}

func askedOnce(s *scene) { family(s); s.asks(1, s.State.Visits...) }

func TestReadWhose(t *testing.T) {
	for _, c := range []reading{
		{
			name: "C, of one text to both", text: "C", given: askedOnce,
			act: intent.ChangeVisit, kind: kinds.Confirm, change: kinds.Confirm, about: "v1 v2",
		},
		{
			name: "C, a day after the other was asked", text: "C", given: askedBoth(25, 1),
			act: intent.ChangeVisit, kind: kinds.Confirm, change: kinds.Confirm, about: "v2",
		},
		{
			name: "C, of two texts of a day", text: "C", given: askedBoth(3, 1),
			act: intent.WhichVisit, kind: kinds.Confirm, change: kinds.Confirm, about: "v1 v2",
		},
		{
			name: "C by name, of two texts of a day", text: "C for Ada", given: askedBoth(3, 1),
			act: intent.ChangeVisit, kind: kinds.Confirm, change: kinds.Confirm, about: "v1",
		},
		{
			name: "C both", text: "both confirmed", given: askedBoth(3, 1),
			act: intent.ChangeVisit, kind: kinds.Confirm, change: kinds.Confirm, about: "v1 v2",
		},
		{
			name: "C to nothing", text: "C", given: family,
			act: intent.WhichVisit, kind: kinds.Confirm, change: kinds.Confirm, about: "v1 v2",
		},
		{
			name: "C after the other gave up", text: "C",
			given: func(s *scene) { family(s); s.State.Visits[0].State = handlers.Declined },
			act:   intent.AskBack, kind: kinds.Confirm, change: kinds.Confirm, about: "v2",
		},
		{
			name: "yes by name", text: "Ada yes", given: askedBoth(3, 1),
			act: intent.ChangeVisit, kind: kinds.Confirm, change: kinds.Confirm, about: "v1",
		},
		{
			name: "no by name", text: "Ben no", given: askedBoth(3, 1),
			act: intent.ChangeVisit, kind: kinds.Decline, change: kinds.Decline, about: "v2",
		},
		{
			name: "can't come by name", text: "Ben can't come", given: family,
			act: intent.ChangeVisit, kind: kinds.Decline, change: kinds.Decline, about: "v2",
		},
		{
			name: "the same in Spanish", text: "Ben no puede venir", given: family, lang: "es",
			act: intent.ChangeVisit, kind: kinds.Decline, change: kinds.Decline, about: "v2",
		},
		{
			name: "can't come, to the last text", text: "can't make it", given: askedBoth(25, 1),
			act: intent.ChangeVisit, kind: kinds.Decline, change: kinds.Decline, about: "v2",
		},
		{
			name: "can't come, to one text", text: "can't make it", given: askedOnce,
			act: intent.WhichVisit, kind: kinds.Decline, change: kinds.Decline, about: "v1 v2",
		},
		{
			name: "NO to one text", text: "NO", given: askedOnce,
			act: intent.WhichVisit, kind: kinds.Decline, change: kinds.Decline, about: "v1 v2",
		},
		{
			name: "can't come on a day", text: "i cant make it friday", given: askedBoth(25, 1),
			act: intent.ChangeVisit, kind: kinds.Decline, change: kinds.Decline, about: "v2",
		},
		{
			name: "a son", text: "my son cant make it", given: askedBoth(25, 1),
			act: intent.WhichVisit, kind: kinds.Decline, change: kinds.Decline, about: "v1 v2",
		},
		{
			name: "one but not the other", text: "Ada yes, Ben no", given: askedOnce,
			act: intent.Mixed, kind: "",
		},
		{
			name: "but Ben can't", text: "I'll be there but Ben can't", given: askedOnce,
			act: intent.AskBack, kind: kinds.Confirm, change: kinds.Confirm, about: "v2",
		},
		{
			name: "another day by name", text: "reschedule Ben please", given: askedBoth(3, 1),
			act: intent.ChangeVisit, kind: kinds.Reschedule, change: kinds.Reschedule, about: "v2",
		},
		{
			name: "late, of two within the hour", text: "running late",
			given: func(s *scene) { s.of("Ada Example", 1); s.of("Ben Example", 1.5) },
			act:   intent.ChangeVisit, kind: kinds.Late, change: kinds.Late, about: "v1 v2",
		},
		{
			name: "late by name", text: "Ben is running late",
			given: func(s *scene) { s.of("Ada Example", 1); s.of("Ben Example", 1.5) },
			act:   intent.ChangeVisit, kind: kinds.Late, change: kinds.Late, about: "v2",
		},
		{
			name: "danger is danger", text: "Ben wants to kill himself", given: askedOnce,
			act: intent.Danger, kind: kinds.Crisis,
		},
	} {
		t.Run(c.name, c.check)
	}
}

func TestReadWhoseChoice(t *testing.T) {
	which := func(act string) func(*scene) {
		return func(s *scene) {
			family(s)
			s.choices(
				intent.Choice(act, "v1"), intent.Choice(act, "v2"),
				intent.ChoiceOfAll(act, s.State.Visits),
			)
		}
	}
	for _, c := range []reading{
		{
			name: "a number", text: "2", given: which(kinds.Decline), act: intent.ChangeVisit,
			change: kinds.Decline, about: "v2",
		},
		{
			name: "a name", text: "Ben please", given: which(kinds.Decline),
			act: intent.ChangeVisit, change: kinds.Decline, about: "v2",
		},
		{
			name: "the number of all", text: "3", given: which(kinds.Confirm),
			act: intent.ChangeVisit, change: kinds.Confirm, about: "v1 v2",
		},
		{
			name: "both", text: "los dos", given: which(kinds.Confirm), act: intent.ChangeVisit,
			change: kinds.Confirm, about: "v1 v2",
		},
		{
			name: "both names", text: "Ada and Ben", given: which(kinds.Decline),
			act: intent.ChangeVisit, change: kinds.Decline, about: "v1 v2",
		},
		{
			name: "neither", text: "neither", given: which(kinds.Decline), act: intent.Mixed,
			change: kinds.Decline,
		},
		{
			name: "a number and another's name", text: "1 for Ben", given: which(kinds.Decline),
			act: intent.Mixed, kind: kinds.Confirm, change: kinds.Decline,
		},
		{
			name: "the contrary of what was asked", text: "C for Ada", given: which(kinds.Decline),
			act: intent.ChangeVisit, kind: kinds.Confirm, change: kinds.Confirm, about: "v1",
		},
		{
			name: "whose ride", text: "Ben", given: which(screen.RideHelp), act: intent.Ride,
			about: "v2",
		},
	} {
		t.Run(c.name, c.check)
	}
}

func TestReadWhoseRideHome(t *testing.T) {
	rides := func(ada, ben float64) func(*scene) {
		return func(s *scene) {
			family(s)
			s.State.Visits[0].Asked, s.State.Visits[1].Asked = s.in(-ada), s.in(-ben)
		}
	}
	for _, c := range []reading{
		{
			name: "of two that were asked", text: "1", given: rides(2, 1), act: intent.WhichRide,
			kind: kinds.Confirm, change: screen.RideArranged, about: "v1 v2",
		},
		{
			name: "of the one that was asked last", text: "1", given: rides(40, 1),
			act: intent.Ride, kind: kinds.Confirm, about: "v2",
		},
		{
			name: "by name", text: "1 for Ada", given: rides(2, 1), act: intent.Ride,
			kind: kinds.Confirm, about: "v1",
		},
		{
			name: "both", text: "both are set", given: rides(2, 1), act: intent.Ride,
			kind: kinds.Confirm, about: "v1 v2",
		},
		{
			name: "needs help", text: "Ben necesita ayuda", given: rides(2, 1), act: intent.Ride,
			about: "v2", lang: "es",
		},
		{
			name: "a driver's name", text: "Ben will drive me home", given: rides(2, 1),
			act: intent.WhichRide, change: screen.RideArranged, about: "v1 v2",
		},
	} {
		t.Run(c.name, c.check)
	}
}

// answer is a text to the phone of a family, and whom of it can be meant.
type answer struct {
	text  string
	names string // whom it names, or "all"
	acts  bool   // it may change a visit without asking back
}

var answers = []answer{
	{text: "C", acts: true},
	{text: "yes", acts: true},
	{text: "si", acts: true},
	{text: "i'll be there", acts: true},
	{text: "no", acts: true},
	{text: "1", acts: true},
	{text: "we can't make it", acts: true},
	{text: "another day please", acts: true},
	{text: "C for Ada", names: "Ada", acts: true},
	{text: "Ben yes", names: "Ben", acts: true},
	{text: "Cleo can't come", names: "Cleo", acts: true},
	{text: "ada and cleo will be there", names: "Ada Cleo", acts: true},
	{text: "confirmo a Ben", names: "Ben", acts: true},
	{text: "Ben no", names: "Ben", acts: true},
	{text: "reschedule Ben please", names: "Ben", acts: true},
	{text: "both confirmed", names: "all", acts: true},
	{text: "C all", names: "all", acts: true},
	{text: "todos vienen", names: "all", acts: true},
	{text: "everyone but Ben will be there"},
	{text: "C for Ada but not Ben"},
	{text: "Ada yes Ben no"},
	{text: "my daughter will be there"},
	{text: "neither can come"},
	{text: "not Ben"},
	{text: "Ada"},
	{text: "both"},
	{text: "ninguno"},
	{text: "I'll be there but Ben can't"},
	{text: "will Ben be there?"},
}

// Of two or three patients, on one day or several, asked in one text or in several, at any
// distance: no answer changes a visit that wasn't asked about last, and of which it doesn't say by name.
func TestNoAnswerIsForWhoWasNotAsked(t *testing.T) {
	names := []string{"Ada Example", "Example, Ben", "CLEO B. EXAMPLE"}
	changes := 0
	for _, a := range answers {
		words := newScene(t, a.text).Words // reading it is most of the work
		for people := 2; people <= 3; people++ {
			for how := range 1 << (2 * people) {
				for days := 1; days <= 2; days++ {
					s := newScene(t, "")
					s.Text.Body, s.Words = a.text, words
					ago := map[string]float64{}
					var once []handlers.Visit
					for i := range people {
						v := *s.of(names[i], float64(30+2*i+24*(i%days)))
						switch how >> (2 * i) & 3 {
						case 1: // by one text with others
							once = append(once, v)
							ago[v.ID] = 1
						case 2: // by a text of their own
							ago[v.ID] = float64(2 + 20*i)
							s.asks(ago[v.ID], v)
						case 3: // by nothing, and confirmed
							s.State.Visits[i].State = handlers.Confirmed
						}
					}
					if len(once) > 0 {
						s.asks(1, once...)
					}
					i := intent.Read(s.Input)
					if i.Act == intent.ChangeVisit {
						changes++
					}
					if fault := a.fault(i, s.State.Visits, ago); fault != "" {
						t.Fatalf("%q of %d people, %d days, asked %b: %s", a.text, people, days,
							how, fault)
					}
				}
			}
		}
	}
	if changes < 1000 {
		t.Errorf("only %d answers changed a visit", changes)
	}
}

// fault says what is wrong with what an answer came to. ago is how many hours ago each visit was
// asked about.
func (a answer) fault(i intent.Intent, all []handlers.Visit, ago map[string]float64) string {
	if i.Act != intent.ChangeVisit {
		return ""
	}
	if !a.acts {
		return fmt.Sprintf("it is %s of %q", i.Change, ids(i))
	}
	last := 1000.
	for _, at := range ago {
		last = min(last, at)
	}
	confirmed := !slices.ContainsFunc(all, func(v handlers.Visit) bool {
		return v.State != handlers.Confirmed
	})
	for _, v := range i.Visits {
		at, asked := ago[v.ID]
		named := slices.ContainsFunc(strings.Fields(a.names), func(n string) bool {
			return strings.Contains(strings.ToLower(v.Name), strings.ToLower(n))
		})
		switch {
		case named, i.Change == kinds.Confirm && confirmed:
		case a.names != "" && a.names != "all":
			return v.Name + " isn't named"
		case !asked && !(len(all) == 1):
			return v.Name + " wasn't asked"
		case a.names == "" && at != last:
			return v.Name + " wasn't asked last"
		}
	}
	if a.names == "" && i.Change == kinds.Decline && len(i.Visits) > 1 {
		return "it gives up more than one visit"
	}
	if a.names != "" || confirmed {
		return ""
	}
	for _, v := range all { // somebody else was asked at about that time
		one := slices.ContainsFunc(i.Visits, func(w handlers.Visit) bool { return w.ID == v.ID })
		if at, asked := ago[v.ID]; asked && at-last < 12 && !one && v.State == handlers.Booked {
			return v.Name + " may be meant as well"
		}
	}
	return ""
}
