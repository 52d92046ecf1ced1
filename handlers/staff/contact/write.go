package contact

import (
	"context"
	"fmt"

	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
)

// Write texts a patient what is written in a form; see [Say].
type Write struct {
	Who  act.Who `json:"who"`
	Text string  `json:"text,omitempty"`
}

func (Write) Name() string { return "write" }

func (w Write) About() act.Who { return w.Who }

// Fill takes the words of the form.
func (w Write) Fill(_ *act.Kit, values map[string]string) (act.Act, map[string]string) {
	if w.Text = values["text"]; w.Text == "" {
		return w, map[string]string{"text": "Say what to text."}
	}
	return w, nil
}

func (w Write) Do(ctx context.Context, k *act.Kit, a act.Asked) (answer.Answer, error) {
	if w.Text != "" {
		return Say(w).Do(ctx, k, a)
	}
	phone, err := k.One(ctx, w.Who)
	if err != nil {
		return answer.Answer{}, err
	}
	return answer.Answer{Form: &answer.Form{
		Title: "Text a patient", Submit: "Send", Do: act.Encode(w),
		Parts: []answer.Part{{Text: fmt.Sprintf(
			"To %s. The conversation is yours then, until you hand it back.", phone,
		)}},
		Fields: []answer.Field{{Name: "text", Label: "What to text", Kind: answer.Area, Most: 1000}},
	}}, nil
}
