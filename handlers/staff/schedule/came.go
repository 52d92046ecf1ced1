package schedule

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
)

// Arrived records that a patient has come: what was still to be texted before the visit isn't.
type Arrived struct{ Which }

func (Arrived) Name() string { return "arrived" }

func (c Arrived) For(who act.Who) act.Act { c.Who = who; return c }

func parseArrived(k *act.Kit, args string) (act.Act, error) {
	w, err := parseWhich(k, args)
	return Arrived{w}, err
}

// NoShow records that a patient didn't come. If the clinic sends words to who missed a visit, they
// follow. It can be mended by Arrived.
type NoShow struct{ Which }

func (NoShow) Name() string { return "noshow" }

func (n NoShow) For(who act.Who) act.Act { n.Who = who; return n }

func parseNoShow(k *act.Kit, args string) (act.Act, error) {
	w, err := parseWhich(k, args)
	return NoShow{w}, err
}

// Late records that a patient comes late, for whoever reads the day's list.
type Late struct {
	Which
	By int `json:"by,omitempty"` // minutes; 0 if it isn't known
}

func (Late) Name() string { return "late" }

func (l Late) For(who act.Who) act.Act { l.Who = who; return l }

// lateBy matches how many minutes somebody is late, at the end of a line.
var lateBy = regexp.MustCompile(
	`(?i) +(?:by +)?(?:(\d{1,3})(?: *m(?:ins?|inutes?)?)?|(an?|\d) *h(?:rs?|ours?)?|(half an hour))$`)

func parseLate(k *act.Kit, args string) (act.Act, error) {
	var l Late
	if m := lateBy.FindStringSubmatch(args); m != nil {
		l.By = minutesOf(m[1], m[2])
		args = strings.TrimSuffix(args, m[0])
	}
	var err error
	l.Which, err = parseWhich(k, args)
	return l, err
}

// minutesOf returns how many minutes were written, or else how many hours; half an hour if neither.
func minutesOf(minutes, hours string) int {
	if n, err := strconv.Atoi(minutes); err == nil {
		return n
	}
	n, err := strconv.Atoi(hours)
	switch {
	case err == nil:
		return 60 * n
	case hours == "":
		return 30
	}
	return 60
}

// noneToday answers an act on a visit of the day where there is none.
const noneToday = "They have no such visit today, nor in the last week."

// today reports whether a visit is of the clinic's day, or began before it.
func today(k *act.Kit, v handlers.Visit) bool {
	zone, now := k.Base.Clinic.Location(), k.Now()
	return handlers.SameDay(v.Start, now, zone) || v.Start.Before(now)
}

func (c Arrived) Do(ctx context.Context, k *act.Kit, _ act.Asked) (none answer.Answer, err error) {
	fits := func(v handlers.Visit) bool { return today(k, v) && v.State != handlers.Arrived }
	v, _, err := visit(ctx, k, c.Which, fits, noneToday, func(w Which) act.Act { return Arrived{w} })
	if err != nil {
		return none, err
	}
	ok, err := k.Visits.Came(ctx, v.ID, handlers.Arrived)
	if err != nil || !ok {
		return answer.Say(changed), err
	}
	return answer.Say("%s is here for %s.", k.Called(v.Name, v.Phone), k.Clock(v.Start)), nil
}

func (n NoShow) Do(ctx context.Context, k *act.Kit, _ act.Asked) (none answer.Answer, err error) {
	fits := func(v handlers.Visit) bool {
		// Who was said to have come is meant only by the visit itself.
		return today(k, v) && v.Stands() && (v.State != handlers.Arrived || n.Visit != "")
	}
	v, s, err := visit(ctx, k, n.Which, fits, noneToday, func(w Which) act.Act { return NoShow{w} })
	if err != nil {
		return none, err
	}
	if v.Start.After(k.Now()) {
		return none, act.Usage("The visit of %s hasn't begun: it is %s.", k.Called(v.Name, v.Phone),
			k.Clock(v.Start))
	}
	ok, err := k.Visits.Came(ctx, v.ID, handlers.Missed)
	if err != nil || !ok {
		return answer.Say(changed), err
	}
	says := fmt.Sprintf("%s didn't come %s.", k.Called(v.Name, v.Phone), k.Clock(v.Start))
	if k.Base.Clinic.After.Missed.On {
		says += fmt.Sprintf(" In %g hours they are texted a kind word and a way back, if the rules "+
			"let us.", k.Base.Clinic.After.Missed.Hours)
	}
	w, err := Exactly(ctx, k, v)
	if err != nil {
		return none, err
	}
	return answer.Say("%s", danger(s)+says).Add(answer.Part{Buttons: []answer.Button{
		{Text: "They came after all", Do: act.Encode(Arrived{w})},
	}}), nil
}

func (l Late) Do(ctx context.Context, k *act.Kit, a act.Asked) (none answer.Answer, err error) {
	fits := func(v handlers.Visit) bool {
		return today(k, v) && v.Stands() && !v.Over() && k.Now().Sub(v.Start) < 24*time.Hour
	}
	v, _, err := visit(ctx, k, l.Which, fits, noneToday, func(w Which) act.Act { return Late{w, l.By} })
	if err != nil {
		return none, err
	}
	ok, err := k.Visits.Late(ctx, "late:"+a.ID, v, l.By)
	if err != nil || !ok {
		return answer.Say(changed), err
	}
	by := ""
	if l.By > 0 {
		by = fmt.Sprintf(", by %d minutes", l.By)
	}
	return answer.Say("%s comes late to %s%s: the day's list shows it.", k.Called(v.Name, v.Phone),
		k.Clock(v.Start), by), nil
}
