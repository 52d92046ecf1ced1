package staff

import (
	"context"
	"time"

	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// Today lists the visits of a day of the clinic, from midnight to midnight by its clock, with masked
// numbers; types and first names are veiled.
type Today struct {
	Day time.Time `json:"day,omitzero"` // today if it is zero
}

func (Today) name() string { return "today" }

// parseToday reads the day. What isn't one is refused: the list of another day would be taken for
// the one that was asked for.
func parseToday(h *Handler, args string) (Act, error) {
	if args == "" {
		return Today{}, nil
	}
	m, ok := h.reader().Day(args)
	switch {
	case !ok || m.Rest != "":
		return nil, usage("I can't read that day. Write it like fri, 12/4 or tomorrow.")
	case len(m.At) == 0:
		return nil, errUsage{m.Why}
	case !m.Sure():
		return nil, h.whichTime(m, func(at time.Time) Act { return Today{at} })
	}
	return Today{m.At[0]}, nil
}

func (t Today) do(ctx context.Context, h *Handler, _ Asked) (answer.Answer, error) {
	zone := h.Base.Clinic.Location()
	day := h.Now().In(zone)
	if !t.Day.IsZero() {
		day = t.Day.In(zone)
	}
	from := settings.OnDay(day, 0, 0)
	booked, err := h.Patients.Visits(ctx, from, settings.OnDay(from, 1, 0))
	if err != nil {
		return answer.Answer{}, err
	}
	title := knowledge.DeskClock(h.Base.Clinic, h.Now()).Date(from, "en")
	if len(booked) == 0 {
		return answer.Say("%s: no visits.", title), nil
	}
	var rows [][]string
	for _, v := range booked {
		s, err := h.Store.Peek(ctx, v.Phone)
		if err != nil {
			return answer.Answer{}, err
		}
		rows = append(rows, []string{
			knowledge.Time(v.Start.In(zone)), veil.Veiled(v.Type, ""),
			first(v.Name), v.Phone.String(), h.stands(s, v),
		})
	}
	out := answer.Say("%s: %d visits", title, len(booked))
	return out.Add(answer.Rows(nil, rows).Parts...), nil
}
