package main_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
)

const (
	ana  = "+12125550101"
	ben  = "+12125550102"
	cleo = "+12125550103"
)

// TestWholeProgram walks the paths of a clinic's day through the built program.
func TestWholeProgram(t *testing.T) {
	t.Parallel()
	p := start(
		t, twiliotest.Config{Receipts: &twiliotest.Receipts{Repeat: 1, Shuffle: true}}, clinic(t),
	)

	t.Run("an answer", func(t *testing.T) {
		got := strings.Join(p.text(ana, "How much does it cost?"), " ")
		if !strings.Contains(got, "$450") {
			t.Errorf("answered %q, want the price", got)
		}
	})
	t.Run("the same text again", func(t *testing.T) {
		form := url.Values{
			"From": {cleo}, "Body": {"is the moon made of green cheese"},
			"MessageSid": {"SM" + strings.Repeat("7", 32)},
		}
		first, err1 := p.twilio.PostText(p.ctx, p.url+"/twilio/text", form)
		again, err2 := p.twilio.PostText(p.ctx, p.url+"/twilio/text", form)
		if err1 != nil || err2 != nil || string(first.Raw) != string(again.Raw) ||
			len(first.Bodies) != 1 {
			t.Errorf("first %q, again %q, %v %v", first.Raw, again.Raw, err1, err2)
		}
		p.card(slacktest.Desk, "green cheese")
		if n := count(p, "green cheese"); n != 1 {
			t.Errorf("%d cards, want one", n)
		}
	})
	t.Run("a question for a person, and back", func(t *testing.T) {
		got := strings.Join(p.text(ben, "did i leave my grey umbrella at your place"), " ")
		if !strings.Contains(got, "a person") || !strings.Contains(got, "Mon-Thu 9-6") {
			t.Errorf("answered %q, want that a person answers, and the hours", got)
		}
		card := p.card(slacktest.Desk, "umbrella")
		if strings.Contains(card.Words(), "2125550102") ||
			!strings.Contains(card.Words(), "…0102") {
			t.Errorf("the card says %q, want the number masked", card.Words())
		}
		id := p.reply(card.ID(), "Yes, it's here & safe. Dana")
		p.sent(ben, "Yes, it's here & safe. Dana")
		p.await("the mark of delivery", func() bool { return reaction(p, id, "white_check_mark") })
		if got := p.text(ben, "how much does it cost"); len(got) != 0 {
			t.Errorf("the bot answered %q while a person talks", got)
		}
		if _, err := p.slack.Press(p.ctx, card.ID(), "hand_back", "UNURSE"); err != nil {
			t.Fatal(err)
		}
		p.await(
			"the bot to answer again",
			func() bool { return len(p.text(ben, "how much does it cost")) == 1 },
		)
	})
	t.Run("a visit", func(t *testing.T) { visit(t, p) })
	t.Run("consent", func(t *testing.T) { consent(t, p) })
	t.Run("danger", func(t *testing.T) {
		got := strings.Join(p.text("+12125550107", "i dont want to be alive anymore"), " ")
		for _, want := range []string{"988", "911", "212-555-0111"} {
			if !strings.Contains(got, want) {
				t.Errorf("answered %q, want %s in it", got, want)
			}
		}
		p.card(slacktest.Urgent, "…0107")
	})
	t.Run("what the operator watches", func(t *testing.T) {
		for _, path := range []string{"/healthz", "/readyz"} {
			if got := p.get(path); got != http.StatusOK {
				t.Errorf("%s: %d", path, got)
			}
		}
		_, metrics := p.read(p.private() + "/metrics")
		if !strings.Contains(metrics, "beacon_answers_total{") {
			t.Errorf("the metrics don't count answers: %s", metrics)
		}
		if got := p.get("/"); got != http.StatusNotFound {
			t.Errorf("/: %d, want 404 when live", got)
		}
	})
	began := time.Now()
	if err := p.stop(); err != nil {
		t.Errorf("SIGTERM: %v after %v", err, time.Since(began))
	}
	for _, secret := range []string{
		"5550101", "5550102", "umbrella", "cheese", twiliotest.AuthToken,
	} {
		if strings.Contains(p.log.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
}

// bookable is a start that the text at booking tells of at any hour of the day: no other reminder
// falls on today, three days before or the day before. The clinic is open then.
func bookable() time.Time {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		panic(err)
	}
	now := time.Now().In(zone)
	for _, days := range []int{2, 4, 5} {
		at := time.Date(now.Year(), now.Month(), now.Day()+days, 10, 0, 0, 0, zone)
		if day := at.Weekday(); day != time.Saturday && day != time.Sunday {
			return at.UTC()
		}
	}
	panic("two days of five are a weekend")
}

func visit(t *testing.T, p *program) {
	start := bookable().Truncate(time.Minute)
	csv := fmt.Sprintf("id,name,phone,start,type\nv1,Ana Example,(212) "+
		"555-0101,%s,consult\nv2,Bad Row,123,yesterday,haircut\nv3,Lou "+
		"Example,212-555-0106,%s,consult\n",
		start.Format(time.RFC3339), start.Format(time.RFC3339))
	file := filepath.Join(t.TempDir(), "visits.csv")
	if err := os.WriteFile(file, []byte(csv), 0o600); err != nil {
		t.Fatal(err)
	}
	p.twilio.Rule("+12125550106", 30006) // a landline
	out, err := p.command("appointments", "import", file)
	if err == nil || !strings.Contains(out, "2 imported, 0 updated, 0 unchanged, 3 faults") {
		t.Errorf("imported: %s %v", out, err)
	}
	if out, _ = p.command("appointments", "import", file); !strings.Contains(
		out, "0 imported, 0 updated, 2 unchanged",
	) {
		t.Errorf("again: %s", out)
	}
	text := p.sent(ana, "you're booked")
	if !strings.Contains(text.Callback, "/twilio/receipt?id=") {
		t.Errorf("callback %q", text.Callback)
	}
	if got := strings.Join(p.text(ana, "C"), " "); !strings.Contains(got, "confirmed") {
		t.Errorf("answered %q", got)
	}
	p.card(slacktest.Desk, "Confirmed")
	p.card(slacktest.Desk, "landline")
	if n := p.twilio.Count(ana, text.Body); n != 1 {
		t.Errorf("%d booking texts, want one", n)
	}
	if out, err := p.command("appointments", "why", "0106"); err != nil ||
		!strings.Contains(out, "landline") || !strings.Contains(out, "no text reaches it") {
		t.Errorf("why: %s %v", out, err)
	}
	if out, err := p.command("appointments", "list"); err != nil ||
		!strings.Contains(out, "confirmed") {
		t.Errorf("list: %s %v", out, err)
	}
}

func consent(t *testing.T, p *program) {
	const dee = "+12125550104"
	p.text(dee, "do you sell gift cards for my birthday")
	card := p.card(slacktest.Desk, "gift cards")
	if got := p.text(dee, "STOP"); len(got) != 0 {
		t.Errorf("STOP was answered %q; the carrier does that", got)
	}
	id := p.reply(card.ID(), "We do!")
	p.await("the refusal", func() bool { return reaction(p, id, "x") })
	p.card(slacktest.Desk, "opted out")
	if n := p.twilio.Count(dee, "We do!"); n != 0 {
		t.Errorf("%d texts to an opted-out number", n)
	}
	if got := p.text(dee, "START"); len(got) != 1 {
		t.Errorf("START was answered %q", got)
	}
	// The carrier knows of an opt-out that we don't.
	p.twilio.Rule(cleo, 21610)
	if _, err := p.slack.Command(
		p.ctx, slacktest.Desk, "UNURSE", "say 212-555-0103 hello",
	); err != nil {
		t.Fatal(err)
	}
	p.card(slacktest.Desk, "did not reach")
	p.await("the opt-out to hold", func() bool {
		_, err := p.slack.Command(p.ctx, slacktest.Desk, "UNURSE", "say 212-555-0103 hello again")
		return err == nil && count(p, "Not sent") > 0
	})
}

// count is how many messages at the desk say something.
func count(p *program, says string) (n int) {
	for _, m := range p.slack.Messages() {
		if strings.Contains(m.Words(), says) {
			n++
		}
	}
	return n
}

func reaction(p *program, id, name string) bool {
	for _, m := range p.slack.Messages() {
		if m.ID() != strings.TrimPrefix(id, "slack:") {
			continue
		}
		for _, r := range m.Reactions {
			if r == name {
				return true
			}
		}
	}
	return false
}
