package intent_test

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

const faq = `
- {id: roof, asks: {en: [is the roof green]}, answer: {en: "Green."}}
- {id: door, asks: {en: [is the door red]}, answer: {en: "Red."}}
`

var base = sync.OnceValues(func() (*knowledge.Base, error) {
	return knowledge.Load(handlerstest.FAQ(faq))
})

// scene is a text and all that it is read from: Tuesday, December 1, at 10 in the morning.
type scene struct {
	intent.Input
	t *testing.T
}

func newScene(t *testing.T, text string) *scene {
	t.Helper()
	b, err := base()
	if err != nil {
		t.Fatal(err)
	}
	now := handlerstest.At(t, "2026-12-01 10:00")
	from := handlerstest.Phone(t, "0101")
	return &scene{t: t, Input: intent.Input{
		Base: b, Now: now, Words: b.Read(text, nil), State: handlers.State{Phone: from},
		Text: handlers.Text{ID: "SM1", From: from, Body: text, At: now},
	}}
}

// visit books the next visit, so many hours from now: v1, v2 …
func (s *scene) visit(hours float64) *handlers.Visit {
	s.State.Visits = append(s.State.Visits, handlers.Visit{
		ID: "v" + string(rune('1'+len(s.State.Visits))), Phone: s.State.Phone, Type: "consult",
		Start: s.in(hours), State: handlers.Booked,
	})
	return &s.State.Visits[len(s.State.Visits)-1]
}

// asked has a reminder ask about a visit, an hour ago.
func (s *scene) asked(v *handlers.Visit) {
	s.Rows = append(s.Rows, handlers.Record{
		Outgoing: handlers.Outgoing{
			ID: v.ID + ":confirm", Kind: "confirm", Visit: v.ID, Start: v.Start,
		},
		History: []handlers.Moved{{State: handlers.Sent, At: s.in(-1)}},
	})
}

// offer offers the next slot, a day from now, since half an hour: s1, s2 …
func (s *scene) offer(state string, hours float64) {
	s.State.Offers = append(s.State.Offers, handlers.Slot{
		ID: "s" + string(rune('1'+len(s.State.Offers))), Type: "consult", Start: s.in(48),
		State: handlers.SlotOpen, Offers: []handlers.Offer{{
			To: s.State.Phone, At: s.in(-.5), Until: s.in(hours), State: state, Lang: "es",
		}},
	})
}

func (s *scene) choices(choices ...string) {
	s.State.Conversation.Choices, s.State.Conversation.At = choices, s.in(-.1)
}

func (s *scene) open(channel, kind string) {
	s.State.Cases = append(s.State.Cases, handlers.Case{
		ID: kind, Channel: channel, Kind: kind, Open: true, At: s.in(-1),
	})
}

// fetched has the text come from the carrier's list, written so many hours ago.
func (s *scene) fetched(ago float64) { s.Text.Fetched, s.Text.At = true, s.in(-ago) }

func (s *scene) in(hours float64) time.Time {
	return s.Now.Add(time.Duration(hours * float64(time.Hour)))
}

func ids(i intent.Intent) string {
	var out []string
	for _, v := range i.Visits {
		out = append(out, v.ID)
	}
	for _, v := range i.RideHome.Visits {
		out = append(out, v.ID)
	}
	for _, s := range i.Slots {
		out = append(out, s.ID)
	}
	return strings.Join(out, " ")
}

func talksWithAPerson(s *scene) { s.State.Conversation.Taken = s.in(1) }

// What is to be done about a text, and what it is about.
func TestRead(t *testing.T) {
	for _, c := range []struct {
		name   string
		text   string
		given  func(*scene)
		act    intent.Act
		kind   string
		change string
		about  string // the visits and slots
		lang   string // "" isn't looked at
	}{
		// Danger, consent and need, whatever else is open.
		{name: "danger", text: "i want to die", act: intent.Danger, kind: kinds.Crisis},
		{
			name: "danger in two texts", text: "to kill myself",
			act: intent.Danger, kind: kinds.Crisis,
			given: func(s *scene) {
				s.State.Conversation = handlers.Conversation{
					Burst: []string{"i dont want to but i am going"}, At: s.in(-.001),
				}
			},
		},
		{
			name: "danger while a person talks", text: "i want to die", act: intent.Danger,
			kind: kinds.Crisis, given: talksWithAPerson,
		},
		{
			name: "the carrier's stop", text: "enough", act: intent.OptOut, kind: kinds.Stop,
			given: func(s *scene) { s.Text.OptOut = "STOP" },
		},
		{name: "an opt-out", text: "stop texting me", act: intent.OptOut, kind: kinds.OptOut},
		{
			name: "a start that was no opt-out", text: "yes", act: intent.ChangeVisit, about: "v1",
			kind: kinds.Confirm, change: kinds.Confirm, given: func(s *scene) { s.visit(24) },
		},
		{name: "less detail", text: "BASIC", act: intent.Basic, kind: kinds.Basic},
		{
			name: "an alarm is open", text: "is the roof green", act: intent.Paused,
			given: func(s *scene) { s.open(handlers.UrgentChannel, kinds.Crisis) },
		},
		{
			name: "opted out", text: "is the roof green", act: intent.Unreachable,
			given: func(s *scene) { s.State.Consent.Out = true },
		},

		// Who writes.
		{name: "a machine", text: "Liked “See you at 2”", act: intent.Silent, kind: kinds.Machine},
		{
			name: "a short code", text: "your code is 12345",
			act: intent.Silent, kind: kinds.Machine,
			given: func(s *scene) { s.Text.Sender = "VERIFY" },
		},
		{
			name: "a short code in danger", text: "i want to die", act: intent.Danger,
			kind: kinds.Crisis, given: func(s *scene) { s.Text.Sender = "VERIFY" },
		},
		{
			name: "an echo", text: "is the roof green", act: intent.Echo, kind: kinds.Machine,
			given: func(s *scene) {
				s.State.Conversation = intent.Read(s.Input).Talk
				s.State.Conversation.SameTimes = 4
			},
		},

		// Which visit.
		{
			name: "C", text: "C",
			act: intent.ChangeVisit, kind: kinds.Confirm, change: kinds.Confirm,
			about: "v1", given: func(s *scene) { s.asked(s.visit(24)) },
		},
		{
			name: "C, of two days", text: "C", act: intent.WhichVisit, kind: kinds.Confirm,
			change: kinds.Confirm, about: "v1 v2",
			given: func(s *scene) {
				s.visit(24)
				s.visit(48)
			},
		},
		{
			name: "C, of one day", text: "C", act: intent.ChangeVisit, kind: kinds.Confirm,
			change: kinds.Confirm, about: "v1 v2",
			given: func(s *scene) {
				s.visit(24)
				s.visit(26)
			},
		},
		{
			name: "the day", text: "i cant make it thursday", act: intent.ChangeVisit,
			kind: kinds.Decline, change: kinds.Decline, about: "v2",
			given: func(s *scene) { s.visit(24); s.visit(48) },
		},
		{
			name: "a day without a visit", text: "i cant make it monday", act: intent.AskBack,
			kind: kinds.Decline, change: kinds.Decline, about: "v1",
			given: func(s *scene) { s.visit(24) },
		},
		{
			name: "late for what began", text: "running 10 min late", act: intent.ChangeVisit,
			kind: kinds.Late, change: kinds.Late, about: "v1",
			given: func(s *scene) {
				s.visit(-.2)
			},
		},
		{
			name: "late for nothing soon", text: "running 10 min late", act: intent.LateForNone,
			kind: kinds.Late, given: func(s *scene) { s.visit(72) },
		},
		{
			name: "NO to what was asked", text: "NO", act: intent.ChangeVisit, kind: kinds.Decline,
			change: kinds.Decline, about: "v1",
			given: func(s *scene) {
				s.visit(24)
				s.asked(&s.State.Visits[0])
			},
		},
		{
			name: "NO to nothing", text: "NO", act: intent.VisitStands, kind: kinds.Decline,
			about: "v1", given: func(s *scene) { s.visit(24) },
		},
		{
			name: "NO to nothing, twice", text: "NO", act: intent.NothingAsked, kind: kinds.Decline,
			given: func(s *scene) { s.visit(24); s.choices("confirm v1", "decline v1") },
		},
		{
			name: "yes after giving up", text: "yes", act: intent.Regrets, about: "v1",
			kind: kinds.Courtesy, given: func(s *scene) { s.visit(24).State = handlers.Declined },
		},

		// Choices.
		{
			name: "an entry", text: "1", act: intent.PickEntry, kind: kinds.Courtesy,
			given: func(s *scene) { s.choices("roof", "door") },
		},
		{
			name: "yes to one entry", text: "yes", act: intent.PickEntry, kind: kinds.Courtesy,
			given: func(s *scene) { s.choices("roof") },
		},
		{
			name: "yes to two entries", text: "yes", act: intent.PickUnclear, kind: kinds.Courtesy,
			given: func(s *scene) { s.choices("roof", "door") },
		},
		{
			name: "an entry that is gone", text: "1", act: intent.Courtesy, kind: kinds.Courtesy,
			given: func(s *scene) { s.choices("gone") },
		},
		{
			name: "a visit", text: "2 thanks", act: intent.ChangeVisit, change: kinds.Decline,
			about: "v1",
			given: func(s *scene) {
				s.visit(24)
				s.choices("confirm v1", "decline v1")
			},
		},
		{
			name: "keep it", text: "2", act: intent.KeepVisit, about: "v1",
			given: func(s *scene) {
				s.visit(24)
				s.choices("decline v1", intent.Choice(intent.Keep, "v1"))
			},
		},
		{
			name: "an opt-out by number", text: "1", act: intent.OptOut, kind: kinds.OptOut,
			given: func(s *scene) { s.choices(kinds.OptOut, intent.KeepText) },
		},
		{
			name: "too long ago", text: "1", act: intent.Courtesy, kind: kinds.Courtesy,
			given: func(s *scene) { s.choices("roof"); s.State.Conversation.At = s.in(-1.5) },
		},

		// An offer.
		{
			name: "yes", text: "yes", act: intent.OfferTake, kind: kinds.Confirm, about: "s1",
			given: func(s *scene) { s.offer(handlers.OfferOpen, 1) },
		},
		{
			name: "no, in the offer's language", text: "no", act: intent.OfferLeave, about: "s1",
			kind: kinds.Decline, lang: "es",
			given: func(s *scene) {
				s.offer(handlers.OfferOpen, 1)
			},
		},
		{
			name: "yes?", text: "yes?", act: intent.OfferAsk, about: "s1", kind: kinds.Confirm,
			given: func(s *scene) { s.offer(handlers.OfferOpen, 1) },
		},
		{
			name: "yes to two", text: "yes", act: intent.OfferWhich, about: "s1 s2",
			kind: kinds.Confirm, change: kinds.Confirm,
			given: func(s *scene) {
				s.offer(handlers.OfferOpen, 1)
				s.offer(handlers.OfferOpen, 1)
			},
		},
		{
			name: "yes, too late but still free", text: "yes", act: intent.OfferTake, about: "s1",
			kind: kinds.Courtesy, given: func(s *scene) { s.offer(handlers.OfferLapsed, -.1) },
		},
		{
			name: "yes, too late", text: "yes", act: intent.OfferOver, about: "s1",
			kind: kinds.Courtesy, given: func(s *scene) {
				s.offer(handlers.OfferLapsed, -.1)
				s.State.Offers[0].State = handlers.SlotTaken
			},
		},
		{
			name: "yes, a person talks", text: "yes",
			act: intent.OfferToPerson, kind: kinds.Confirm,
			given: func(s *scene) { talksWithAPerson(s); s.offer(handlers.OfferOpen, 1) },
		},

		// The ride home.
		{
			name: "nobody", text: "nobody", act: intent.Ride, about: "v1",
			given: func(s *scene) { s.visit(24).Asked = s.in(-1) },
		},
		{
			name: "nobody, unasked", text: "nobody", act: intent.Ask,
			given: func(s *scene) { s.visit(24) },
		},
		{
			name: "more than the ride", text: "i have to cancel, no driver",
			act:  intent.ChangeVisit,
			kind: kinds.Decline, change: kinds.Decline, about: "v1",
			given: func(s *scene) { s.visit(24).Asked = s.in(-1) },
		},

		// Small talk and questions.
		{name: "thanks", text: "thanks", act: intent.Courtesy, kind: kinds.Courtesy},
		{name: "a question", text: "is the roof green", act: intent.Ask},
		{name: "help", text: "HELP", act: intent.Help, kind: kinds.Help},
		{
			name: "a picture", text: "", act: intent.Picture,
			given: func(s *scene) { s.Text.Media = 1 },
		},
		{
			name: "to a person", text: "is the roof green", act: intent.ToPerson,
			given: talksWithAPerson,
		},

		// Fetched, too late for an answer.
		{
			name: "late, a question", text: "is the roof green", act: intent.ForPerson,
			given: func(s *scene) { s.fetched(2) },
		},
		{
			name: "late, of a visit", text: "i cant make it", act: intent.ChangeVisit, about: "v1",
			kind: kinds.Decline, change: kinds.Decline,
			given: func(s *scene) { s.asked(s.visit(24)); s.fetched(.5) },
		},
		{
			name: "late, of a visit that moved", text: "i cant make it", act: intent.ForPerson,
			kind: kinds.Decline, given: func(s *scene) { s.visit(24); s.fetched(.5) },
		},
		{
			name: "late, a number of an entry", text: "1",
			act: intent.LatePick, kind: kinds.Courtesy,
			given: func(s *scene) {
				s.choices("roof")
				s.State.Conversation.At = s.in(-3)
				s.fetched(.5)
			},
		},
		{
			name: "late, danger", text: "i want to die", act: intent.Danger, kind: kinds.Crisis,
			given: func(s *scene) { s.fetched(9) },
		},
		{
			name: "late, an alarm is open", text: "is the roof green", act: intent.JoinAlarm,
			kind:  kinds.Handoff,
			given: func(s *scene) { s.open(handlers.UrgentChannel, kinds.Crisis); s.fetched(2) },
		},
		{
			name: "overtaken", text: "thanks", act: intent.Courtesy, kind: kinds.Courtesy,
			given: func(s *scene) { s.State.Conversation.At = s.in(-.1); s.fetched(.2) },
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScene(t, c.text)
			if c.given != nil {
				c.given(s)
			}
			i := intent.Read(s.Input)
			if i.Act != c.act || i.Kind != c.kind || i.Change != c.change || ids(i) != c.about {
				t.Errorf("%s, kind %q, change %q of %q; want %s, %q, %q of %q",
					i.Act, i.Kind, i.Change, ids(i), c.act, c.kind, c.change, c.about)
			}
			if c.lang != "" && i.Lang != c.lang {
				t.Errorf("language %s, want %s", i.Lang, c.lang)
			}
		})
	}
}

// A text is late only if it was fetched, and then for one of these reasons.
func TestWhenATextIsLate(t *testing.T) {
	for _, c := range []struct {
		name      string
		given     func(*scene)
		late      bool
		overtaken bool
	}{
		{name: "at once", given: func(*scene) {}},
		{name: "fetched in time", given: func(s *scene) { s.fetched(.1) }},
		{name: "too old", given: func(s *scene) { s.fetched(.2) }, late: true},
		{
			name:  "answered",
			given: func(s *scene) { s.fetched(.1); s.Text.Answered = true }, late: true,
		},
		{
			name: "they wrote since", late: true, overtaken: true,
			given: func(s *scene) { s.fetched(.1); s.State.Conversation.At = s.in(-.05) },
		},
		{
			name: "a visit was booked since", late: true,
			given: func(s *scene) { s.fetched(.1); s.visit(24) },
		},
		{
			name:  "a visit was booked before",
			given: func(s *scene) { s.fetched(.1); s.asked(s.visit(24)) },
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScene(t, "is the roof green")
			c.given(s)
			if i := intent.Read(s.Input); i.Late != c.late || i.Overtaken != c.overtaken {
				t.Errorf("late %v, overtaken %v", i.Late, i.Overtaken)
			}
		})
	}
}

// The answer to the ride home: who drives, and whether it says as well that they come.
func TestRideHome(t *testing.T) {
	for _, c := range []struct {
		text     string
		answer   string
		confirms bool
	}{
		{text: "my husband will drive me", answer: screen.RideArranged, confirms: true},
		{
			text: "yes ill be there, my wife is driving me", answer: screen.RideArranged,
			confirms: true,
		},
		{text: "ride is arranged", answer: screen.RideArranged},
		{text: "i don't have anyone", answer: screen.RideHelp},
	} {
		s := newScene(t, c.text)
		s.visit(24).Asked = s.in(-1)
		i := intent.Read(s.Input)
		r := i.RideHome
		if i.Act != intent.Ride || r.Answer != c.answer || r.Confirms != c.confirms {
			t.Errorf("%q: %s %+v", c.text, i.Act, i.RideHome)
		}
	}
}

// Reading a text changes nothing that it is read from, so it may be read again.
func TestReadIsPure(t *testing.T) {
	for _, text := range []string{"NO", "2", "yes", "is it green", "i want to die", "nobody"} {
		s := newScene(t, text)
		s.asked(s.visit(24))
		s.visit(48).Asked = s.in(-1)
		s.offer(handlers.OfferOpen, 1)
		s.choices("confirm v1", "decline v1")
		s.State.Conversation.Burst = append(make([]string, 0, 8), "hello")
		s.fetched(.05)
		before := asJSON(t, s.State)
		first := asJSON(t, intent.Read(s.Input))
		if again := asJSON(t, intent.Read(s.Input)); again != first {
			t.Errorf("%q: read again it is %s, first %s", text, again, first)
		}
		if after := asJSON(t, s.State); after != before {
			t.Errorf("%q: the state is %s, was %s", text, after, before)
		}
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
