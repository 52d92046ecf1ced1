package contact

import (
	"context"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// Of is whom an act is about: who was named, or the patient of a case; of neither, that of the card
// that was pressed.
type Of struct {
	Who  act.Who `json:"who,omitempty"`
	Case string  `json:"case,omitempty"`
}

func (o Of) About() act.Who { return o.Who }
func (o Of) CaseID() string { return o.Case }

// of reads whom a line is about, and nothing else: a name may have several words.
func of(k *act.Kit, args string) (Of, error) {
	if p, rest, err := k.Number(args); err == nil && rest == "" {
		return Of{Who: act.Who(p.E164())}, nil
	}
	if args == "" {
		return Of{}, act.Usage("Say which patient.")
	}
	return Of{Who: act.Who(args)}, nil
}

// meant returns the patient of an act, and the case if one was meant.
func meant(
	ctx context.Context, k *act.Kit, a act.Asked, of Of,
) (c handlers.Case, p handlers.Phone, err error) {
	if of.Who != "" {
		p, err = k.One(ctx, of.Who)
		return c, p, err
	}
	c, ok, err := k.Card(ctx, of.Case, a.Thread)
	switch {
	case err != nil:
	case !ok:
		err = act.ErrNoCase
	case c.Phone.IsZero():
		err = act.Usage("This card is about nobody's phone.")
	}
	return c, c.Phone, err
}

// ShowNumber shows a patient's whole number to whoever asks, and to nobody else. Slack gets it with
// that, so it needs a contract with Slack (then everything is shown there), or desk.reveal_numbers.
// Of a patient in danger it needs neither: they must be reached by whoever can.
type ShowNumber struct{ Of }

func (ShowNumber) Name() string  { return "number" }
func (ShowNumber) Right() string { return settings.MayNumbers }

func (ShowNumber) For(who act.Who) act.Act { return ShowNumber{Of{Who: who}} }

func parseNumber(k *act.Kit, args string) (act.Act, error) {
	of, err := of(k, args)
	return ShowNumber{of}, err
}

func (n ShowNumber) Do(ctx context.Context, k *act.Kit, a act.Asked) (answer.Answer, error) {
	_, phone, err := meant(ctx, k, a, n.Of)
	if err != nil {
		return answer.Answer{}, err
	}
	s, err := k.Store.Peek(ctx, phone)
	if err != nil {
		return answer.Answer{}, err
	}
	if reveals(k, s) {
		return answer.Answer{Parts: []answer.Part{{Dial: phone.E164()}, {Small: onlyYou}}}, nil
	}
	return answer.Answer{Parts: []answer.Part{{Dial: veil.Veiled(phone.E164(), "")}, {
		Text: veil.Veiled("", "Whole numbers aren't shown here (`desk.reveal_numbers` in "+
			"clinic.yaml). Call connects you with "+phone.String()+" without one."),
	}, {Small: onlyYou}}}, nil
}

// reveals reports whether a patient's number may be shown in Slack.
func reveals(k *act.Kit, s handlers.State) bool {
	return k.Base.Clinic.Desk.RevealNumbers || s.InDanger()
}

// ShowWords shows the words that a card is about to whoever asks, and to nobody else. As with
// ShowNumber Slack gets them: it needs a contract with Slack, and desk.reveal_words where words
// aren't shown to all anyway.
type ShowWords struct{ Of }

func (ShowWords) Name() string  { return "words" }
func (ShowWords) Right() string { return settings.MayWords }

func (w ShowWords) Do(ctx context.Context, k *act.Kit, a act.Asked) (answer.Answer, error) {
	c, _, err := meant(ctx, k, a, w.Of)
	switch {
	case err != nil:
		return answer.Answer{}, err
	case c.Text == "":
		return answer.Say("This card began without a text."), nil
	case k.Base.Clinic.Desk.RevealWords:
		return answer.Answer{Parts: []answer.Part{{Quote: c.Text}, {Small: onlyYou}}}, nil
	}
	return answer.Answer{Parts: []answer.Part{{Quote: veil.Veiled(c.Text, "")}, {
		Text: veil.Veiled("", "Patients' words aren't shown here (`desk.reveal_words` in "+
			"clinic.yaml). They are in Twilio's log, and in `bot export` of the number."),
	}, {Small: onlyYou}}}, nil
}

// onlyYou stands under what is revealed.
const onlyYou = "Only you see this. It is written down that you looked."
