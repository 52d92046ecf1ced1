package main_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/bot/redis/redistest"
	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
)

// beside starts another bot on the program's Redis, on a port of its own; bin is its program, ""
// for this tree's.
func (p *program) beside(words, bin string) *program {
	p.t.Helper()
	q := &program{
		t: p.t, ctx: p.ctx, twilio: p.twilio, slack: p.slack, redis: p.redis, log: &lockedLog{},
		url: "http://127.0.0.1:" + redistest.FreePort(p.t), bin: bin,
	}
	q.out = q.log
	q.configure(q.url, p.redis.URL(), words)
	q.run()
	p.t.Cleanup(q.kill)
	return q
}

// Two bots with different words on one Redis would answer as chance has it: both say so.
func TestBotsWithDifferentWords(t *testing.T) {
	t.Parallel()
	p := start(t, twiliotest.Config{}, clinic(t))
	same := p.beside(clinic(t), "")
	run := func(n string) func() bool {
		return func() bool { return strings.Contains(p.status("other bots").What, n+" run here") }
	}
	p.await("both to be seen", run("2"))
	if c := p.status("other bots"); !c.OK {
		t.Errorf("two bots with the same words: %+v", c)
	}
	if err := same.stop(); err != nil {
		t.Error(err)
	}
	p.await("the one that went to be forgotten", run("1"))
	late := p.beside(clinic(t, "name: Beacon Clinic", "name: Another Clinic"), "")
	for name, bot := range map[string]*program{"the one that ran": p, "the one that came": late} {
		bot.await(name+" to see it", func() bool {
			c := bot.status("other bots")
			return c.State == "warning" && strings.Contains(c.What, "different words")
		})
		// It is on /status a moment before it is in the log.
		bot.await(name+" to log it", func() bool {
			return strings.Contains(bot.log.String(), "different words")
		})
		if code, _ := p.ready(); code != http.StatusOK {
			t.Errorf("%s: %d, but a deploy may be under way", name, code)
		}
	}
}

// A build of a later layout takes over from a bot that runs: that one answers danger only, and
// isn't ready while the later one lives; its build starts no bot there and imports nothing.
func TestALaterBuildTakesOver(t *testing.T) {
	t.Parallel()
	bin, err := laterBuild()
	if err != nil {
		t.Fatal(err)
	}
	p := start(t, twiliotest.Config{}, clinic(t))
	p.await("the bot to do everything", p.full)
	q := p.beside(p.words, bin)
	q.serves()
	q.await("the later one to do everything", q.full)
	p.await("the bot to leave all to it", func() bool {
		code, mode := p.ready()
		return code == http.StatusServiceUnavailable && mode == "danger only"
	})
	ask := func(at *program) int {
		form := url.Values{"From": {"+12125550171"}, "Body": {"how much does it cost"}}
		a, err := p.twilio.PostText(p.ctx, at.url+"/twilio/text", form)
		if err != nil {
			t.Fatal(err)
		}
		return a.Status
	}
	if of, other := ask(p), ask(q); of != http.StatusServiceUnavailable || other != http.StatusOK {
		t.Errorf("an ordinary text gets %d, want 503, and %d of the later one", of, other)
	}
	got := strings.Join(p.text("+12125550172", "i dont want to be alive anymore"), " ")
	if !strings.Contains(got, "988") {
		t.Errorf("danger is answered %q", got)
	}
	p.card(slacktest.Urgent, "…0172")
	says := "a later version of Beacon stores"
	if c := p.status("redis layout"); c.State != "fault" || !strings.Contains(c.What, says) ||
		!strings.Contains(c.Do, "newest version") {
		t.Errorf("/status: %+v", c)
	}
	if c := q.status("redis layout"); c.State != "warning" {
		t.Errorf("the later one says nothing of the one that is left: %+v", c)
	}
	refused := p.beside(p.words, "")
	if err := refused.wait(); err == nil || !strings.Contains(refused.log.String(), says) ||
		!strings.Contains(refused.log.String(), "start the newest version") {
		t.Errorf("a start: %v %s", err, refused.log)
	}
	if out, err := p.command("appointments", "list"); err == nil || !strings.Contains(out, says) {
		t.Errorf("a command: %v %s", err, out)
	}
	if out, err := p.command("doctor"); err == nil || !strings.Contains(out, "layout 99") {
		t.Errorf("the doctor: %v %s", err, out)
	}
	if err := q.stop(); err != nil {
		t.Error(err)
	}
	p.await("danger to find the bot where no other lives", func() bool {
		code, mode := p.ready()
		return code == http.StatusOK && mode == "danger only"
	})
}
