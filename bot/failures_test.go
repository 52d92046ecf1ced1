package main

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/knowledge"
)

// failing is the sandbox behind its own doors.
type failing struct {
	*pageClient
	t *testing.T
}

func newFailing(t *testing.T, base *knowledge.Base) failing {
	t.Helper()
	start := time.Date(2026, 12, 1, 10, 0, 0, 0, base.Clinic.Location())
	a, err := openEmpty(base, slog.New(slog.DiscardHandler), start)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = a.store.Close()
		_ = a.page.Close()
	})
	return failing{&pageClient{a.sandbox}, t}
}

// fail switches a failure; "" switches all off.
func (f failing) fail(id string, on bool) {
	f.t.Helper()
	if err := f.post("/sandbox/fail", map[string]any{"id": id, "on": on}, nil); err != nil {
		f.t.Fatal(err)
	}
}

func (f failing) turn(by string) {
	f.t.Helper()
	if err := f.post("/sandbox/clock", map[string]string{"advance": by}, nil); err != nil {
		f.t.Fatal(err)
	}
}

// bodies returns what came to a phone.
func (f failing) bodies(phone string) (out []string) {
	f.t.Helper()
	var list []struct{ Direction, Body string }
	if err := f.get("/sandbox/messages?phone="+phone, &list); err != nil {
		f.t.Fatal(err)
	}
	for _, m := range list {
		if m.Direction == "out" {
			out = append(out, m.Body)
		}
	}
	return out
}

// desk returns the cards, each with its thread, that hold the words.
func (f failing) desk(words string) (out []string) {
	f.t.Helper()
	var list []struct {
		Text    string
		Replies []struct{ Text string }
	}
	if err := f.get("/sandbox/desk", &list); err != nil {
		f.t.Fatal(err)
	}
	for _, c := range list {
		for _, r := range c.Replies {
			c.Text += "\n" + r.Text
		}
		if strings.Contains(c.Text, words) {
			out = append(out, c.Text)
		}
	}
	return out
}

// With each failure switched on, a patient in danger gets the words at once and a person is told:
// at the desk, on the on-call phone, or both. When all is well again, everything is there once.
func TestDangerInEveryFailure(t *testing.T) {
	base, err := doorWords()
	if err != nil {
		t.Fatal(err)
	}
	const patient, onCall, own = "2125550101", "2125550112", "i want to kill myself"
	for _, c := range []struct {
		id     string
		mute   bool // the on-call phone can't be reached meanwhile
		says   bool // the desk is told so
		unseen bool // the desk is shown nothing meanwhile
	}{
		{id: "twilio_refuses", mute: true, says: true},
		{id: "twilio_hangs"},
		{id: "twilio_away", mute: true},
		{id: "carrier_rejects", says: true},
		{id: "slack_away", unseen: true},
		{id: "redis_away"},
		{id: "redis_frozen"},
		{id: "webhooks_repeat"},
	} {
		t.Run(c.id, func(t *testing.T) {
			t.Parallel()
			f := newFailing(t, base)
			f.fail(c.id, true)
			var said struct {
				Kind    string
				Replies []string
			}
			if err := f.post("/sandbox/text", map[string]string{
				"from": patient, "body": own,
			}, &said); err != nil {
				t.Fatal(err)
			}
			if said.Kind != "crisis" || len(said.Replies) != 1 ||
				!strings.Contains(said.Replies[0], "988") {
				t.Errorf("said %+v", said)
			}
			if got := f.desk(own); (len(got) != 1) != c.unseen {
				t.Errorf("%d cards: %q", len(got), got)
			}
			f.turn("12m")
			if told := len(f.bodies(onCall)) > 0; told == c.mute {
				t.Errorf("the on-call phone got %q", f.bodies(onCall))
			}
			if c.says && len(f.desk("The on-call phone ca")) == 0 &&
				len(f.desk("The on-call phone could not be")) == 0 {
				t.Errorf("the desk isn't told: %q", f.desk(""))
			}
			f.fail("", false)
			before := len(f.bodies(onCall))
			f.turn("45m")
			if got := f.bodies(patient); len(got) != 1 || got[0] != said.Replies[0] {
				t.Errorf("the patient got %q", got)
			}
			if got := f.desk(own); len(got) != 1 {
				t.Errorf("%d cards afterwards: %q", len(got), got)
			}
			if len(f.bodies(onCall)) == before {
				t.Error("nobody has the case, and the on-call phone isn't told again")
			}
		})
	}
}

// Who texts while Redis is away or frozen is refused, and answered once when it is back; of what
// else is repeated, nothing is done twice.
func TestOrdinaryTextsInFailures(t *testing.T) {
	base, err := doorWords()
	if err != nil {
		t.Fatal(err)
	}
	const patient = "2125550101"
	for _, c := range []struct {
		id      string
		refused bool
	}{
		{id: "twilio_refuses"},
		{id: "twilio_hangs"},
		{id: "twilio_away"},
		{id: "carrier_rejects"},
		{id: "slack_away"},
		{id: "redis_away", refused: true},
		{id: "redis_frozen", refused: true},
		{id: "webhooks_repeat"},
	} {
		t.Run(c.id, func(t *testing.T) {
			t.Parallel()
			f := newFailing(t, base)
			f.fail(c.id, true)
			err := f.post("/sandbox/text", map[string]string{"from": patient, "body": "hours"}, nil)
			if (err != nil) != c.refused {
				t.Errorf("refused: %v", err)
			}
			f.turn("5m")
			f.fail(c.id, false)
			f.turn("5m")
			if got := f.bodies(patient); len(got) != 1 || !strings.Contains(got[0], "We are open.") {
				t.Errorf("got %q", got)
			}
		})
	}
}

// A clock that plays ends at an alarm, also at one that staff can't see.
func TestTheClockHeedsAnAlarmWithoutSlack(t *testing.T) {
	base, err := doorWords()
	if err != nil {
		t.Fatal(err)
	}
	f := newFailing(t, base)
	f.fail("slack_away", true)
	if err := f.post("/sandbox/text", map[string]string{
		"from": "2125550101", "body": "i am worried about my husband",
	}, nil); err != nil {
		t.Fatal(err)
	}
	var end struct{ Stopped string }
	if err := f.post("/sandbox/clock", map[string]string{
		"advance": "2h", "until": "alarm",
	}, &end); err != nil || !strings.Contains(end.Stopped, "in danger") {
		t.Errorf("stopped: %q, %v", end.Stopped, err)
	}
}
