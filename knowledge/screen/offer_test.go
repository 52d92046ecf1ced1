package screen_test

import (
	"testing"

	"github.com/beacon-clinic/beacon/knowledge/screen"
)

func TestAnswersToAnOffer(t *testing.T) {
	s := shippedScreen(t)
	for answer, texts := range map[string][]string{
		screen.Take: {
			"YES", "yes", "Yes!", "y", "yes please", "Sí", "si", "SI por favor", "claro que sí",
			"I'll take it", "ill take that one", "yes i can do that", "we will take it please",
			"I want that spot", "la quiero", "sí la tomo", "si puedo", "me la quedo",
		},
		screen.Leave: {
			"NO", "no", "No thanks", "no thank you!", "nope", "not this time", "I'll pass",
			"ill pass on that", "no gracias", "esta vez no", "no me conviene", "no puedo",
			"give it to someone else", "please offer it to somebody",
		},
		screen.Perhaps: {"ok", "Okay!", "k", "ok thanks", "great"},
		"": {
			"C", "c", "1", "2", "👍", "thanks", "gracias", "confirm", "yes but not that day",
			"i cant make it", "maybe", "what time is it", "is it ketamine",
			"i want another time", "yes if its at 10", "no puedo llegar tarde",
			"how much does it cost", "i don't want to take it", "la quiero pero otro dia",
			"I want to die", "see you then",
			"i'd take it but i work", "what do i do", "stop", "i need to reschedule",
			"can i take my meds",
		},
	} {
		for _, text := range texts {
			if v := s.Read(text).In(screen.Context{Visit: true, Offer: true}); v.Offer != answer {
				t.Errorf("%q: %q (kind %s), want %q", text, v.Offer, v.Kind, answer)
			}
			if v := s.Read(text).In(screen.Context{Visit: true}); v.Offer != "" {
				t.Errorf("%q answers an offer that there isn't: %q", text, v.Offer)
			}
		}
	}
	for _, text := range []string{"yes i want to kill myself", "I'll take it, i want to die"} {
		if v := s.Read(text).In(screen.Context{Offer: true}); v.Kind != "crisis" {
			t.Errorf("%q: %s, want a crisis", text, v.Kind)
		}
	}
}
