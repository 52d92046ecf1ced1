package intent_test

import (
	"testing"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

func TestReadChoices(t *testing.T) {
	for _, c := range []reading{
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
			name: "to keep getting texts", text: "2", act: intent.KeepTexts,
			given: func(s *scene) { s.choices(kinds.OptOut, intent.KeepText) },
		},
	} {
		t.Run(c.name, c.check)
	}
}

func TestReadChoicesThatAreClosed(t *testing.T) {
	for _, c := range []reading{
		{
			name: "too long ago", text: "1", act: intent.Courtesy, kind: kinds.Courtesy,
			given: func(s *scene) { s.choices("roof"); s.State.Conversation.At = s.in(-1.5) },
		},
		{
			name: "a visit that was taken off since", text: "1", act: intent.Courtesy,
			kind: kinds.Courtesy,
			given: func(s *scene) {
				s.visit(24).State = handlers.Off
				s.choices("decline v1", "keep v1")
			},
		},
		{
			name: "a number that wasn't offered", text: "3", act: intent.Ask,
			given: func(s *scene) { s.choices("roof", "door") },
		},
	} {
		t.Run(c.name, c.check)
	}
}

func TestReadOffers(t *testing.T) {
	for _, c := range []reading{
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
	} {
		t.Run(c.name, c.check)
	}
}

func TestReadOffersByNumber(t *testing.T) {
	for _, c := range []reading{
		{
			name: "by number, and it is open still", text: "1", act: intent.OfferTake, about: "s1",
			kind: kinds.Confirm,
			given: func(s *scene) {
				s.offer(handlers.OfferOpen, 1)
				s.choices(intent.Choice(screen.Take, "s1"), intent.Choice(screen.Take, "s2"))
			},
		},
		{
			name: "by number, and another took it", text: "1", act: intent.OfferOver, about: "s1",
			kind: kinds.Courtesy,
			given: func(s *scene) {
				s.offer(handlers.OfferGone, -.1)
				s.State.Offers[0].State = handlers.SlotTaken
				s.choices(intent.Choice(screen.Take, "s1"), intent.Choice(screen.Take, "s2"))
			},
		},
		{
			name: "declined by number, and it is over", text: "1", act: intent.Courtesy,
			kind: kinds.Courtesy,
			given: func(s *scene) {
				s.offer(handlers.OfferGone, -.1)
				s.choices(intent.Choice(screen.Leave, "s1"), "decline v1")
			},
		},
	} {
		t.Run(c.name, c.check)
	}
}
