package intent

import (
	"slices"
	"strings"

	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// question adds what the text asks: by itself, together with what was written just before it, or as
// a follow-up of what was answered last ("how long?"). The first that is sure is taken.
func (k known) question(i Intent) Intent {
	if id := k.ownVisit(); id != "" && i.Act == Ask {
		i.Question = Question{Entries: []screen.Entry{{ID: id, Confidence: 1}}, Sure: 1}
		if r := i.Said; r.Sure > 0 && r.Entries[0].ID != id && k.maySayAlcohol() {
			i.Question.Entries = append(i.Question.Entries, r.Entries[0])
			i.Question.Sure = 2
		}
		return i
	}
	r := i.Said
	if burst := i.Talk.Burst; r.Sure == 0 && len(burst) > 1 {
		whole := k.Base.Read(strings.Join(burst, " "), nil)
		if whole.Sure > 0 && whole.Kind == "" {
			r = whole.Verdict
		}
	}
	if r.Sure == 0 { // only then: a follow-up costs a whole reading more, 0.2 to 5 ms
		if id, sure := k.Base.Follow(k.Words, i.Last); id != "" {
			r.Entries, r.Sure = []screen.Entry{{ID: id, Confidence: sure}}, 1
		}
	}
	q := Question{Entries: r.Entries, Sure: r.Sure, Choices: r.Choices}
	if len(r.Entries) > 0 {
		q.Picks = few(k.Words.Body) && slices.Contains(i.Talk.Choices, r.Entries[0].ID)
		act := k.Base.Meant(r.Entries[0].ID)
		if r.Choices > 0 && len(k.ahead) > 0 && act != "" { // likely about their visit
			back := k.askBack(i, act)
			q.Back = &back
		}
	}
	i.Question = q
	return i
}
