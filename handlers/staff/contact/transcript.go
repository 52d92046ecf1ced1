package contact

import (
	"context"
	"fmt"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// Transcript gives a conversation as a file: both sides, with what became of each of our texts.
type Transcript struct {
	Who act.Who `json:"who"`
}

func (Transcript) Name() string { return "transcript" }

func (t Transcript) About() act.Who { return t.Who }

func (Transcript) Right() string { return settings.MayWords }

func parseTranscript(k *act.Kit, args string) (act.Act, error) {
	who, _ := k.Whom(args)
	if who == "" {
		return nil, act.Usage("Say whose, by the last four digits.")
	}
	return Transcript{who}, nil
}

func (t Transcript) Do(ctx context.Context, k *act.Kit, _ act.Asked) (answer.Answer, error) {
	phone, err := k.One(ctx, t.Who)
	if err != nil {
		return answer.Answer{}, err
	}
	said, err := k.Patients.Transcript(ctx, phone)
	if err != nil {
		return answer.Answer{}, err
	}
	if len(said) == 0 {
		return answer.Say("Nothing is kept of what %s and we wrote to each other.", phone), nil
	}
	records, err := k.Texts.Records(ctx, phone)
	if err != nil {
		return answer.Answer{}, err
	}
	became := map[string]handlers.Record{}
	for _, r := range records {
		became[r.ID] = r
	}
	lines := []string{fmt.Sprintf("Conversation with %s, by the clinic's clock.", phone), ""}
	for _, s := range said {
		lines = append(lines, saidLine(k, s, became[s.ID]))
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
func saidLine(k *act.Kit, s handlers.Said, r handlers.Record) string {
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
	line := k.Minute(s.At) + "  " + who + ": " + veil.Veiled(s.Text, "(words not shown here)")
	switch r.State {
	case handlers.Sent, handlers.Delivered:
		line += " [" + r.State + " " + k.Minute(r.At) + "]"
	case handlers.Failed:
		line += " [not delivered: " + r.Why + "]"
	}
	return line
}
