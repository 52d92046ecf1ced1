package schedule

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
)

// Off takes a visit off: its reminders are void, and its time is offered to the waitlist if it can
// be. The patient isn't texted, and the answer says so. It is asked once, and done a minute later.
type Off struct {
	Which
	Start time.Time `json:"start,omitzero"` // of the visit as staff saw it
	Sure  bool      `json:"sure,omitempty"`
}

func (Off) Name() string { return "off" }

func (o Off) For(who act.Who) act.Act { o.Who = who; return o }

func parseOff(k *act.Kit, args string) (act.Act, error) {
	args, yes := cutYes(args)
	w, err := parseWhich(k, args)
	return Off{Which: w, Sure: yes}, err
}

// cutYes returns a line without a yes at its end. It answers what would be asked, where there are no
// buttons.
func cutYes(args string) (rest string, yes bool) {
	f := strings.Fields(args)
	if n := len(f) - 1; n > 0 && strings.EqualFold(f[n], "yes") {
		return strings.Join(f[:n], " "), true
	}
	return args, false
}

// noneAhead answers an act on a visit ahead where there is none.
const noneAhead = "There is no such visit ahead. One that has begun isn't moved or taken off any " +
	"more: say who came, or book another."

// changed answers an act on a visit that isn't any more as staff saw it.
const changed = "That visit has changed meanwhile, so nothing was done: look again with " +
	"/clinic today."

// ahead reports whether a visit lies ahead and is, if start is known, as staff saw it.
func ahead(k *act.Kit, v handlers.Visit, start time.Time) bool {
	return v.Open(k.Now()) && (start.IsZero() || v.Start.Equal(start))
}

func (o Off) Do(ctx context.Context, k *act.Kit, a act.Asked) (none answer.Answer, err error) {
	fits := func(v handlers.Visit) bool { return ahead(k, v, o.Start) }
	v, s, err := visit(ctx, k, o.Which, fits, noneAhead, func(w Which) act.Act {
		return Off{Which: w, Sure: o.Sure}
	})
	if err != nil {
		return none, err
	}
	of := fmt.Sprintf("The visit of %s on %s", k.Called(v.Name, v.Phone), k.Clock(v.Start))
	sure := Off{Start: v.Start, Sure: true}
	if sure.Which, err = Exactly(ctx, k, v); err != nil {
		return none, err
	}
	if o.Sure {
		return hold(ctx, k, a, v.Phone, sure,
			danger(s)+of+" is taken off. They aren't told: please call.")
	}
	says := of + " will be taken off. They aren't told by text, and get no more reminders of it. "
	if s.InDanger() {
		says += "Nobody else is offered its time."
	} else {
		says += "Its time is offered to the waitlist, if it doesn't begin too soon."
	}
	says = danger(s) + says
	if k.Base.Clinic.WritesBack(v.Source) {
		says += fmt.Sprintf("\nIt is called off in %q too.", v.Source)
	} else {
		says += elsewhere(v)
	}
	return answer.Say("%s", says).Add(answer.Part{Buttons: []answer.Button{
		{Text: "Take it off", Do: act.Encode(sure), Style: answer.Danger}, act.LeaveIt(),
	}}), nil
}

func (o Off) Finish(
	ctx context.Context, k *act.Kit, p handlers.Pending,
) (string, bool, error) {
	v, err := seen(ctx, k, p.Phone, o.Which, o.Start)
	if err != nil {
		return "", false, err
	}
	free, ok, err := k.Visits.TakeOff(ctx, p.ID, v)
	if err != nil || !ok {
		return fmt.Sprintf("The visit of %s wasn't taken off: it has changed meanwhile.", p.Phone),
			false, err
	}
	says := "took the visit on " + k.Clock(o.Start) + " off."
	if free {
		says += " Its time is offered to the waitlist."
	}
	return says, true, nil
}

// seen returns a visit as staff saw it, by its mark and its start. What it is by now is for the act
// to find: it may be done already.
func seen(
	ctx context.Context, k *act.Kit, p handlers.Phone, w Which, start time.Time,
) (handlers.Visit, error) {
	s, err := k.Store.Peek(ctx, p)
	for _, v := range s.Visits {
		if mark(v.ID) == w.Visit {
			v.Start, v.Phone = start, p
			return v, err
		}
	}
	return handlers.Visit{Phone: p, Start: start}, err
}

// danger says first that a patient may be in danger; "" if nothing is open.
func danger(s handlers.State) string {
	switch {
	case s.Urgent() != nil:
		return "*This patient has an open alarm: they may be in danger. See to that first.*\n"
	case s.Concern() != nil:
		return "*This patient wrote something that nobody has read yet, and that may be danger. " +
			"Read that first.*\n"
	}
	return ""
}

// elsewhere reminds staff of the system that a visit comes from: what they do here isn't done there.
func elsewhere(v handlers.Visit) string {
	if v.Source == "" {
		return ""
	}
	return fmt.Sprintf("\nThe visit comes from %q: change it there too.", v.Source)
}
