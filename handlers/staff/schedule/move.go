package schedule

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
	"github.com/beacon-clinic/beacon/handlers/staff/when"
)

// Move moves a visit to another time: the patient is texted the new time and asked to confirm it. It
// is asked once, and done a minute later.
type Move struct {
	Which
	To    string    `json:"to,omitempty"`    // as staff write it; a day or a time alone keeps the other
	Start time.Time `json:"start,omitzero"`  // of the visit as staff saw it
	Until time.Time `json:"moved,omitzero"`  // where it moves to, once that is settled
	Sure  bool      `json:"sure,omitempty"`  // whoever asked has seen what will happen
	Again bool      `json:"again,omitempty"` // they have seen what speaks against it
}

func (Move) Name() string { return "move" }

func (m Move) For(who act.Who) act.Act { m.Who = who; return m }

// parseMove reads whom and where to. With "to" between two times the first says which visit.
func parseMove(k *act.Kit, args string) (act.Act, error) {
	args, yes := cutYes(args)
	which, to, both := strings.Cut(args, " to ")
	m := Move{To: strings.TrimSpace(to), Sure: yes, Again: yes}
	var err error
	if both {
		m.Which, err = parseWhich(k, which)
	} else {
		m.Who, m.To = k.WhomWhen(args)
	}
	if err != nil || m.To == "" {
		return m, err
	}
	r := k.Reader()
	r.Else = k.Now()
	read, ok := r.Moment(m.To)
	if !ok || read.Rest != "" {
		return nil, act.Usage("I can't read that time. Write it like fri 9, or 12/4 2 PM.")
	}
	return m, nil
}

// Fill takes the day and the time of the form.
func (m Move) Fill(k *act.Kit, values map[string]string) (act.Act, map[string]string) {
	read, _ := k.Reader().Moment(values["date"] + " " + values["time"])
	if !read.Sure() {
		return m, map[string]string{"date": cmp.Or(read.Why, "Choose a day and a time.")}
	}
	m.Until, m.Sure = read.At[0], true
	return m, nil
}

func (m Move) Do(ctx context.Context, k *act.Kit, a act.Asked) (none answer.Answer, err error) {
	fits := func(v handlers.Visit) bool { return ahead(k, v, m.Start) }
	v, s, err := visit(ctx, k, m.Which, fits, noneAhead,
		func(w Which) act.Act { return Move{Which: w, To: m.To, Sure: m.Sure, Again: m.Again} })
	if err != nil {
		return none, err
	}
	m.At, m.Start = "", v.Start
	if m.Which, err = Exactly(ctx, k, v); err != nil {
		return none, err
	}
	if m.Until.IsZero() {
		if m.To == "" {
			return moveForm(k, s, v, m), nil
		}
		if m, err = moveTo(k, v, m); err != nil {
			return none, err
		}
	}
	if m.Until.Equal(v.Start) {
		return answer.Say("It is at that time already: %s.", k.Clock(v.Start)), nil
	}
	if !m.Until.After(k.Now()) {
		return none, act.Usage("That time has passed.")
	}
	return moveSure(ctx, k, a, s, v, m)
}

// moveTo reads where a visit moves to. What can be read in two ways is asked.
func moveTo(k *act.Kit, v handlers.Visit, m Move) (Move, error) {
	r := k.Reader()
	r.Else = v.Start
	read, _ := r.Moment(m.To)
	m.To = ""
	if read.Sure() {
		m.Until = read.At[0]
		return m, nil
	}
	return m, whichTime(k, read, func(at time.Time) act.Act { m.Until = at; return m })
}

// whichTime asks which of several moments is meant, with a button each that does act.
func whichTime(k *act.Kit, read when.Meant, then func(time.Time) act.Act) error {
	if len(read.At) == 0 {
		return act.Usage("%s", read.Why)
	}
	var buttons []answer.Button
	for i, at := range read.At {
		said := k.Clock(at)
		if i > 0 && said == k.Clock(read.At[i-1]) { // the hour that comes twice
			said += ", the second time"
		}
		buttons = append(buttons, answer.Button{Text: said, Do: act.Encode(then(at))})
	}
	return act.AskError{Answer: answer.Say("%s Do you mean:", read.Why).
		Add(answer.Part{Buttons: append(buttons, act.LeaveIt())})}
}

// moveSure asks whether a visit is to move, saying what will happen, or has it move.
func moveSure(
	ctx context.Context, k *act.Kit, a act.Asked, s handlers.State, v handlers.Visit, m Move,
) (none answer.Answer, err error) {
	moved := v
	moved.Start = m.Until
	against, err := against(ctx, k, s, moved)
	if err != nil {
		return none, err
	}
	what := fmt.Sprintf("The visit of %s moves from %s to %s.", k.Called(v.Name, v.Phone),
		k.Clock(v.Start), k.Clock(m.Until))
	told := " " + telling(k, s, v)
	says := danger(s) + what + told + elsewhere(v)
	if len(against) > 0 {
		says += "\n" + strings.Join(against, " ")
	}
	if m.Sure && (len(against) == 0 && !s.InDanger() || m.Again) {
		return hold(ctx, k, a, v.Phone, m, says)
	}
	m.Sure, m.Again = true, true
	return answer.Say("%s", says).Add(answer.Part{Buttons: []answer.Button{
		{Text: "Move it", Do: act.Encode(m), Style: answer.Primary}, act.LeaveIt(),
	}}), nil
}

// telling says how a patient learns that their visit has moved.
func telling(k *act.Kit, s handlers.State, v handlers.Visit) string {
	switch why := k.Gate.Untexted(v.Phone); {
	case why != "":
		return "Nothing is texted to them: it is " + why + ". Please call."
	case s.Consent.Out:
		return "They have opted out of texts, so they aren't told: please call."
	case s.Reach.NoTexts:
		return "No text reaches their number, so they aren't told: please call."
	case v.Held():
		return "The visit is held, so they aren't told until you agree to it on its card."
	case s.Urgent() != nil:
		return "They aren't texted while their alarm is open: please tell them."
	}
	return "They are texted the new time and asked to confirm it. If no text can leave in time, a " +
		"card asks you to call."
}

// moveForm asks where a visit moves to.
func moveForm(k *act.Kit, s handlers.State, v handlers.Visit, m Move) answer.Answer {
	at := v.Start.In(k.Base.Clinic.Location())
	says := fmt.Sprintf("%sThe visit of %s on %s. It moves a minute after you have sent this. %s",
		danger(s), k.Called(v.Name, v.Phone), k.Clock(v.Start), telling(k, s, v))
	return answer.Answer{Form: &answer.Form{
		Title: "Move a visit", Submit: "Move it", Do: act.Encode(m),
		Parts: []answer.Part{{Text: says}},
		Fields: []answer.Field{
			{Name: "date", Label: "Day", Kind: answer.Date, Value: at.Format(time.DateOnly)},
			{Name: "time", Label: "Time", Kind: answer.Time, Value: at.Format("15:04")},
		},
	}}
}

func (m Move) Finish(
	ctx context.Context, k *act.Kit, p handlers.Pending,
) (string, bool, error) {
	v, err := seen(ctx, k, p.Phone, m.Which, m.Start)
	if err != nil {
		return "", false, err
	}
	free, ok, err := k.Visits.Move(ctx, p.ID, v, m.Until)
	if err != nil || !ok {
		return fmt.Sprintf("The visit of %s wasn't moved: it has changed meanwhile.", p.Phone),
			false, err
	}
	says := fmt.Sprintf("moved the visit on %s to %s.", k.Clock(m.Start), k.Clock(m.Until))
	if free {
		says += " The time that it left is offered to the waitlist."
	}
	return says, true, nil
}
