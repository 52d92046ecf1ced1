package staff

import (
	"context"
	"time"

	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/knowledge"
)

// Today lists the visits of the clinic's day, from midnight to midnight by its clock, with masked
// numbers; types and first names are veiled.
type Today struct{}

func (Today) name() string { return "today" }

func (Today) do(ctx context.Context, h *Handler, _ Asked) (answer.Answer, error) {
	zone := h.Base.Clinic.Location()
	now := h.Now().In(zone)
	from := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, zone)
	booked, err := h.Patients.Visits(ctx, from, from.AddDate(0, 0, 1))
	if err != nil {
		return answer.Answer{}, err
	}
	title := knowledge.DeskClock(h.Base.Clinic, now).Date(now, "en")
	if len(booked) == 0 {
		return answer.Say("%s: no visits.", title), nil
	}
	var rows [][]string
	for _, v := range booked {
		rows = append(rows, []string{
			knowledge.Time(v.Start.In(zone)), veil.Veiled(v.Type, ""),
			first(v.Name), v.Phone.String(), v.Standing(),
		})
	}
	out := answer.Say("%s: %d visits", title, len(booked))
	return out.Add(answer.Rows(nil, rows).Parts...), nil
}
