package main_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis/redistest"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
)

// badDay is a row of the table: in what way things go wrong and are mended, and what the day is
// allowed besides the goals that hold for all.
type badDay struct {
	name string
	bots []build // nil: one, as it is built
	// redis starts the Redis, of which the returned server is the one that goes wrong. nil: one
	// server that syncs every write.
	redis  func(testing.TB) (*redistest.Server, string)
	spells []spell // one after another, each as long as the others
	least  time.Duration

	shows  string        // what /status calls faulty meanwhile; "": it needn't say anything
	phone  bool          // for a time only the on-call phone can be told
	nobody bool          // for a time no person can be told
	late   time.Duration // how long after the end of it all may be late; lateMost if 0
	// loses is why nothing but danger's words, and that somebody is told, is held to goals; "": all
	// is.
	loses string
}

// spell is what goes wrong at the same time.
type spell []fault

// fault breaks something, until the function that it returns mends it. ctx ends when that is due.
type fault func(ctx context.Context, s *stage) (mend func())

// build is one of several bots that differ.
type build struct {
	// from returns the program, and more of its environment; nil: it is built from this tree.
	from func(testing.TB) (bin string, env []string)
	env  []string // overrides its own
}

// stage is where a bad day takes place.
type stage struct {
	*fleet
	texting
	slackWay, twilioWay *barrier // before the two
	// due is when the first reminder is due: things go wrong from then on.
	due time.Time
}

// TestBadDays has patients text, some of them in danger, and reminders fall due, while what the bot
// needs goes wrong, then lets it recover. Every danger text gets the words and a person is told;
// nothing is lost or doubled. BEACON_CHAOS makes it long: all rows, more texts, and times that are
// held to goals.
func TestBadDays(t *testing.T) {
	load := texting{
		period: 4 * time.Second, every: 100 * time.Millisecond, old: 20 * time.Second, visits: 10,
	}
	days := shortDays()
	if long() {
		load = texting{
			period: time.Duration(number("BEACON_CHAOS_SECONDS", 60)) * time.Second,
			every:  20 * time.Millisecond, visits: 100,
		}
		days = badDays()
	}
	var mu sync.Mutex
	var rows []outcome
	t.Run("days", func(t *testing.T) { // it returns when all of them have ended
		for _, d := range days {
			t.Run(d.name, func(t *testing.T) {
				t.Parallel()
				one := d.run(t, load)
				say(t, one.line())
				one.judge(t)
				mu.Lock()
				defer mu.Unlock()
				rows = append(rows, one)
			})
		}
	})
	say(t, table(days, rows))
}

// texting is the load of a day.
type texting struct {
	period time.Duration
	every  time.Duration // a text; one in danger comes each half second besides
	// old is how far the carrier's clock is behind, so that a refused text is soon old enough to be
	// fetched.
	old    time.Duration
	visits int // of which patients are reminded in the period
}

// now returns the time on the carrier's clock.
func (l texting) now() time.Time { return time.Now().Add(-l.old) }

const crisisEvery = 500 * time.Millisecond

// run lives through a bad day and returns what came of it.
func (d badDay) run(t *testing.T, load texting) outcome {
	load.period = max(load.period, d.least)
	s := d.open(t, load)
	w := watch(s)
	stop := progress(t, func() string { return d.name + ": " + w.progress() })
	defer stop()
	w.book()
	till(s.ctx, s.due)
	trouble, end := context.WithTimeout(s.ctx, load.period)
	defer end()
	var wg sync.WaitGroup
	wg.Go(func() { w.send(trouble, load.every, false) })
	wg.Go(func() { w.send(trouble, crisisEvery, true) })
	for _, spell := range d.spells {
		spell.live(trouble, s, load.period/time.Duration(len(d.spells)))
	}
	<-trouble.Done()
	w.isOver()
	wg.Wait()
	if d.loses != "" {
		w.settle(lateMost) // what is lost isn't worth a longer wait
	} else {
		w.settle(settleMost)
	}
	return w.outcome(d)
}

// live breaks everything, and mends it after a time.
func (sp spell) live(ctx context.Context, s *stage, period time.Duration) {
	ctx, end := context.WithTimeout(ctx, period)
	defer end()
	var mends []func()
	for _, f := range sp {
		mends = append(mends, f(ctx, s))
	}
	<-ctx.Done()
	for _, mend := range mends {
		mend()
	}
}

// till waits for a time, which is a part of the load.
func till(ctx context.Context, at time.Time) {
	ctx, end := context.WithDeadline(ctx, at)
	defer end()
	<-ctx.Done()
}

// open starts the day's bots and what they need.
func (d badDay) open(t *testing.T, load texting) *stage {
	s := &stage{texting: load, slackWay: newBarrier(t), twilioWay: newBarrier(t)}
	s.slackWay.limited, s.twilioWay.limited = slackLimited, twilioLimited
	on := d.redis
	if on == nil {
		on = func(t testing.TB) (*redistest.Server, string) {
			s := redistest.Start(t, "always")
			return s, s.URL()
		}
	}
	redis, address := on(t)
	bots := d.bots
	if bots == nil {
		bots = []build{{}}
	}
	var slack, twilio string
	s.fleet = launchBehind(t, len(bots), address, midday(t), twiliotest.Config{
		ListLag: time.Second, Now: load.now,
	}, 20*time.Minute, func(f *fleet, i int, p *program) []string {
		if i == 0 {
			slack = s.slackWay.before(t, f.slack.URL())
			twilio = s.twilioWay.before(t, f.twilio.URL())
		}
		p.log = &lockedLog{}
		p.out = p.log
		env := []string{"SLACK_API_URL=" + slack, "TWILIO_API_URL=" + twilio}
		if bots[i].from != nil {
			bin, more := bots[i].from(t)
			p.bin, env = bin, append(env, more...)
		}
		return append(env, bots[i].env...)
	})
	s.redis = redis
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(s.said())
		}
	})
	return s
}

// said returns all that the bots have logged.
func (s *stage) said() string {
	var all strings.Builder
	for _, p := range s.bots {
		all.WriteString(p.log.String())
	}
	return all.String()
}
