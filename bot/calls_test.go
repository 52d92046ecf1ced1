package main

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
	"github.com/beacon-clinic/beacon/handlers"
)

// A nurse says once which phone is hers, by what Slack shows her. From then on she presses Call: her
// phone rings, 1 connects her with the patient, and the thread says how long they talked. Nobody's
// whole number is on the way.
func TestANurseCallsAPatient(t *testing.T) {
	t.Parallel()
	const nurse, patient = "+12125550113", "+13105550141"
	f := newFloor(t, false)
	f.texts(patient, "did i leave my umbrella at your place")
	f.asks("me 212-555-0113")
	code := regexp.MustCompile(`press \*(\d{4})\*`).FindStringSubmatch(f.onlyFor("UNURSE"))
	calls := f.twilio.Calls()
	if code == nil || len(calls) != 1 || calls[0].To != nurse {
		t.Fatalf("told %q, calls %+v", f.onlyFor("UNURSE"), calls)
	}
	if said, err := f.twilio.PressKey(t.Context(), calls[0], code[1]); err != nil ||
		!strings.Contains(said, "This phone now rings") {
		t.Fatalf("said %q, %v", said, err)
	}
	f.press("call")
	call := f.lastCall(t, 2)
	if call.To != nurse || call.From != twiliotest.From || !strings.Contains(call.Twiml, "0 1 4 1") {
		t.Errorf("the call: %+v", call)
	}
	said, err := f.twilio.Press(t.Context(), call, "1")
	if err != nil || said.Dial.Number.Phone != patient || said.Dial.CallerID != twiliotest.From {
		t.Fatalf("connected with %+v, %v", said, err)
	}
	if _, err := f.twilio.LegEnds(
		t.Context(), call, said.Dial, "completed", 3*time.Minute, false,
	); err != nil {
		t.Fatal(err)
	}
	if err := f.twilio.Ends(t.Context(), call, "completed"); err != nil {
		t.Fatal(err)
	}
	f.clock.Add(time.Second)
	f.work()
	var lines []string
	for _, m := range f.slack.Thread(f.threads()[0].ID())[1:] {
		lines = append(lines, m.Words())
	}
	told := strings.Join(lines, "\n")
	for _, want := range []string{"is calling them", "picked up, for 3 minutes."} {
		if strings.Count(told, want) != 1 {
			t.Errorf("the thread says %q, want once %q", told, want)
		}
	}
	for _, l := range f.leaks(false) {
		t.Error(l)
	}
	if log := f.log.String(); strings.Contains(log, nurse[2:]) {
		t.Error("the log has the nurse's number")
	}
}

// The whole number of a patient in danger is shown to the one who asks, in a Slack that otherwise
// shows none.
func TestTheNumberOfWhoIsInDanger(t *testing.T) {
	t.Parallel()
	const shown = "<tel:+13105550141|310-555-0141>"
	f := newFloor(t, false)
	f.texts("+13105550142", "did i leave my umbrella at your place")
	f.press("number")
	if told := f.onlyFor("UNURSE"); strings.Contains(told, "555-0142") ||
		!strings.Contains(told, "desk.reveal_numbers") {
		t.Errorf("without danger: %q", told)
	}
	f.texts("+13105550141", "i want to die")
	f.press("number")
	if told := f.onlyFor("UNURSE"); strings.Count(told, shown) != 1 {
		t.Errorf("told %q, want once %s", told, shown)
	}
	for _, l := range f.leaks(false) {
		t.Error(l)
	}
}

// A key that comes twice, as Twilio repeats webhooks, connects the same; one that somebody kept and
// shows us much later connects nobody.
func TestAKeptKeyConnectsNobody(t *testing.T) {
	t.Parallel()
	f := newFloor(t, false)
	f.texts("+13105550141", "did i leave my umbrella at your place")
	f.knowsPhone(t, "UNURSE", "+12125550113")
	f.press("call")
	call := f.lastCall(t, 1)
	for range 2 {
		if said, err := f.twilio.Press(t.Context(), call, "1"); err != nil ||
			said.Dial.Number.Phone == "" {
			t.Fatalf("%+v %v", said, err)
		}
	}
	f.clock.Add(4 * 24 * time.Hour)
	f.redis.FastForward(4 * 24 * time.Hour)
	if said, err := f.twilio.Press(t.Context(), call, "1"); err != nil ||
		said.Dial.Number.Phone != "" || !strings.Contains(said.Say, "can't be connected") {
		t.Errorf("much later: %+v %v", said, err)
	}
}

// onlyFor is what somebody alone was told, in all.
func (f *floor) onlyFor(user string) string {
	var out []string
	for _, m := range f.slack.Messages() {
		if m.OnlyFor == user {
			out = append(out, m.Words())
		}
	}
	return strings.Join(out, "\n")
}

// lastCall is the last of so many calls.
func (f *floor) lastCall(t *testing.T, n int) twiliotest.Call {
	t.Helper()
	calls := f.twilio.Calls()
	if len(calls) != n {
		t.Fatalf("%d calls, want %d", len(calls), n)
	}
	return calls[n-1]
}

// knowsPhone has the bot know somebody's phone.
func (f *floor) knowsPhone(t *testing.T, user, number string) {
	t.Helper()
	own := handlers.OwnPhone{User: user, Phone: phone(t, number)}
	if err := f.app.store.SetOwnPhone(t.Context(), own); err != nil {
		t.Fatal(err)
	}
}
