package teaching

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/learning"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/language"
)

// review shows somebody a proposal, with what it would change, in a form that publishes it. To
// whoever proposed it, and once it is settled, it is shown without the form.
func review(ctx context.Context, k *act.Kit, id, user string) (out answer.Answer, err error) {
	all, err := k.School.Store.Proposals(ctx)
	if err != nil {
		return out, err
	}
	i := slices.IndexFunc(all, func(p learning.Proposal) bool { return p.ID == id })
	if i < 0 {
		return unsettled(learning.Proposal{}, id, learning.ErrNone)
	}
	p := all[i]
	asked, err := k.School.Store.Questions(ctx, time.Time{})
	if err != nil {
		return out, err
	}
	parts := append(lessonParts(p), trialParts(p.Trial, asked)...)
	withdraw := answer.Button{Text: "Reject", Do: act.Encode(Forget{What: id}), Style: answer.Danger}
	switch {
	case p.State == learning.Published:
		withdraw.Text = "Undo"
		fallthrough
	case p.State == learning.Waiting && (p.By() == user || p.Trial == nil):
		return out.Add(parts...).Add(answer.Part{Buttons: []answer.Button{withdraw}}), nil
	case p.State != learning.Waiting:
		return out.Add(parts...), nil
	}
	return answer.Answer{Form: &answer.Form{
		Title: "Teach the bot", Submit: "Publish", Do: act.Encode(Publish{ID: id}),
		Parts: append(parts, answer.Part{Buttons: []answer.Button{withdraw}}),
	}}, nil
}

// lessonParts shows what a proposal is, and how it came to its state.
func lessonParts(p learning.Proposal) (out []answer.Part) {
	l := p.Lesson
	out = append(out, answer.Part{Text: "*" + l.Entry + "*: " + learning.Named(l) + "."})
	for _, lang := range language.All() {
		if s := l.Answer[lang]; s != "" {
			out = append(out, answer.Part{Quote: s})
		}
		if asks := l.Asks[lang]; len(asks) > 0 {
			out = append(out, answer.Part{Text: "Asked in " + inEnglish[lang] + ": " + strings.Join(asks, "; ")})
		}
	}
	if l.Class == knowledge.Holding {
		out = append(out, answer.Part{Text: "A person gets back besides."})
	}
	var steps []string
	for _, s := range p.Steps {
		who := "by the bot"
		if s.By != "" {
			who = "by " + answer.Person(s.By)
		}
		steps = append(steps, strings.TrimSpace(
			fmt.Sprintf("%s %s %s", s.State, who, answer.Moment(s.At)),
		))
	}
	return append(out, answer.Part{Small: strings.Join(steps, "; ")})
}

// mostTurned is how many texts of each kind are shown of those that would be answered otherwise.
const mostTurned = 8

// trialParts shows what a proposal would change of what was asked lately. What patients asked is
// veiled.
func trialParts(t *knowledge.Trial, asked []handlers.Question) (out []answer.Part) {
	if t == nil {
		return []answer.Part{{Text: "What it would change is being looked at: a few seconds."}}
	}
	words := map[string]string{}
	for _, q := range asked {
		words[q.ID] = q.Ask
	}
	out = append(out, answer.Part{Text: fmt.Sprintf(
		"%d texts were asked again: what patients asked lately, and what the entries say. "+
			"%d would get an answer instead of a person, %d another answer, %d a person instead of "+
			"an answer.", t.Texts, len(t.Gained), len(t.Moved), len(t.Lost),
	)})
	var rows [][]string
	for _, list := range [][]knowledge.Turned{t.Moved, t.Lost, t.Gained} {
		for _, one := range list[:min(mostTurned, len(list))] {
			text := one.Text
			if one.Question != "" {
				text = veil.Veiled(cmp.Or(words[one.Question], "(no longer kept)"), "")
			}
			rows = append(rows, []string{cmp.Or(one.Was, "a person"), cmp.Or(one.Is, "a person"), text})
		}
	}
	if len(rows) > 0 {
		out = append(out, answer.Part{Table: &answer.Table{
			Head: []string{"Now", "Then", "Text"}, Rows: rows,
		}})
	}
	return out
}
