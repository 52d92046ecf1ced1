package handlers_test

import (
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// standingClinic asks a day before whether the patient comes, and has a type with a ride home.
const standingClinic = `name: Test
phone: '+12125550100'
urgent_phone: '+12125550111'
zone: America/New_York
lines: {crisis: '988', emergency: '911'}
visit_types: {iv: {minutes: 60, ride_home: true}, consult: {minutes: 60}}
reminders: {plan: [{kind: confirm, hours_before: 24, only: unconfirmed}]}
`

func TestStanding(t *testing.T) {
	c, err := settings.Parse([]byte(standingClinic))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 12, 1, 15, 0, 0, 0, time.UTC)
	soon, later := now.Add(3*time.Hour), now.Add(100*time.Hour)
	for _, one := range []struct {
		name string
		s    handlers.State
		v    handlers.Visit
		want string
	}{
		{
			name: "nobody has asked yet", v: handlers.Visit{Start: later, State: handlers.Booked},
			want: "not asked yet",
		},
		{
			name: "asked", v: handlers.Visit{Start: soon, State: handlers.Booked, AskedComes: now},
			want: "asked, no answer yet",
		},
		{
			name: "it has begun", v: handlers.Visit{Start: now, State: handlers.Booked, AskedComes: now},
			want: "it isn't known whether they came",
		},
		{
			name: "late", v: handlers.Visit{State: handlers.Confirmed, Late: now, LateBy: 10},
			want: "confirmed, late by 10 min",
		},
		{
			name: "late, nobody knows by how much",
			v:    handlers.Visit{State: handlers.Confirmed, Late: now}, want: "confirmed, late",
		},
		{
			name: "late, and here now",
			v:    handlers.Visit{State: handlers.Confirmed, Late: now, Here: now},
			want: "confirmed, says they are here",
		},
		{
			name: "arrived", v: handlers.Visit{State: handlers.Arrived, Late: now, Type: "iv"},
			want: "arrived",
		},
		{name: "missed", v: handlers.Visit{State: handlers.Missed}, want: "no-show"},
		{name: "declined", v: handlers.Visit{State: handlers.Declined}, want: "can't come"},
		{
			name: "another time", v: handlers.Visit{State: handlers.Reschedule},
			want: "wants another time",
		},
		{
			name: "a ride was asked for",
			v:    handlers.Visit{Type: "iv", State: handlers.Confirmed, Asked: now, Prepared: now},
			want: "confirmed, no answer about the ride, prep told",
		},
		{
			name: "a ride is arranged",
			v: handlers.Visit{
				Type: "iv", State: handlers.Confirmed, Asked: now, Ride: handlers.RideArranged,
			},
			want: "confirmed, ride arranged",
		},
		{
			name: "needs a ride",
			v:    handlers.Visit{Type: "iv", State: handlers.Confirmed, Ride: handlers.RideHelp},
			want: "confirmed, needs a ride",
		},
		{
			name: "no ride is needed",
			v:    handlers.Visit{Type: "consult", State: handlers.Confirmed, Asked: now},
			want: "confirmed",
		},
		{
			name: "in doubt", v: handlers.Visit{State: handlers.Confirmed, Doubts: []string{"x"}},
			want: "confirmed, held until you agree to it",
		},
		{
			name: "opted out", s: handlers.State{Consent: handlers.Consent{Out: true}},
			v: handlers.Visit{State: handlers.Confirmed}, want: "confirmed, opted out of texts: call",
		},
		{
			name: "a landline", s: handlers.State{Reach: handlers.Reach{NoTexts: true}},
			v: handlers.Visit{State: handlers.Confirmed}, want: "confirmed, no text reaches them: call",
		},
		{
			name: "in danger", s: handlers.State{Cases: []handlers.Case{
				{Channel: handlers.UrgentChannel, Kind: "crisis", Open: true},
			}},
			v: handlers.Visit{State: handlers.Off}, want: "may be in danger, off",
		},
	} {
		t.Run(one.name, func(t *testing.T) {
			if one.v.Start.IsZero() {
				one.v.Start = later
			}
			if got := one.s.Standing(c, one.v, now).String(); got != one.want {
				t.Errorf("%q, want %q", got, one.want)
			}
		})
	}
}
