package intent

import (
	"slices"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/language"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// asksVisits takes a text that is nothing but NEXT or VISITS, in either language: it asks when the
// next visit of each patient is, or all of them. False if it is another.
func (k known) asksVisits(i Intent) (Intent, bool) {
	said := handlers.Folded(strings.Trim(strings.Join(strings.Fields(k.Text.Body), " "), ".!?¿¡ "))
	if said == "" {
		return i, false
	}
	for _, ask := range []struct {
		words string
		act   Act
	}{{replies.NextWords, NextVisit}, {replies.VisitWords, AllVisits}} {
		for _, lang := range language.All() {
			words, err := k.Base.Reply(ask.words, lang, nil)
			if err != nil || !slices.Contains(strings.Split(words, ", "), said) {
				continue
			}
			i.Kind, i.Lang, i.Talk.Lang = kinds.Answer, lang, lang
			return i.about(ask.act, "", k.next(ask.act)...), true
		}
	}
	return i, false
}

// next returns the visits that an act tells of: all ahead, or the next one of each patient.
func (k known) next(a Act) []handlers.Visit {
	if a == AllVisits {
		return k.ahead
	}
	return handlers.NextOfEach(k.ahead)
}
