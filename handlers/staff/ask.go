package staff

import (
	"context"
	"fmt"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
)

func (h *Handler) ask(_ context.Context, _ handlers.Command, question string) (string, error) {
	if question == "" {
		return "", usage("What shall the bot be asked?")
	}
	r, err := h.Bot.Ask(handlers.State{}, question)
	if err != nil {
		return "", err
	}
	out := []string{fmt.Sprintf(
		"kind: %s, entry: %s, confidence: %.2f, language: %s",
		r.Kind, or(r.Entry, "none"), r.Confidence, r.Lang,
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
	why := h.Base.Explain(question)
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
	return strings.Join(out, "\n"), nil
}

// mostWords is how many of the words that counted are shown.
const mostWords = 6
