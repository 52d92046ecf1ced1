package waitlist

import (
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// NewWish puts a number on the waitlist of a type, to come before the soonest visit of that type that it has.
func NewWish(s handlers.State, kind, by string, now time.Time) handlers.Wish {
	w := handlers.Wish{Phone: s.Phone, Type: kind, At: now, By: by}
	for _, v := range s.Visits {
		if !v.Open(now) {
			continue
		}
		if w.Name == "" {
			w.Name, w.Lang, w.Zone = v.Name, v.Lang, v.Zone
		}
		if v.Type == kind && w.Visit == "" {
			w.Visit, w.Start, w.Name, w.Lang, w.Zone = v.ID, v.Start, v.Name, v.Lang, v.Zone
		}
	}
	return w
}
