package staff

import (
	"context"
	"fmt"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/knowledge"
)

// today lists the visits of the clinic's day, from midnight to midnight by its clock, with masked
// numbers; types and first names are veiled.
func (h *Handler) today(ctx context.Context, _ handlers.Command, _ string) (string, error) {
	zone := h.Base.Clinic.Location()
	now := h.Now().In(zone)
	from := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, zone)
	booked, err := h.Patients.Visits(ctx, from, from.AddDate(0, 0, 1))
	if err != nil {
		return "", err
	}
	title := knowledge.DeskClock(h.Base.Clinic, now).Date(now, "en")
	if len(booked) == 0 {
		return title + ": no visits.", nil
	}
	title = fmt.Sprintf("%s: %d visits\n", title, len(booked))
	return title + grid(func(line func(...string)) {
		for _, v := range booked {
			line(
				knowledge.Time(v.Start.In(zone)), veil.Veiled(v.Type, ""),
				first(v.Name), v.Phone.String(), v.Standing(),
			)
		}
	}), nil
}
