package patient

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

const (
	// leastAsked is how many words a question has: fewer ask nothing that stands by itself.
	leastAsked = 2
	// mostAsked is how long a question is, in characters. What is longer is a story.
	mostAsked = 160
)

// asked keeps what the text asks, without what names its writer, and what became of it: staff see
// by it what the bot can't answer. A text that may hint at danger is no question for the base.
func asked(b *builder, in intent.Intent) {
	answered := []string{kinds.Answer, kinds.Choices, kinds.Handoff}
	if in.Act != intent.Ask || in.Late || in.Said.Concern || in.Said.Resource ||
		!slices.Contains(answered, b.e.Reply.Kind) {
		return
	}
	ask := b.base.Blank(in.Words.Body, in.State.Household()...)
	if len(strings.Fields(ask)) < leastAsked || utf8.RuneCountInString(ask) > mostAsked {
		return
	}
	q := handlers.Question{ID: b.text.ID, Ask: ask, Lang: in.Lang, At: b.wrote()}
	if b.e.Reply.Kind == kinds.Answer {
		q.Entry = b.e.Reply.Entry
	} else {
		q.Near, q.Case = b.e.Reply.Entry, b.waits
		b.talk.Asked = q.ID
	}
	b.e.Questions = append(b.e.Questions, q)
}
