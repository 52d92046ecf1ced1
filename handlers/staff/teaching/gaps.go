package teaching

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/learning"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
	"github.com/beacon-clinic/beacon/handlers/veil"
)

// Gaps shows what patients ask and nothing answers, the most frequent first.
type Gaps struct{}

func (Gaps) Name() string { return "gaps" }

const (
	mostGaps    = 15 // rows that are shown
	mostOffered = 5  // that have a button
	mostSamples = 3  // wordings of each that are shown
)

func (Gaps) Do(ctx context.Context, k *act.Kit, _ act.Asked) (out answer.Answer, err error) {
	all, err := k.School.Gaps(ctx, time.Time{})
	if err != nil {
		return out, err
	}
	if len(all) == 0 {
		return answer.Say("Nothing was asked in the last 30 days that the bot can't answer."), nil
	}
	missed := 0
	for _, g := range all {
		missed += len(g.Questions)
	}
	var rows [][]string
	var buttons []answer.Button
	for i, g := range all[:min(mostGaps, len(all))] {
		rows = append(rows, []string{
			strconv.Itoa(i + 1), strconv.Itoa(len(g.Questions)), answer.Moment(g.Last()),
			cmp.Or(g.Near, "-"), samples(g),
		})
		if i < mostOffered {
			buttons = append(buttons, answer.Button{
				Text: fmt.Sprintf("Add %d to knowledge", i+1), Do: act.Encode(proposeGap(g)),
			})
		}
	}
	return answer.Say("Questions that went to a person in the last 30 days: %d. Things asked for: %d.",
		missed, len(all)).Add(
		answer.Part{Table: &answer.Table{
			Head: []string{"", "Asked", "Last", "Nearest entry", veil.Veiled("In words such as", "")},
			Rows: rows,
		}},
		answer.Part{Buttons: buttons},
	), nil
}

// samples returns some of the wordings of a gap, veiled.
func samples(g learning.Gap) string {
	text := ""
	for i, q := range g.Questions[:min(mostSamples, len(g.Questions))] {
		if i > 0 {
			text += " / "
		}
		text += q.Ask
	}
	return veil.Veiled(text, "")
}

// proposeGap returns the act that makes a proposal of a gap. It names the questions and has none of
// their words.
func proposeGap(g learning.Gap) Propose {
	p := Propose{}
	for _, q := range g.Questions[:min(mostProposed, len(g.Questions))] {
		p.Questions = append(p.Questions, q.ID)
	}
	return p
}

// Digest shows what the bot learnt this week, and what waits for people.
type Digest struct{}

func (Digest) Name() string { return "digest" }

func (Digest) Do(ctx context.Context, k *act.Kit, _ act.Asked) (out answer.Answer, err error) {
	d, err := k.School.Week(ctx)
	if err != nil {
		return out, err
	}
	out = answer.Say("%s", d.Title())
	for _, p := range d.Waiting[:min(mostOffered, len(d.Waiting))] {
		out = out.Add(answer.Part{Buttons: []answer.Button{{
			Text: "Review " + p.Lesson.Entry, Do: act.Encode(Publish{ID: p.ID}),
		}}})
	}
	return out, nil
}
