package staff

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
)

// Arrived records that a patient has come: what was still to be texted before the visit isn't.
type Arrived struct{ Which }

func (Arrived) name() string { return "arrived" }

func (c Arrived) of(who Who) Act { c.Who = who; return c }

func parseArrived(h *Handler, args string) (Act, error) {
	w, err := h.parseWhich(args)
	return Arrived{w}, err
}

// NoShow records that a patient didn't come. If the clinic sends words to who missed a visit, they
// follow. It can be mended by Arrived.
type NoShow struct{ Which }

func (NoShow) name() string { return "noshow" }

func (n NoShow) of(who Who) Act { n.Who = who; return n }

func parseNoShow(h *Handler, args string) (Act, error) {
	w, err := h.parseWhich(args)
	return NoShow{w}, err
}

// Late records that a patient comes late, for whoever reads the day's list.
type Late struct {
	Which
	By int `json:"by,omitempty"` // minutes; 0 if it isn't known
}

func (Late) name() string { return "late" }

func (l Late) of(who Who) Act { l.Who = who; return l }

// lateBy matches how many minutes somebody is late, at the end of a line.
var lateBy = regexp.MustCompile(`(?i) +(?:by +)?(\d{1,3})(?: *m(?:in(?:utes?)?)?)?$`)

func parseLate(h *Handler, args string) (Act, error) {
	var l Late
	if m := lateBy.FindStringSubmatch(args); m != nil {
		l.By, _ = strconv.Atoi(m[1])
		args = strings.TrimSuffix(args, m[0])
	}
	var err error
	l.Which, err = h.parseWhich(args)
	return l, err
}

// noneToday answers an act on a visit of the day where there is none.
const noneToday = "They have no such visit today."

// today reports whether a visit is of the clinic's day, or began in the last hours before it.
func (h *Handler) today(v handlers.Visit) bool {
	zone, now := h.Base.Clinic.Location(), h.Now()
	return handlers.SameDay(v.Start, now, zone) || v.Start.Before(now)
}

func (c Arrived) do(ctx context.Context, h *Handler, _ Asked) (none answer.Answer, err error) {
	fits := func(v handlers.Visit) bool { return h.today(v) && v.State != handlers.Arrived }
	v, _, err := h.visit(ctx, c.Which, fits, noneToday, func(w Which) Act { return Arrived{w} })
	if err != nil {
		return none, err
	}
	ok, err := h.Visits.Came(ctx, v.ID, handlers.Arrived)
	if err != nil || !ok {
		return answer.Say(changed), err
	}
	return answer.Say("%s is here for %s.", called(v.Name, v.Phone), h.clock(v.Start)), nil
}

func (n NoShow) do(ctx context.Context, h *Handler, _ Asked) (none answer.Answer, err error) {
	fits := func(v handlers.Visit) bool { return h.today(v) && v.Stands() && v.State != handlers.Arrived }
	v, s, err := h.visit(ctx, n.Which, fits, noneToday, func(w Which) Act { return NoShow{w} })
	if err != nil {
		return none, err
	}
	if v.Start.After(h.Now()) {
		return none, usage("The visit of %s hasn't begun: it is %s.", called(v.Name, v.Phone),
			h.clock(v.Start))
	}
	ok, err := h.Visits.Came(ctx, v.ID, handlers.Missed)
	if err != nil || !ok {
		return answer.Say(changed), err
	}
	says := fmt.Sprintf("%s didn't come %s.", called(v.Name, v.Phone), h.clock(v.Start))
	if h.Base.Clinic.After.Missed.On {
		says += fmt.Sprintf(" In %g hours they are texted a kind word and a way back, if the rules "+
			"let us.", h.Base.Clinic.After.Missed.Hours)
	}
	w, err := h.exactly(ctx, v)
	if err != nil {
		return none, err
	}
	return answer.Say("%s", danger(s)+says).Add(answer.Part{Buttons: []answer.Button{
		{Text: "They came after all", Do: Encode(Arrived{w})},
	}}), nil
}

func (l Late) do(ctx context.Context, h *Handler, a Asked) (none answer.Answer, err error) {
	fits := func(v handlers.Visit) bool { return h.today(v) && v.Stands() && !v.Over() }
	v, _, err := h.visit(ctx, l.Which, fits, noneToday, func(w Which) Act { return Late{w, l.By} })
	if err != nil {
		return none, err
	}
	ok, err := h.Visits.Late(ctx, "late:"+a.ID, v, l.By)
	if err != nil || !ok {
		return answer.Say(changed), err
	}
	by := ""
	if l.By > 0 {
		by = fmt.Sprintf(", by %d minutes", l.By)
	}
	return answer.Say("%s comes late to %s%s: the day's list shows it.", called(v.Name, v.Phone),
		h.clock(v.Start), by), nil
}
