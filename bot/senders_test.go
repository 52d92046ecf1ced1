package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

const inDanger = "i want to die"

// A number is that number in whatever form a channel names it: who writes in danger is answered on
// the channel that they wrote on, and is one case.
func TestEveryFormOfANumberIsThatNumber(t *testing.T) {
	for _, from := range []string{
		"+12125550101", "rcs:+12125550101", "whatsapp:+12125550101", "sms:+12125550101",
		"RCS:+12125550101", "rcs: +12125550101", "+1 212 555 0101", " +12125550101 ",
		"+1 (212) 555-0101",
		"+1.212.555.0101", "whatsapp:+1\u00a0212\u2011555\u20110101",
	} {
		t.Run(from, func(t *testing.T) {
			t.Parallel()
			d := newDoors(t, "2026-12-01 10:00")
			if got := strings.Join(d.text(from, inDanger), " "); !strings.Contains(got, "988") {
				t.Errorf("answered %q", got)
			}
			if got := d.text(
				"+12125550101",
				"are you there",
			); len(got) == 0 ||
				!strings.Contains(got[0], "team") && d.state("0101").Urgent() == nil {
				t.Errorf("then answered %q", got)
			}
			if cases := d.state(
				"0101",
			).Cases; len(cases) != 1 ||
				cases[0].Channel != handlers.UrgentChannel {
				t.Errorf("%+v", cases)
			}
		})
	}
}

// A sender that is no number can't be texted from here. In danger they are a card that says so and
// names them, which pages like any other; else it is written down and counted, and gets nothing: it
// may be a machine.
func TestASenderThatIsNoNumber(t *testing.T) {
	for _, c := range []struct {
		from   string
		masked string
		told   bool // a channel on which an answer reaches them
	}{
		{from: "72975", masked: "…75"},
		{from: "CITYBANK", masked: "…BANK"},
		{from: "messenger:1234567890", masked: "…7890", told: true},
		{from: "whatsapp:US.13491208655302741918", masked: "…1918", told: true},
		{from: "12125550101", masked: "…0101"},
		{from: "+0123", masked: "…23"},
		{from: "anonymous", masked: "…mous"},
	} {
		t.Run(c.from, func(t *testing.T) {
			t.Parallel()
			d := newDoors(t, "2026-12-01 10:00")
			if got := d.text(c.from, "your code is 4711"); len(got) != 0 ||
				len(d.desk.Cases()) != 0 {
				t.Errorf("answered %q, %d cards", got, len(d.desk.Cases()))
			}
			if got := d.text(
				c.from,
				inDanger,
			); (len(got) > 0) != c.told ||
				c.told && !strings.Contains(got[0], "988") {
				t.Errorf("in danger answered %q", got)
			}
			cards := d.cards(kinds.Crisis)
			if len(cards) != 1 || cards[0].Channel != handlers.UrgentChannel ||
				!cards[0].Phone.IsZero() ||
				!strings.Contains(
					cards[0].Title,
					c.from,
				) || !strings.Contains(cards[0].Title, "can't be texted back") ||
				strings.Contains(cards[0].Title, "were answered") != c.told {
				t.Fatalf("%+v", cards)
			}
			log := d.log.String()
			if strings.Count(log, "a sender that is no number") != 2 ||
				!strings.Contains(log, c.masked) ||
				strings.Contains(log, c.from) ||
				strings.Contains(log, "want to") {
				t.Errorf("the log reads\n%s", log)
			}
			if want := `beacon_texts_odd_total{sender="unreadable"} 2`; !strings.Contains(
				d.metrics(),
				want,
			) {
				t.Errorf("want %s in\n%s", want, d.metrics())
			}
		})
	}
}

// It pages until somebody has it: the desk, then the on-call phone, which hears how the sender
// ends. Who takes it ends the paging; what staff write in its thread reaches nobody, and says so.
func TestTheCaseOfASenderThatIsNoNumber(t *testing.T) {
	t.Parallel()
	d := newDoors(t, "2026-12-01 10:00")
	d.text("72975", inDanger)
	d.pass(16 * time.Minute)
	if got := d.got("0112"); len(got) == 0 || !strings.Contains(got[0], "ending 2975") {
		t.Errorf("the on-call phone was sent %q", got)
	}
	if n := d.notes("Nobody has this yet"); n < 2 {
		t.Errorf("%d pages", n)
	}
	thread := "T-" + d.cards(kinds.Crisis)[0].ID
	reply := handlers.ThreadReply{
		ID:     "M1",
		Thread: thread,
		User:   "U1",
		Text:   "please call us",
		Case:   true,
	}
	if err := d.app.staff.Reply(t.Context(), reply); err != nil {
		t.Fatal(err)
	}
	if _, err := d.app.staff.Press(
		t.Context(),
		handlers.Press{ID: "P1", Thread: thread, Action: desk.ActionTake, User: "U1"},
	); err != nil {
		t.Fatal(err)
	}
	d.settle()
	if !strings.Contains(strings.Join(d.desk.Lines(), "\n"), "mark M1 refused") {
		t.Errorf("the desk shows %q", d.desk.Lines())
	}
	before := d.notes("Nobody has this yet")
	d.pass(time.Hour)
	if n := d.notes(
		"Nobody has this yet",
	); n != before ||
		d.cards(kinds.Crisis)[0].TakenBy != "U1" {
		t.Errorf("%d pages more: %+v", n-before, d.cards(kinds.Crisis))
	}
	if _, err := d.app.staff.Press(
		t.Context(),
		handlers.Press{ID: "P2", Thread: thread, Action: desk.ActionClear, User: "U1"},
	); err != nil {
		t.Fatal(err)
	}
	d.settle()
	if cards := d.cards(kinds.Crisis); len(cards) != 1 || cards[0].Open {
		t.Errorf("%+v", cards)
	}
}

// Two such senders are two cards; what one writes on joins its own.
func TestTwoSendersThatAreNoNumbers(t *testing.T) {
	t.Parallel()
	d := newDoors(t, "2026-12-01 10:00")
	d.text("72975", inDanger)
	d.text("messenger:1234567890", inDanger)
	d.text("72975", "i have the pills here")
	d.text("72975", "my cat is called kitty")
	d.text("PHARMACY", "your order is ready")
	d.pass(time.Second)
	if n := d.notes("patient my cat is called kitty"); n != 1 {
		t.Errorf("the thread reads %q", d.desk.Lines())
	}
	if cards := d.cards(kinds.Crisis); len(cards) != 2 {
		t.Errorf("%+v", cards)
	}
}

// The same text again, as Twilio brings it when it had no answer, is one card and the same answer.
func TestTheSameTextOfASenderThatIsNoNumber(t *testing.T) {
	t.Parallel()
	d := newDoors(t, "2026-12-01 10:00")
	form := url.Values{
		"From":       {"messenger:1234567890"},
		"Body":       {inDanger},
		"MessageSid": {"SM" + strings.Repeat("7", 32)},
	}
	var raw []string
	for range 2 {
		a, err := d.twilio.PostText(t.Context(), d.url+"/twilio/text", form)
		if err != nil || a.Status != http.StatusOK {
			t.Fatal(a.Status, err)
		}
		raw = append(raw, string(a.Raw))
		d.settle()
	}
	if raw[0] != raw[1] || len(d.desk.Lines()) != 1 {
		t.Errorf("%q, %q; the desk shows %q", raw[0], raw[1], d.desk.Lines())
	}
}

// With Redis away a sender in danger that is no number is a card all the same.
func TestASenderThatIsNoNumberWithoutTheStore(t *testing.T) {
	t.Parallel()
	d := newDoors(t, "2026-12-01 10:00")
	_ = d.app.store.Close()
	a, err := d.twilio.PostText(
		t.Context(),
		d.url+"/twilio/text",
		url.Values{"From": {"messenger:1234567890"}, "Body": {inDanger}},
	)
	if err != nil || a.Status != http.StatusOK || len(a.Bodies) == 0 {
		t.Fatal(a.Status, a.Bodies, err)
	}
	// The desk is told beside the answer.
	d.app.patient.Wait()
	d.app.poster.Wait()
	cards := d.cards(kinds.Crisis)
	if len(cards) != 1 || !strings.Contains(cards[0].Title, "messenger:1234567890") {
		t.Errorf("%+v", cards)
	}
}

// Our own numbers, in any form, get nothing, whatever they say: a bot that answers itself would
// never stop.
func TestOurOwnNumbers(t *testing.T) {
	for _, from := range []string{
		"+12125550100", "rcs:+12125550100", "+1 212 555 0100", "+12125550112",
		"whatsapp:+12125550112",
	} {
		t.Run(from, func(t *testing.T) {
			t.Parallel()
			d := newDoors(t, "2026-12-01 10:00")
			for _, body := range []string{"hours?", inDanger} {
				if got := d.text(from, body); len(got) != 0 {
					t.Errorf("%q was answered %q", body, got)
				}
			}
			if len(d.desk.Lines()) != 0 {
				t.Errorf("the desk shows %q", d.desk.Lines())
			}
			log := d.log.String()
			if strings.Count(log, "a number of our own") != 2 || strings.Contains(log, "55501") ||
				strings.Contains(log, "want to") {
				t.Errorf("the log reads\n%s", log)
			}
			if want := `beacon_texts_odd_total{sender="own"} 2`; !strings.Contains(
				d.metrics(), want,
			) {
				t.Errorf("want %s in\n%s", want, d.metrics())
			}
		})
	}
	t.Run("one of the service's, which the text came to", func(t *testing.T) {
		t.Parallel()
		d := newDoors(t, "2026-12-01 10:00")
		form := url.Values{"From": {"+12125550155"}, "To": {"rcs:+12125550155"}, "Body": {"hours?"}}
		if a, err := d.twilio.PostText(
			t.Context(),
			d.url+"/twilio/text",
			form,
		); err != nil ||
			len(a.Bodies) != 0 {
			t.Errorf("%q %v", a.Bodies, err)
		}
	})
}

// A card never says that somebody was told what no answer of ours could tell them.
func TestACardSaysWhatTheyWereTold(t *testing.T) {
	t.Parallel()
	d := newDoors(t, "2026-12-01 10:00")
	const now = "i took all the pills just now"
	d.text("72975", now)
	d.text("+12125550102", "STOP")
	d.text("+12125550102", now)
	d.text("+12125550103", now)
	var told []bool
	for _, c := range d.desk.Cases() {
		if c.Channel == handlers.UrgentChannel {
			told = append(told, strings.Contains(c.Title, "They were told to call 911"))
		}
	}
	if len(told) != 3 || told[0] || told[1] || !told[2] {
		t.Errorf("%v: %+v", told, d.desk.Cases())
	}
}

// caughtUp lets some minutes go by in which Twilio's list is looked at.
func (d *doors) caughtUp() {
	d.t.Helper()
	for range 20 {
		d.clock.Add(15 * time.Second)
		if err := d.app.catchUp.Look(d.t.Context()); err != nil {
			d.t.Fatal(err)
		}
		d.settle()
	}
}

// What one of our own numbers wrote stands in Twilio's list as well, and isn't answered from there.
func TestOurOwnNumbersAreNotCaughtUpOn(t *testing.T) {
	t.Parallel()
	d := newDoors(t, "2026-12-01 10:00")
	for _, from := range []string{"+12125550100", "rcs:+12125550100", "+12125550112"} {
		d.text(from, "hours?")
		d.text(from, inDanger)
	}
	d.caughtUp()
	if sent := d.got(""); len(sent) != 0 || len(d.desk.Lines()) != 0 {
		t.Errorf("sent %q, the desk shows %q", sent, d.desk.Lines())
	}
}

// Texts that no webhook brought are fetched in every form: a number is that number, and a sender
// that is none is a card in danger, and is sent nothing.
func TestEveryFormIsCaughtUpOn(t *testing.T) {
	t.Parallel()
	d := newDoors(t, "2026-12-01 10:00")
	for i, from := range []string{"whatsapp:+12125550101", "messenger:1234567890", "72975"} {
		d.twilio.Add(twiliotest.Message{
			SID: fmt.Sprintf("SM%032d", i), From: from, To: twiliotest.From, Body: inDanger,
			Direction: twiliotest.Inbound, Status: "received", Created: d.clock.Now(),
			Sent: d.clock.Now(),
		})
	}
	d.caughtUp()
	cards := d.cards(kinds.Crisis)
	if len(cards) != 3 || d.state("0101").Urgent() == nil {
		t.Errorf("%+v", cards)
	}
	// To the patient whose number it is, and to whoever is on call.
	for _, m := range d.twilio.Messages() {
		if !strings.HasSuffix(m.To, "0101") && !strings.HasSuffix(m.To, "0112") {
			t.Errorf("sent to %s: %q", m.To, m.Body)
		}
	}
	for _, c := range cards {
		if c.Sender != "" && !strings.Contains(c.Title, "no answer reaches them") {
			t.Errorf("the card reads %q", c.Title)
		}
	}
}
