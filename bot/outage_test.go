package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// The clinic's set-up at Twilio is at fault: whatever the code, every patient's text waits, one
// card says what to do, and when it is mended each text leaves once.
func TestTheClinicsSetUp(t *testing.T) {
	for _, c := range []struct {
		code int
		says string
	}{
		{code: 20003, says: "TWILIO_AUTH_TOKEN"},
		{code: 20404, says: "TWILIO_ACCOUNT_SID"},
		{code: 21212, says: "TWILIO_FROM"},
		{code: 21601, says: "TWILIO_FROM"},
		{code: 21606, says: "TWILIO_FROM"},
		{code: 21659, says: "TWILIO_FROM"},
		{code: 21703, says: "TWILIO_MESSAGING_SERVICE_SID"},
		{code: 21704, says: "TWILIO_MESSAGING_SERVICE_SID"},
		{code: 21705, says: "TWILIO_MESSAGING_SERVICE_SID"},
		{code: 30002, says: "overdue payment"},
		{code: 30010, says: "price"},
		{code: 30032, says: "toll-free"},
		{code: 30034, says: "A2P 10DLC"},
		{code: 30035, says: "A2P 10DLC"},
		{code: 63007, says: "channel"},
	} {
		t.Run(fmt.Sprint(c.code), func(t *testing.T) {
			t.Parallel()
			d := newDoors(t, "2026-12-01 10:00")
			d.twilio.Rule("", c.code)
			d.book("2026-12-14 14:00", many(6)...)
			later := c.code >= 30000 // it comes with receipts
			for range 5 {
				if later {
					d.receipts("undelivered", c.code)
				}
				d.pass(time.Hour)
			}
			if n := len(d.cards("undelivered")); n != 0 {
				t.Errorf("%d cards of patients", n)
			}
			cards := d.cards(kinds.Outage)
			if len(cards) != 1 || !cards[0].Open ||
				!strings.Contains(cards[0].Title, fmt.Sprintf("(%d)", c.code)) ||
				!strings.Contains(cards[0].Title, c.says) {
				t.Fatalf("%d cards of an outage: %+v", len(cards), cards)
			}
			before := len(d.twilio.Messages())
			d.twilio.Rule("", 0)
			d.receipts("undelivered", c.code) // of what was on its way
			d.pass(time.Hour)
			if n := d.receipts("delivered", 0); n != 6 || len(d.twilio.Messages()) != before+6 {
				t.Errorf("%d of 6 texts left, %d in all", n, len(d.twilio.Messages())-before)
			}
			d.pass(time.Second)
			if cards = d.cards(
				kinds.Outage,
			); len(cards) != 1 || cards[0].Open ||
				d.notes("It is over") != 1 {
				t.Errorf("it isn't over: %+v", cards)
			}
		})
	}
}

// What is the number's fault for good fails at once, with one card each as before.
func TestTheNumbersFault(t *testing.T) {
	t.Parallel()
	d := newDoors(t, "2026-12-01 10:00")
	d.twilio.Rule("+12125550101", 21211)
	d.twilio.Rule("+12125550102", 21614)
	d.twilio.Rule("+12125550103", 30005)
	d.twilio.Rule("+12125550104", 30006)
	d.book("2026-12-14 14:00", many(5)...)
	for _, m := range d.twilio.Messages() {
		code := map[string]int{"0103": 30005, "0104": 30006}[m.To[len(m.To)-4:]]
		status := "delivered"
		if code != 0 {
			status = "undelivered"
		}
		if _, err := d.twilio.PostReceipt(t.Context(), m.SID, status, code); err != nil {
			t.Fatal(err)
		}
	}
	d.settle()
	if n := len(d.cards("undelivered")); n != 4 || len(d.cards(kinds.Outage)) != 0 {
		t.Errorf("%d cards, %d outages", n, len(d.cards(kinds.Outage)))
	}
	for _, end := range many(4) {
		if !d.state(end).Reach.NoTexts {
			t.Errorf("…%s isn't marked", end)
		}
	}
}

// What passes by itself is tried again, when its code says so, and leaves no card if it goes
// through.
func TestWhatPasses(t *testing.T) {
	for _, c := range []struct {
		code int
		not  time.Duration // not tried again before
		by   time.Duration // but by then
	}{
		{code: 30001, not: 10 * time.Minute, by: 20 * time.Minute},
		{code: 30008, not: 25 * time.Minute, by: 35 * time.Minute},
		{code: 30017, not: 10 * time.Minute, by: 20 * time.Minute},
		{code: 30022, not: 4 * time.Minute, by: 10 * time.Minute},
		{code: 30410, not: 25 * time.Minute, by: 35 * time.Minute},
		// Midnight at the Pacific is three in the morning in New York, where texts wait for nine.
		{code: 30023, not: 22 * time.Hour, by: 24 * time.Hour},
	} {
		t.Run(fmt.Sprint(c.code), func(t *testing.T) {
			t.Parallel()
			d := newDoors(t, "2026-12-01 10:00")
			d.book("2026-12-14 14:00", "0101")
			d.receipts("undelivered", c.code)
			d.pass(c.not)
			if n := len(d.got("0101")); n != 1 {
				t.Errorf("%d texts after %v", n, c.not)
			}
			d.pass(c.by - c.not)
			if n := d.receipts("delivered", 0); n != 1 || len(d.got("0101")) != 2 {
				t.Errorf("%d texts after %v", len(d.got("0101")), c.by)
			}
			if n := len(d.desk.Cases()); n != 0 {
				t.Errorf("%d cards", n)
			}
		})
	}
}

// Nobody says what became of it, again and again: it is tried twice more, then staff hear of it.
func TestWhatNobodyKnows(t *testing.T) {
	t.Parallel()
	d := newDoors(t, "2026-12-01 10:00")
	d.book("2026-12-14 14:00", "0101")
	for range 6 {
		d.receipts("undelivered", 30008)
		d.pass(2 * time.Hour)
	}
	if n, cards := len(
		d.got("0101"),
	), d.cards(
		"undelivered",
	); n != 3 || len(cards) != 1 ||
		!strings.Contains(cards[0].Title, "(30008)") {
		t.Errorf("%d texts, cards %+v", n, cards)
	}
}

// A code that isn't in Twilio's list: the card says that it is a guess, and what of.
func TestACodeThatNobodyKnows(t *testing.T) {
	t.Parallel()
	d := newDoors(t, "2026-12-01 10:00")
	d.twilio.Rule("", 29999)
	d.book("2026-12-14 14:00", "0101")
	cards := d.cards("undelivered")
	if len(cards) != 1 ||
		!strings.Contains(
			cards[0].Title,
			"Twilio refused it with HTTP 400 for a reason that Beacon doesn't know, "+
				"taken as this text's own fault (29999)",
		) {
		t.Errorf("%+v", cards)
	}
}

// The card of an outage is done when staff say so; as long as it isn't mended they hear of it
// again. What they write in its thread reaches nobody, and says so.
func TestStaffAndTheOutage(t *testing.T) {
	t.Parallel()
	d := newDoors(t, "2026-12-01 10:00")
	d.twilio.Rule("", 21705)
	d.book("2026-12-14 14:00", "0101", "0102")
	thread := "T-" + d.cards(kinds.Outage)[0].ID
	if err := d.app.staff.Reply(
		t.Context(),
		handlers.ThreadReply{ID: "M1", Thread: thread, User: "U1", Text: "I'm on it", Case: true},
	); err != nil {
		t.Fatal(err)
	}
	if _, err := d.app.staff.Press(
		t.Context(),
		handlers.Press{ID: "P1", Thread: thread, Action: desk.ActionDone, User: "U1"},
	); err != nil {
		t.Fatal(err)
	}
	d.settle()
	if lines := strings.Join(
		d.desk.Lines(),
		"\n",
	); !strings.Contains(lines, "mark M1 refused") ||
		d.notes("U1 closed this.") != 1 {
		t.Errorf("the desk shows\n%s", lines)
	}
	if cards := d.cards(kinds.Outage); len(cards) != 1 || cards[0].Open {
		t.Fatalf("%+v", cards)
	}
	d.pass(time.Hour)
	if cards := d.cards(kinds.Outage); len(cards) != 2 || !cards[1].Open {
		t.Errorf("%+v", cards)
	}
}
