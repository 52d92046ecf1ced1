package main

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

const (
	patientSMS      = "+12125550101"
	patientWhatsApp = "whatsapp:" + patientSMS
	forAPerson      = "did you find my umbrella"
)

// wentTo are the addresses that texts to the patient left for, in order.
func (d *doors) wentTo() (out []string) {
	for _, m := range d.twilio.Messages() {
		if strings.HasSuffix(m.To, patientSMS) {
			out = append(out, m.To)
		}
	}
	return out
}

// staffReply is what staff write in the thread of the patient's card.
func (d *doors) staffReply(id string) {
	d.t.Helper()
	reply := handlers.ThreadReply{
		ID: id, Thread: "T-" + d.desk.Cases()[0].ID, User: "U1", Text: "we have it", Case: true,
	}
	if err := d.app.staff.Reply(d.t.Context(), reply); err != nil {
		d.t.Fatal(err)
	}
	d.settle()
}

// What a person writes goes out on the channel that the patient last wrote on, for as long as that
// takes free words; then it is an SMS.
func TestStaffAnswerOnThePatientsChannel(t *testing.T) {
	for _, c := range []struct {
		name  string
		wrote []string // the senders of the patient's texts, in order
		after time.Duration
		want  string
	}{
		{name: "SMS", wrote: []string{patientSMS}, want: patientSMS},
		{name: "WhatsApp", wrote: []string{patientWhatsApp}, want: patientWhatsApp},
		{
			name: "WhatsApp, 23 hours later", wrote: []string{patientWhatsApp},
			after: 23 * time.Hour, want: patientWhatsApp,
		},
		{
			name: "WhatsApp, a day later", wrote: []string{patientWhatsApp},
			after: 24 * time.Hour, want: patientSMS,
		},
		{
			name: "WhatsApp, then SMS", wrote: []string{patientWhatsApp, patientSMS},
			want: patientSMS,
		},
		{
			name: "SMS, then WhatsApp", wrote: []string{patientSMS, "WhatsApp: +1 212 555 0101"},
			want: patientWhatsApp,
		},
		{
			name: "RCS, whose agent is unknown", wrote: []string{"rcs:" + patientSMS},
			want: patientSMS,
		},
		{
			name: "a channel of another kind", wrote: []string{"viber:" + patientSMS},
			want: patientSMS,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDoors(t, "2026-12-01 10:00")
			for _, from := range c.wrote {
				d.text(from, forAPerson)
			}
			d.pass(c.after)
			d.staffReply("M1")
			say := handlers.Command{
				ID: "C1", User: "U1", FromDesk: true, Text: "say 212-555-0101 it is blue",
			}
			if _, err := d.app.staff.Command(t.Context(), say); err != nil {
				t.Fatal(err)
			}
			d.settle()
			if got := d.wentTo(); !slices.Equal(got, []string{c.want, c.want}) {
				t.Fatalf("the thread's reply and /clinic say went to %q, want %s", got, c.want)
			}
			prefix := strings.TrimSuffix(c.want, patientSMS)
			if from := d.twilio.Messages()[0].From; from != prefix+twiliotest.From {
				t.Errorf("sent from %s", from)
			}
			d.receipts("delivered", 0)
			if lines := strings.Join(d.desk.Lines(), "\n"); !strings.Contains(
				lines, "mark M1 delivered",
			) {
				t.Errorf("the desk shows\n%s", lines)
			}
		})
	}
}

// A fetched text is answered on the channel that it came on, danger too; with the store away too.
func TestAFetchedTextIsAnsweredOnItsChannel(t *testing.T) {
	for _, c := range []struct {
		name, body string
		from       string
		gone       bool
		rule       int // what sends to from are refused with
		age        time.Duration
		want       string
	}{
		{name: "a question", body: "hours?", from: patientWhatsApp, want: patientWhatsApp},
		{name: "danger", body: inDanger, from: patientWhatsApp, want: patientWhatsApp},
		{name: "danger by SMS", body: inDanger, from: patientSMS, want: patientSMS},
		{
			name: "danger, the store away", body: inDanger, from: patientWhatsApp, gone: true,
			want: patientWhatsApp,
		},
		{
			name: "danger, the store away and the channel closed", body: inDanger,
			from: patientWhatsApp, gone: true, rule: 21703, want: patientSMS,
		},
		{
			name: "danger, a day old", body: inDanger, from: patientWhatsApp, age: 25 * time.Hour,
			want: patientSMS,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := newAway(t, twiliotest.Config{})
			a.pass(time.Minute)
			a.twilio.Rule(c.from, c.rule)
			a.twilio.Add(twiliotest.Message{
				SID: "SM1", From: c.from,
				To:   strings.TrimSuffix(c.from, patientSMS) + twiliotest.From,
				Body: c.body, Direction: twiliotest.Inbound, Status: "received",
				Created: a.clock.Now(), Sent: a.clock.Now(),
			})
			a.clock.Add(c.age)
			if c.gone {
				base, err := shipped()
				if err != nil {
					t.Fatal(err)
				}
				a.gone()
				a.start(base)
				if a.catchUp.Look(t.Context()) == nil {
					t.Fatal("Redis is there")
				}
				a.poster.Wait()
			} else {
				a.pass(2 * time.Minute)
			}
			if len(a.to(c.want)) == 0 || len(a.to(patientSMS))+len(a.to(patientWhatsApp)) !=
				len(a.to(c.want)) {
				t.Errorf("sent %+v, want to %s", a.twilio.Messages(), c.want)
			}
		})
	}
}

// An opt-out on one channel holds for all, whether the patient says it or the carrier does.
func TestAnOptOutHoldsForEveryChannel(t *testing.T) {
	for _, c := range []struct {
		name string
		out  func(d *doors)
	}{
		{name: "a word on WhatsApp", out: func(d *doors) { d.text(patientWhatsApp, "STOP") }},
		{name: "a word by SMS", out: func(d *doors) { d.text(patientSMS, "STOP") }},
		{name: "the channel's receipt", out: func(d *doors) {
			d.staffReply("M0")
			d.receipts("undelivered", 63033)
		}},
		{name: "a block on the channel", out: func(d *doors) {
			d.staffReply("M0")
			d.receipts("undelivered", 63014)
		}},
		{name: "the channel's refusal", out: func(d *doors) {
			d.twilio.Rule(patientWhatsApp, 21610)
			d.staffReply("M0")
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDoors(t, "2026-12-01 10:00")
			d.text(patientWhatsApp, forAPerson)
			c.out(d)
			if !d.state("0101").Consent.Out {
				t.Fatal("not opted out")
			}
			before := len(d.wentTo())
			d.staffReply("M1")
			d.book("2026-12-14 14:00", "0101")
			d.pass(14 * 24 * time.Hour)
			if got := d.wentTo()[before:]; len(got) != 0 {
				t.Errorf("then sent to %q", got)
			}
		})
	}
}

// A landline that writes on WhatsApp is answered there. It stays a landline: what nobody asked for
// doesn't leave, and is no SMS either.
func TestALandlineIsAnsweredOnWhatsApp(t *testing.T) {
	t.Parallel()
	d := newDoors(t, "2026-12-01 10:00")
	d.book("2026-12-14 14:00", "0101")
	d.receipts("undelivered", 30006)
	d.text(patientWhatsApp, forAPerson)
	d.staffReply("M1")
	d.pass(14 * 24 * time.Hour)
	if got := d.wentTo(); !slices.Equal(got, []string{patientSMS, patientWhatsApp}) {
		t.Errorf("sent to %q", got)
	}
	if !d.state("0101").Reach.NoTexts {
		t.Error("it is no landline any more")
	}
	d.text(patientSMS, forAPerson)
	if d.state("0101").Reach.NoTexts {
		t.Error("a number that sends an SMS is a landline")
	}
}

// What nobody asked for is an SMS, wherever the patient writes.
func TestAReminderIsAnSMS(t *testing.T) {
	t.Parallel()
	d := newDoors(t, "2026-12-01 10:00")
	d.text(patientWhatsApp, "hours?")
	d.book("2026-12-14 14:00", "0101")
	if got := d.wentTo(); !slices.Equal(got, []string{patientSMS}) {
		t.Errorf("sent to %q", got)
	}
}

// A channel that the clinic's set-up closes is no outage: the answer leaves as an SMS. One that
// can't reach the patient says nothing of SMS.
func TestAClosedChannel(t *testing.T) {
	for _, c := range []struct {
		name string
		code int
		want []string
		mark string
	}{
		{name: "at the send", code: 21703, want: []string{patientSMS}, mark: "M1 sent"},
		{
			name: "by the receipt", code: 63007, want: []string{patientWhatsApp, patientSMS},
			mark: "M1 sent",
		},
		{
			name: "the number isn't there", code: 30006, want: []string{patientWhatsApp},
			mark: "M1 failed",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDoors(t, "2026-12-01 10:00")
			d.text(patientWhatsApp, forAPerson)
			if c.code < 30000 {
				d.twilio.Rule(patientWhatsApp, c.code)
			}
			d.staffReply("M1")
			if c.code >= 30000 {
				d.receipts("undelivered", c.code)
			}
			d.pass(time.Minute)
			if got := d.wentTo(); !slices.Equal(got, c.want) {
				t.Errorf("sent to %q, want %q", got, c.want)
			}
			if len(d.cards(kinds.Outage)) != 0 || d.state("0101").Reach.NoTexts {
				t.Errorf("outages %+v, %+v", d.cards(kinds.Outage), d.state("0101").Reach)
			}
			if lines := strings.Join(d.desk.Lines(), "\n"); !strings.Contains(lines, c.mark) {
				t.Errorf("the desk shows\n%s", lines)
			}
		})
	}
}

// An answer whose outcome is unknown is looked up where it went, and isn't sent twice.
func TestAnAnswerOnAChannelIsLookedUpThere(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault twiliotest.Fault
		want  []int // texts on WhatsApp, by SMS
	}{
		{name: "taken", fault: twiliotest.Fault{Lose: true}, want: []int{1, 0}},
		{name: "not taken", fault: twiliotest.Fault{Drop: true}, want: []int{0, 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := newAway(t, twiliotest.Config{
				Fault: func(n int, _ url.Values) (f twiliotest.Fault) {
					if n == 1 {
						f = c.fault
					}
					return f
				},
			})
			a.post(patientWhatsApp, forAPerson)
			say := handlers.Command{
				ID: "C1", User: "U1", FromDesk: true, Text: "say 212-555-0101 it is blue",
			}
			if _, err := a.staff.Command(t.Context(), say); err != nil {
				t.Fatal(err)
			}
			a.pass(5 * time.Minute)
			got := []int{len(a.to(patientWhatsApp)), len(a.to(patientSMS))}
			if !slices.Equal(got, c.want) {
				t.Errorf("%d on WhatsApp and by SMS, want %d", got, c.want)
			}
		})
	}
}
