package main

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// captured is a request of the carrier's that somebody kept.
type captured struct {
	path string // with its query
	form url.Values
}

// show posts a captured request, once more.
func (d *doors) show(c captured) (status int, body string) {
	d.t.Helper()
	at := d.url + c.path
	r, err := http.NewRequestWithContext(
		d.t.Context(), http.MethodPost, at, strings.NewReader(c.form.Encode()),
	)
	if err != nil {
		d.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Twilio-Signature", d.twilio.Sign(at, c.form))
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		d.t.Fatal(err)
	}
	defer answer.Body.Close()
	var b strings.Builder
	if err := answer.Write(&b); err != nil {
		d.t.Fatal(err)
	}
	d.settle()
	_, body, _ = strings.Cut(b.String(), "\r\n\r\n")
	return answer.StatusCode, body
}

// A text that somebody kept and shows us later, when its reply is forgotten, does nothing.
func TestAKeptTextDoesNothingLater(t *testing.T) {
	for _, c := range []struct{ name, body string }{
		{name: "question", body: "hours"},
		{name: "opt-in", body: "START"},
		{name: "confirmation", body: "C"},
		{name: "danger", body: "i want to kill myself"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDoors(t, "2026-12-01 10:00")
			d.book("2026-12-02 10:00", "0101")
			kept := captured{path: "/twilio/text", form: url.Values{
				"MessageSid": {"SM" + strings.Repeat("a", 32)}, "From": {"+12125550101"},
				"AccountSid": {twiliotest.AccountSID}, "To": {twiliotest.From}, "Body": {c.body},
			}}
			if status, body := d.show(kept); status != 200 || !strings.Contains(body, "<Message>") {
				t.Fatalf("HTTP %d %s", status, body)
			}
			d.app.patient.Wait()
			d.settle()
			if c.body == "START" { // since then they have opted out
				d.text("+12125550101", "STOP")
			}
			alarms := len(d.cards(kinds.Crisis))
			d.pass(80 * time.Hour)
			d.redis.FastForward(80 * time.Hour)
			before, sent := d.state("0101"), len(d.twilio.Messages())
			status, body := d.show(kept)
			d.app.patient.Wait()
			// The words of danger leave before the store is asked, to whoever shows us the text: the
			// patient gets them only if that is the carrier.
			if danger := d.app.patient.Danger(handlers.Text{Body: c.body}); status != 200 ||
				strings.Contains(body, "<Message>") != danger {
				t.Errorf("HTTP %d %s", status, body)
			}
			if after := d.state("0101"); after.Version != before.Version ||
				after.Consent != before.Consent || len(d.twilio.Messages()) != sent ||
				len(d.cards(kinds.Crisis)) != alarms {
				t.Errorf("it did something: %+v, was %+v", after, before)
			}
			if !strings.Contains(d.metrics(), "beacon_texts_replayed_total 1\n") ||
				strings.Count(d.log.String(), "nothing is done") != 1 {
				t.Errorf("not told of:\n%s", d.log)
			}
		})
	}
}

// A key that the on-call phone pressed, shown to us later, takes nothing that nobody has.
func TestAKeptKeyTakesNothingLater(t *testing.T) {
	for _, c := range []struct{ name, path string }{
		{name: "of all alarms", path: "/twilio/voice?case="},
		{name: "of one", path: "/twilio/voice?case=CASE"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDoors(t, "2026-12-01 10:00")
			d.text("+12125550101", "i want to kill myself")
			first := d.cards(kinds.Crisis)[0]
			kept := captured{
				path: strings.Replace(c.path, "CASE", url.QueryEscape(first.ID), 1),
				form: url.Values{
					"CallSid": {"CA" + strings.Repeat("a", 32)}, "Digits": {"1"},
					"AccountSid": {twiliotest.AccountSID},
				},
			}
			if status, body := d.show(kept); status != 200 ||
				d.cards(kinds.Crisis)[0].TakenBy == "" {
				t.Fatalf("HTTP %d %s", status, body)
			}
			d.redis.FastForward(80 * time.Hour)
			d.clock.Add(80 * time.Hour)
			d.text("+12125550102", "i want to kill myself")
			for range 2 {
				if status, body := d.show(kept); status != 200 {
					t.Errorf("HTTP %d %s", status, body)
				}
			}
			for _, alarm := range d.cards(kinds.Crisis) {
				if alarm.ID != first.ID && alarm.TakenBy != "" {
					t.Errorf("%s was taken by %s", alarm.ID, alarm.TakenBy)
				}
			}
		})
	}
}

// Receipts that somebody kept, shown to us in any order and at any time, text nobody, open nothing
// and don't undo what is known of a text.
func TestKeptReceiptsDoNothingLater(t *testing.T) {
	d := newDoors(t, "2026-12-01 10:00")
	d.book("2026-12-03 10:00", "0101", "0102")
	if len(d.twilio.Messages()) == 0 {
		t.Fatal("nothing was sent")
	}
	var kept []captured
	for i, m := range d.twilio.Messages() {
		last, code := "delivered", "0"
		if i%2 == 1 {
			last, code = "undelivered", "30005"
		}
		at, err := url.Parse(m.Callback)
		if err != nil {
			t.Fatal(err)
		}
		for _, status := range []string{"queued", "sent", last} {
			kept = append(kept, captured{path: at.RequestURI(), form: url.Values{
				"MessageSid": {m.SID}, "MessageStatus": {status}, "ErrorCode": {code},
				"AccountSid": {twiliotest.AccountSID}, "To": {m.To}, "From": {m.From},
			}})
		}
	}
	for _, c := range kept {
		if status, _ := d.show(c); status != http.StatusNoContent {
			t.Fatalf("HTTP %d", status)
		}
	}
	for _, wait := range []time.Duration{0, 80 * time.Hour, 100 * 24 * time.Hour} {
		d.pass(wait)
		d.redis.FastForward(wait)
		sent, cards := len(d.twilio.Messages()), len(d.desk.Lines())
		states := d.history("0101") + d.history("0102")
		for _, c := range slices.Backward(kept) {
			if status, _ := d.show(c); status != http.StatusNoContent {
				t.Errorf("HTTP %d", status)
			}
		}
		if now := d.history("0101") + d.history("0102"); now != states {
			t.Errorf("after %v, was\n%s\nis\n%s", wait, states, now)
		}
		if n, m := len(d.twilio.Messages()), len(d.desk.Lines()); n != sent || m != cards {
			t.Errorf("after %v: %d texts, were %d; %d lines at the desk, were %d", wait, n, sent,
				m, cards)
		}
	}
}

// history is what is known of the texts of the number that ends so.
func (d *doors) history(last4 string) string {
	d.t.Helper()
	records, err := d.app.store.Records(d.t.Context(), handlerstest.Phone(d.t, last4))
	if err != nil {
		d.t.Fatal(err)
	}
	var b strings.Builder
	for _, r := range records {
		b.WriteString(r.ID + " " + r.State + " " + r.Why + "\n")
	}
	return b.String()
}
