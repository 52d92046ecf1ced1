package main_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis/redistest"
	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
)

// newcomers have each a number of their own, since who asks again and again isn't answered.
type newcomers struct {
	*fleet
	n int
}

// asked has somebody new text a bot, and reports whether it answers with those words.
func (f *newcomers) asked(bot *program, body, want string) bool {
	f.t.Helper()
	f.n++
	f.twilio.Route(f.url, bot.url)
	form := url.Values{"From": {to(f.n)}, "Body": {body}}
	a, err := f.twilio.PostText(f.ctx, f.url+"/twilio/text", form)
	if err != nil || a.Status != http.StatusOK {
		f.t.Fatalf("%q: %d %v", body, a.Status, err)
	}
	return strings.Contains(strings.Join(a.Bodies, " "), want)
}

// What a person answered is proposed, tried and published in Slack, and both bots answer it, also one
// that starts later; taken back, none does.
func TestBothBotsLearn(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t, "always")
	f := newcomers{fleet: launch(t, 2, redis.URL(), clinic(t), twiliotest.Config{}, 20*time.Minute)}
	first, second := f.bots[0], f.bots[1]
	ann, ben := f.slack.Nurse(t, "UANN"), f.slack.Nurse(t, "UBEN")
	const question, yes = "is there wifi in the waiting room", "Ask the desk for the password."
	if f.asked(first, question, yes) {
		t.Fatal("it is answered before anybody taught it")
	}
	card := first.card(slacktest.Desk, question)
	first.reply(card.ID(), yes)
	first.sent(to(1), yes)
	ann.Press(card, "Hand back to the bot")
	ann.Press(ann.Sees("done", question), "Add to knowledge")
	form := ann.Form("Add to knowledge")
	ann.Submit(form, map[string]string{
		"Entry": "wifi", "Asked in English": "kill myself", "Asked in Spanish": "hay wifi",
		"Answer in Spanish": "Pida la clave.",
	})
	if why := ann.Faults(form)["Asked in English"]; !strings.Contains(why, "may be in danger") {
		t.Errorf("danger is taken for a question: %q", why)
	}
	ann.Submit(form, map[string]string{
		"Entry": "wifi", "Asked in English": question, "Asked in Spanish": "hay wifi",
		"Answer in Spanish": "Pida la clave.",
	})
	proposal := ben.Sees("The bot would learn a new answer, wifi")
	ben.Submit(reviewed(f.fleet, ben, proposal), nil)
	for _, bot := range f.bots {
		bot.await("both to learn it", func() bool { return f.asked(bot, question, yes) })
	}
	second.kill()
	second.run()
	second.serves()
	second.await("one that starts later to know it", func() bool {
		return f.asked(second, question, yes)
	})
	ann.Type("forget " + question)
	for _, bot := range f.bots {
		bot.await("both to forget it", func() bool { return !f.asked(bot, question, yes) })
	}
}

// reviewed has somebody look at a proposal, again while it is being tried, and returns the form that
// publishes it.
func reviewed(f *fleet, n slacktest.Nurse, card slacktest.Message) (form slacktest.View) {
	f.t.Helper()
	looks := 0
	f.bots[0].await("the proposal to be tried", func() bool {
		for _, v := range f.slack.Views() {
			if v.User == n.User && !v.Closed && strings.Contains(v.Title(), "Teach the bot") {
				form = v
				return true
			}
		}
		told := 0
		for _, m := range f.slack.Messages() {
			if m.OnlyFor == n.User && strings.Contains(m.Words(), "being looked at") {
				told++
			}
		}
		if told == looks { // the last look, if there was one, is answered
			looks++
			n.Press(card, "Review")
		}
		return false
	})
	return form
}
