package staff

import (
	"context"
	"fmt"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/veil"
)

// OpenVisit shows a visit, with all that can be done about it.
type OpenVisit struct{ Which }

func (OpenVisit) name() string { return "visit" }

func (o OpenVisit) of(who Who) Act { o.Who = who; return o }

func parseVisit(h *Handler, args string) (Act, error) {
	w, err := h.parseWhich(args)
	return OpenVisit{w}, err
}

func (o OpenVisit) do(ctx context.Context, h *Handler, _ Asked) (none answer.Answer, err error) {
	fits := func(handlers.Visit) bool { return true }
	v, s, err := h.visit(ctx, o.Which, fits, "There is no such visit.",
		func(w Which) Act { return OpenVisit{w} })
	if err != nil {
		return none, err
	}
	w, err := h.exactly(ctx, v)
	if err != nil {
		return none, err
	}
	out := answer.Say("*%s*, %s%s", called(v.Name, v.Phone), h.clock(v.Start),
		veil.Veiled(", "+v.Type, ""))
	for _, says := range s.Standing(h.Base.Clinic, v, h.Now()) {
		out = out.Add(answer.Part{Text: "• " + says})
	}
	if n := len(s.Cases); n > 0 {
		out = out.Add(answer.Part{Small: fmt.Sprintf("%s at the desk for this number.", waiting(n))})
	}
	return out.Add(answer.Part{Buttons: h.onVisit(w, v)}), nil
}

// onVisit are the buttons of a visit: what makes sense for one that is as it is.
func (h *Handler) onVisit(w Which, v handlers.Visit) (out []answer.Button) {
	if !v.Over() && v.Stands() {
		out = append(out, answer.Button{
			Text: "Arrived", Do: Encode(Arrived{w}), Style: answer.Primary,
		})
	}
	if v.Stands() && v.State != handlers.Missed {
		out = append(out, answer.Button{Text: "No-show", Do: Encode(NoShow{w})})
	}
	if v.Open(h.Now()) {
		out = append(
			out, answer.Button{Text: "Late", Do: Encode(Late{Which: w})},
			answer.Button{Text: "Move", Do: Encode(Move{Which: w, Start: v.Start})},
			answer.Button{
				Text: "Take it off", Do: Encode(Off{Which: w, Start: v.Start}), Style: answer.Danger,
			},
		)
	}
	return append(
		out, answer.Button{Text: "Text them", Do: Encode(Write{Who: w.Who})},
		answer.Button{Text: "Texts, and why", Do: Encode(Why{w.Who})},
	)
}

// Write texts a patient what is written in a form; see [Say].
type Write struct {
	Who  Who    `json:"who"`
	Text string `json:"text,omitempty"`
}

func (Write) name() string { return "write" }

func (w Write) who() Who { return w.Who }

// fill takes the words of the form.
func (w Write) fill(_ *Handler, values map[string]string) (Act, map[string]string) {
	if w.Text = values["text"]; w.Text == "" {
		return w, map[string]string{"text": "Say what to text."}
	}
	return w, nil
}

func (w Write) do(ctx context.Context, h *Handler, a Asked) (answer.Answer, error) {
	if w.Text != "" {
		return Say(w).do(ctx, h, a)
	}
	phone, err := h.one(ctx, w.Who)
	if err != nil {
		return answer.Answer{}, err
	}
	return answer.Answer{Form: &answer.Form{
		Title: "Text a patient", Submit: "Send", Do: Encode(w),
		Parts: []answer.Part{{Text: fmt.Sprintf(
			"To %s. The conversation is yours then, until you hand it back.", phone,
		)}},
		Fields: []answer.Field{{Name: "text", Label: "What to text", Kind: answer.Area, Most: 1000}},
	}}, nil
}
