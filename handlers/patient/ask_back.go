package patient

import (
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// The words of a choice beside an act: what a 2 means.
const (
	keep      = "keep"       // with a visit: it stays as it is
	keepTexts = "keep_texts" // they go on getting texts
)

// askBack asks before an act is done that the text only looks like. What it asks besides is answered all the same.
func (t *turn) askBack(act string) {
	t.talk.Choices = nil
	fill := knowledge.Fill{}
	if act == kinds.OptOut {
		t.talk.Choices = []string{kinds.OptOut, keepTexts}
	} else {
		meant := t.meant(act)
		if named, names := t.namedVisits(meant); names && len(named) > 0 {
			meant = named
		}
		switch {
		case len(meant) == 0:
			t.handOff("May be writing about a visit (" + act + "), but none is meant for sure.")
			return
		case len(meant) > 1 && act != kinds.Confirm:
			t.which(act, meant[:min(most, len(meant))])
			t.e.Reply.Asks = act
			return
		}
		v := meant[0]
		t.talk.Choices = []string{act + " " + v.ID, keep + " " + v.ID}
		if act == kinds.Confirm {
			t.talk.Choices[1] = kinds.Decline + " " + v.ID
		}
		fill = knowledge.Fill{"first": knowledge.Greet(v.Name), "when": t.when(v)}
	}
	t.e.Reply.Kind, t.e.Reply.Asks = kinds.Choices, act
	t.besides()
	t.e.Reply.Kind = kinds.Choices
	t.say(replies.AskPrefix+act, fill)
}

// open says whether a question about a visit is open: a small word then may be its answer.
func (t *turn) open() bool {
	asked, _ := t.answered()
	return len(asked) > 0
}

// besides answers what a text asks beside what it does; without a sure answer the desk reads it on the card.
func (t *turn) besides() {
	if !t.verdict.Besides || t.verdict.Sure == 0 {
		return
	}
	id, kind, choices := t.verdict.Entries[0].ID, t.e.Reply.Kind, t.talk.Choices
	if !t.may(id) {
		return
	}
	t.e.Reply.Entry, t.e.Reply.Confidence = id, t.verdict.Entries[0].Confidence
	t.e.Reply.Entries = []string{id}
	t.answer(id)
	t.e.Reply.Kind, t.talk.Choices = kind, choices
}

// kept settles a 2: nothing changes.
func (t *turn) kept(v handlers.Visit) {
	t.e.Reply.Kind = kinds.Answer
	t.say(replies.Kept, knowledge.Fill{"first": knowledge.Greet(v.Name), "when": t.when(v)})
}
