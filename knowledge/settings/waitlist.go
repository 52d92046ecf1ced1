package settings

import (
	"errors"
	"time"
)

// Waitlist sets how freed slots are offered to patients who wait for one.
type Waitlist struct {
	On           bool    `yaml:"on"`
	AtOnce       int     `yaml:"at_once"`       // patients asked at a time
	OfferMinutes int     `yaml:"offer_minutes"` // how long an offer holds
	NoticeHours  float64 `yaml:"notice_hours"`  // the latest a slot is offered, before its start
	AfterMinutes int     `yaml:"after_minutes"` // from when a slot is free to its first offer
}

// Stands returns how long an offer holds.
func (w Waitlist) Stands() time.Duration { return time.Duration(w.OfferMinutes) * time.Minute }

// Notice returns the shortest time between an offer and the visit.
func (w Waitlist) Notice() time.Duration {
	return time.Duration(w.NoticeHours * float64(time.Hour))
}

// After returns how long a slot has been free before it is first offered.
func (w Waitlist) After() time.Duration { return time.Duration(w.AfterMinutes) * time.Minute }

// settle checks the settings and fills in the defaults: one patient at a time, for an hour, a day
// before at the latest.
func (w *Waitlist) settle() error {
	if w.AtOnce == 0 {
		w.AtOnce = 1
	}
	if w.OfferMinutes == 0 {
		w.OfferMinutes = 60
	}
	if w.NoticeHours == 0 {
		w.NoticeHours = 24
	}
	if w.AtOnce < 0 || w.OfferMinutes < 5 || w.NoticeHours < 1 || w.AfterMinutes < 0 {
		return errors.New("waitlist: want at_once of 1 or more, offer_minutes of 5 or more, " +
			"notice_hours of 1 or more, after_minutes of 0 or more")
	}
	return nil
}
