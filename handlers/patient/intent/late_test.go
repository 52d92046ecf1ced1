package intent_test

import (
	"testing"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// What is fetched too late gets no answer; what it says plainly is done.
func TestReadLate(t *testing.T) {
	for _, c := range []reading{
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
		t.Run(c.name, c.check)
	}
}

// The last word on consent stands.
func TestReadLateConsent(t *testing.T) {
	for _, c := range []reading{
		{
			name: "late, an opt-out", text: "STOP", act: intent.OptOut, kind: kinds.Stop,
			given: func(s *scene) { s.fetched(2) },
		},
		{
			name: "late, an opt-out, and BASIC since", text: "STOP", act: intent.OptOut,
			kind: kinds.Stop,
			given: func(s *scene) {
				s.State.Consent = handlers.Consent{At: s.in(-1), Words: "BASIC", Basic: true}
				s.fetched(2)
			},
		},
		{
			name: "late, BASIC", text: "BASIC", act: intent.Basic, kind: kinds.Basic,
			given: func(s *scene) { s.fetched(2) },
		},
		{
			name: "late, BASIC, and DETAIL since", text: "BASIC", act: intent.ForPerson,
			kind: kinds.Basic,
			given: func(s *scene) {
				s.State.Consent = handlers.Consent{At: s.in(-1), Words: "DETAIL"}
				s.fetched(2)
			},
		},
		{
			name: "late, DETAIL", text: "DETAIL", act: intent.Detail, kind: kinds.Detail,
			given: func(s *scene) { s.fetched(2) },
		},
	} {
		t.Run(c.name, c.check)
	}
}

func TestReadLateSmallTalk(t *testing.T) {
	for _, c := range []reading{
		{
			name: "late, small talk", text: "just got home from the beach", act: intent.Chat,
			kind: kinds.Chat, given: func(s *scene) { s.fetched(2) },
		},
		{
			name: "late, small talk of who waits for a person", act: intent.ForPerson,
			text: "just got home from the beach", kind: kinds.Chat,
			given: func(s *scene) { s.open(handlers.DeskChannel, kinds.Handoff); s.fetched(2) },
		},
		{
			name: "late, good news", text: "this treatment saved my life", act: intent.Glad,
			kind: kinds.Glad, given: func(s *scene) { s.fetched(2) },
		},
	} {
		t.Run(c.name, c.check)
	}
}

// A late yes is a person's: nobody can know any more what it was about.
func TestReadLateYes(t *testing.T) {
	for _, c := range []reading{
		{
			name: "late, yes to an offer", text: "yes", act: intent.LateOffer,
			kind:  kinds.Confirm,
			given: func(s *scene) { s.offer(handlers.OfferOpen, 1); s.fetched(.4) },
		},
		{
			name: "late, thanks after giving up", text: "ok thanks", act: intent.Courtesy,
			kind:  kinds.Courtesy,
			given: func(s *scene) { s.visit(24).State = handlers.Declined; s.fetched(.5) },
		},
		{
			name: "late, yes to an offer after giving up", text: "yes", act: intent.LateOffer,
			kind: kinds.Confirm,
			given: func(s *scene) {
				s.visit(24).State = handlers.Declined
				s.offer(handlers.OfferOpen, 1)
				s.fetched(.4)
			},
		},
		{
			name: "late, yes after giving up", text: "yes", act: intent.Regrets, about: "v1",
			kind:  kinds.Courtesy,
			given: func(s *scene) { s.visit(24).State = handlers.Declined; s.fetched(.5) },
		},
	} {
		t.Run(c.name, c.check)
	}
}

// A text that is fetched after midnight counts tomorrow from when it was written.
func TestTomorrowAsOfWhenItWasWritten(t *testing.T) {
	reading{
		text: "i cant make it tomorrow", act: intent.ChangeVisit, kind: kinds.Decline,
		change: kinds.Decline, about: "v1",
		given: func(s *scene) {
			s.Now = handlerstest.At(t, "2026-12-02 00:04")
			for _, hours := range []float64{10, 34} { // on Wednesday and on Thursday
				s.asked(s.visit(hours))
			}
			s.fetched(.1) // on Tuesday at 11:58 PM
		},
	}.check(t)
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
