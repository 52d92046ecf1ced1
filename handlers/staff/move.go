package staff

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
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

func (Move) name() string { return "move" }

func (m Move) of(who Who) Act { m.Who = who; return m }

// parseMove reads whom and where to. With "to" between two times the first says which visit.
func parseMove(h *Handler, args string) (Act, error) {
	args, yes := cutYes(args)
	which, to, both := strings.Cut(args, " to ")
	m := Move{To: strings.TrimSpace(to), Sure: yes, Again: yes}
	var err error
	if both {
		m.Which, err = h.parseWhich(which)
	} else {
		m.Who, m.To = h.whomWhen(args)
	}
	if err != nil || m.To == "" {
		return m, err
	}
	r := h.reader()
	r.Else = h.Now()
	read, ok := r.Moment(m.To)
	if !ok || read.Rest != "" {
		return nil, usage("I can't read that time. Write it like fri 9, or 12/4 2 PM.")
	}
	return m, nil
}

// fill takes the day and the time of the form.
func (m Move) fill(h *Handler, values map[string]string) (Act, map[string]string) {
	read, _ := h.reader().Moment(values["date"] + " " + values["time"])
	if !read.Sure() {
		return m, map[string]string{"date": or(read.Why, "Choose a day and a time.")}
	}
	m.Until, m.Sure = read.At[0], true
	return m, nil
}

func (m Move) do(ctx context.Context, h *Handler, a Asked) (none answer.Answer, err error) {
	fits := func(v handlers.Visit) bool { return h.ahead(v, m.Start) }
	v, s, err := h.visit(ctx, m.Which, fits, noneAhead,
		func(w Which) Act { return Move{Which: w, To: m.To, Sure: m.Sure, Again: m.Again} })
	if err != nil {
		return none, err
	}
	m.At, m.Start = "", v.Start
	if m.Which, err = h.exactly(ctx, v); err != nil {
		return none, err
	}
	if m.Until.IsZero() {
		if m.To == "" {
			return h.moveForm(s, v, m), nil
		}
		if m, err = h.moveTo(v, m); err != nil {
			return none, err
		}
	}
	if m.Until.Equal(v.Start) {
		return answer.Say("It is at that time already: %s.", h.clock(v.Start)), nil
	}
	if !m.Until.After(h.Now()) {
		return none, usage("That time has passed.")
	}
	return h.moveSure(ctx, a, s, v, m)
}

// moveTo reads where a visit moves to. What can be read in two ways is asked.
func (h *Handler) moveTo(v handlers.Visit, m Move) (Move, error) {
	r := h.reader()
	r.Else = v.Start
	read, _ := r.Moment(m.To)
	m.To = ""
	if read.Sure() {
		m.Until = read.At[0]
		return m, nil
	}
	return m, h.whichTime(read, func(at time.Time) Act { m.Until = at; return m })
}

// whichTime asks which of several moments is meant, with a button each that does act.
func (h *Handler) whichTime(read when.Meant, act func(time.Time) Act) error {
	if len(read.At) == 0 {
		return usage("%s", read.Why)
	}
	var buttons []answer.Button
	for i, at := range read.At {
		said := h.clock(at)
		if i > 0 && said == h.clock(read.At[i-1]) { // the hour that comes twice
			said += ", the second time"
		}
		buttons = append(buttons, answer.Button{Text: said, Do: Encode(act(at))})
	}
	return errAsk{answer.Say("%s Do you mean:", read.Why).
		Add(answer.Part{Buttons: append(buttons, leave())})}
}

// moveSure asks whether a visit is to move, saying what will happen, or has it move.
func (h *Handler) moveSure(
	ctx context.Context, a Asked, s handlers.State, v handlers.Visit, m Move,
) (none answer.Answer, err error) {
	moved := v
	moved.Start = m.Until
	against, err := h.against(ctx, s, moved)
	if err != nil {
		return none, err
	}
	what := fmt.Sprintf("The visit of %s moves from %s to %s.", called(v.Name, v.Phone),
		h.clock(v.Start), h.clock(m.Until))
	told := " They are texted the new time and asked to confirm it."
	if why := h.Gate.Untexted(v.Phone); why != "" {
		told = " Nothing is texted to them: it is " + why + ". Please call."
	} else if s.Consent.Out {
		told = " They have opted out of texts, so they aren't told: please call."
	}
	if m.Sure && (len(against) == 0 && !inDanger(s) || m.Again) {
		return h.hold(ctx, a, v.Phone, m, what+told)
	}
	m.Sure, m.Again = true, true
	says := danger(s) + what + told + elsewhere(v)
	if len(against) > 0 {
		says += "\n" + strings.Join(against, " ")
	}
	return answer.Say("%s", says).Add(answer.Part{Buttons: []answer.Button{
		{Text: "Move it", Do: Encode(m), Style: answer.Primary}, leave(),
	}}), nil
}

// moveForm asks where a visit moves to.
func (h *Handler) moveForm(s handlers.State, v handlers.Visit, m Move) answer.Answer {
	at := v.Start.In(h.Base.Clinic.Location())
	says := fmt.Sprintf("%sThe visit of %s on %s. A minute after you have sent this they are texted "+
		"the new time and asked to confirm it.", danger(s), called(v.Name, v.Phone), h.clock(v.Start))
	return answer.Answer{Form: &answer.Form{
		Title: "Move a visit", Submit: "Move it", Do: Encode(m),
		Parts: []answer.Part{{Text: says}},
		Fields: []answer.Field{
			{Name: "date", Label: "Day", Kind: answer.Date, Value: at.Format(time.DateOnly)},
			{Name: "time", Label: "Time", Kind: answer.Time, Value: at.Format("15:04")},
		},
	}}
}

func (m Move) finish(
	ctx context.Context, h *Handler, p handlers.Pending,
) (string, bool, error) {
	v, err := h.seen(ctx, p.Phone, m.Which, m.Start)
	if err != nil {
		return "", false, err
	}
	free, ok, err := h.Visits.Move(ctx, p.ID, v, m.Until)
	if err != nil || !ok {
		return fmt.Sprintf("The visit of %s wasn't moved: it has changed meanwhile.", p.Phone),
			false, err
	}
	says := fmt.Sprintf("moved the visit on %s to %s.", h.clock(m.Start), h.clock(m.Until))
	if free {
		says += " The time that it left is offered to the waitlist."
	}
	return says, true, nil
}
