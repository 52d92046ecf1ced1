package patient

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/replies"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// question finds the clinic's own words for what was asked: one answer, two for two questions, choices between near ties, or a person.
func (t *turn) question() {
	r := t.verdict
	if r.Sure == 0 && len(t.talk.Burst) > 1 {
		if whole := t.h.Base.Read(t.whole(), nil); whole.Sure > 0 && whole.Kind == "" {
			r = whole.Verdict
		}
	}
	if id, sure := t.h.Base.Follow(t.read, t.recent()); r.Sure == 0 && id != "" {
		r.Entries, r.Sure = []screen.Entry{{ID: id, Confidence: sure}}, 1
	}
	if len(r.Entries) > 0 {
		t.e.Reply.Entry, t.e.Reply.Confidence = r.Entries[0].ID, r.Entries[0].Confidence
	}
	switch {
	case r.Sure > 0 && t.mayAll(r.Entries[:r.Sure]):
		for _, e := range r.Entries[:r.Sure] {
			t.e.Reply.Entries = append(t.e.Reply.Entries, e.ID)
			t.answer(e.ID)
		}
		t.e.Reply.Entry = r.Entries[0].ID
	case t.named(r.Entries) && t.may(r.Entries[0].ID):
		t.e.Reply.Entries = []string{r.Entries[0].ID}
		t.answer(r.Entries[0].ID)
	case r.Choices > 0 && len(t.ahead()) > 0 && t.h.Base.Meant(r.Entries[0].ID) != "": // likely about their visit
		t.askBack(t.h.Base.Meant(r.Entries[0].ID))
	case r.Choices > 0 && !t.verdict.Concern && t.talk.Misses < mostMisses:
		t.choices(r.Entries[:min(r.Choices, most)])
	default:
		t.handOff("Asks what the bot has no sure answer to.")
	}
}

// mostMisses is after how many misses in a row nothing is asked back any more: a person.
const mostMisses = 2

func (t *turn) mayAll(es []screen.Entry) bool {
	for _, e := range es {
		if !t.may(e.ID) {
			return false
		}
	}
	return true
}

// followUp is how long a question counts as following the one before.
const followUp = 15 * time.Minute

func (t *turn) recent() string {
	if t.wrote().Sub(t.state.Conversation.At) > followUp {
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
		t.e.Reply.Kind = kinds.Handoff
		t.say(replies.NoVisit, knowledge.Fill{"by": t.by()})
		t.tell(handlers.DeskChannel, kinds.Handoff, "Asks about a visit, but none is booked for this number.", true)
		return
	}
	body, err := t.ofVisit(id)
	if body == "" && err == nil {
		body, err = t.h.Base.Answer(id, t.lang, fill)
	}
	if err != nil {
		t.h.Log.Error("answer can't be filled: a person answers", "entry", id, "err", err)
		t.handOff("Asks: " + t.staffLabel(id) + " The answer can't be filled: " + err.Error())
		return
	}
	t.e.Reply.Kind = kinds.Answer
	t.talk.Last, t.talk.Misses, t.talk.Choices, t.talk.Burst = id, 0, nil, nil
	t.e.Reply.Bodies = append(t.e.Reply.Bodies, body)
	if e.Is(knowledge.Holding) {
		t.say(replies.HoldingWhen, knowledge.Fill{"by": t.by()})
		t.join()
		t.tell(handlers.DeskChannel, kinds.Handoff, "Asks: "+t.staffLabel(id)+" Was told that a person gets back.", true)
	}
	t.promised(id)
	if t.verdict.Resource {
		t.say(replies.Resource, nil)
		t.join()
	}
}

// promised brings who asks about moving or giving up a visit to the desk: the answer says that a person helps. The visit stands.
func (t *turn) promised(id string) {
	act, when := t.h.Base.Meant(id), "a visit"
	if ahead := t.ahead(); len(ahead) > 0 {
		when = t.staffWhen(ahead[0])
	}
	switch act {
	case kinds.Reschedule:
		t.tell(handlers.DeskChannel, act, "Asks for another time instead of "+when+". The visit stands until you move it.", true)
	case kinds.Decline:
		t.tell(handlers.DeskChannel, kinds.Handoff, "Asks about giving up "+when+"; was told that a person helps. The visit stands.", true)
	}
}

// ofVisit is the answer that an entry has for who has a visit ahead, "" where nothing more can be said: until when the writer may
// eat and drink, not how many hours before.
func (t *turn) ofVisit(id string) (string, error) {
	ahead := t.ahead()
	if len(ahead) == 0 {
		return "", nil
	}
	v := ahead[0]
	start := v.Start.In(t.h.Base.Clinic.Zoned(v.Zone))
	var rules []string
	for _, l := range t.h.Base.Clinic.LeaveOffs([]string{v.Type}, []time.Time{start}, t.now) {
		said, err := t.h.Base.LeaveOff(l, []time.Time{start}, t.lang)
		if err != nil {
			return "", err
		}
		rules = append(rules, said)
	}
	if len(rules) == 0 {
		return "", nil
	}
	return t.h.Base.VisitAnswer(id, t.lang, knowledge.Fill{"visit.when": t.when(v), "visit.leave_off": strings.Join(rules, " ")})
}

// join makes the last two bodies one text where that stays within two segments.
func (t *turn) join() {
	b := t.e.Reply.Bodies
	if n := len(b); n > 1 && knowledge.Length(b[n-2])+1+knowledge.Length(b[n-1]) <= 320 {
		t.e.Reply.Bodies = append(b[:n-2:n-2], b[n-2]+" "+b[n-1])
	}
}

// choices offers near ties by number.
func (t *turn) choices(best []screen.Entry) {
	t.talk.Choices = nil
	var list []string
	for i, c := range best {
		t.talk.Choices = append(t.talk.Choices, c.ID)
		t.e.Reply.Entries = append(t.e.Reply.Entries, c.ID)
		list = append(list, fmt.Sprintf("%d %s", i+1, t.label(c.ID)))
	}
	t.e.Reply.Kind = kinds.Choices
	t.talk.Misses++
	t.say(replies.Choices, knowledge.Fill{"list": strings.Join(list, ", ")})
}

// label names an entry to a patient by its first phrasing.
func (t *turn) label(id string) string {
	asks := t.h.Base.Entry(id).Asks[t.lang]
	if len(asks) == 0 {
		return strings.ReplaceAll(id, "_", " ")
	}
	return strings.Trim(asks[0], " ?¿.!")
}

// staffLabel names an entry to staff: its first phrasing in their language.
func (t *turn) staffLabel(id string) string {
	if asks := t.h.Base.Entry(id).Asks["en"]; len(asks) > 0 {
		return strings.Trim(asks[0], " ?.!") + "?"
	}
	return strings.ReplaceAll(id, "_", " ") + "."
}

// named says whether a few words choose one of the entries that were offered.
func (t *turn) named(es []screen.Entry) bool {
	return len(es) > 0 && len(strings.Fields(t.read.Body)) <= fewWords && slices.Contains(t.state.Conversation.Choices, es[0].ID)
}

// fewWords is how short a text must be to be a choice ("the second one please") rather than a new question.
const fewWords = 4

// chosen is the number that a text is and nothing else, courtesies left aside. 0 is none.
func (t *turn) chosen() int {
	if k := t.read.Keyword; len(k) == 1 && k[0] >= '1' && k[0] <= '9' {
		return int(k[0] - '0')
	}
	return 0
}

// choicesStand is how long a number counts as an answer to choices.
const choicesStand = time.Hour

// pick takes the number of a choice that was offered. Anything else is a new text: no choice traps anybody, and small talk
// leaves it open.
func (t *turn) pick() bool {
	offered := t.talk.Choices
	n := t.chosen()
	if at := t.state.Conversation.At; !at.IsZero() && t.now.Sub(at) > choicesStand {
		t.talk.Choices, offered = nil, nil
	}
	if n == 0 && t.verdict.Bare == screen.Yes && len(offered) > 0 && t.h.Base.Entry(offered[0]) != nil {
		if n = 1; len(offered) > 1 {
			t.handOff("Says yes to a question with several answers.")
			return true
		}
	}
	if n == 0 || n > len(offered) {
		return false
	}
	t.talk.Choices = nil
	choice := offered[n-1]
	switch choice {
	case kinds.OptOut:
		t.e.Reply.Kind = kinds.OptOut
		t.optOut()
		return true
	case keepTexts:
		t.e.Reply.Kind = kinds.Answer
		t.say(replies.TextsKept, knowledge.Fill{"by": t.by()})
		return true
	}
	kind, id, visit := strings.Cut(choice, " ")
	if !visit {
		t.e.Reply.Entry, t.e.Reply.Entries = choice, []string{choice}
		if t.may(choice) {
			t.answer(choice)
		} else {
			t.handOff("Asks: " + t.staffLabel(choice) + " The answer awaits review.")
		}
		return true
	}
	if kind == screen.Take || kind == screen.Leave {
		return t.pickOffer(kind, id)
	}
	for _, v := range t.ahead() {
		if v.ID != id {
			continue
		}
		if kind == keep {
			t.kept(v)
		} else {
			t.answerVisit(kind, v)
		}
		return true
	}
	return false
}
