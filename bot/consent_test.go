package main

import (
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers/gate"
)

// Who asked for discreet reminders keeps them when the carrier says that they opted out, by a
// refusal or by a receipt, and they opt in again.
func TestTheCarriersOptOutKeepsDiscretion(t *testing.T) {
	for _, way := range []string{"refusal", "receipt"} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			d := newDoors(t, "2026-12-01 10:00")
			const from = "+12125550101"
			d.text(from, "BASIC")
			if way == "refusal" {
				d.twilio.Rule(from, gate.OptedOut)
			}
			d.book("2026-12-14 14:00", "0101")
			if way == "receipt" {
				d.receipts("undelivered", gate.OptedOut)
			}
			if c := d.state("0101").Consent; !c.Out || !c.Basic || c.Way != "carrier" ||
				c.Words != "21610" {
				t.Fatalf("%+v", c)
			}
			d.twilio.Rule(from, 0)
			d.text(from, "START")
			before := len(d.got("0101"))
			d.pass(12 * 24 * time.Hour)
			if c := d.state("0101").Consent; c.Out || !c.Basic {
				t.Errorf("%+v", c)
			}
			reminders := d.got("0101")[before:]
			if len(reminders) == 0 {
				t.Fatal("no reminder left")
			}
			for _, body := range reminders {
				if strings.Contains(body, "Pat") || strings.Contains(body, d.app.base.Clinic.Name) {
					t.Errorf("a reminder reads %q", body)
				}
			}
		})
	}
}

// Who had opted out here before the carrier says so has said it in their own words: those stay.
func TestTheCarriersOptOutComesSecond(t *testing.T) {
	t.Parallel()
	d := newDoors(t, "2026-12-01 10:00")
	d.book("2026-12-14 14:00", "0101")
	d.text("+12125550101", "please stop texting me")
	d.receipts("undelivered", gate.OptedOut)
	if c := d.state("0101").Consent; !c.Out || c.Way != "text" {
		t.Errorf("%+v", c)
	}
}
