package staff

import (
	"context"
	"fmt"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// Transcript gives a conversation as a file: both sides, with what became of each of our texts.
type Transcript struct {
	Who Who `json:"who"`
}

func (Transcript) name() string { return "transcript" }

func (t Transcript) who() Who { return t.Who }

func (Transcript) right() string { return settings.MayWords }

func parseTranscript(h *Handler, args string) (Act, error) {
	who, _ := h.whom(args)
	if who == "" {
		return nil, usage("Say whose, by the last four digits.")
	}
	return Transcript{who}, nil
}

func (t Transcript) do(ctx context.Context, h *Handler, _ Asked) (answer.Answer, error) {
	phone, err := h.one(ctx, t.Who)
	if err != nil {
		return answer.Answer{}, err
	}
	said, err := h.Patients.Transcript(ctx, phone)
	if err != nil {
		return answer.Answer{}, err
	}
	if len(said) == 0 {
		return answer.Say("Nothing is kept of what %s and we wrote to each other.", phone), nil
	}
	records, err := h.Texts.Records(ctx, phone)
	if err != nil {
		return answer.Answer{}, err
	}
	became := map[string]handlers.Record{}
	for _, r := range records {
		became[r.ID] = r
	}
	lines := []string{fmt.Sprintf("Conversation with %s, by the clinic's clock.", phone), ""}
	for _, s := range said {
		lines = append(lines, h.saidLine(s, became[s.ID]))
	}
	return answer.Answer{
		Parts: []answer.Part{{Text: fmt.Sprintf(
			"The conversation with %s, %d texts: you alone are given the file.", phone, len(said),
		)}},
		File: &answer.File{
			Name:  "conversation-" + phone.Last4() + ".txt",
			Title: "Conversation with " + phone.String(),
			Text:  strings.Join(lines, "\n") + "\n",
		},
	}, nil
}

// saidLine is a line of a transcript: when, who, what, and what became of it.
func (h *Handler) saidLine(s handlers.Said, r handlers.Record) string {
	who, what := answer.Person(s.From), s.Kind
	switch s.From {
	case handlers.FromPatient:
		who, what = "Patient", ""
	case handlers.FromBot:
		who = "Beacon"
	default:
		what = ""
	}
	if s.Entry != "" { // it says what they asked about
		what = veil.Veiled(s.Entry, what)
	}
	if what != "" {
		who += " (" + strings.ReplaceAll(what, "_", " ") + ")"
	}
	line := h.minute(s.At) + "  " + who + ": " + veil.Veiled(s.Text, "(words not shown here)")
	switch r.State {
	case handlers.Sent, handlers.Delivered:
		line += " [" + r.State + " " + h.minute(r.At) + "]"
	case handlers.Failed:
		line += " [not delivered: " + r.Why + "]"
	}
	return line
}
