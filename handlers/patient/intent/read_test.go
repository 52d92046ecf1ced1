package intent_test

import (
	"encoding/json"
	"testing"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// reading is a text, and what is to be done about it.
type reading struct {
	name   string
	text   string
	given  func(*scene)
	act    intent.Act
	kind   string
	change string
	about  string // the visits and slots
	lang   string // "" isn't looked at
}

// check reads the text and looks at the act, the kind of the reply and what they are about.
func (c reading) check(t *testing.T) {
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
}

// Danger, consent and need come first, whatever else is open.
func TestReadDangerAndConsent(t *testing.T) {
	for _, c := range []reading{
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
		{
			name: "the carrier's stop beside danger", text: "i want to die", act: intent.Danger,
			kind: kinds.Crisis, given: func(s *scene) { s.Text.OptOut = "STOP" },
		},
		{
			name: "the carrier's start, of who had opted out", text: "yes", act: intent.OptIn,
			kind: kinds.Start,
			given: func(s *scene) {
				s.Text.OptOut, s.State.Consent.Out = "START", true
			},
		},
		{
			name: "the carrier's start, of who never opted out", text: "is the roof green",
			act: intent.Ask, given: func(s *scene) { s.Text.OptOut = "START" },
		},
		{name: "START of who never opted out", text: "START", act: intent.OptIn, kind: kinds.Start},
		{
			name: "who asks to go on", text: "please dont stop texting me", act: intent.AskBack,
			change: kinds.OptOut,
		},
	} {
		t.Run(c.name, c.check)
	}
}

func TestReadWhoWrites(t *testing.T) {
	for _, c := range []reading{
		{
			name: "a machine", text: "Liked “See you at 2”", act: intent.Silent,
			kind: kinds.Machine,
		},
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
		{
			name: "a short code under its alarm", text: "are you there", act: intent.JoinAlarm,
			kind: kinds.Handoff,
			given: func(s *scene) {
				s.open(handlers.UrgentChannel, kinds.Crisis)
				s.Text.Sender, s.State.Cases[0].Sender = "VERIFY", "VERIFY"
			},
		},
		{
			name: "a short code under another's alarm", text: "are you there", act: intent.Silent,
			kind: kinds.Machine,
			given: func(s *scene) {
				s.open(handlers.UrgentChannel, kinds.Crisis)
				s.Text.Sender, s.State.Cases[0].Sender = "VERIFY", "OTHER"
			},
		},
		{
			name: "STOP is no echo", text: "STOP", act: intent.OptOut, kind: kinds.Stop,
			given: func(s *scene) {
				s.Text.OptOut = "STOP"
				s.State.Conversation = intent.Read(s.Input).Talk
				s.State.Conversation.SameTimes = 9
			},
		},
		{
			name: "a concern that a person reads", text: "is the roof green",
			act: intent.JoinConcern,
			given: func(s *scene) {
				s.open(handlers.UrgentChannel, kinds.Concern)
				s.State.Cases[0].TakenBy = "U1"
				talksWithAPerson(s)
			},
		},
	} {
		t.Run(c.name, c.check)
	}
}

func TestReadWhichVisit(t *testing.T) {
	for _, c := range []reading{
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
	} {
		t.Run(c.name, c.check)
	}
}

func TestReadYesAndNo(t *testing.T) {
	for _, c := range []reading{
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
		{
			name: "NO to a reminder that failed", text: "NO", act: intent.VisitStands,
			kind: kinds.Decline, about: "v1",
			given: func(s *scene) {
				s.asked(s.visit(24))
				s.Rows[0].History = append(s.Rows[0].History,
					handlers.Moved{State: handlers.Failed, At: s.in(-.9)})
			},
		},
		{
			name: "NO to one that failed and was sent again", text: "NO", act: intent.ChangeVisit,
			kind: kinds.Decline, change: kinds.Decline, about: "v1",
			given: func(s *scene) {
				s.asked(s.visit(24))
				s.Rows[0].History = append(s.Rows[0].History,
					handlers.Moved{State: handlers.Failed, At: s.in(-.9)},
					handlers.Moved{State: handlers.Sent, At: s.in(-.5)})
			},
		},
		{
			name: "NO to a text that told of both visits", text: "NO", act: intent.WhichVisit,
			kind: kinds.Decline, change: kinds.Decline, about: "v1 v2",
			given: func(s *scene) {
				s.asked(s.visit(24))
				s.asked(s.visit(26))
				s.Rows[1].History, s.Rows[0].With = nil, "v2:confirm"
			},
		},
	} {
		t.Run(c.name, c.check)
	}
}

func TestReadWhoDrivesHome(t *testing.T) {
	for _, c := range []reading{
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
		{
			name: "no, while a time is offered too", text: "nobody", act: intent.Ride, about: "v1",
			given: func(s *scene) {
				s.visit(24).Asked = s.in(-1)
				s.offer(handlers.OfferOpen, 1)
			},
		},
	} {
		t.Run(c.name, c.check)
	}
}

func TestReadSmallTalkAndQuestions(t *testing.T) {
	for _, c := range []reading{
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
	} {
		t.Run(c.name, c.check)
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
