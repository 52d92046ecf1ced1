package schedule

import (
	"context"
	"fmt"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
	"github.com/beacon-clinic/beacon/handlers/staff/contact"
	"github.com/beacon-clinic/beacon/handlers/veil"
)

// OpenVisit shows a visit, with all that can be done about it.
type OpenVisit struct{ Which }

func (OpenVisit) Name() string { return "visit" }

func (o OpenVisit) For(who act.Who) act.Act { o.Who = who; return o }

func parseVisit(k *act.Kit, args string) (act.Act, error) {
	w, err := parseWhich(k, args)
	return OpenVisit{w}, err
}

func (o OpenVisit) Do(ctx context.Context, k *act.Kit, _ act.Asked) (none answer.Answer, err error) {
	fits := func(handlers.Visit) bool { return true }
	v, s, err := visit(ctx, k, o.Which, fits, "There is no such visit.",
		func(w Which) act.Act { return OpenVisit{w} })
	if err != nil {
		return none, err
	}
	w, err := Exactly(ctx, k, v)
	if err != nil {
		return none, err
	}
	out := answer.Say("*%s*, %s%s", k.Called(v.Name, v.Phone), k.Clock(v.Start),
		veil.Veiled(", "+v.Type, ""))
	for _, says := range s.Standing(k.Base.Clinic, v, k.Now()) {
		out = out.Add(answer.Part{Text: "• " + says})
	}
	if n := len(s.Cases); n > 0 {
		out = out.Add(answer.Part{Small: fmt.Sprintf("%s at the desk for this number.", act.Things(n))})
	}
	return out.Add(answer.Part{Buttons: onVisit(k, w, v)}), nil
}

// OnHome are the buttons of a visit in the list of the day: whether they came is one press.
func OnHome(k *act.Kit, w Which, v handlers.Visit) []answer.Button {
	out := []answer.Button{{Text: "Open", Do: act.Encode(OpenVisit{w})}}
	if v.Over() || !v.Stands() {
		return out
	}
	out = append(out, answer.Button{Text: "Arrived", Do: act.Encode(Arrived{w})})
	if !v.Start.After(k.Now()) {
		out = append(out, answer.Button{Text: "No-show", Do: act.Encode(NoShow{w})})
	}
	return out
}

// onVisit are the buttons of a visit: what makes sense for one that is as it is.
func onVisit(k *act.Kit, w Which, v handlers.Visit) (out []answer.Button) {
	begun := !v.Start.After(k.Now())
	if !v.Over() && v.Stands() && today(k, v) {
		out = append(out, answer.Button{
			Text: "Arrived", Do: act.Encode(Arrived{w}), Style: answer.Primary,
		})
	}
	if begun && v.Stands() {
		out = append(out, answer.Button{Text: "No-show", Do: act.Encode(NoShow{w})})
	}
	if v.Open(k.Now()) {
		out = append(
			out, answer.Button{Text: "Late", Do: act.Encode(Late{Which: w})},
			answer.Button{Text: "Move", Do: act.Encode(Move{Which: w, Start: v.Start})},
			answer.Button{
				Text: "Take it off", Do: act.Encode(Off{Which: w, Start: v.Start}),
				Style: answer.Danger,
			},
		)
	}
	return append(
		out, answer.Button{Text: "Call", Do: act.Encode(contact.Call{Of: contact.Of{Who: w.Who}})},
		answer.Button{Text: "Text them", Do: act.Encode(contact.Write{Who: w.Who})},
		answer.Button{Text: "Texts, and why", Do: act.Encode(contact.Why{Who: w.Who})},
	)
}
