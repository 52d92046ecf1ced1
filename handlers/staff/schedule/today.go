package schedule

import (
	"context"
	"time"

	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// Today lists the visits of a day of the clinic, from midnight to midnight by its clock, with masked
// numbers; types and first names are veiled.
type Today struct {
	Day time.Time `json:"day,omitzero"` // today if it is zero
}

func (Today) Name() string { return "today" }

// parseToday reads the day. What isn't one is refused: the list of another day would be taken for
// the one that was asked for.
func parseToday(k *act.Kit, args string) (act.Act, error) {
	if args == "" {
		return Today{}, nil
	}
	m, ok := k.Reader().Day(args)
	switch {
	case !ok || m.Rest != "":
		return nil, act.Usage("I can't read that day. Write it like fri, 12/4 or tomorrow.")
	case len(m.At) == 0:
		return nil, act.Usage("%s", m.Why)
	case !m.Sure():
		return nil, whichTime(k, m, func(at time.Time) act.Act { return Today{at} })
	}
	return Today{m.At[0]}, nil
}

func (t Today) Do(ctx context.Context, k *act.Kit, _ act.Asked) (answer.Answer, error) {
	zone := k.Base.Clinic.Location()
	day := k.Now().In(zone)
	if !t.Day.IsZero() {
		day = t.Day.In(zone)
	}
	from := settings.OnDay(day, 0, 0)
	booked, err := k.Patients.Visits(ctx, from, settings.OnDay(from, 1, 0))
	if err != nil {
		return answer.Answer{}, err
	}
	title := knowledge.DeskClock(k.Base.Clinic, k.Now()).Date(from, "en")
	if len(booked) == 0 {
		return answer.Say("%s: no visits.", title), nil
	}
	var rows [][]string
	for _, v := range booked {
		s, err := k.Store.Peek(ctx, v.Phone)
		if err != nil {
			return answer.Answer{}, err
		}
		rows = append(rows, []string{
			knowledge.Time(v.Start.In(zone)), veil.Veiled(v.Type, ""),
			k.Named(v.Name), v.Phone.String(), k.Stands(s, v),
		})
	}
	out := answer.Say("%s: %s", title, act.Visits(len(booked)))
	return out.Add(answer.Rows(nil, rows).Parts...), nil
}
