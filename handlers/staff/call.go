package staff

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// Calls knows the phones of staff, and the calls to them.
type Calls interface {
	// OwnPhone returns the phone of a member of staff; one with their id alone if none is known.
	OwnPhone(ctx context.Context, user string) (handlers.OwnPhone, error)
	// SetOwnPhone stores it. One without a number is forgotten.
	SetOwnPhone(ctx context.Context, o handlers.OwnPhone) error
	// Row reads a row of the ledger; the zero row if there is none.
	Row(ctx context.Context, id string) (handlers.Outgoing, error)
}

// Call rings whoever asks, and once they press 1 the patient: neither sees the other's number. A
// person decides to call, so neither an opt-out of texts nor the hour forbids it.
type Call struct{ Of }

func (Call) name() string { return "call" }

func (Call) of(who Who) Act { return Call{Of{Who: who}} }

func parseCall(h *Handler, args string) (Act, error) {
	of, err := h.of(args)
	return Call{of}, err
}

func (c Call) do(ctx context.Context, h *Handler, a Asked) (answer.Answer, error) {
	about, phone, err := h.meant(ctx, a, c.Of)
	if err != nil {
		return answer.Answer{}, err
	}
	own, err := h.Calls.OwnPhone(ctx, a.User)
	if err != nil {
		return answer.Answer{}, err
	}
	s, err := h.Store.Peek(ctx, phone)
	if err != nil {
		return answer.Answer{}, err
	}
	danger := s.Urgent() != nil || s.Concern() != nil
	switch why := h.Gate.Untexted(phone); {
	case h.NoCalls != "":
		return h.instead(answer.Say("Beacon can't call: %s.", h.NoCalls), about, s), nil
	case own.Phone.IsZero():
		return h.instead(answer.Say("Beacon doesn't know your phone. %s", saysWhich), about, s), nil
	case why != "" && !danger:
		return answer.Say("%s is %s, which Beacon doesn't call.", phone, why), nil
	}
	if err := h.ring(ctx, a, about, own.Phone, phone); err != nil {
		return answer.Answer{}, err
	}
	return answer.Say("Your phone %s rings now: press 1 on it to be connected with %s.%s",
		own.Phone, phone, h.late(s)), nil
}

// ring has the phone of whoever asks rung. The thread that tells of it is that of the card that was
// pressed, else of the patient's open case, an alarm first, else of a new one.
func (h *Handler) ring(
	ctx context.Context, a Asked, about handlers.Case, own, phone handlers.Phone,
) error {
	say, err := h.Base.Reply(replies.CallStaff, "en", knowledge.Fill{
		"last4": strings.Join(strings.Split(phone.Last4(), ""), " "), // else it is said as a number
	})
	if err != nil {
		return err
	}
	id, now := "call:"+a.ID, h.Now()
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
		e.Posts = append(e.Posts, h.callNote(id+":rings", c.ID, a.User,
			"is calling them: their own phone rings first."))
		e.Texts = []handlers.Outgoing{{
			ID: id, To: own, Kind: replies.CallStaff, Body: say, Voice: true, User: a.User,
			Case: c.ID, Due: now, Until: now.Add(ringWithin),
		}}
		return e, nil
	}
	_, _, err = h.Store.Turn(ctx, id, phone, decide)
	return err
}

// callNote returns a line in a case's thread, about a call of a member of staff.
func (h *Handler) callNote(id, caseID, user, text string) handlers.Post {
	// A new case's card comes first.
	return handlers.Post{
		ID: id, Case: caseID, Do: desk.PostNote, From: user, Text: text,
		Due: h.Now().Add(time.Millisecond),
	}
}

// instead adds to why nobody is rung how staff see the number, if they may here.
func (h *Handler) instead(out answer.Answer, about handlers.Case, s handlers.State) answer.Answer {
	switch {
	case !h.reveals(s):
		return out
	case about.ID == "":
		return out.Add(answer.Part{Small: "`/clinic number " + s.Phone.Last4() + "` shows theirs."})
	}
	return out.Add(answer.Part{Buttons: []answer.Button{{
		Text: "Show number", Do: Encode(ShowNumber{Of{Case: about.ID}}),
	}}})
}

// late says that it is an hour at which no reminder would leave; "" if it isn't.
func (h *Handler) late(s handlers.State) string {
	zone := h.Base.Clinic.Location()
	for _, v := range s.Visits {
		zone = h.Base.Clinic.Zoned(v.Zone)
	}
	now := h.Now()
	if h.Base.Clinic.InWindow(now, zone).Equal(now) {
		return ""
	}
	return fmt.Sprintf(" It is %s where they are.", knowledge.Time(now.In(zone)))
}
