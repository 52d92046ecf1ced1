package main_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
)

// TestRedisDiesUnderLoad kills redis-server with -9 while patients text, and starts it again.
// Twilio asks again for what was refused, as it does with retries set. Nothing may be lost or
// doubled.
func TestRedisDiesUnderLoad(t *testing.T) {
	t.Parallel()
	const patients = 120
	p := start(t, twiliotest.Config{}, clinic(t))
	var wg sync.WaitGroup
	hands := make(chan struct{}, 8)
	var mu sync.Mutex
	refused := 0
	for i := range patients {
		hands <- struct{}{}
		if i == patients/3 {
			p.redis.Kill()
		}
		if i == patients/2 {
			p.redis.Run()
		}
		wg.Go(func() {
			form := url.Values{
				"From":       {fmt.Sprintf("+1212555%04d", 1000+i)},
				"Body":       {fmt.Sprintf("did you find my umbrella, tag %d.", i)},
				"MessageSid": {fmt.Sprintf("SM%032d", i)},
			}
			released := false
			p.await("an answer", func() bool {
				a, err := p.twilio.PostText(p.ctx, p.url+"/twilio/text", form)
				if !released { // the next patient texts while this one's carrier tries again
					<-hands
					released = true
				}
				ok := err == nil && a.Status == http.StatusOK && len(a.Bodies) == 1
				if !ok {
					mu.Lock()
					refused++
					mu.Unlock()
				}
				return ok
			})
		})
	}
	wg.Wait()
	if refused == 0 {
		t.Error("Redis was never missed: the test shows nothing")
	}
	for i := range patients {
		p.card(slacktest.Desk, fmt.Sprintf("tag %d.", i))
	}
	for i := range patients {
		if n := count(p, fmt.Sprintf("tag %d.", i)); n != 1 {
			t.Errorf("question %d stands %d times at the desk, want once", i, n)
		}
	}
	t.Logf("%d texts, %d refusals while Redis was away, none lost, none doubled", patients, refused)
}

// TestBotDiesWhileSending kills the bot with -9 in the middle of sends, both before Twilio took the
// text and after, and starts it again. Every reminder goes out exactly once.
func TestBotDiesWhileSending(t *testing.T) {
	t.Parallel()
	const visits = 90
	var p *program
	dead := make(chan struct{}, 8)
	kills := map[int]twiliotest.Fault{20: {Drop: true}, 50: {Lose: true}, 75: {Lose: true}}
	fake := twiliotest.Config{Fault: func(n int, _ url.Values) twiliotest.Fault {
		f, ok := kills[n]
		if ok {
			p.kill()
			dead <- struct{}{}
		}
		return f
	}}
	p = start(t, fake, few(t, clinic(t)))
	var csv strings.Builder
	csv.WriteString("id,name,phone,start,type\n")
	at := bookable().Format(time.RFC3339)
	for i := range visits {
		fmt.Fprintf(&csv, "v%d,Pat Example,+1212555%04d,%s,consult\n", i, 2000+i, at)
	}
	file := filepath.Join(t.TempDir(), "visits.csv")
	if err := os.WriteFile(file, []byte(csv.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := p.command("appointments", "import", file); err != nil {
		t.Fatal(out, err)
	}
	for range kills {
		select {
		case <-dead:
		case <-p.ctx.Done():
			t.Fatal("the bot was not killed: the test shows nothing")
		}
		p.run()
	}
	for i := range visits {
		p.sent(fmt.Sprintf("+1212555%04d", 2000+i), "booked")
	}
	p.await("every row to be settled", func() bool { return waiting(p) == 0 })
	for i := range visits {
		to := fmt.Sprintf("+1212555%04d", 2000+i)
		if n := p.twilio.Count(to, p.sent(to, "booked").Body); n != 1 {
			t.Errorf("visit %d: %d texts, want one", i, n)
		}
	}
	t.Logf(
		"%d reminders, %d kills in mid-send, each sent exactly once; %d posts reached the carrier",
		visits, len(kills), p.twilio.Posts(),
	)
}

// waiting is how many rows of the ledger are claimed: those of reminders yet to come fall due later
// than the day after tomorrow's visits allow.
func waiting(p *program) int {
	out, err := p.redis.CLI(
		"ZCOUNT", "{beacon}:texts:due", "-inf", fmt.Sprint(time.Now().Add(time.Minute).UnixMilli()),
	)
	if err != nil {
		return -1
	}
	n := -1
	_, _ = fmt.Sscan(out, &n)
	return n
}
