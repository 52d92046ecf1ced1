package teaching

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
)

// Ask shows what the bot would answer to a text from a number that it knows nothing of, and what
// led to that. Nothing is sent or stored, so it may be given in any channel.
type Ask struct {
	Question string `json:"question"`
}

func (Ask) Name() string { return "ask" }

func parseAsk(_ *act.Kit, args string) (act.Act, error) {
	if args == "" {
		return nil, act.Usage("What shall the bot be asked?")
	}
	return Ask{args}, nil
}

func (q Ask) Do(_ context.Context, k *act.Kit, _ act.Asked) (answer.Answer, error) {
	question := q.Question
	r, err := k.Bot.Ask(handlers.State{}, question)
	if err != nil {
		return answer.Answer{}, err
	}
	// The reply in the words of the code: kinds and entries are named as the knowledge's files name
	// them, since whoever asks is about to change those.
	out := []string{fmt.Sprintf(
		"kind: %s, entry: %s, confidence: %.2f, language: %s",
		r.Kind, cmp.Or(r.Entry, "none"), r.Confidence, r.Lang,
	)}
	if r.Rule != "" {
		out = append(out, "raised by: "+r.Rule)
	}
	if r.Note != "" {
		out = append(out, r.Note)
	}
	for _, b := range r.Bodies {
		out = append(out, "> "+b)
	}
	if len(r.Bodies) == 0 {
		out = append(out, "(silence)")
	}
	// The nearest entries, even if none was near enough to be answered: those to teach a wording.
	why := k.Base.Explain(question)
	for _, c := range why.Best {
		out = append(out, fmt.Sprintf("- %s %.2f", c.ID, c.Confidence))
	}
	if len(why.Words) > 0 {
		words := make([]string, 0, mostWords)
		for _, w := range why.Words[:min(mostWords, len(why.Words))] {
			words = append(words, fmt.Sprintf("%s %.1f", w.Feature, w.Weight))
		}
		out = append(out, "what counted: "+strings.Join(words, ", "))
	}
	return answer.Say("%s", strings.Join(out, "\n")), nil
}

// mostWords is how many words are shown of those that counted: the strongest come first, and the
// rest explain nothing to a reader.
const mostWords = 6
