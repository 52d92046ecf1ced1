package twilio_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/beacon-clinic/beacon/bot/twilio"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
	"github.com/beacon-clinic/beacon/handlers"
)

// The on-call phone is rung from our number, hears the words, and what it presses comes back signed
// and with its case.
func TestCall(t *testing.T) {
	fake := twiliotest.Start(t, twiliotest.Config{})
	var b *bench
	door := httptest.NewServer(
		http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { b.Voice(w, r) }),
	)
	t.Cleanup(door.Close)
	b = newBench(t, func(c *twilio.Config) { c.BaseURL, c.PublicURL = fake.URL(), door.URL })
	to, err := handlers.NewPhone("+12125550112")
	if err != nil {
		t.Fatal(err)
	}
	sid, err := b.Call(
		t.Context(),
		handlers.Outgoing{
			ID: "x", To: to, Body: "Nobody has this & <that>.", Case: "text:SM1", Voice: true,
		},
	)
	calls := fake.Calls()
	if err != nil || len(calls) != 1 || calls[0].SID != sid || calls[0].To != "+12125550112" {
		t.Fatalf("%q %v: %+v", sid, err, calls)
	}
	said, err := fake.PressKey(t.Context(), calls[0], "1")
	if want := sid + " pressed 1 for text:SM1"; err != nil || said != want {
		t.Errorf("said %q, %v; want %q", said, err, want)
	}
}
