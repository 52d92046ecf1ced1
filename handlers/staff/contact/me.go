package contact

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// Me says which phone is whoever's who asks: it rings first when they call a patient. A wrong number
// would have a stranger connected with patients, so it is rung, and what they are shown has to be
// pressed on its keys.
type Me struct {
	Phone handlers.Phone `json:"phone,omitzero"`
	Off   bool           `json:"off,omitempty"` // it is to be forgotten
}

const (
	// proveTime is how long the digits may be pressed.
	proveTime = 5 * time.Minute
	// ringsApart is how often somebody may have a phone rung that may not be theirs.
	ringsApart = time.Minute
	// codeKeys is how many digits there are, one of ten thousand for who is rung by mistake.
	codeKeys = 4
	// ringWithin is how long after it was asked for a phone may ring: later it would surprise.
	ringWithin = 2 * time.Minute
)

func (Me) Name() string { return "me" }

func parseMe(k *act.Kit, args string) (act.Act, error) {
	switch strings.ToLower(args) {
	case "":
		return Me{}, nil
	case "off":
		return Me{Off: true}, nil
	}
	p, rest, err := k.Number(args)
	if err != nil || rest != "" {
		return nil, act.Usage("Give your own number, like 212-555-0113, or off.")
	}
	return Me{Phone: p}, nil
}

func (m Me) Do(ctx context.Context, k *act.Kit, a act.Asked) (answer.Answer, error) {
	own, err := k.Calls.OwnPhone(ctx, a.User)
	switch {
	case err != nil:
		return answer.Answer{}, err
	case m.Off:
		err := k.Calls.SetOwnPhone(ctx, handlers.OwnPhone{User: a.User})
		return answer.Say("Your phone is forgotten: nothing rings when you press Call."), err
	case m.Phone.IsZero() && own.Phone.IsZero():
		return answer.Say("Beacon doesn't know your phone. %s", saysWhich), nil
	case m.Phone.IsZero():
		return answer.Say("When you call a patient, %s rings first. `/clinic me off` forgets it.",
			own.Phone), nil
	case m.Phone == own.Phone:
		return answer.Say("%s is your phone already.", m.Phone), nil
	}
	return prove(ctx, k, a, own, m.Phone)
}

// saysWhich tells how to say which phone is theirs.
const saysWhich = "Say which it is, once: `/clinic me 212-555-0113`. It then rings first when you " +
	"call a patient; they see the clinic's number, not yours."

// prove has a phone rung, for somebody to show that it is theirs.
func prove(
	ctx context.Context, k *act.Kit, a act.Asked, own handlers.OwnPhone, p handlers.Phone,
) (answer.Answer, error) {
	now := k.Now()
	switch why := k.Gate.Untexted(p); {
	case k.NoCalls != "":
		return answer.Say("Beacon can't call: %s.", k.NoCalls), nil
	case why != "":
		return answer.Say("%s is %s, which Beacon doesn't call.", p, why), nil
	case own.Until.Sub(now) > proveTime-ringsApart:
		return answer.Say("A phone was rung for you just now. Try again in a minute."), nil
	}
	n, err := rand.Int(rand.Reader, big.NewInt(10_000))
	if err != nil {
		return answer.Answer{}, err
	}
	say, err := k.Base.Reply(replies.OwnPhone, "en", nil)
	if err != nil {
		return answer.Answer{}, err
	}
	// The digits are the event's reply: the same command again shows the same.
	first := handlers.Effects{
		Reply: handlers.Reply{Note: fmt.Sprintf("%0*d", codeKeys, n)},
		Texts: []handlers.Outgoing{{
			ID: "me:" + a.ID, To: p, Kind: replies.OwnPhone, Body: say, Voice: true, User: a.User,
			Keys: codeKeys, Due: now, Until: now.Add(ringWithin),
		}},
	}
	decide := func(handlers.State) (handlers.Effects, error) { return first, nil }
	r, _, err := k.Store.Turn(ctx, "me:"+a.ID, handlers.Phone{}, decide)
	if err != nil {
		return answer.Answer{}, err
	}
	own.Asked, own.Code, own.Until = p, r.Note, now.Add(proveTime)
	if err := k.Calls.SetOwnPhone(ctx, own); err != nil {
		return answer.Answer{}, err
	}
	return answer.Say("%s rings now. Pick up and press *%s* on its keys.", p, r.Note), nil
}

// proved takes the digits that were pressed on a phone, and returns what to say there.
func proved(
	ctx context.Context, k *act.Kit, row handlers.Outgoing, digits string,
) (string, error) {
	own, err := k.Calls.OwnPhone(ctx, row.User)
	if err != nil {
		return "", err
	}
	say := replies.OwnPhoneWrong
	switch {
	case own.Phone == row.To: // it was pressed before, and Twilio asks again
		say = replies.OwnPhoneKnown
	case own.Asked != row.To || own.Code == "" || !k.Now().Before(own.Until):
	case digits == own.Code:
		say = replies.OwnPhoneKnown
		own = handlers.OwnPhone{User: row.User, Phone: row.To}
		err = k.Calls.SetOwnPhone(ctx, own)
		k.Log.Info("a phone of staff is known", "user", row.User, "phone", row.To)
	default: // one try: who was rung by mistake shan't go on trying
		own.Code = ""
		err = k.Calls.SetOwnPhone(ctx, own)
	}
	if err != nil {
		return "", err
	}
	return k.Base.Reply(say, "en", nil)
}
