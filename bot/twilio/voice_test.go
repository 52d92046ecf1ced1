package twilio_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
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
	sid, err := b.Call(t.Context(), handlers.Outgoing{
		ID: "x", To: to, Body: "Nobody has this & <that>.", Case: "text:SM1", Voice: true,
	})
	calls := fake.Calls()
	if err != nil || len(calls) != 1 || calls[0].SID != sid || calls[0].To != "+12125550112" {
		t.Fatalf("%q %v: %+v", sid, err, calls)
	}
	said, err := fake.PressKey(t.Context(), calls[0], "1")
	if want := sid + " pressed 1 for text:SM1"; err != nil || said != want {
		t.Errorf("said %q, %v; want %q", said, err, want)
	}
}

// A key is taken only from Twilio, and for the case that the signed URL names. What isn't taken is
// said to be so: the case must not look taken to whoever was rung.
func TestVoice(t *testing.T) {
	const good = "CallSid=CA01&AccountSid=" + twiliotest.AccountSID + "&Digits="
	for _, c := range []struct {
		name   string
		body   string
		change func(*http.Request)
		err    error // of whoever handles the key
		code   int
		say    string
	}{
		{name: "a key", body: good + "1", code: 200, say: "CA01 pressed 1 for text:SM1"},
		{name: "no key", body: good, code: 200, say: "CA01 pressed  for text:SM1"},
		{
			name: "what has to be escaped", body: good + "%3C%26%3E", code: 200,
			say: "CA01 pressed <&> for text:SM1",
		},
		{
			name: "for another case than was signed", body: good + "1", code: 403,
			change: func(r *http.Request) { r.RequestURI = "/twilio/voice?case=text%3ASM2" },
		},
		{
			name: "unsigned", body: good + "1", code: 403,
			change: func(r *http.Request) { r.Header.Del("X-Twilio-Signature") },
		},
		{name: "another account's", body: "CallSid=CA01&AccountSid=AC1&Digits=1", code: 403},
		{name: "no call", body: "Digits=1", code: 400},
		{
			name: "GET", body: good + "1", code: 405,
			change: func(r *http.Request) { r.Method = http.MethodGet },
		},
		{name: "not taken", body: good + "1", err: errors.New("redis is away"), code: 503},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, nil)
			b.house.err = c.err
			r := signed(t, "/twilio/voice?case=text%3ASM1", c.body)
			if c.change != nil {
				c.change(r)
			}
			w := httptest.NewRecorder()
			b.Voice(w, r)
			var said struct {
				XMLName xml.Name `xml:"Response"`
				Say     string   `xml:"Say"`
			}
			err := xml.Unmarshal(w.Body.Bytes(), &said)
			if w.Code != c.code || said.Say != c.say || (err == nil) != (c.code == 200) {
				t.Errorf("HTTP %d, %q, %v; want %d, %q", w.Code, said.Say, err, c.code, c.say)
			}
			if strings.Contains(w.Body.String(), "redis") ||
				c.err != nil && !strings.Contains(b.log.String(), "case=text:SM1 err=\"redis") {
				t.Errorf("answered %s, logged %s", w.Body, b.log)
			}
		})
	}
}

// A call may ring although no answer came, so nothing but a refusal of Twilio's is one.
func TestCallUnknown(t *testing.T) {
	for _, c := range []struct {
		name   string
		status int
		body   string
	}{
		{name: "no SID", status: 201, body: `{}`},
		{name: "an empty SID", status: 201, body: `{"sid": ""}`},
		{name: "not JSON", status: 201, body: `<html>`},
		{name: "half an answer", status: 201, body: `{"sid": "CA`},
		{name: "500", status: 500, body: `{"code": 20500, "status": 500}`},
		{name: "a gateway's 404", status: 404, body: `<html>`},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, func(tc *twilio.Config) {
				tc.Transport = roundTrip(func(*http.Request) *http.Response {
					w := httptest.NewRecorder()
					w.WriteHeader(c.status)
					fmt.Fprint(w, c.body)
					return w.Result()
				})
			})
			got, err := b.Call(t.Context(), handlers.Outgoing{To: phone(t, to), Body: "x"})
			if _, refused := errors.AsType[*handlers.Refusal](err); err == nil || refused ||
				got != "" {
				t.Errorf("%q, %v; want that the outcome is unknown", got, err)
			}
			if err != nil && strings.Contains(err.Error(), "2125550101") {
				t.Errorf("the error holds the number: %v", err)
			}
		})
	}
}
