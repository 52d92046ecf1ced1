package twilio_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/twilio"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
	"github.com/beacon-clinic/beacon/handlers"
)

// lines takes what Twilio tells of calls to staff.
type lines struct {
	dial handlers.Phone
	ends []string
	err  error
}

func (l *lines) CallKey(
	_ context.Context, row, _, digits string,
) (string, handlers.Phone, error) {
	if digits != "1" {
		return "No & bye.", handlers.Phone{}, l.err
	}
	return row, l.dial, l.err
}

func (l *lines) CallEnded(_ context.Context, c handlers.CallEnd) (string, error) {
	l.ends = append(l.ends, fmt.Sprint(c.Row, " ", c.Patient, " ", c.State, " ", c.For))
	return "They " + c.State, l.err
}

const staffRow = "call:press:C1.2:call:1"

// staffBench is a Twilio with lines behind it, whose webhooks the fake reaches.
func staffBench(t *testing.T, l *lines) (*bench, *twiliotest.Fake) {
	t.Helper()
	fake := twiliotest.Start(t, twiliotest.Config{})
	var b *bench
	door := httptest.NewServer(
		http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { b.Staff(w, r) }),
	)
	t.Cleanup(door.Close)
	b = newBench(t, func(c *twilio.Config) {
		c.BaseURL, c.PublicURL, c.Staff = fake.URL(), door.URL, l
	})
	return b, fake
}

// A member of staff is rung, presses 1, and is connected: each sees the clinic's number only, and
// nothing is recorded. What became of it comes back with the row, also if they hang up first.
func TestACallConnects(t *testing.T) {
	const nurse, patient = "+12125550113", "+12125550101"
	l := &lines{dial: phone(t, patient)}
	b, fake := staffBench(t, l)
	_, err := b.Call(t.Context(), handlers.Outgoing{
		ID: staffRow, To: phone(t, nurse), Body: "Press 1.", Voice: true, User: "U1",
	})
	calls := fake.Calls()
	if err != nil || len(calls) != 1 || calls[0].To != nurse || calls[0].From != twiliotest.From ||
		strings.Contains(calls[0].Twiml, patient) {
		t.Fatalf("%v: %+v", err, calls)
	}
	call := calls[0]
	if said, err := fake.Press(t.Context(), call, "2"); err != nil || said.Say != "No & bye." ||
		said.Dial != (twiliotest.Dial{}) {
		t.Errorf("another key: %+v %v", said, err)
	}
	said, err := fake.Press(t.Context(), call, "1")
	d := said.Dial
	if err != nil || said.Say != staffRow || d.Number.Phone != patient ||
		d.CallerID != twiliotest.From || d.Record != "do-not-record" {
		t.Fatalf("%+v %v", said, err)
	}
	for _, url := range []string{d.Action, d.Number.Callback, call.Callback} {
		if strings.Contains(url, patient[1:]) {
			t.Errorf("a URL holds the number: %s", url)
		}
	}
	heard, err1 := fake.LegEnds(t.Context(), call, d, "busy", 0, false)
	_, err2 := fake.LegEnds(t.Context(), call, d, "completed", 90*time.Second, true)
	err3 := fake.Ends(t.Context(), call, "completed")
	if err := errors.Join(err1, err2, err3); err != nil || heard.Say != "They busy" {
		t.Errorf("%v, heard %+v", err, heard)
	}
	want := []string{
		staffRow + " true busy 0s", staffRow + " true busy 0s", staffRow + " true completed 1m30s",
		staffRow + " false completed 0s",
	}
	if !slices.Equal(l.ends, want) {
		t.Errorf("told %q", l.ends)
	}
}

// Only Twilio can have a patient dialled, and only for the row that it signed. What isn't taken is
// refused, so that the call ends instead of seeming to ring.
func TestStaffWebhook(t *testing.T) {
	const key, body = "/twilio/staff?id=a&step=key", "CallSid=CA01&Digits=1&AccountSid=" +
		twiliotest.AccountSID
	for _, c := range []struct {
		name   string
		uri    string
		change func(*http.Request)
		none   bool // nobody handles such calls
		err    error
		code   int
	}{
		{name: "a key", uri: key, code: 200},
		{name: "an end", uri: "/twilio/staff?id=a&step=ended", code: 200},
		{
			name: "another row than was signed", uri: key, code: 403,
			change: func(r *http.Request) { r.RequestURI = "/twilio/staff?id=b&step=key" },
		},
		{
			name: "unsigned", uri: key, code: 403,
			change: func(r *http.Request) { r.Header.Del("X-Twilio-Signature") },
		},
		{name: "no store", uri: key, err: errors.New("redis is away"), code: 503},
		{name: "no store at the end", uri: "/twilio/staff?id=a", err: errors.New("x"), code: 503},
		{name: "no such calls", uri: key, none: true, code: 404},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := &lines{dial: phone(t, "+12125550101"), err: c.err}
			b := newBench(t, func(tc *twilio.Config) {
				if !c.none {
					tc.Staff = l
				}
			})
			r := signed(t, c.uri, body)
			if c.change != nil {
				c.change(r)
			}
			w := httptest.NewRecorder()
			b.Staff(w, r)
			if w.Code != c.code || c.code != 200 && strings.Contains(w.Body.String(), "2125550101") {
				t.Errorf("HTTP %d %s, want %d", w.Code, w.Body, c.code)
			}
			if strings.Contains(b.log.String(), "2125550101") {
				t.Errorf("logged %s", b.log)
			}
		})
	}
}
