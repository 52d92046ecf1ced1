package patient

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/match"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// question finds the clinic's own words for what was asked: one answer, two for two questions, choices between near ties, or a person.
func (t *turn) question() {
	parts := t.h.Base.Parts(t.text.Body)
	if len(parts) > 1 && t.both(parts) {
		return
	}
	r := t.h.Base.Match(t.text.Body, t.recent())
	if r.Outcome != match.Answer && len(t.talk.Burst) > 1 {
		if whole := t.h.Base.Match(t.whole(), ""); whole.Outcome == match.Answer {
			r = whole
		}
	}
	if len(r.Best) > 0 {
		t.e.Reply.Entry, t.e.Reply.Confidence = r.Best[0].ID, r.Best[0].Confidence
	}
	switch {
	case r.Outcome == match.Answer && t.may(r.Best[0].ID), t.named(r) && t.may(r.Best[0].ID):
		t.answer(r.Best[0].ID)
	case r.Outcome == match.Choices && r.Choices > 1 && t.talk.Misses < mostMisses:
		t.choices(r.Best[:min(r.Choices, most)])
	default:
		t.handOff("Asks what the bot has no sure answer to.")
	}
}

// mostMisses is after how many misses in a row nothing is asked back any more: a person.
const mostMisses = 2

// both answers two questions in one text, if both are sure.
func (t *turn) both(parts []string) bool {
	var ids []string
	sure := 1.0
	for _, p := range parts[:2] {
		r := t.h.Base.Match(p, "")
		if r.Outcome != match.Answer || !t.may(r.Best[0].ID) || (len(ids) > 0 && ids[0] == r.Best[0].ID) {
			return false
		}
		ids = append(ids, r.Best[0].ID)
		sure = min(sure, r.Best[0].Confidence)
	}
	t.e.Reply.Entry, t.e.Reply.Confidence = ids[0], sure
	for _, id := range ids {
		t.answer(id)
	}
	t.e.Reply.Entry = ids[0]
	return true
}

// followUp is how long a question counts as following the one before.
const followUp = 15 * time.Minute

func (t *turn) recent() string {
	if t.now.Sub(t.state.Conversation.At) > followUp {
		return ""
	}
	return t.talk.Last
}

// may says whether an entry may be sent: live, one whose review is missing or overdue goes to a person, unless the clinic sets otherwise.
func (t *turn) may(id string) bool {
	c := t.h.Base.Clinic
	e := t.h.Base.Entry(id)
	if e.Current(t.now.In(c.Location()).Format(time.DateOnly)) || c.AnswerUnreviewed {
		return true
	}
	t.e.Reply.Note = "awaits the clinic's review: live, a person would answer"
	return !t.h.Live
}

// answer gives an entry's answer, looked up or handed on as its class says.
func (t *turn) answer(id string) {
	e := t.h.Base.Entry(id)
	fill := knowledge.Fill{}
	if ahead := t.ahead(); len(ahead) > 0 {
		fill["visit.when"] = t.when(ahead[0])
	} else if strings.Contains(e.Answer.In(t.lang), "{{visit.") {
		t.e.Reply.Kind = knowledge.Handoff
		t.say(knowledge.SayNoVisit, knowledge.Fill{"by": t.by()})
		t.tell(handlers.DeskChannel, knowledge.Handoff, "Asks about a visit, but none is booked for this number.", true)
		return
	}
	body, err := t.h.Base.Answer(id, t.lang, fill)
	if err != nil {
		t.h.Log.Error("answer can't be filled: a person answers", "entry", id, "err", err)
		t.handOff("Asks about " + id + ", whose answer can't be filled: " + err.Error())
		return
	}
	t.e.Reply.Kind = knowledge.Answer
	t.talk.Last, t.talk.Misses, t.talk.Choices, t.talk.Burst = id, 0, nil, nil
	t.e.Reply.Bodies = append(t.e.Reply.Bodies, body)
	if e.Is(knowledge.Holding) {
		t.say(knowledge.SayHolding, knowledge.Fill{"by": t.by()})
		t.join()
		t.tell(handlers.DeskChannel, knowledge.Handoff, "Asks about "+id+"; was told that a person gets back.", true)
	}
	if t.verdict.Resource {
		t.say(knowledge.SayResource, nil)
		t.join()
	}
}

// join makes the last two bodies one text where that stays within two segments.
func (t *turn) join() {
	b := t.e.Reply.Bodies
	if n := len(b); n > 1 && knowledge.Length(b[n-2])+1+knowledge.Length(b[n-1]) <= 320 {
		t.e.Reply.Bodies = append(b[:n-2:n-2], b[n-2]+" "+b[n-1])
	}
}

// choices offers near ties by number.
func (t *turn) choices(best []match.Candidate) {
	t.talk.Choices = nil
	var list []string
	for i, c := range best {
		t.talk.Choices = append(t.talk.Choices, c.ID)
		list = append(list, fmt.Sprintf("%d %s", i+1, t.label(c.ID)))
	}
	t.e.Reply.Kind = knowledge.Choices
	t.talk.Misses++
	t.say(knowledge.SayChoices, knowledge.Fill{"list": strings.Join(list, ", ")})
}

// label names an entry to a patient by its first phrasing.
func (t *turn) label(id string) string {
	asks := t.h.Base.Entry(id).Asks[t.lang]
	if len(asks) == 0 {
		return strings.ReplaceAll(id, "_", " ")
	}
	return strings.Trim(asks[0], " ?¿.!")
}

// named says whether a few words choose one of the entries that were offered.
func (t *turn) named(r match.Result) bool {
	return len(r.Best) > 0 && len(strings.Fields(t.text.Body)) <= fewWords && slices.Contains(t.state.Conversation.Choices, r.Best[0].ID)
}

// fewWords is how short a text must be to be a choice ("the second one please") rather than a new question.
const fewWords = 4

// chosen is the number that a few words hold: "2", "2.", "number 2", "the 2nd one". 0 is none.
func chosen(body string) (n int) {
	words := strings.Fields(body)
	if len(words) > fewWords {
		return 0
	}
	for _, w := range words {
		d := strings.TrimRight(strings.Trim(w, " .,)(#!"), "stndrhoa")
		if len(d) == 1 && d[0] >= '1' && d[0] <= '9' && n == 0 {
			n = int(d[0] - '0')
		}
	}
	return n
}

// pickSaid settles that a number which answers choices is no matter for a nurse, however it looks: "la 2".
func (t *turn) pickSaid() {
	n := chosen(t.text.Body)
	if n > 0 && n <= len(t.talk.Choices) && t.verdict.Kind == knowledge.Clinical && !t.verdict.Named() {
		t.verdict.Kind, t.verdict.Rule = "", ""
	}
}

// pick takes the number of a choice that was offered. Anything else is a new text: no choice traps anybody.
func (t *turn) pick() bool {
	offered := t.talk.Choices
	t.talk.Choices = nil
	n := chosen(t.text.Body)
	if n == 0 || n > len(offered) {
		return false
	}
	choice := offered[n-1]
	kind, id, visit := strings.Cut(choice, " ")
	if !visit {
		t.e.Reply.Entry = choice
		if t.may(choice) {
			t.answer(choice)
		} else {
			t.handOff("Asks about " + choice + ", which awaits review.")
		}
		return true
	}
	if kind == screen.Take || kind == screen.Leave {
		return t.pickOffer(kind, id)
	}
	switch said := t.verdict.Kind; said { // "can't make number 2" says more than the number
	case knowledge.Decline, knowledge.Reschedule, knowledge.Late:
		kind = said
	}
	for _, v := range t.ahead() {
		if v.ID == id {
			t.answerVisit(kind, v)
			return true
		}
	}
	return false
}
