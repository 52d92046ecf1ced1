package contact

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// Call rings whoever asks, and once they press 1 the patient: neither sees the other's number. A
// person decides to call, so neither an opt-out of texts nor the hour forbids it.
type Call struct{ Of }

func (Call) Name() string { return "call" }

func (Call) For(who act.Who) act.Act { return Call{Of{Who: who}} }

func parseCall(k *act.Kit, args string) (act.Act, error) {
	of, err := of(k, args)
	return Call{of}, err
}

func (c Call) Do(ctx context.Context, k *act.Kit, a act.Asked) (answer.Answer, error) {
	about, phone, err := meant(ctx, k, a, c.Of)
	if err != nil {
		return answer.Answer{}, err
	}
	own, err := k.Calls.OwnPhone(ctx, a.User)
	if err != nil {
		return answer.Answer{}, err
	}
	s, err := k.Store.Peek(ctx, phone)
	if err != nil {
		return answer.Answer{}, err
	}
	switch why := k.Gate.Untexted(phone); {
	case k.NoCalls != "":
		return instead(k, answer.Say("Beacon can't call: %s.", k.NoCalls), about, s), nil
	case own.Phone.IsZero():
		return instead(k, answer.Say("Beacon doesn't know your phone. %s", saysWhich), about, s), nil
	case why != "" && !s.InDanger():
		return answer.Say("%s is %s, which Beacon doesn't call.", phone, why), nil
	}
	if err := ring(ctx, k, a, about, own.Phone, phone); err != nil {
		return answer.Answer{}, err
	}
	return answer.Say("Your phone %s rings now: press 1 on it to be connected with %s.%s",
		own.Phone, phone, late(k, s)), nil
}

// ring has the phone of whoever asks rung. The thread that tells of it is that of the card that was
// pressed, else of the patient's open case, an alarm first, else of a new one.
func ring(
	ctx context.Context, k *act.Kit, a act.Asked, about handlers.Case, own, phone handlers.Phone,
) error {
	say, err := k.Base.Reply(replies.CallStaff, "en", knowledge.Fill{
		"last4": strings.Join(strings.Split(phone.Last4(), ""), " "), // else it is said as a number
	})
	if err != nil {
		return err
	}
	id, now := "call:"+a.ID, k.Now()
	decide := func(s handlers.State) (handlers.Effects, error) {
		c, e := about, handlers.Effects{}
		for _, open := range s.Cases {
			if open.Open && about.ID == "" && (c.ID == "" || open.Channel == handlers.UrgentChannel) {
				c = open
			}
		}
		if c.ID == "" {
			c = handlers.Case{
				ID: id, Channel: handlers.DeskChannel, Kind: "staff", Title: "A call to them.",
				At: now, Open: true, TakenBy: a.User,
			}
			e = desk.OpenCase(s, c)
		}
		e.Posts = append(e.Posts, callNote(k, id+":rings", c.ID, a.User,
			"is calling them: their own phone rings first."))
		e.Texts = []handlers.Outgoing{{
			ID: id, To: own, Kind: replies.CallStaff, Body: say, Voice: true, User: a.User,
			Case: c.ID, Due: now, Until: now.Add(ringWithin),
		}}
		return e, nil
	}
	_, _, err = k.Store.Turn(ctx, id, phone, decide)
	return err
}

// callNote returns a line in a case's thread, about a call of a member of staff.
func callNote(k *act.Kit, id, caseID, user, text string) handlers.Post {
	// A new case's card comes first.
	return handlers.Post{
		ID: id, Case: caseID, Do: desk.PostNote, From: user, Text: text,
		Due: k.Now().Add(time.Millisecond),
	}
}

// instead adds to why nobody is rung how staff see the number, if they may here.
func instead(k *act.Kit, out answer.Answer, about handlers.Case, s handlers.State) answer.Answer {
	switch {
	case !reveals(k, s):
		return out
	case about.ID == "":
		return out.Add(answer.Part{Small: "`/clinic number " + s.Phone.Last4() + "` shows theirs."})
	}
	return out.Add(answer.Part{Buttons: []answer.Button{{
		Text: "Show number", Do: act.Encode(ShowNumber{Of{Case: about.ID}}),
	}}})
}

// late says that it is an hour at which no reminder would leave; "" if it isn't.
func late(k *act.Kit, s handlers.State) string {
	zone := k.Base.Clinic.Location()
	for _, v := range s.Visits {
		zone = k.Base.Clinic.Zoned(v.Zone)
	}
	now := k.Now()
	if k.Base.Clinic.InWindow(now, zone).Equal(now) {
		return ""
	}
	return fmt.Sprintf(" It is %s where they are.", knowledge.Time(now.In(zone)))
}
